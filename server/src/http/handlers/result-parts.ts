/** Members of the stored result, one by one. */
import { text } from "node:stream/consumers";
import { type Document, problem } from "@knowhere/contract";
import type { JobResult } from "../../jobs/types.ts";
import type { PackageMember } from "../../ports/packages.ts";
import type { Answer, Call, HttpParts } from "../call.ts";
import { findJob } from "../find-job.ts";

type PartCall = Pick<Call, "key" | "params"> & { headers: { "if-none-match"?: string | undefined } };
type PartHandler = (call: PartCall, parts: HttpParts) => Promise<Answer>;

/** Whatever the document says, nothing in it runs or loads anything in a browser. */
const sandboxed = {
  "Content-Security-Policy": "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; sandbox",
  "X-Content-Type-Options": "nosniff",
};
const htmlType = "text/html; charset=utf-8";
const imageTypes: Record<string, string> = {
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  gif: "image/gif",
  webp: "image/webp",
  bmp: "image/bmp",
  tif: "image/tiff",
  tiff: "image/tiff",
  svg: "image/svg+xml",
};

export const getMarkdown = serveMember(
  () => "full.md",
  () => "text/markdown; charset=utf-8",
);
export const getChunks = serveMember(
  () => "chunks.json",
  () => "application/json; charset=utf-8",
);
export const getDocument = serveMember(
  () => "document.json",
  () => "application/json; charset=utf-8",
);
export const getTable = serveMember(
  (name) => `tables/${name}`,
  () => htmlType,
);
export const getImage = serveMember(
  (name) => `images/${name}`,
  (name) => imageTypes[name.split(".").at(-1)!.toLowerCase()] ?? "application/octet-stream",
);

/** Written from the tree on every call: it is not a member of the package. */
export const getHtml: PartHandler = async (call, parts) => {
  const result = await findResult(call, parts);
  const member = await findMember(parts, result, "document.json");
  const headers = { ...sandboxed, ETag: member.etag.replace(/"$/, '-html"') };
  if (isKnown(call, headers.ETag)) return { status: 304, headers };
  const document = JSON.parse(await text(await member.open())) as Document;
  return { status: 200, contentType: htmlType, headers, body: parts.renderHtml(document) };
};

function serveMember(memberOf: (name: string) => string, typeOf: (name: string) => string): PartHandler {
  return async (call, parts) => {
    const name = call.params["name"] ?? "";
    const result = await findResult(call, parts);
    const member = await findMember(parts, result, memberOf(name));
    const headers: Record<string, string> = { ...sandboxed, ETag: member.etag };
    if (isKnown(call, member.etag)) return { status: 304, headers };
    headers["Content-Length"] = String(member.bytes);
    return { status: 200, contentType: typeOf(name), headers, body: await member.open() };
  };
}

async function findResult(call: PartCall, parts: HttpParts): Promise<JobResult> {
  const job = await findJob(call, parts);
  if (!job.result) throw problem("RESULT_NOT_READY", { status: job.status });
  return job.result;
}

async function findMember({ packages }: HttpParts, result: JobResult, name: string): Promise<PackageMember> {
  const member = await packages.member(result.key, name);
  if (!member) throw problem("NOT_FOUND", { resource: "Result member", id: name });
  return member;
}

function isKnown(call: PartCall, etag: string): boolean {
  const tags = call.headers["if-none-match"]?.split(",") ?? [];
  return tags.some((tag) => tag.trim() === "*" || tag.trim().replace(/^W\//, "") === etag);
}
