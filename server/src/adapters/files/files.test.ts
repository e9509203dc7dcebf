import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { createServer, type OutgoingHttpHeaders, request } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { problem } from "@knowhere/contract";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseRange } from "../../ports/byte-range.ts";
import { describeBlobs } from "../../testing/blobs-suite.ts";
import { faultRounds, openChance } from "../../testing/seed.ts";
import { createFileBlobs, loadBlobSecret } from "./index.ts";

const secret = randomBytes(32);
const chance = openChance("broken uploads");

/** A folder store behind a bare server whose clock can be moved. */
async function openFiles() {
  const scratchDir = await mkdtemp(join(tmpdir(), "knowhere-blobs-"));
  const time = { ms: Date.now() };
  const uploads: string[] = [];
  let onUpload: (key: string) => Promise<boolean> = async () => false;
  const blobs = await createFileBlobs({ dir: join(scratchDir, "blobs"), secret, now: () => time.ms });
  const server = createServer((req, res) => {
    void blobs.door.handle(req, res, {
      requestId: "req_1",
      uploaded: (key) => {
        uploads.push(key);
        return onUpload(key);
      },
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    blobs,
    scratchDir,
    time,
    uploads,
    port,
    onUpload: (call: typeof onUpload) => {
      onUpload = call;
    },
    baseUrl: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(scratchDir, { recursive: true });
    },
  };
}

describeBlobs("the folder store", openFiles);

describe("the folder store's upload URLs", () => {
  let files: Awaited<ReturnType<typeof openFiles>>;
  beforeEach(async () => {
    files = await openFiles();
  });
  afterEach(() => files.close());

  const bytes = Buffer.from("%PDF-1.7");
  const sign = async (maxBytes = 1000, expiresInS = 60) =>
    (
      await files.blobs.presignPut("uploads/job_1", {
        contentType: "application/pdf",
        maxBytes,
        expiresInS,
        baseUrl: files.baseUrl,
      })
    ).url;
  const put = (url: string, body: BodyInit = bytes, headers: Record<string, string> = {}) =>
    fetch(url, {
      method: "PUT",
      body,
      headers: { "Content-Type": "application/pdf", ...headers },
      ...(body instanceof ReadableStream ? { duplex: "half" } : {}),
    } as RequestInit);
  const leftovers = () => readdir(join(files.scratchDir, "blobs/temp"));
  const codeOf = async (answer: Response) => [answer.status, /<Code>(\w+)/.exec(await answer.text())?.[1]];

  it("tell of the upload before they answer", async () => {
    files.onUpload(async (key) => {
      expect(await files.blobs.head(key)).toMatchObject({ bytes: bytes.length });
      return true;
    });
    expect((await put(await sign())).status).toBe(200);
    expect(files.uploads).toEqual(["uploads/job_1"]);
  });

  it("work once, and a second upload does not touch the first", async () => {
    const url = await sign();
    await put(url);
    expect(await codeOf(await put(url, "something else"))).toEqual([409, "ObjectAlreadyExists"]);
    expect((await files.blobs.head("uploads/job_1"))?.bytes).toBe(bytes.length);
  });

  it("stay used after the blob is erased", async () => {
    const url = await sign();
    await put(url);
    await files.blobs.delete("uploads/job_1");
    expect(await codeOf(await put(url))).toEqual([409, "ObjectAlreadyExists"]);
    expect(await files.blobs.head("uploads/job_1")).toBeNull();
  });

  it("let one of several uploads at once succeed", async () => {
    const url = await sign();
    const answers = await Promise.all([1, 2, 3, 4].map(() => put(url)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);
    expect(await leftovers()).toEqual([]);
  });

  it("may be used again when nobody could be told of the upload", async () => {
    const url = await sign();
    files.onUpload(async () => {
      throw problem("UNAVAILABLE");
    });
    expect(await codeOf(await put(url))).toEqual([503, "ServiceUnavailable"]);
    expect(await files.blobs.head("uploads/job_1")).toBeNull();
    files.onUpload(async () => true);
    expect((await put(url)).status).toBe(200);
  });

  it("heal an upload that was stored by a process that died before it told anyone", async () => {
    await files.blobs.put("uploads/job_1", bytes, { contentType: "application/pdf" });
    files.onUpload(async () => true);
    expect((await put(await sign())).status).toBe(200);
    expect(files.uploads).toEqual(["uploads/job_1"]);
  });

  it("expire", async () => {
    const url = await sign(1000, 60);
    files.time.ms += 61_000;
    const answer = await put(url);
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain("<Message>Request has expired</Message>");
  });

  it("refuse too much by Content-Length and when it comes in chunks", async () => {
    const url = await sign(10);
    expect(await codeOf(await put(url, "x".repeat(11)))).toEqual([400, "EntityTooLarge"]);
    const chunked = new Blob(["x".repeat(6), "y".repeat(6)]).stream();
    expect(await codeOf(await put(url, chunked))).toEqual([400, "EntityTooLarge"]);
    expect(await leftovers()).toEqual([]);
    expect((await put(url, "x".repeat(10))).status).toBe(200);
  });

  it("keep nothing of an upload that breaks off at any byte, and may then be repeated", async () => {
    const total = 200_000;
    const breaks = Array.from({ length: 12 * faultRounds }, () => chance.whole(0, total - 1));
    for (const sent of [0, 1, total - 1, ...breaks]) {
      const { pathname, search } = new URL(await sign(1_000_000));
      const announced: OutgoingHttpHeaders = chance.next() < 0.5 ? { "Content-Length": total } : {};
      await new Promise<void>((resolve) => {
        const req = request({
          port: files.port,
          method: "PUT",
          path: pathname + search,
          headers: { "Content-Type": "application/pdf", ...announced },
        });
        req.on("error", () => resolve());
        req.on("close", () => resolve());
        req.write(Buffer.alloc(sent), () => req.destroy());
        req.flushHeaders();
      });
      await expect.poll(leftovers).toEqual([]);
      expect(await files.blobs.head("uploads/job_1")).toBeNull();
    }
    expect(files.uploads).toEqual([]);
    expect((await put(await sign())).status).toBe(200);
  });

  it("tolerate an Authorization header and check x-amz-checksum-sha256", async () => {
    const url = await sign();
    const wrong = createHash("sha256").update("other").digest("base64");
    const right = createHash("sha256").update(bytes).digest("base64");
    expect(await codeOf(await put(url, bytes, { "x-amz-checksum-sha256": wrong }))).toEqual([400, "BadDigest"]);
    expect(await codeOf(await put(url, bytes, { "Content-MD5": "short" }))).toEqual([400, "InvalidDigest"]);
    expect((await put(url, bytes, { Authorization: "Bearer sk_stray", "x-amz-checksum-sha256": right })).status).toBe(
      200,
    );
  });

  it("do not serve what they store, and other methods are refused", async () => {
    const url = await sign();
    expect(await codeOf(await fetch(url))).toEqual([403, "SignatureDoesNotMatch"]);
    expect(await codeOf(await fetch(url, { method: "POST" }))).toEqual([405, "MethodNotAllowed"]);
    expect(await codeOf(await fetch(`${files.baseUrl}/blobs/uploads/job_1`))).toEqual([403, "AccessDenied"]);
    expect(await codeOf(await fetch(`${files.baseUrl}/blobs/%ff?signature=1&expires=1`))).toEqual([
      400,
      "AuthorizationQueryParametersError",
    ]);
  });

  it("cannot be stretched: key, limit, type and expiry are all signed", async () => {
    const url = await sign();
    for (const changed of [
      url.replace("max=1000", "max=9999"),
      url.replace(/expires=\d/, "expires=9"),
      url.replace("type=application%2Fpdf", "type=text%2Fplain"),
      url.replace("uploads/job_1", "uploads/..%2Fjob_2"),
    ]) {
      expect(changed).not.toBe(url);
      expect(await codeOf(await put(changed))).toEqual([403, "SignatureDoesNotMatch"]);
    }
  });
});

describe("the folder store's download URLs", () => {
  let files: Awaited<ReturnType<typeof openFiles>>;
  beforeEach(async () => {
    files = await openFiles();
  });
  afterEach(() => files.close());
  const sign = async (fileName = "result.zip") =>
    (
      await files.blobs.presignGet("a/b", {
        fileName,
        contentType: "application/zip",
        expiresInS: 60,
        baseUrl: files.baseUrl,
      })
    ).url;

  it("answer HEAD, If-None-Match and If-Match", async () => {
    const { etag } = await files.blobs.put("a/b", Buffer.from("0123456789"), { contentType: "application/zip" });
    const head = await fetch(await sign(), { method: "HEAD" });
    expect([head.status, head.headers.get("content-length"), head.headers.get("etag")]).toEqual([200, "10", etag]);
    expect((await fetch(await sign(), { headers: { "If-None-Match": etag } })).status).toBe(304);
    expect((await fetch(await sign(), { headers: { "If-Match": '"other"' } })).status).toBe(412);
  });

  it("carry any file name safely", async () => {
    await files.blobs.put("a/b", Buffer.from("1"), { contentType: "application/zip" });
    const answer = await fetch(await sign('ber"icht\r\nX-Evil: 1 ü.zip'));
    expect(answer.headers.get("x-evil")).toBeNull();
    expect(answer.headers.get("content-disposition")).toContain(
      "filename*=UTF-8''ber%22icht%0D%0AX-Evil%3A%201%20%C3%BC.zip",
    );
  });

  it("serve a blob whose remembered description is lost or stale", async () => {
    const { etag } = await files.blobs.put("a/b.zip", Buffer.from("one"), { contentType: "application/zip" });
    await rm(join(files.scratchDir, "blobs/meta/a/b.zip"));
    expect(await files.blobs.head("a/b.zip")).toMatchObject({ etag, contentType: "application/zip" });
    await writeFile(join(files.scratchDir, "blobs/data/a/b.zip"), "three");
    expect((await files.blobs.head("a/b.zip"))?.etag).not.toBe(etag);
  });
});

describe("ranges", () => {
  const info = { key: "k", bytes: 10, etag: '"e"', contentType: "", modifiedAt: new Date(0) };
  it.each([
    ["bytes=0-0", { start: 0, end: 0 }],
    ["bytes=5-", { start: 5, end: 9 }],
    ["bytes=-20", { start: 0, end: 9 }],
    ["bytes=4-2", null],
    ["bytes=0-1,4-5", null],
    ["lines=1-2", null],
    ["bytes=-", null],
    ["bytes=-0", "unsatisfiable"],
    ["bytes=10-", "unsatisfiable"],
    [undefined, null],
  ])("reads %j", (header, expected) => {
    expect(parseRange(header, undefined, info)).toEqual(expected);
  });
  it("are ignored when If-Range names another version", () => {
    expect(parseRange("bytes=0-0", '"other"', info)).toBeNull();
    expect(parseRange("bytes=0-0", '"e"', info)).toEqual({ start: 0, end: 0 });
  });
});

describe("the signing secret", () => {
  it("is made once, for its owner's eyes only, and found again", async () => {
    const dir = await mkdtemp(join(tmpdir(), "knowhere-secret-"));
    const [first, twin] = await Promise.all([loadBlobSecret(dir), loadBlobSecret(dir)]);
    expect(twin).toEqual(first);
    expect(await loadBlobSecret(dir)).toEqual(first);
    expect(first).toHaveLength(32);
    expect((await stat(join(dir, "blob-secret"))).mode & 0o777).toBe(0o600);
    expect(await readdir(dir)).toEqual(["blob-secret"]);
    await rm(dir, { recursive: true });
  });
});
