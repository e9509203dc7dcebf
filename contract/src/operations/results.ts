/** Operations on the parts of a finished job's result, for those who do not want the whole ZIP. */
import { z } from "zod";
import { ErrorAnswer, JobId, operation, type ResponseSpec } from "./operation.ts";

const conditional = z.object({
  "if-none-match": z.string().optional().describe("Answers 304 when the part still has this ETag."),
  range: z.string().optional().describe("One range of bytes, e.g. bytes=0-1023: answers 206."),
  "if-range": z.string().optional().describe("Heeds Range only while the part has this ETag."),
});
const part = (description: string, mediaType: string, example?: unknown): Record<number, ResponseSpec> => ({
  200: {
    description,
    mediaType,
    headers: { ETag: "Changes only with the bytes", "Accept-Ranges": "bytes" },
    ...(example === undefined ? {} : { examples: { part: example } }),
  },
  206: {
    description: "The range asked for",
    mediaType: "application/octet-stream",
    headers: { "Content-Range": "bytes FIRST-LAST/LENGTH" },
  },
  304: { description: "Unchanged", mediaType: "" },
  416: {
    description: "The range begins beyond the end",
    schema: ErrorAnswer,
    headers: { "Content-Range": "bytes */LENGTH" },
    examples: {
      RANGE_NOT_SATISFIABLE: {
        success: false,
        error: {
          code: "OUT_OF_RANGE",
          message: "The range begins beyond the end: there are 84 bytes.",
          request_id: "req_9f86d081884c7d65",
          details: { bytes: 84 },
        },
      },
    },
  },
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
const table = "<table><thead><tr><th>Port</th><th>Range</th></tr></thead></table>";

export const getMarkdown = operation({
  ...common,
  id: "getMarkdown",
  path: "/jobs/{job_id}/markdown",
  summary: "Get the Markdown",
  description: "The document as Markdown, `full.md` of the result.",
  responses: part("Markdown", "text/markdown; charset=utf-8", "# Tides\n\nHigh water comes twice a day.\n"),
});
export const getChunks = operation({
  ...common,
  id: "getChunks",
  path: "/jobs/{job_id}/chunks",
  summary: "Get the chunks",
  description: "`chunks.json` of the result; its schema is at `/schemas/chunks.json`.",
  responses: part("The chunks in reading order", "application/json", {
    chunks: [
      {
        chunk_id: "0f3c5a7e-9b1d-5f4a-8c8e-0b1d2f4a6c8e",
        type: "text",
        content: "High water comes twice a day.",
        path: "Default_Root/report.pdf-->2 Tides",
        metadata: {
          length: 29,
          summary: "",
          keywords: [],
          tokens: [],
          relationships: [],
          connect_to: [],
          page_nums: [2],
        },
      },
    ],
  }),
});
export const getDocument = operation({
  ...common,
  id: "getDocument",
  path: "/jobs/{job_id}/document",
  summary: "Get the document tree",
  description: "`document.json` of the result: nodes, places and pages; its schema is at `/schemas/document.json`.",
  responses: part("The tree", "application/json", {
    version: "1.0",
    format: "pdf",
    metadata: {},
    pages: [{ number: 1, kind: "page", width: 595, height: 842 }],
    content: [{ type: "heading", level: 1, id: "n1", content: [{ type: "text", text: "Tides" }] }],
    assets: [],
    attachments: [],
    warnings: [],
  }),
});
export const getHtml = operation({
  ...common,
  id: "getHtml",
  path: "/jobs/{job_id}/html",
  summary: "Get the HTML",
  description: "The document as one HTML page, written from the tree.",
  responses: part("A page", "text/html; charset=utf-8", "<!doctype html><html><body><h1>Tides</h1></body></html>"),
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
  responses: part("The table", "text/html; charset=utf-8", table),
});
export const getAsset = operation({
  ...common,
  id: "getAsset",
  versioned: false,
  scope: null,
  path: "/assets/{result}/{folder}/{name}",
  summary: "Get a picture or table by its signed URL",
  description:
    "What `asset_url` of a document's chunk points to. No key is needed: the signature permits this one file, until it expires or the job is erased.",
  params: z.object({
    result: z.string().describe("Part of the URL as it was given out."),
    folder: z.string().describe("images or tables"),
    name: z.string().describe("Member name."),
  }),
  query: z.object({
    expires: z.coerce.number().int().min(0).describe("Unix seconds; part of the URL as it was given out."),
    signature: z.string().max(64).describe("Part of the URL as it was given out."),
  }),
  responses: part("The picture or table", "image/*"),
  problems: ["NOT_FOUND", "SIGNED_URL_REFUSED", "VALIDATION_FAILED"],
});
