/** Operations on the parts of a finished job's result, for those who do not want the whole ZIP. */
import { z } from "zod";
import { JobId, operation, type ResponseSpec } from "./operation.ts";

const conditional = z.object({
  "if-none-match": z.string().optional().describe("Answers 304 when the part still has this ETag."),
});
const part = (description: string, mediaType: string): Record<number, ResponseSpec> => ({
  200: { description, mediaType, headers: { ETag: "Changes only with the bytes" } },
  304: { description: "Unchanged", mediaType: "" },
});
const common = {
  method: "GET",
  versioned: true,
  tag: "results",
  scope: "read",
  params: JobId,
  headers: conditional,
  problems: ["NOT_FOUND", "RESULT_NOT_READY"],
} as const;
const Member = JobId.extend({
  name: z.string().describe("Member name without the folder, as manifest.json lists it."),
});

export const getMarkdown = operation({
  ...common,
  id: "getMarkdown",
  path: "/jobs/{job_id}/markdown",
  summary: "Get the Markdown",
  description: "The document as Markdown, `full.md` of the result.",
  responses: part("Markdown", "text/markdown; charset=utf-8"),
});
export const getChunks = operation({
  ...common,
  id: "getChunks",
  path: "/jobs/{job_id}/chunks",
  summary: "Get the chunks",
  description: "`chunks.json` of the result.",
  responses: part("The chunks in reading order", "application/json"),
});
export const getDocument = operation({
  ...common,
  id: "getDocument",
  path: "/jobs/{job_id}/document",
  summary: "Get the document tree",
  description: "`document.json` of the result: nodes, places and pages.",
  responses: part("The tree", "application/json"),
});
export const getHtml = operation({
  ...common,
  id: "getHtml",
  path: "/jobs/{job_id}/html",
  summary: "Get the HTML",
  description: "The document as one HTML page, written from the tree.",
  responses: part("A page", "text/html; charset=utf-8"),
});
export const getImage = operation({
  ...common,
  id: "getImage",
  path: "/jobs/{job_id}/images/{name}",
  summary: "Get a picture",
  description: "A member of `images/`.",
  params: Member,
  responses: part("The picture", "image/*"),
});
export const getTable = operation({
  ...common,
  id: "getTable",
  path: "/jobs/{job_id}/tables/{name}",
  summary: "Get a table",
  description: "A member of `tables/`: one HTML table.",
  params: Member,
  responses: part("The table", "text/html; charset=utf-8"),
});
