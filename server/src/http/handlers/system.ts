/** About the server itself. */
import { buildOpenApi, operations, problem, publishSchemas } from "@knowhere/contract";
import { type Answer, type Handler, json, jsonType } from "../call.ts";
import { docsPage } from "../docs.ts";

const service = "knowhere-api";

export const getHealth: Handler<"getHealth"> = async (_call, { build }) =>
  json(200, { status: "healthy", service, version: build.version });

export const getReadiness: Handler<"getReadiness"> = async (_call, { checkReadiness }) => {
  const checks = await checkReadiness();
  if (Object.values(checks).some((word) => word !== "ok")) throw problem("UNAVAILABLE", { checks });
  return json(200, { status: "ready", checks });
};

export const getWelcome: Handler<"getWelcome"> = async () =>
  json(200, {
    message: "Knowhere: documents in, a grounded tree of chunks out.",
    docs: "/docs",
    openapi: "/openapi.json",
  });

export const getVersion: Handler<"getVersion"> = async (_call, { build }) =>
  json(200, {
    version: build.version,
    commit: build.commit,
    build_time: build.buildTime,
    environment: build.environment,
    service,
  });

export const getMetrics: Handler<"getMetrics"> = async (_call, { meter }) => ({
  status: 200,
  ...(await meter.print()),
});

let openApiText: string | undefined;
export const getOpenApi: Handler<"getOpenApi"> = async (_call, { build }): Promise<Answer> => {
  openApiText ??= JSON.stringify(buildOpenApi(operations, { version: build.version }));
  return { status: 200, contentType: jsonType, body: openApiText };
};

let schemas: ReturnType<typeof publishSchemas> | undefined;
export const listSchemas: Handler<"listSchemas"> = async () =>
  json(200, { schemas: Object.keys((schemas ??= publishSchemas())) });

export const getSchema: Handler<"getSchema"> = async ({ params }) => {
  const name = params["name"]!;
  schemas ??= publishSchemas();
  const schema = Object.hasOwn(schemas, name)
    ? schemas[name]
    : Object.hasOwn(schemas, `${name}.json`)
      ? schemas[`${name}.json`]
      : undefined;
  if (!schema) throw problem("NOT_FOUND", { resource: "Schema", id: name });
  return { status: 200, contentType: "application/schema+json; charset=utf-8", body: JSON.stringify(schema) };
};

export const getDocsPage: Handler<"getDocsPage"> = async () => docsPage();
