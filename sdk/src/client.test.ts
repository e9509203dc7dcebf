import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { deflateRawSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as sdk from "./index.ts";

type Scripted = (req: IncomingMessage, res: ServerResponse, body: Buffer) => void;
/** Answers by "METHOD /path"; a list is used up one a request, its last one stays. */
const script = new Map<string, Scripted[]>();
const seen: { method: string; path: string; headers: IncomingMessage["headers"]; body: Buffer }[] = [];
const slept: number[] = [];

const server = createServer((req, res) => {
  const chunks: Buffer[] = [];
  req
    .on("data", (chunk) => chunks.push(chunk))
    .on("end", () => {
      const body = Buffer.concat(chunks);
      const path = req.url!.split("?")[0]!;
      seen.push({ method: req.method!, path: req.url!, headers: req.headers, body });
      const answers = script.get(`${req.method} ${path}`) ?? [];
      const answer =
        answers.length > 1
          ? answers.shift()!
          : (answers[0] ?? fail(404, { code: "NOT_FOUND", message: "nothing scripted" }));
      answer(req, res, body);
    });
});
let base: string;
beforeAll(async () => {
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  script.clear();
  seen.length = 0;
  slept.length = 0;
});

const give =
  (value: unknown, status = 200): Scripted =>
  (_req, res) =>
    void res.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
const fail =
  (status: number, error: Record<string, unknown>, headers: Record<string, string> = {}): Scripted =>
  (_req, res) =>
    void res
      .writeHead(status, headers)
      .end(JSON.stringify({ success: false, error: { request_id: "req_1", ...error } }));
const cut: Scripted = (req) => void req.socket.destroy();

const make = (options: sdk.KnowhereOptions = {}) =>
  new sdk.Knowhere({
    apiKey: "sk_test",
    baseUrl: base,
    random: () => 0.5,
    sleep: async (ms) => void slept.push(ms),
    ...options,
  });

/** A ZIP of stored and deflated members, written by hand. */
function pack(members: Record<string, string>): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [index, [name, text]] of Object.entries(members).entries()) {
    const plain = Buffer.from(text);
    const method = index % 2 === 0 ? 8 : 0;
    const packed = method === 8 ? deflateRawSync(plain) : plain;
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(Buffer.byteLength(name), 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(method, 10);
    entry.writeUInt32LE(packed.length, 20);
    entry.writeUInt32LE(plain.length, 24);
    entry.writeUInt16LE(Buffer.byteLength(name), 28);
    entry.writeUInt32LE(at, 42);
    locals.push(local, Buffer.from(name), packed);
    directory.push(entry, Buffer.from(name));
    at += 30 + Buffer.byteLength(name) + packed.length;
  }
  const entries = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Object.keys(members).length, 10);
  end.writeUInt32LE(entries.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...locals, entries, end]);
}

const head = { job_id: "job_1", source_type: "file", data_id: null, created_at: "2025-01-15T10:30:00Z" };
const zip = pack({
  "chunks.json": '{"chunks":[{"chunk_id":"c","content":"Grüße"}]}',
  "full.md": "# Grüße",
  "manifest.json": '{"version":"1.0"}',
});
const waiting = () => ({
  ...head,
  status: "waiting-file",
  upload_url: `${base}/put?signature=1`,
  upload_headers: { "Content-Type": "application/pdf" },
  expires_in: 1,
});
const done = () => ({
  ...head,
  status: "done",
  completed_at: "2025-01-15T10:30:00Z",
  result_url: `${base}/zip`,
  result_checksum: { algorithm: "sha256", value: createHash("sha256").update(zip).digest("hex") },
});
const running = (processed_pages: number) => ({
  ...head,
  status: "running",
  progress: { total_pages: 3, processed_pages },
});

