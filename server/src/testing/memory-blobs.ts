/** Blobs in memory, whole or absent like the real ones. `failNext` makes the next calls of one kind reject. */
import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { problem } from "@knowhere/contract";
import type { BlobInfo, Blobs } from "../ports/blobs.ts";
import type { Clock } from "../ports/clock.ts";

export interface MemoryBlobs extends Blobs {
  keys(): string[];
  failNext(call: keyof Blobs, times: number, error: Error): void;
}

export function createMemoryBlobs(clock: Clock): MemoryBlobs {
  const stored = new Map<string, { info: BlobInfo; bytes: Buffer }>();
  const failures = new Map<keyof Blobs, { times: number; error: Error }>();
  const meet = (call: keyof Blobs) => {
    const failure = failures.get(call);
    if (failure && failure.times-- > 0) throw failure.error;
  };
  const find = (key: string) => {
    const found = stored.get(key);
    if (!found) throw problem("NOT_FOUND", { resource: "Blob", id: key });
    return found;
  };
  const presigned = (key: string, expiresInS: number) => ({
    url: `memory:${key}`,
    expiresAt: new Date(clock.now().getTime() + expiresInS * 1000),
  });

  return {
    keys: () => [...stored.keys()].sort(),
    failNext: (call, times, error) => void failures.set(call, { times, error }),
    async put(key, body, { contentType, maxBytes, ifAbsent }) {
      const bytes = body instanceof Uint8Array ? Buffer.from(body) : await buffer(body);
      meet("put");
      if (maxBytes !== undefined && bytes.length > maxBytes)
        throw problem("SOURCE_TOO_LARGE", { limit_bytes: maxBytes });
      if (ifAbsent && stored.has(key)) throw problem("CONFLICT");
      const md5 = createHash("md5").update(bytes).digest("hex");
      const info: BlobInfo = { key, bytes: bytes.length, etag: `"${md5}"`, contentType, modifiedAt: clock.now() };
      stored.set(key, { info, bytes });
      return { ...info, md5, sha256: createHash("sha256").update(bytes).digest("hex") };
    },
    async get(key, range) {
      meet("get");
      const { info, bytes } = find(key);
      return { info, body: Readable.from([range ? bytes.subarray(range.start, range.end + 1) : bytes]) };
    },
    async head(key) {
      meet("head");
      return stored.get(key)?.info ?? null;
    },
    async delete(key) {
      meet("delete");
      stored.delete(key);
    },
    async *list(prefix) {
      meet("list");
      for (const [key, { info }] of stored) if (key.startsWith(prefix)) yield info;
    },
    presignPut: async (key, { expiresInS }) => presigned(key, expiresInS),
    presignGet: async (key, { expiresInS }) => presigned(key, expiresInS),
    async download(key, path) {
      meet("download");
      await writeFile(path, find(key).bytes);
    },
  };
}
