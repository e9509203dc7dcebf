/**
 * OpenAPI 3.1 out of the list of operations. A schema with an id becomes a component; the error answers of an
 * operation follow from the problems that it names, with the catalogue's own words as examples.
 */
import type { z } from "zod";
import { type ProblemName, problem, statusOfCode } from "../problems.ts";
import { type JsonSchema, jsonSchemaOf } from "./json-schema.ts";
import { ErrorAnswer, type Operation, type ResponseSpec } from "./operation.ts";

/** Details that make the example of a problem read like a real answer. */
const exampleDetails: Partial<Record<ProblemName, Record<string, unknown>>> = {
  VALIDATION_FAILED: {
    violations: [{ field: "body.source_type", description: 'expected one of "url"|"file"' }],
    field: "body.source_type",
    reason: "INVALID_VALUE",
  },
  NOT_FOUND: { resource: "Job", id: "job_nonexistent" },
  SCOPE_MISSING: { required_permission: "write" },
  RATE_LIMITED: { retry_after: 21, limit: 600, period: "minute", remaining: 0, reset: 1736937021 },
  TOO_MANY_ACTIVE_JOBS: { retry_after: 30, limit: 10, period: "concurrent", active_jobs: 10, available_slots: 0 },
  SOURCE_TOO_LARGE: { limit_bytes: 104857600 },
  RESULT_NOT_READY: { status: "running" },
};
const ofEveryKeyed: ProblemName[] = [
  "MISSING_AUTHORIZATION",
  "BAD_AUTHORIZATION",
  "BAD_API_KEY",
  "SCOPE_MISSING",
  "RATE_LIMITED",
];
const rateHeaders = {
  "RateLimit-Limit": "Requests per window",
  "RateLimit-Remaining": "Requests left in the window",
  "RateLimit-Reset": "End of the window, in Unix seconds",
};

export interface OpenApiOptions {
  version: string;
  /** Absolute or relative base of the server. Default "/". */
  serverUrl?: string;
}

/** The whole description; `components.schemas` holds every schema that has an id. */
export function buildOpenApi(operations: Readonly<Record<string, Operation>>, options: OpenApiOptions) {
  const components: Record<string, JsonSchema> = {};
  const schema = (of: z.ZodType) => jsonSchemaOf(of, "#/components/schemas/", components);
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of Object.values(operations)) {
    const path = operation.versioned ? `/v1${operation.path}` : operation.path;
    paths[path] = { ...paths[path], [operation.method.toLowerCase()]: describeOperation(operation, schema) };
  }
  return {
    openapi: "3.1.0" as const,
    info: {
      title: "Knowhere",
      version: options.version,
      summary: "Documents in, a grounded tree of chunks out",
      description:
        "Asynchronous document parsing. Create a job, upload the file, poll, download the result. Every path below /v1 also answers below /api/v1. Unknown request fields are ignored; a field that does not apply is absent from the answer.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: options.serverUrl ?? "/" }],
    security: [{ apiKey: [] }],
    tags: [
      { name: "jobs", description: "Create, follow, end" },
      { name: "results", description: "Parts of a finished job's result" },
      { name: "documents", description: "What jobs published, version by version" },
      { name: "webhooks", description: "What was sent when jobs ended, and what signs it" },
      { name: "usage", description: "What was parsed, by key and day" },
      { name: "keys", description: "API keys of the account" },
      { name: "system", description: "The server itself" },
    ],
    paths,
    components: {
      securitySchemes: {
        apiKey: { type: "http", scheme: "bearer", description: "An API key: `Authorization: Bearer sk_…`" },
      },
      schemas: Object.fromEntries(Object.entries(components).sort(([a], [b]) => (a < b ? -1 : 1))),
    },
  };
}
export type OpenApi = ReturnType<typeof buildOpenApi>;

type ToSchema = (of: z.ZodType) => JsonSchema;