describe("parse", () => {
  beforeEach(() => {
    script.set("POST /v1/jobs", [give(waiting())]);
    script.set("PUT /put", [(_req, res) => void res.end()]);
    script.set("GET /v1/jobs/job_1", [
      give({ ...head, status: "pending" }),
      give(running(1)),
      give(running(2)),
      give(done()),
    ]);
    script.set("GET /zip", [(_req, res) => void res.end(zip)]);
  });

  it("goes from a file to its chunks", async () => {
    const changes: string[] = [];
    const result = await make().parse({
      file: Buffer.from("%PDF"),
      fileName: "a.pdf",
      parsing_params: { pages: "1-2" },
      onChange: (job) => changes.push(job.status),
    });
    expect(result.chunks).toEqual([{ chunk_id: "c", content: "Grüße" }]);
    expect([result.markdown, result.manifest.version, result.package.names]).toEqual([
      "# Grüße",
      "1.0",
      ["chunks.json", "full.md", "manifest.json"],
    ]);
    expect(changes).toEqual(["pending", "running", "running", "done"]);
    const [create, put] = seen;
    expect(JSON.parse(create!.body.toString())).toEqual({
      source_type: "file",
      file_name: "a.pdf",
      parsing_params: { pages: "1-2" },
    });
    expect([
      create!.headers.authorization,
      put!.headers["content-type"],
      put!.headers.authorization,
      put!.body.toString(),
    ]).toEqual(["Bearer sk_test", "application/pdf", undefined, "%PDF"]);
  });

  it("takes a Blob, with its name and without its own type", async () => {
    await make().parse({ file: new File(["%PDF"], "b.pdf", { type: "text/plain" }) });
    expect([
      JSON.parse(seen[0]!.body.toString()).file_name,
      seen[1]!.headers["content-type"],
      seen[1]!.body.toString(),
    ]).toEqual(["b.pdf", "application/pdf", "%PDF"]);
  });

  it("takes a URL and uploads nothing", async () => {
    script.set("POST /v1/jobs", [give({ ...head, status: "pending", source_type: "url" }, 202)]);
    await make().parse({ url: "https://example.com/a.pdf", data_id: "x" });
    expect(JSON.parse(seen[0]!.body.toString())).toEqual({
      source_type: "url",
      source_url: "https://example.com/a.pdf",
      data_id: "x",
    });
    expect(seen.some(({ method }) => method === "PUT")).toBe(false);
  });

  it("refuses damaged bytes", async () => {
    script.set("GET /zip", [(_req, res) => void res.end(Buffer.concat([zip, Buffer.from("!")]))]);
    await expect(make().parse({ file: Buffer.from("x"), fileName: "a.pdf" })).rejects.toBeInstanceOf(sdk.ChecksumError);
  });

  it("throws what the job died of", async () => {
    script.set("GET /v1/jobs/job_1", [
      give({
        ...head,
        status: "failed",
        failed_at: "2025-01-15T10:30:00Z",
        error: { code: "INVALID_ARGUMENT", message: "broken", details: { reason: "ENCRYPTED" } },
      }),
    ]);
    const error = await make()
      .parse({ file: Buffer.from("x"), fileName: "a.pdf" })
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(sdk.JobFailedError);
    expect(error).toMatchObject({
      message: "broken",
      code: "INVALID_ARGUMENT",
      details: { reason: "ENCRYPTED" },
      job: { job_id: "job_1" },
    });
  });

  it("wants one source", async () => {
    await expect(make().parse({})).rejects.toThrow("either file or url");
    await expect(make().parse({ file: Buffer.from("x"), url: "https://example.com/a.pdf" })).rejects.toThrow(
      "either file or url",
    );
  });
});

describe("waiting", () => {
  it("asks the server to wait, and slows down when it does not", async () => {
    script.set("GET /v1/jobs/job_1", [...Array.from({ length: 12 }, () => give(running(1))), give(done())]);
    await make().waitForJob("job_1");
    expect(seen[0]!.path).toBe("/v1/jobs/job_1?wait=20");
    expect(slept[0]).toBe(500);
    expect(slept.at(-1)).toBe(10_000);
    expect([...slept].sort((a, b) => a - b)).toEqual(slept);
  });

  it("is quick again after a change", async () => {
    script.set("GET /v1/jobs/job_1", [
      give(running(1)),
      give(running(1)),
      give(running(1)),
      give(running(2)),
      give(done()),
    ]);
    await make().waitForJob("job_1");
    expect(slept).toEqual([500, 750, 1125, 500]);
  });

  it("gives up in time, without harm to the job", async () => {
    script.set("GET /v1/jobs/job_1", [give(running(1))]);
    await expect(make().waitForJob("job_1", { timeoutMs: 0 })).rejects.toMatchObject({
      name: "WaitTimeoutError",
      job: { status: "running" },
    });
  });

  it("stops when told", async () => {
    const stop = new AbortController();
    script.set("GET /v1/jobs/job_1", [() => stop.abort(new Error("enough"))]);
    await expect(make().waitForJob("job_1", { signal: stop.signal })).rejects.toThrow("enough");
  });
});

