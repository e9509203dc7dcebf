/** The JSON Schemas that are published: served at /schemas/<name> and written to contract/generated/schemas. */
import type { z } from "zod";
import { ProgressEvent, StateEvent, WarningEvent } from "../events.ts";
import { Job } from "../job.ts";
import { ChunksFile, DocNavFile, DocumentFile, EmbeddingsFile, HierarchyFile, Manifest } from "../package.ts";
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
  // Members of the result ZIP, under their own names.
  "manifest.json": Manifest,
  "chunks.json": ChunksFile,
  "embeddings.json": EmbeddingsFile,
  "doc_nav.json": DocNavFile,
  "hierarchy.json": HierarchyFile,
  "document.json": DocumentFile,
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
