/** What every blob store promises. An adapter's test calls this with a way to open an empty store. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { Problem } from "@knowhere/contract";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Blobs } from "../ports/blobs.ts";

export interface OpenStore {
  blobs: Blobs;
  /** Where presigned URLs are answered. */
  baseUrl: string;
  /** An empty folder that the test may write to. */
  scratchDir: string;
  close(): Promise<void>;
}

const hex = (algorithm: string, bytes: Uint8Array) => createHash(algorithm).update(bytes).digest("hex");
const base64 = (algorithm: string, bytes: Uint8Array) => createHash(algorithm).update(bytes).digest("base64");
const pdf = { contentType: "application/pdf" };

async function keysOf(blobs: Blobs, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const info of blobs.list(prefix)) keys.push(info.key);
  return keys.sort();
}

async function problemOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => "no problem",
    (thrown: unknown) => thrown,
  );
  return error instanceof Problem ? error.problem : String(error);
}

/** @param atomicIfAbsent False for an S3 engine without conditional writes. */
export function describeBlobs(
  name: string,
  open: () => Promise<OpenStore>,
  { atomicIfAbsent = true }: { atomicIfAbsent?: boolean } = {},
): void {
  describe(`${name} keeps the promises of a blob store`, () => {
    let opened: OpenStore;
    let blobs: Blobs;
    beforeEach(async () => {
      opened = await open();
      blobs = opened.blobs;
    });
    afterEach(() => opened.close());

    const read = async (key: string, range?: { start: number; end: number }) =>
      buffer((await blobs.get(key, range)).body);
    const bytes = Buffer.from("%PDF-1.7 not much of a document");

    it("gives back what was put, with its size, type and digests", async () => {
      const put = await blobs.put("uploads/job_1.pdf", bytes, pdf);
      expect(put).toMatchObject({
        key: "uploads/job_1.pdf",
        bytes: bytes.length,
        contentType: "application/pdf",
        sha256: hex("sha256", bytes),
        md5: hex("md5", bytes),
      });
      expect(await read("uploads/job_1.pdf")).toEqual(bytes);
      const info = await blobs.head("uploads/job_1.pdf");
      expect(info).toMatchObject({ bytes: bytes.length, etag: put.etag, contentType: "application/pdf" });
      expect(info?.etag).toMatch(/^".+"$/);
    });

    it("takes a stream, an empty one too", async () => {
      await blobs.put("a/stream", Readable.from([bytes.subarray(0, 5), bytes.subarray(5)]), pdf);
      await blobs.put("a/empty", Readable.from([]), pdf);
      expect(await read("a/stream")).toEqual(bytes);
      expect(await read("a/empty")).toEqual(Buffer.alloc(0));
    });

    it("reads ranges, both ends included, and stops at the end", async () => {
      await blobs.put("a/b", Buffer.from("0123456789"), pdf);
      expect((await read("a/b", { start: 2, end: 4 })).toString()).toBe("234");
      expect((await read("a/b", { start: 8, end: 99 })).toString()).toBe("89");
    });

    it("replaces a blob, unless told not to", async () => {
      await blobs.put("a/b", Buffer.from("one"), pdf);
      await blobs.put("a/b", Buffer.from("two"), pdf);
      expect(await problemOf(blobs.put("a/b", Buffer.from("three"), { ...pdf, ifAbsent: true }))).toBe("CONFLICT");
      expect((await read("a/b")).toString()).toBe("two");
    });

    it.runIf(atomicIfAbsent)("lets one of two first writers win", async () => {
      const results = await Promise.allSettled(
        ["one", "two"].map((text) => blobs.put("a/race", Buffer.from(text), { ...pdf, ifAbsent: true })),
      );
      expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    });

    it("refuses more than maxBytes and keeps nothing of it", async () => {
      const endless = Readable.from(Array.from({ length: 100 }, () => Buffer.alloc(1000)));
      expect(await problemOf(blobs.put("a/big", endless, { ...pdf, maxBytes: 5000 }))).toBe("SOURCE_TOO_LARGE");
      expect(await blobs.head("a/big")).toBeNull();
      await blobs.put("a/fits", Buffer.alloc(5000), { ...pdf, maxBytes: 5000 });
    });

    it("keeps nothing of a stream that breaks", async () => {
      const broken = Readable.from(
        (function* () {
          yield bytes;
          throw new Error("the sender is gone");
        })(),
      );
      await expect(blobs.put("a/broken", broken, pdf)).rejects.toThrow("the sender is gone");
      expect(await keysOf(blobs, "")).toEqual([]);
    });

    it("says when there is nothing, and deletes it without complaint", async () => {
      expect(await blobs.head("a/none")).toBeNull();
      expect(await problemOf(blobs.get("a/none"))).toBe("NOT_FOUND");
      await blobs.delete("a/none");
      await blobs.put("a/b", bytes, pdf);
      await blobs.delete("a/b");
      expect(await blobs.head("a/b")).toBeNull();
    });

    it("lists by prefix", async () => {
      for (const key of ["uploads/job_1", "uploads/job_2", "results/job_1.1.zip", "results/job_1.2.zip"])
        await blobs.put(key, bytes, pdf);
      expect(await keysOf(blobs, "results/job_1.")).toEqual(["results/job_1.1.zip", "results/job_1.2.zip"]);
      expect(await keysOf(blobs, "uploads/")).toEqual(["uploads/job_1", "uploads/job_2"]);
      expect(await keysOf(blobs, "")).toHaveLength(4);
      expect(await keysOf(blobs, "none/")).toEqual([]);
    });

    it("downloads into a file", async () => {
      await blobs.put("a/b", bytes, pdf);
      const path = join(opened.scratchDir, "copy");
      await blobs.download("a/b", path);
      expect(await readFile(path)).toEqual(bytes);
    });

    describe("presigned URLs", () => {
      const upload = async (key = "uploads/job_1", maxBytes = 1000) =>
        (
          await blobs.presignPut(key, {
            contentType: "application/pdf",
            maxBytes,
            expiresInS: 60,
            baseUrl: opened.baseUrl,
          })
        ).url;
      const download = async (key: string, fileName = "result.zip") =>
        (
          await blobs.presignGet(key, {
            fileName,
            contentType: "application/zip",
            expiresInS: 60,
            baseUrl: opened.baseUrl,
          })
        ).url;
      const put = (url: string, body: Uint8Array, headers: Record<string, string> = {}) =>
        fetch(url, {
          method: "PUT",
          body: Uint8Array.from(body),
          headers: { "Content-Type": "application/pdf", ...headers },
        });

      it("are absolute and say when they expire", async () => {
        const before = Math.floor(Date.now() / 1000) * 1000;
        const { url, expiresAt } = await blobs.presignPut("a/b", {
          ...pdf,
          maxBytes: 1,
          expiresInS: 60,
          baseUrl: opened.baseUrl,
        });
        expect(new URL(url).protocol).toMatch(/^https?:$/);
        expect(expiresAt.getTime()).toBeGreaterThanOrEqual(before + 60_000);
      });

      it("store an upload and serve it again", async () => {
        const answer = await put(await upload(), bytes);
        expect(answer.ok).toBe(true);
        expect(answer.headers.get("etag")).toBe((await blobs.head("uploads/job_1"))?.etag);
        const got = await fetch(await download("uploads/job_1", "my result.zip"));
        expect(got.status).toBe(200);
        expect(got.headers.get("content-type")).toBe("application/zip");
        expect(got.headers.get("content-disposition")).toContain('filename="my result.zip"');
        expect(Buffer.from(await got.arrayBuffer())).toEqual(bytes);
      });

      it("refuse another content type, another key and a tampered signature", async () => {
        const url = await upload();
        const answers = [
          await put(url, bytes, { "Content-Type": "text/plain" }),
          await put(url.replace("job_1", "job_2"), bytes),
          await put(url.replace(/ignature=../, "ignature=00"), bytes),
        ];
        for (const answer of answers) {
          expect(answer.status).toBe(403);
          expect(await answer.text()).toMatch(/<Code>(SignatureDoesNotMatch|AccessDenied)<\/Code>/);
        }
        expect(await keysOf(blobs, "")).toEqual([]);
      });

      it("refuse an upload whose checksum is another", async () => {
        const url = await upload();
        const other = Buffer.from("something else");
        const answer = await put(url, bytes, { "Content-MD5": base64("md5", other) });
        expect(answer.status).toBe(400);
        expect(await answer.text()).toContain("<Code>BadDigest</Code>");
        expect(await blobs.head("uploads/job_1")).toBeNull();
        expect((await put(url, bytes, { "Content-MD5": base64("md5", bytes) })).ok).toBe(true);
      });

      it("serve ranges and refuse what lies behind the end", async () => {
        await blobs.put("a/b", Buffer.from("0123456789"), pdf);
        const url = await download("a/b");
        const part = await fetch(url, { headers: { Range: "bytes=2-4" } });
        expect([part.status, part.headers.get("content-range"), await part.text()]).toEqual([
          206,
          "bytes 2-4/10",
          "234",
        ]);
        const tail = await fetch(url, { headers: { Range: "bytes=-3" } });
        expect([tail.status, await tail.text()]).toEqual([206, "789"]);
        const behind = await fetch(url, { headers: { Range: "bytes=10-" } });
        expect(behind.status).toBe(416);
        await behind.arrayBuffer();
      });

      it("answer 404 in XML for what is not there", async () => {
        const answer = await fetch(await download("a/none"));
        expect(answer.status).toBe(404);
        expect(await answer.text()).toContain("<Code>NoSuchKey</Code>");
      });
    });
  });
}