describe("errors", () => {
  it.each([
    [400, "InvalidRequestError"],
    [401, "AuthenticationError"],
    [403, "PermissionError"],
    [404, "NotFoundError"],
    [409, "ConflictError"],
    [429, "RateLimitError"],
    [500, "ApiError"],
    [503, "UnavailableError"],
  ])("of status %i are %s", async (status, name) => {
    script.set("GET /v1/jobs/job_1", [fail(status, { code: "X", message: "told", details: { a: 1 } })]);
    const error = await make({ maxRetries: 0 })
      .getJob("job_1")
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(sdk.ApiError);
    expect(error).toMatchObject({ name, status, code: "X", message: "told", requestId: "req_1", details: { a: 1 } });
  });

  it("survive a body that is no envelope", async () => {
    script.set("GET /v1/jobs/job_1", [(_req, res) => void res.writeHead(500).end("<html>")]);
    await expect(make().getJob("job_1")).rejects.toMatchObject({ status: 500, code: "UNKNOWN" });
  });

  it("of the file store carry the word in its XML", async () => {
    script.set("PUT /put", [
      (_req, res) =>
        void res.writeHead(403).end("<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>"),
    ]);
    await expect(make().upload(waiting() as sdk.Job, Buffer.from("x"))).rejects.toMatchObject({
      name: "StorageError",
      code: "AccessDenied",
      message: "Request has expired",
      status: 403,
    });
  });

  it("name what is missing", () => {
    expect(() => new sdk.Knowhere({ apiKey: "" })).toThrow("KNOWHERE_API_KEY");
  });
});

describe("repeating", () => {
  it("follows the hints of 429 and 503, in the body or in the header", async () => {
    script.set("GET /v1/jobs/job_1", [
      fail(429, { details: { retry_after: 7 } }),
      fail(503, {}, { "retry-after": "3" }),
      give(done()),
    ]);
    expect((await make().getJob("job_1")).status).toBe("done");
    expect(slept).toEqual([7000, 3000]);
  });

  it("backs off without a hint, and gives up in the end", async () => {
    script.set("GET /v1/jobs/job_1", [fail(503, {})]);
    await expect(make().getJob("job_1")).rejects.toBeInstanceOf(sdk.UnavailableError);
    expect(slept).toEqual([500, 1000, 2000, 4000, 8000]);
  });

  it("is not tried where it would not help", async () => {
    for (const status of [400, 401, 404, 429, 500]) {
      script.set("GET /v1/jobs/job_1", [fail(status, {})]);
      await expect(make().getJob("job_1")).rejects.toBeInstanceOf(sdk.ApiError);
    }
    script.set("GET /v1/jobs/job_1", [fail(409, { code: "ALREADY_EXISTS", details: { retry_after: 1 } })]);
    await expect(make().getJob("job_1")).rejects.toBeInstanceOf(sdk.ConflictError);
    expect(slept).toEqual([]);
  });

  it("makes one job even when the answer was lost", async () => {
    script.set("POST /v1/jobs", [cut, fail(409, { code: "ABORTED", details: { retry_after: 1 } }), give(waiting())]);
    await make().createJob({ source_type: "file", file_name: "a.pdf" });
    const keys = seen.map(({ headers }) => headers["idempotency-key"]);
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(1);
    await make().createJob({ source_type: "file", file_name: "a.pdf" });
    expect(seen.at(-1)!.headers["idempotency-key"]).not.toBe(keys[0]);
  });

  it("repeats an upload that the store could not take", async () => {
    script.set("PUT /put", [(_req, res) => void res.writeHead(503).end(), (_req, res) => void res.end()]);
    await make().upload(waiting() as sdk.Job, Buffer.from("x"));
    expect(seen).toHaveLength(2);
  });
});

describe("the other calls", () => {
  it("go where they belong", async () => {
    const client = make({ baseUrl: `${base}/v1/` });
    script.set("GET /v1/jobs", [give({ jobs: [] })]);
    script.set("POST /v1/jobs/job_1/cancel", [give(done())]);
    script.set("POST /v1/jobs/job_1/retry", [give(done())]);
    script.set("DELETE /v1/jobs/job_1", [give({ deleted: true })]);
    await client.listJobs({ job_status: "done", limit: 5, cursor: undefined });
    await client.cancelJob("job_1");
    await client.retryJob("job_1");
    await client.deleteJob("job_1");
    expect(seen.map(({ path }) => path)).toEqual([
      "/v1/jobs?job_status=done&limit=5",
      "/v1/jobs/job_1/cancel",
      "/v1/jobs/job_1/retry",
      "/v1/jobs/job_1",
    ]);
  });
});

describe("the package reader", () => {
  const bytes = (buffer: Buffer) => new Uint8Array(buffer);
  it("says what is not there and what is no ZIP", async () => {
    await expect(sdk.openPackage(bytes(zip)).text("none")).rejects.toThrow("no member none");
    expect(() => sdk.openPackage(new Uint8Array(10))).toThrow("not a readable ZIP");
    expect(() => sdk.openPackage(bytes(zip.subarray(0, zip.length - 30)))).toThrow("not a readable ZIP");
    const lying = Buffer.from(zip);
    lying.writeUInt32LE(3, zip.length - 22 + 16);
    expect(() => sdk.openPackage(bytes(lying))).toThrow("not a readable ZIP");
  });
});
