/** The client: one method an operation, and `parse`, which does them all. */
import type {
  Chunk,
  ChunksFile,
  CreateJobInput,
  DoneJob,
  Job,
  JobPage,
  JobProgress,
  Manifest,
  Operations,
} from "@knowhere/contract";
import type { z } from "zod";
import { ChecksumError, JobFailedError, KnowhereError, storageErrorOf, WaitTimeoutError } from "./errors.ts";
import { openPackage, type Package } from "./package.ts";
import { callApi, retry, send, sleepFor, type TransportOptions } from "./transport.ts";

export interface KnowhereOptions {
  /** Default: the environment variable KNOWHERE_API_KEY, where there is an environment. */
  apiKey?: string | undefined;
  /** Default: KNOWHERE_BASE_URL, or http://127.0.0.1:5005. */
  baseUrl?: string | undefined;
  /** Tries after the first one. Default 5. */
  maxRetries?: number;
  /** For one request to the API. Default 60,000. */
  timeoutMs?: number;
  /** For one upload or download. Default 600,000. */
  transferTimeoutMs?: number;
  /** For tests and special networks. */
  fetch?: typeof fetch;
  sleep?: TransportOptions["sleep"];
  random?: () => number;
}

/** Bytes in memory, or a Blob (`await fs.openAsBlob(path)` in Node, a File in a browser), which is streamed. */
export type SourceBytes = Uint8Array | ArrayBuffer | Blob;
export type CreateJobRequest = CreateJobInput;
export interface WaitOptions {
  /** Default 1,800,000. */
  timeoutMs?: number;
  /** Called whenever the answer differs from the one before. */
  onChange?: (job: Job) => void;
  signal?: AbortSignal;
}
export interface ParseOptions extends Omit<CreateJobInput, "source_type" | "source_url" | "file_name">, WaitOptions {
  /** The document, with its name … */
  file?: SourceBytes;
  fileName?: string;
  /** … or where it can be fetched. */
  url?: string;
}
export interface ParseResult {
  job: DoneJob;
  manifest: Manifest;
  chunks: Chunk[];
  markdown: string;
  /** Every member of the result ZIP. */
  package: Package;
  /** The ZIP itself. */
  zip: Uint8Array<ArrayBuffer>;
}

/** Checked by the compiler against the contract, so that no schema has to be shipped to find a path. */
const routes = {
  createJob: ["POST", "/jobs"],
  getJob: ["GET", "/jobs/{job_id}"],
  listJobs: ["GET", "/jobs"],
  cancelJob: ["POST", "/jobs/{job_id}/cancel"],
  retryJob: ["POST", "/jobs/{job_id}/retry"],
  deleteJob: ["DELETE", "/jobs/{job_id}"],
} as const satisfies { [Id in keyof Operations]?: readonly [Operations[Id]["method"], Operations[Id]["path"]] };
type RouteId = keyof typeof routes;
type Query = z.input<Operations["listJobs"]["query"]>;
type Erased = z.output<Operations["deleteJob"]["responses"][200]["schema"]>;

const longPollS = 20;
const pollDelays = { firstMs: 500, growth: 1.5, maxMs: 10_000 };

export class Knowhere {
  private readonly options: TransportOptions;
  private readonly transferTimeoutMs: number;

  constructor(given: KnowhereOptions = {}) {
    const apiKey = given.apiKey ?? readEnvironment("KNOWHERE_API_KEY");
    if (!apiKey) throw new KnowhereError("No API key: pass apiKey, or set KNOWHERE_API_KEY");
    const baseUrl = given.baseUrl ?? readEnvironment("KNOWHERE_BASE_URL") ?? "http://127.0.0.1:5005";
    this.options = {
      apiKey,
      baseUrl: baseUrl.replace(/\/+$/, "").replace(/\/v1$/, ""),
      maxRetries: given.maxRetries ?? 5,
      timeoutMs: given.timeoutMs ?? 60_000,
      // Browsers want fetch to be called on the window.
      fetch: given.fetch ?? ((...args) => fetch(...args)),
      sleep: given.sleep ?? sleepFor,
      random: given.random ?? Math.random,
    };
    this.transferTimeoutMs = given.transferTimeoutMs ?? 600_000;
  }

  /** Safe to repeat: every try carries the same Idempotency-Key, made here when none is given. */
  createJob(
    request: CreateJobRequest,
    { idempotencyKey = makeKey(), signal }: { idempotencyKey?: string; signal?: AbortSignal } = {},
  ): Promise<Job> {
    return this.call("createJob", {}, { body: request, headers: { "idempotency-key": idempotencyKey }, signal });
  }

  /** @param waitS Answers at the next change, or after so many seconds (at most 60). */
  getJob(jobId: string, { waitS = 0, signal }: { waitS?: number; signal?: AbortSignal } = {}): Promise<Job> {
    const query = waitS > 0 ? { wait: waitS } : {};
    return this.call("getJob", { job_id: jobId }, { query, signal, extraTimeMs: waitS * 1000 });
  }

  listJobs(query: Query = {}): Promise<JobPage> {
    return this.call("listJobs", {}, { query });
  }

  cancelJob(jobId: string): Promise<Job> {
    return this.call("cancelJob", { job_id: jobId });
  }

  /** A new job from the source of an old one. */
  retryJob(jobId: string): Promise<Job> {
    return this.call("retryJob", { job_id: jobId });
  }

  deleteJob(jobId: string): Promise<Erased> {
    return this.call("deleteJob", { job_id: jobId });
  }

