/** Streams of unknown length into a bucket: small ones in one request, large ones in parts, none of them visible early. */
import { createHash } from "node:crypto";
import { addAbortSignal, Readable } from "node:stream";
import type { CompletedPart, S3Client } from "@aws-sdk/client-s3";
import { problem } from "@knowhere/contract";
import type { Blobs, PutOptions } from "../../ports/blobs.ts";
import { asProblem, statusOf } from "./faults.ts";

export interface UploaderParts {
  s3: typeof import("@aws-sdk/client-s3");
  client: S3Client;
  bucket: string;
  partBytes: number;
  exists(key: string): Promise<boolean>;
}
/** AWS allows so many. */
const mostParts = 10_000;

export function createUploader({ s3, client, bucket, partBytes, exists }: UploaderParts): Blobs["put"] {
  /** The ETag of the one object, which appears when its last byte is there. */
  async function send(key: string, pieces: AsyncIterator<Buffer, void>, options: PutOptions): Promise<string> {
    const where = { Bucket: bucket, Key: key };
    const calls = options.signal ? { abortSignal: options.signal } : {};
    const first = await pieces.next();
    const second = first.done ? first : await pieces.next();
    if (first.done || second.done) {
      const input = { ...where, Body: first.value ?? Buffer.alloc(0), ContentType: options.contentType };
      return unlessThere(key, options.ifAbsent, async (condition) => {
        return (await client.send(new s3.PutObjectCommand({ ...input, ...condition }), calls)).ETag!;
      });
    }
    const created = await client.send(
      new s3.CreateMultipartUploadCommand({ ...where, ContentType: options.contentType }),
      calls,
    );
    const upload = { ...where, UploadId: created.UploadId! };
    try {
      const parts: CompletedPart[] = [];
      const add = async (Body: Buffer) => {
        const PartNumber = parts.length + 1;
        if (PartNumber > mostParts) throw new Error(`more than ${mostParts} parts of ${partBytes} bytes`);
        const { ETag } = await client.send(new s3.UploadPartCommand({ ...upload, PartNumber, Body }), calls);
        parts.push({ PartNumber, ETag: ETag! });
      };
      await add(first.value);
      await add(second.value);
      for (let piece = await pieces.next(); !piece.done; piece = await pieces.next()) await add(piece.value);
      return await unlessThere(key, options.ifAbsent, async (condition) => {
        const whole = { ...upload, MultipartUpload: { Parts: parts }, ...condition };
        return (await client.send(new s3.CompleteMultipartUploadCommand(whole), calls)).ETag!;
      });
    } catch (error) {
      // Parts without an end cost money until a rule of the bucket removes them.
      await client.send(new s3.AbortMultipartUploadCommand(upload)).catch(() => {});
      throw error;
    }
  }

  /** `ifAbsent` as a condition that the server checks, or as a look before the write where the server knows no such. */
  async function unlessThere(
    key: string,
    ifAbsent: boolean | undefined,
    write: (condition: { IfNoneMatch?: string }) => Promise<string>,
  ): Promise<string> {
    if (!ifAbsent) return write({});
    const there = (cause?: unknown) =>
      problem("CONFLICT", { message: "The blob is already there." }, cause ? { cause } : {});
    try {
      return await write({ IfNoneMatch: "*" });
    } catch (error) {
      if (statusOf(error) === 412 || statusOf(error) === 409) throw there(error);
      if (statusOf(error) !== 501) throw error;
      if (await exists(key)) throw there();
      return write({});
    }
  }

  return async (key, body, options) => {
    const { contentType, maxBytes = Number.POSITIVE_INFINITY, signal } = options;
    const source = body instanceof Uint8Array ? Readable.from([body]) : body;
    if (signal) addAbortSignal(signal, source);
    const md5 = createHash("md5");
    const sha256 = createHash("sha256");
    let bytes = 0;
    async function* cut(): AsyncGenerator<Buffer, void> {
      let held: Buffer[] = [];
      let heldBytes = 0;
      for await (const given of source) {
        const chunk: Uint8Array = typeof given === "string" ? Buffer.from(given) : given;
        bytes += chunk.length;
        if (bytes > maxBytes) throw problem("SOURCE_TOO_LARGE", { limit_bytes: maxBytes });
        md5.update(chunk);
        sha256.update(chunk);
        for (let from = 0; from < chunk.length; ) {
          const piece = chunk.subarray(from, from + partBytes - heldBytes);
          held.push(Buffer.from(piece.buffer, piece.byteOffset, piece.length));
          heldBytes += piece.length;
          from += piece.length;
          if (heldBytes < partBytes) continue;
          yield Buffer.concat(held);
          held = [];
          heldBytes = 0;
        }
      }
      if (heldBytes > 0) yield Buffer.concat(held);
    }
    const pieces = cut();
    try {
      const etag = await send(key, pieces, options);
      const digests = { sha256: sha256.digest("hex"), md5: md5.digest("hex") };
      return { key, bytes, etag, contentType, modifiedAt: new Date(), ...digests };
    } catch (error) {
      throw asProblem(error);
    } finally {
      // Lets go of the source when the storage refused halfway.
      await pieces.return();
    }
  };
}
