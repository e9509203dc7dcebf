/** Bytes of a known length as an answer: whole, a range of them, or nothing when the caller has them already. */
import { Readable } from "node:stream";
import { problem } from "@knowhere/contract";
import { matchesEtag, parseRange } from "../ports/byte-range.ts";
import { type Answer, type Call, jsonType } from "./call.ts";
import { envelopeOf } from "./problem.ts";

export interface Body {
  bytes: number;
  etag: string;
  contentType: string;
  headers?: Record<string, string>;
  open(): Promise<Readable>;
}
export type BodyCall = Pick<Call, "requestId"> & {
  headers: { "if-none-match"?: string | undefined; "if-range"?: string | undefined; range?: string | undefined };
};

/** RFC 9110: 200, 206 for one range, 304, or 416 for a range beyond the end. */
export async function answerBody(call: BodyCall, body: Body): Promise<Answer> {
  const headers: Record<string, string> = { ...body.headers, ETag: body.etag, "Accept-Ranges": "bytes" };
  const known = call.headers["if-none-match"];
  if (known !== undefined && matchesEtag(known, body.etag)) return { status: 304, headers };
  const range = parseRange(call.headers.range, call.headers["if-range"], body);
  if (range === "unsatisfiable") {
    const refusal = envelopeOf(problem("RANGE_NOT_SATISFIABLE", { bytes: body.bytes }), call.requestId);
    const told = { "Content-Range": `bytes */${body.bytes}` };
    return { status: 416, headers: told, contentType: jsonType, body: JSON.stringify(refusal) };
  }
  const { contentType } = body;
  if (range === null) {
    headers["Content-Length"] = String(body.bytes);
    return { status: 200, contentType, headers, body: await body.open() };
  }
  headers["Content-Length"] = String(range.end - range.start + 1);
  headers["Content-Range"] = `bytes ${range.start}-${range.end}/${body.bytes}`;
  return {
    status: 206,
    contentType,
    headers,
    body: Readable.from(cut(await body.open(), range), { objectMode: false }),
  };
}

/** Packed members can only be read from their beginning. Leaving early destroys the source. */
async function* cut(source: Readable, { start, end }: { start: number; end: number }): AsyncGenerator<Buffer> {
  let at = 0;
  for await (const chunk of source as AsyncIterable<Buffer>) {
    const piece = chunk.subarray(Math.max(0, start - at), Math.max(0, end + 1 - at));
    if (piece.length > 0) yield piece;
    at += chunk.length;
    if (at > end) return;
  }
}