  /** Sends the bytes of a job that waits for them; that starts the job. @throws StorageError */
  async upload(job: Job, file: SourceBytes, { signal }: { signal?: AbortSignal } = {}): Promise<void> {
    if (job.status !== "waiting-file")
      throw new KnowhereError(`Job ${job.job_id} waits for no file: it is ${job.status}`);
    const body = file instanceof Blob ? file.slice(0, file.size, "") : (file as Uint8Array<ArrayBuffer> | ArrayBuffer);
    await this.transfer(job.upload_url, { method: "PUT", headers: job.upload_headers, body }, signal);
  }

  /** Polls until the job is over. @throws JobFailedError, WaitTimeoutError */
  async waitForJob(jobId: string, { timeoutMs = 1_800_000, onChange, signal }: WaitOptions = {}): Promise<DoneJob> {
    const passing = signal ? { signal } : {};
    const until = Date.now() + timeoutMs;
    let delayMs = pollDelays.firstMs;
    let seen = "";
    for (;;) {
      const asked = Date.now();
      const job = await this.getJob(jobId, {
        waitS: Math.max(0, Math.min(longPollS, Math.floor((until - asked) / 1000))),
        ...passing,
      });
      const state = describeState(job);
      if (state !== seen) onChange?.(job);
      if (job.status === "done") return job;
      if (job.status === "failed") throw new JobFailedError(job);
      if (Date.now() >= until) throw new WaitTimeoutError(job);
      // A server that does not wait answers at once and would be asked without end: the pauses grow while nothing changes.
      if (state !== seen) delayMs = pollDelays.firstMs;
      else if (Date.now() - asked < 1000) delayMs = Math.min(pollDelays.maxMs, delayMs * pollDelays.growth);
      seen = state;
      await this.options.sleep(Math.min(delayMs, Math.max(0, until - Date.now())), signal);
    }
  }

  /** The result ZIP, checked against the checksum that the job names. @throws ChecksumError, StorageError */
  async download(job: DoneJob, { signal }: { signal?: AbortSignal } = {}): Promise<Uint8Array<ArrayBuffer>> {
    if (job.result_url === undefined) throw new KnowhereError(`Job ${job.job_id} names no result; get it by its id`);
    const answer = await this.transfer(job.result_url, { method: "GET" }, signal);
    const bytes = new Uint8Array(await answer.arrayBuffer());
    const found = await hashBytes(bytes);
    if (found !== null && found !== job.result_checksum.value) {
      throw new ChecksumError(`The result of ${job.job_id} has the SHA-256 ${found}, not ${job.result_checksum.value}`);
    }
    return bytes;
  }

  /** From document to chunks in one call: create, upload, wait, download, unpack. */
  async parse({ file, fileName, url, timeoutMs, onChange, signal, ...rest }: ParseOptions): Promise<ParseResult> {
    const passing = signal ? { signal } : {};
    const name = fileName ?? (file && "name" in file ? String(file.name) : undefined);
    if ((file === undefined) === (url === undefined)) throw new KnowhereError("parse wants either file or url");
    const created = await this.createJob(
      file ? { ...rest, source_type: "file", file_name: name } : { ...rest, source_type: "url", source_url: url },
      passing,
    );
    if (file) await this.upload(created, file, passing);
    const job = await this.waitForJob(created.job_id, {
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      ...(onChange ? { onChange } : {}),
      ...passing,
    });
    const zip = await this.download(job, passing);
    const opened = openPackage(zip);
    const [manifest, { chunks }, markdown] = await Promise.all([
      opened.json<Manifest>("manifest.json"),
      opened.json<ChunksFile>("chunks.json"),
      opened.text("full.md"),
    ]);
    return { job, manifest, chunks, markdown, package: opened, zip };
  }

  private call<T>(
    id: RouteId,
    params: Record<string, string>,
    {
      query = {},
      ...rest
    }: {
      query?: object;
      body?: unknown;
      headers?: Record<string, string>;
      signal?: AbortSignal | undefined;
      extraTimeMs?: number;
    } = {},
  ): Promise<T> {
    const [method, path] = routes[id];
    const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name]!));
    const pairs = Object.entries(query).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, String(value)]],
    );
    const search = pairs.length > 0 ? `?${new URLSearchParams(pairs)}` : "";
    return callApi<T>({ method, path: `/v1${filled}${search}`, ...rest }, this.options);
  }

  /** A presigned URL, without the key. Only what the store calls passing is repeated. */
  private transfer(url: string, init: RequestInit, signal: AbortSignal | undefined): Promise<Response> {
    return retry(this.options, signal, async () => {
      const answer = await send(this.options.fetch, url, init, this.transferTimeoutMs, signal);
      if (answer.ok) return answer;
      throw await storageErrorOf(answer);
    });
  }
}

/** What a person would call a change. */
const describeState = (job: Job): string => {
  const progress: z.infer<typeof JobProgress> | undefined = job.status === "running" ? job.progress : undefined;
  const { name, done } = progress?.stage ?? { name: "", done: "" };
  return `${job.status} ${progress?.processed_pages ?? ""}/${progress?.total_pages ?? ""} ${name} ${done}`;
};

/** Hex, or null where the platform cannot hash (a page that was not loaded over https). */
async function hashBytes(bytes: Uint8Array<ArrayBuffer>): Promise<string | null> {
  if (globalThis.crypto?.subtle === undefined) return null;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Random enough to be nobody else's; crypto.randomUUID is missing on pages without https. */
function makeKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function readEnvironment(name: string): string | undefined {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
  return process?.env?.[name] || undefined;
}