function describeOperation(operation: Operation, schema: ToSchema) {
  const keyed = operation.scope !== null;
  return {
    operationId: operation.id,
    tags: [operation.tag],
    summary: operation.summary,
    description: keyed
      ? `${operation.description}\n\nThe key needs the scope \`${operation.scope}\`.`
      : operation.description,
    ...(keyed ? {} : { security: [] }),
    parameters: [
      ...describeParameters("path", operation.params, schema),
      ...describeParameters("query", operation.query, schema),
      ...describeParameters("header", operation.headers, schema),
    ],
    ...(operation.body
      ? {
          requestBody: {
            required: operation.body.required,
            content: Object.fromEntries(
              Object.entries(operation.body.content).map(([mediaType, body], index) => [
                mediaType,
                { schema: schema(body), ...(index === 0 ? describeExamples(operation.body?.examples) : {}) },
              ]),
            ),
          },
        }
      : {}),
    responses: {
      ...Object.fromEntries(
        Object.entries(operation.responses).map(([status, response]) => [
          status,
          describeResponse(response, keyed, schema),
        ]),
      ),
      ...describeErrors(keyed ? [...operation.problems, ...ofEveryKeyed] : operation.problems, keyed, schema),
    },
  };
}

function describeParameters(place: "path" | "query" | "header", parameters: z.ZodObject | undefined, schema: ToSchema) {
  if (!parameters) return [];
  const all = schema(parameters) as { properties?: Record<string, JsonSchema>; required?: string[] };
  return Object.entries(all.properties ?? {}).map(([name, { description, ...rest }]) => ({
    name: place === "header" ? name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase()) : name,
    in: place,
    required: place === "path" || (all.required?.includes(name) ?? false),
    ...(description ? { description } : {}),
    schema: rest,
  }));
}

const describeHeaders = (headers: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(headers).map(([name, description]) => [
      name,
      { description, schema: { type: name.startsWith("RateLimit") || name === "Retry-After" ? "integer" : "string" } },
    ]),
  );

function describeExamples(examples: Record<string, unknown> | undefined) {
  if (!examples) return {};
  return { examples: Object.fromEntries(Object.entries(examples).map(([name, value]) => [name, { value }])) };
}

function describeResponse(response: ResponseSpec, keyed: boolean, schema: ToSchema) {
  const mediaType = response.mediaType ?? "application/json";
  const binary = mediaType.startsWith("image/");
  return {
    description: response.description,
    headers: describeHeaders({
      "X-Request-ID": "Name it when you report trouble",
      ...(keyed ? rateHeaders : {}),
      ...response.headers,
    }),
    ...(mediaType === ""
      ? {}
      : {
          content: {
            [mediaType]: {
              schema: response.schema ? schema(response.schema) : binary ? {} : { type: "string" },
              ...describeExamples(response.examples),
            },
          },
        }),
  };
}

/** The named problems gathered by status, each an example. */
function describeErrors(names: readonly ProblemName[], keyed: boolean, schema: ToSchema) {
  const answers: Record<
    string,
    {
      description: string;
      headers: object;
      content: { "application/json": { schema: JsonSchema; examples: Record<string, unknown> } };
    }
  > = {};
  for (const name of new Set<ProblemName>([...names, "INTERNAL_ERROR"])) {
    const { code, message, details } = problem(name, exampleDetails[name]);
    const status = statusOfCode[code];
    const error = {
      code,
      message,
      request_id: "req_9f86d081884c7d65",
      ...(Object.keys(details).length > 0 ? { details } : {}),
    };
    const answer = (answers[status] ??= {
      description: code,
      headers: describeHeaders({
        "X-Request-ID": "The same as error.request_id",
        ...(keyed && status !== 401 ? rateHeaders : {}),
        ...(status === 429 || status === 503 ? { "Retry-After": "Seconds" } : {}),
      }),
      content: { "application/json": { schema: schema(ErrorAnswer), examples: {} } },
    });
    if (!answer.description.split(", ").includes(code)) answer.description += `, ${code}`;
    answer.content["application/json"].examples[name] = { value: { success: false, error } };
  }
  return answers;
}
