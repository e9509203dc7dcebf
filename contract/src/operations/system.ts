/** Operations about the server itself. */
import { z } from "zod";
import { operation } from "./operation.ts";

const open = { method: "GET", tag: "system", scope: null, problems: [] } as const;

export const getHealth = operation({
  ...open,
  id: "getHealth",
  path: "/health",
  aliases: ["/api/health"],
  versioned: false,
  summary: "Is the process alive",
  description: "Answers as long as the process serves requests.",
  responses: {
    200: {
      description: "Alive",
      schema: z.object({ status: z.literal("healthy"), service: z.literal("knowhere-api"), version: z.string() }),
      examples: { healthy: { status: "healthy", service: "knowhere-api", version: "0.1.0" } },
    },
  },
});
export const getReadiness = operation({
  ...open,
  id: "getReadiness",
  path: "/health/ready",
  aliases: ["/api/health/ready"],
  versioned: false,
  summary: "Can the server take jobs",
  description: "503 names the part that is not ready; a load balancer should then send requests elsewhere.",
  responses: {
    200: {
      description: "Ready",
      schema: z.object({ status: z.literal("ready"), checks: z.record(z.string(), z.string()) }),
      examples: { ready: { status: "ready", checks: { database: "ok" } } },
    },
  },
  problems: ["UNAVAILABLE"],
});
export const getWelcome = operation({
  ...open,
  id: "getWelcome",
  path: "/",
  versioned: false,
  summary: "Where to go from here",
  description: "Names the documentation.",
  responses: {
    200: {
      description: "A greeting",
      schema: z.object({ message: z.string(), docs: z.string(), openapi: z.string() }),
      examples: { greeting: { message: "Knowhere", docs: "/docs", openapi: "/openapi.json" } },
    },
  },
});
export const getVersion = operation({
  ...open,
  id: "getVersion",
  path: "/version",
  aliases: ["/"],
  versioned: true,
  summary: "Which version is this",
  description: "Version and build of the server.",
  responses: {
    200: {
      description: "The version",
      schema: z.object({
        version: z.string(),
        commit: z.string(),
        build_time: z.string(),
        environment: z.string(),
        service: z.literal("knowhere-api"),
      }),
      examples: {
        version: {
          version: "0.1.0",
          commit: "unknown",
          build_time: "unknown",
          environment: "self-hosted",
          service: "knowhere-api",
        },
      },
    },
  },
});
export const getMetrics = operation({
  ...open,
  id: "getMetrics",
  path: "/metrics",
  versioned: false,
  summary: "Metrics for Prometheus",
  description:
    "Jobs by state with the age of the oldest, durations by format, pages, webhook outcomes, requests by operation and status, the process itself. No key is needed and nothing secret is told; keep the path inside at your proxy when it is nobody's business.",
  responses: {
    200: {
      description: "The text format of Prometheus",
      mediaType: "text/plain",
      examples: { some: 'knowhere_jobs_active{state="pending"} 2\n' },
    },
  },
});
export const getOpenApi = operation({
  ...open,
  id: "getOpenApi",
  path: "/openapi.json",
  versioned: false,
  summary: "This description",
  description: "OpenAPI 3.1, generated from the same list of operations that the server runs.",
  responses: {
    200: {
      description: "OpenAPI 3.1",
      schema: z.looseObject({ openapi: z.literal("3.1.0") }),
      examples: { head: { openapi: "3.1.0" } },
    },
  },
});
export const listSchemas = operation({
  ...open,
  id: "listSchemas",
  path: "/schemas",
  aliases: ["/schemas/"],
  versioned: false,
  summary: "List the JSON Schemas",
  description: "Names of the published schemas: of jobs, requests, errors, events and each JSON member of a result.",
  responses: {
    200: {
      description: "The names",
      schema: z.object({ schemas: z.array(z.string()) }),
      examples: { some: { schemas: ["job.json", "chunks.json"] } },
    },
  },
});
export const getSchema = operation({
  ...open,
  id: "getSchema",
  path: "/schemas/{name}",
  versioned: false,
  summary: "Get a JSON Schema",
  description: "JSON Schema, draft 2020-12.",
  params: z.object({ name: z.string().describe("e.g. chunks.json") }),
  responses: {
    200: {
      description: "The schema",
      mediaType: "application/schema+json",
      schema: z.looseObject({ $schema: z.string() }),
      examples: { head: { $schema: "https://json-schema.org/draft/2020-12/schema", title: "chunks.json" } },
    },
  },
  problems: ["NOT_FOUND"],
});
export const getDocsPage = operation({
  ...open,
  id: "getDocsPage",
  path: "/docs",
  aliases: ["/docs/"],
  versioned: false,
  summary: "The documentation page",
  description: "Try the API in the browser; works without the internet.",
  responses: {
    200: { description: "A page", mediaType: "text/html; charset=utf-8", examples: { head: "<!doctype html>…" } },
  },
});
