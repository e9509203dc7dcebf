import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { CreateBucketCommand, ListMultipartUploadsCommand, S3Client } from "@aws-sdk/client-s3";
import { Problem } from "@knowhere/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeBlobs } from "../../testing/blobs-suite.ts";
import { type SwiftServer, startSwift, whySwiftCannotRun } from "../../testing/swift.ts";
import { createS3Blobs } from "./index.ts";

const obstacle = whySwiftCannotRun();
const partBytes = 5 * 1024 * 1024;

if (obstacle) {
  it("keeps the promises of a blob store on a server that verifies signatures", (context) => {
    context.skip(obstacle);
  });
} else {
  let swift: SwiftServer;
  let admin: S3Client;
  let made = 0;
  beforeAll(async () => {
    swift = await startSwift();
    admin = new S3Client({
      endpoint: swift.endpoint,
      region: swift.region,
      credentials: swift,
      forcePathStyle: true,
      requestChecksumCalculation: "WHEN_REQUIRED",
      responseChecksumValidation: "WHEN_REQUIRED",
    });
  }, 120_000);
  afterAll(async () => {
    admin?.destroy();
    await swift?.stop();
  });

  const openBucket = async () => {
    const bucket = `bucket-${++made}`;
    await admin.send(new CreateBucketCommand({ Bucket: bucket }));
    const scratchDir = await mkdtemp(join(tmpdir(), "knowhere-s3-"));
    const blobs = await createS3Blobs({ ...swift, bucket, forcePathStyle: true }, { partBytes });
    return {
      blobs,
      bucket,
      baseUrl: "http://unused",
      scratchDir,
      async close() {
        blobs.close();
        await rm(scratchDir, { recursive: true });
      },
    };
  };

  // Swift answers 501 to conditional writes.
  describeBlobs("the bucket store on Swift", openBucket, { atomicIfAbsent: false });

  describe("the bucket store on Swift", () => {
    it("sends large results in parts and gives them back whole", async () => {
      const { blobs, scratchDir, close } = await openBucket();
      const bytes = randomBytes(2 * partBytes + 12_345);
      const pieces = Array.from({ length: 23 }, (_, at) => bytes.subarray(at * 500_000, (at + 1) * 500_000));
      const put = await blobs.put("results/large.zip", Readable.from(pieces), { contentType: "application/zip" });
      expect(put).toMatchObject({ bytes: bytes.length });
      expect(await blobs.head("results/large.zip")).toMatchObject({ bytes: bytes.length, etag: put.etag });
      await blobs.download("results/large.zip", join(scratchDir, "copy"));
      expect((await readFile(join(scratchDir, "copy"))).equals(bytes)).toBe(true);
      const seam = await buffer(
        (await blobs.get("results/large.zip", { start: partBytes - 2, end: partBytes + 1 })).body,
      );
      expect(seam).toEqual(bytes.subarray(partBytes - 2, partBytes + 2));
      await close();
    });

    it("leaves no parts behind when a large stream breaks", async () => {
      const { blobs, bucket, close } = await openBucket();
      const broken = Readable.from(
        (function* () {
          yield Buffer.alloc(partBytes + 1);
          yield Buffer.alloc(partBytes);
          throw new Error("the sender is gone");
        })(),
      );
      await expect(blobs.put("a/broken", broken, { contentType: "application/zip" })).rejects.toThrow(
        "the sender is gone",
      );
      expect(await blobs.head("a/broken")).toBeNull();
      const { Uploads = [] } = await admin.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
      expect(Uploads).toEqual([]);
      await close();
    });

    it("does not take a missing bucket for a missing blob", async () => {
      const blobs = await createS3Blobs({ ...swift, bucket: "no-such-bucket", forcePathStyle: true });
      await expect(blobs.get("a/b")).rejects.toMatchObject({ name: "NoSuchBucket" });
      blobs.close();
    });
  });
}

describe("the bucket store on a failing server", () => {
  const withServer = async (listener: RequestListener, use: (endpoint: string) => Promise<void>) => {
    const server = createServer(listener);
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  };
  const openAt = (endpoint: string, options = {}) =>
    createS3Blobs(
      {
        bucket: "bucket",
        endpoint,
        region: "us-east-1",
        accessKeyId: "id",
        secretAccessKey: "secret",
        forcePathStyle: true,
      },
      options,
    );
  const nameOf = (promise: Promise<unknown>) =>
    promise.then(
      () => "no problem",
      (error) => (error instanceof Problem ? error.problem : `not a problem: ${error}`),
    );

  it("tries again, and says that the storage is unavailable when that does not help", async () => {
    let requests = 0;
    const fail: RequestListener = (request, response) => {
      requests++;
      request.resume();
      response.writeHead(500).end();
    };
    await withServer(fail, async (endpoint) => {
      const blobs = await openAt(endpoint);
      expect(await nameOf(blobs.head("a/b"))).toBe("UNAVAILABLE");
      expect(requests).toBe(4);
      expect(await nameOf(blobs.put("a/b", Buffer.from("x"), { contentType: "text/plain" }))).toBe("UNAVAILABLE");
    });
    const gone = await openAt("http://127.0.0.1:9");
    expect(await nameOf(gone.get("a/b"))).toBe("UNAVAILABLE");
  });

  it("gives up a server that takes requests and never answers", async () => {
    const held: RequestListener = (request) => void request.resume();
    await withServer(held, async (endpoint) => {
      const blobs = await openAt(endpoint, { socketTimeoutMs: 100 });
      expect(await nameOf(blobs.head("a/b"))).toBe("UNAVAILABLE");
      expect(await nameOf(blobs.put("a/b", Buffer.from("x"), { contentType: "text/plain" }))).toBe("UNAVAILABLE");
    });
  });

  it("gives up an answer that stops in the middle", async () => {
    const scratchDir = await mkdtemp(join(tmpdir(), "knowhere-s3-"));
    const stop: RequestListener = (_request, response) => {
      response.writeHead(200, { "Content-Length": "1000", ETag: '"e"' });
      response.write(Buffer.alloc(100));
    };
    await withServer(stop, async (endpoint) => {
      const blobs = await openAt(endpoint, { socketTimeoutMs: 100 });
      expect(await nameOf(blobs.download("a/b", join(scratchDir, "copy")))).toBe("UNAVAILABLE");
    });
    await rm(scratchDir, { recursive: true });
  });

  it("does not take half a body for a source", async () => {
    const scratchDir = await mkdtemp(join(tmpdir(), "knowhere-s3-"));
    const truncate: RequestListener = (_request, response) => {
      response.writeHead(200, { "Content-Length": "1000", ETag: '"e"' });
      response.write(Buffer.alloc(100), () => response.destroy());
    };
    await withServer(truncate, async (endpoint) => {
      const blobs = await openAt(endpoint);
      expect(await nameOf(blobs.download("a/b", join(scratchDir, "copy")))).toBe("UNAVAILABLE");
    });
    await rm(scratchDir, { recursive: true });
  });
});
