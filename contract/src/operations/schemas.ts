/** The JSON Schemas that are published: served at /schemas/<name> and written to contract/generated/schemas. */
import type { z } from "zod";
import { Document } from "../document.ts";
import { ProgressEvent, StateEvent, WarningEvent } from "../events.ts";
import { Job } from "../job.ts";
import { CreateJobRequest } from "./create-request.ts";
import { JobPage } from "./jobs.ts";
import { type JsonSchema, jsonSchemaOf } from "./json-schema.ts";
import { ErrorAnswer } from "./operation.ts";

/** By the name under which they are served. */
export const publishedSchemas: Record<string, z.ZodType> = {
  "create-job.json": CreateJobRequest,
  "job.json": Job,
  "job-page.json": JobPage,
  "error.json": ErrorAnswer,
  "event-state.json": StateEvent,
  "event-progress.json": ProgressEvent,
  "event-warning.json": WarningEvent,
  "document.json": Document,
};

/** Every published schema as a self-contained JSON Schema, by name. */
export function publishSchemas(): Record<string, JsonSchema> {
  return Object.fromEntries(
    Object.entries(publishedSchemas).map(([name, schema]) => {
      const $defs: Record<string, JsonSchema> = {};
      const root = jsonSchemaOf(schema, "#/$defs/", $defs);
      return [
        name,
        {
          $schema: "https://json-schema.org/draft/2020-12/schema",
          title: name,
          ...root,
          ...(Object.keys($defs).length > 0 ? { $defs } : {}),
        },
      ];
    }),
  );
}
