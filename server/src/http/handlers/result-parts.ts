/** Members of the stored result, one by one. */
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { type Document, problem } from "@knowhere/contract";
import type { JobResult } from "../../jobs/types.ts";
import type { PackageMember } from "../../ports/packages.ts";
import { readAssetUrl } from "../asset-urls.ts";
import type { Answer, Call, Handler, HttpParts } from "../call.ts";
import { findJob } from "../find-job.ts";
import { answerBody, type BodyCall } from "../member-body.ts";

type PartCall = Pick<Call, "key" | "params"> & BodyCall;
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
const imageType = (name: string) => imageTypes[name.split(".").at(-1)!.toLowerCase()] ?? "application/octet-stream";

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
export const getImage = serveMember((name) => `images/${name}`, imageType);

/** Written from the tree on every call: it is not a member of the package. */
export const getHtml: PartHandler = async (call, parts) => {
  const result = await findResult(call, parts);
  const member = await findMember(parts, result.key, "document.json");
  const document = JSON.parse(await text(await member.open())) as Document;
  const page = Buffer.from(parts.renderHtml(document));
  return answerBody(call, {
    bytes: page.length,
    etag: member.etag.replace(/"$/, '-html"'),
    contentType: htmlType,
    headers: sandboxed,
    open: async () => Readable.from([page], { objectMode: false }),
  });
};

/** By a signed URL instead of a key. */
export const getAsset: Handler<"getAsset"> = async (call, parts) => {
  const { result, folder, name } = call.params as { result: string; folder: string; name: string };
  const { expires, signature } = call.query;
  const nowS = parts.clock.now().getTime() / 1000;
  const asked = { result, member: `${folder}/${name}`, expiresS: expires, signature };
  const { resultKey, member } = readAssetUrl(asked, parts.assetSecret, nowS);
  // What is known of a package is kept in memory, and may outlive its job: the blob itself tells.
  if (!(await parts.blobs.head(resultKey))) throw memberNotFound(member);
  const found = await findMember(parts, resultKey, member);
  const contentType = folder === "tables" ? htmlType : imageType(name);
  return answerBody(call, {
    ...found,
    contentType,
    headers: { ...sandboxed, "Cache-Control": "private, max-age=3600" },
  });
};

function serveMember(memberOf: (name: string) => string, typeOf: (name: string) => string): PartHandler {
  return async (call, parts) => {
    const name = call.params["name"] ?? "";
    const result = await findResult(call, parts);
    const member = await findMember(parts, result.key, memberOf(name));
    return answerBody(call, { ...member, contentType: typeOf(name), headers: sandboxed });
  };
}

async function findResult(call: PartCall, parts: HttpParts): Promise<JobResult> {
  const job = await findJob(call, parts);
  if (!job.result) throw problem("RESULT_NOT_READY", { status: job.status });
  return job.result;
}

const memberNotFound = (name: string) => problem("NOT_FOUND", { resource: "Result member", id: name });

async function findMember({ packages }: HttpParts, resultKey: string, name: string): Promise<PackageMember> {
  const member = await packages.member(resultKey, name);
  if (!member) throw memberNotFound(name);
  return member;
}
