/** The border over real sockets, with jobs and keys in memory and blobs in a folder. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { operations, problem } from "@knowhere/contract";
import { ZipFile } from "yazl";
import { createFileBlobs } from "../adapters/files/index.ts";
import { createMeter } from "../adapters/prometheus/meter.ts";
import { systemIds } from "../adapters/system/ids.ts";
import { createResultPackages } from "../adapters/zip/result-packages.ts";
import { createHttpServer, createMemoryLimiter, type HttpParts, type HttpSettings } from "../http/server.ts";
import type { JobRecord } from "../jobs/types.ts";
import type { Clock } from "../ports/clock.ts";
import type { Fetcher } from "../ports/fetcher.ts";
import type { ApiKeyRecord } from "../ports/keys.ts";
import { silentLog } from "../ports/log.ts";
import { createMemoryDocuments } from "./memory-documents.ts";
import { createMemoryJobs } from "./memory-jobs.ts";
import { createMemoryIdempotency, createMemoryKeys } from "./memory-keys.ts";
import { createMemoryWebhooks } from "./memory-webhooks.ts";
import { tidesChunks } from "./tides-chunks.ts";

export const tinyPng = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
const members: Record<string, Buffer> = {
  "chunks.json": Buffer.from(JSON.stringify({ chunks: tidesChunks })),
  "full.md": Buffer.from("# Title\n"),
  "document.json": Buffer.from(
    '{"version":"1.0","format":"pdf","metadata":{},"pages":[],"content":[],"assets":[],"attachments":[],"warnings":[]}',
  ),
  "images/IMAGE_1.png": tinyPng,
  "tables/TABLE_1.html": Buffer.from("<table></table>"),
};

/** Hosts ending in .test are public, except private.test; /paper.php is a PDF by its Content-Type. */
const fetcher: Fetcher = {
  async check(url) {
    if (!URL.canParse(url) || !/^https?:/.test(url) || /private|127\.|localhost/.test(url))
      throw problem("URL_NOT_ALLOWED", { why: "address" });
    if (url.includes("unknown.test")) throw problem("URL_NOT_ALLOWED", { why: "unknown_host" });
  },
  async head(url) {
    const type = url.includes("paper.php") ? "application/pdf; x=y" : "image/x-unheard-of";
    return url.includes("silent") ? null : { url, status: 200, headers: { "content-type": type }, bytes: 0 };
  },
  async download() {
    throw new Error("the border downloads nothing");
  },
  async post() {
    throw new Error("the border posts nothing");
  },
};

export interface Sent {
  status: number;
  headers: Headers;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  json: any;
}

export async function openHttpHouse(settings: Partial<HttpSettings> = {}, replaced: Partial<HttpParts> = {}) {
  const dir = await mkdtemp(join(tmpdir(), "knowhere-http-"));
  let skippedMs = 0;
  const clock: Clock = {
    now: () => new Date(Date.now() + skippedMs),
    sleep: () => Promise.reject(new Error("the border never sleeps")),
  };
  const blobs = await createFileBlobs({
    dir: join(dir, "blobs"),
    secret: Buffer.alloc(32, 7),
    now: () => clock.now().getTime(),
  });
  const jobs = createMemoryJobs(clock);
  const documents = createMemoryDocuments(jobs);
  const keys = createMemoryKeys(clock);
  const logged: Record<string, unknown>[] = [];
  const keep = (level: string) => (fields: object, message: string) => void logged.push({ level, message, ...fields });
  const server = createHttpServer({
    settings: {
      publicUrl: undefined,
      rateLimitPerMinute: 100_000,
      maxConcurrentJobs: 0,
      maxSourceBytes: 100_000,
      uploadTtlS: 3600,
      resultUrlTtlS: 86400,
      corsOrigins: [],
      assetUrlTtlS: 604_800,
      ...settings,
    },
    build: { version: "1.2.3", commit: "unknown", buildTime: "unknown", environment: "test" },
    jobs,
    keys,
    blobs,
    blobDoor: blobs.door,
    limiter: createMemoryLimiter(() => clock.now().getTime()),
    idempotency: createMemoryIdempotency(),
    packages: createResultPackages({ blobs }),
    fetcher,
    webhooks: createMemoryWebhooks(clock),
    documents,
    assetSecret: Buffer.alloc(32, 9),
    usage: {
      byDay: async () => [
        { date: "2026-01-02", keyId: "key_0", keyName: "main", jobs: 2, pages: 5, bytes: 1000, seconds: 0.1 + 0.2 },
        { date: "2026-01-02", keyId: "key_gone", keyName: null, jobs: 1, pages: 1, bytes: 10, seconds: 1 },
      ],
      countEnds: async () => ({ done: 3, failed: 1 }),
    },
    meter: createMeter({
      clock,
      log: silentLog,
      sources: {
        countActive: async () => {
          const oldestAt = new Date(clock.now().getTime() - 5000);
          return [{ status: "pending", jobs: 2, oldestAt }];
        },
        countDeliveries: async () => ({ delivered: 4 }),
        childrenStarted: () => 3,
      },
    }),
    renderHtml: (document) => `<!doctype html><title>${document.format}</title>`,
    checkReadiness: async () => ({ database: "ok" }),
    log: {
      debug: keep("debug"),
      info: keep("info"),
      warn: keep("warn"),
      error: keep("error"),
      request: (line) => keep("info")(line, "request"),
    },
    clock,
    ids: systemIds,
    ...replaced,
  });
  const { key, record } = await keys.create({ account: "acc_one", name: "main", scopes: ["admin"] });
  const base = await server.listen({ host: "127.0.0.1", port: 0 });

  async function send(
    method: string,
    path: string,
    options: { body?: unknown; key?: string | null; headers?: Record<string, string>; raw?: BodyInit } = {},
  ): Promise<Sent> {
    const sentKey = options.key === undefined ? key : options.key;
    const answer = await fetch(path.startsWith("http") ? path : base + path, {
      method,
      headers: {
        ...(sentKey === null ? {} : { authorization: `Bearer ${sentKey}` }),
        ...(options.body === undefined ? {} : { "content-type": "application/json" }),
        ...options.headers,
      },
      ...(options.raw !== undefined
        ? { body: options.raw }
        : options.body === undefined
          ? {}
          : { body: JSON.stringify(options.body) }),
      redirect: "manual",
    });
    const text = await answer.text();
    return {
      status: answer.status,
      headers: answer.headers,
      text,
      json: /json/.test(answer.headers.get("content-type") ?? "") ? JSON.parse(text) : undefined,
    };
  }

  return {
    base,
    key,
    keyRecord: record as ApiKeyRecord,
    keys,
    jobs,
    blobs,
    logged,
    send,
    server,
    skip(ms: number) {
      skippedMs += ms;
    },
    /** A pending job of the main account. */
    async createJob(): Promise<string> {
      return (
        await send("POST", "/v1/jobs", { body: { source_type: "url", source_url: "https://files.test/report.pdf" } })
      ).json.job_id;
    },
    /** Makes the job done, with a real package behind it. */
    async finish(jobId: string): Promise<JobRecord> {
      const zip = new ZipFile();
      for (const [name, bytes] of Object.entries(members)) zip.addBuffer(bytes, name);
      zip.end();
      const bytes = await buffer(zip.outputStream);
      const stored = await blobs.put(`results/${jobId}.1.zip`, bytes, { contentType: "application/zip" });
      return jobs.change(jobId, {
        status: "done",
        finishedAt: clock.now(),
        result: {
          key: stored.key,
          bytes: stored.bytes,
          sha256: stored.sha256,
          statistics: { total_chunks: 3, text_chunks: 1, image_chunks: 1, table_chunks: 1, total_pages: 2 },
        },
      });
    },
    async close() {
      await server.close({ graceMs: 500 });
      await rm(dir, { recursive: true, force: true });
    },
  };
}
export type HttpHouse = Awaited<ReturnType<typeof openHttpHouse>>;
export const everyOperation = Object.values(operations);
