/** The job rooms wired for a test: a real database, blobs in memory, a parse that the test steers. */
import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ClosableBell, createBell } from "../adapters/postgres/bell.ts";
import { createIdempotency } from "../adapters/postgres/idempotency.ts";
import { createJobQueue } from "../adapters/postgres/job-queue.ts";
import { createJobStore, type JobStoreHooks } from "../adapters/postgres/job-store.ts";
import { createJobUpkeep } from "../adapters/postgres/job-upkeep.ts";
import { systemClock } from "../adapters/system/clock.ts";
import { systemIds } from "../adapters/system/ids.ts";
import { type CaretakerOptions, type Caretakers, createCaretakers } from "../jobs/caretakers.ts";
import { createJobs } from "../jobs/jobs.ts";
import type { JobRecord, Jobs, NewJob, ParseOutcome, ParseTask } from "../jobs/types.ts";
import { createWorker, type Worker, type WorkerOptions } from "../jobs/worker.ts";
import type { Clock } from "../ports/clock.ts";
import type { Fetcher } from "../ports/fetcher.ts";
import type { JobQueue } from "../ports/job-queue.ts";
import type { JobStore } from "../ports/job-store.ts";
import type { JobUpkeep } from "../ports/job-upkeep.ts";
import { silentLog } from "../ports/log.ts";
import { newJob } from "./job-records.ts";
import { createMemoryBlobs, type MemoryBlobs } from "./memory-blobs.ts";
import type { TestDatabase, TestPostgres } from "./postgres.ts";

export interface JobHouse {
  database: TestDatabase;
  store: JobStore;
  queue: JobQueue;
  upkeep: JobUpkeep;
  blobs: MemoryBlobs;
  bell: ClosableBell;
  clock: Clock;
  jobs: Jobs;
  worker(options?: Partial<WorkerOptions>): Worker;
  caretakers(options?: Partial<CaretakerOptions>): Caretakers;
  /** A job whose source is stored: it starts pending. */
  submit(fields?: Partial<NewJob>): Promise<JobRecord>;
  /** Resolves when the job is done or failed. */
  ended(jobId: string): Promise<JobRecord>;
  /** Outcomes of the attempts at a job, in order. */
  attempts(jobId: string): Promise<{ outcome: string | null; error: unknown; worker: string }[]>;
  bills(): Promise<{ job_id: string; pages: number }[]>;
  close(): Promise<void>;
}

export const retentionMs = 30 * 24 * 3600 * 1000;
export const uploadTtlMs = 3600_000;

/** `ablate` may replace a part by one that lacks a safeguard. */
export async function openJobHouse(
  postgres: TestPostgres,
  {
    clock = systemClock,
    ablate = (store) => store,
    hooks = {},
  }: { clock?: Clock; ablate?(store: JobStore): JobStore; hooks?: JobStoreHooks } = {},
): Promise<JobHouse> {
  const database = await postgres.database();
  const store = ablate(createJobStore(database, hooks));
  const queue = createJobQueue(database);
  const upkeep = createJobUpkeep(database);
  const blobs = createMemoryBlobs(clock);
  const bell = createBell({ database, connection: database.connection, log: silentLog });
  const tempDir = await mkdtemp(join(tmpdir(), "knowhere-jobs-"));
  const common = { store, queue, upkeep, blobs, bell, clock, log: silentLog, ids: systemIds, retentionMs, uploadTtlMs };
  const jobs = createJobs(common);
  const workers: Worker[] = [];
  const idempotency = createIdempotency({ database, clock, ids: systemIds });
  await bell.ready();
  return {
    ...common,
    database,
    jobs,
    worker(options = {}) {
      const worker = createWorker({
        ...common,
        fetcher: noFetcher,
        parse: (task) => finishParse(task),
        resolveSource: async () => ({ fileName: "page.html", fileExtension: ".html", contentType: "text/html" }),
        maxSourceBytes: 1000,
        downloadTimeoutMs: 1000,
        slots: 1,
        tempDir,
        ...options,
      });
      workers.push(worker);
      return worker;
    },
    caretakers: (options = {}) => createCaretakers({ ...common, idempotency, soleServer: false, ...options }),
    async submit(fields = {}) {
      const jobId = systemIds.jobId();
      const key = `uploads/${jobId}`;
      await blobs.put(key, Buffer.from("source"), { contentType: "application/pdf" });
      return jobs.submit(newJob({ storedSource: { jobId, key }, ...fields }));
    },
    async ended(jobId) {
      const signal = AbortSignal.timeout(30_000);
      for (let version = 0; ; ) {
        const job = await jobs.waitForChange("acc_one", jobId, version, 30_000, signal);
        if (job?.status === "done" || job?.status === "failed") return job;
        if (!job || signal.aborted) throw new Error(`job ${jobId} does not end: ${job?.status ?? "gone"}`);
        version = job.version;
      }
    },
    attempts: async (jobId) =>
      (await database.query("select outcome, error, worker from attempt where job_id = $1 order by number", [jobId]))
        .rows as never,
    bills: async () => (await database.query("select job_id, pages from usage_ledger order by job_id")).rows as never,
    async close() {
      await Promise.all(workers.map((worker) => worker.stop({ graceMs: 0 })));
      await bell.close();
      await rm(tempDir, { recursive: true, force: true });
    },
  };
}

/** What a parse of `pages` pages leaves behind. */
export async function finishParse(task: ParseTask, { pages = 1, text = "package" } = {}): Promise<ParseOutcome> {
  await writeFile(task.resultPath, text);
  return {
    resultPath: task.resultPath,
    bytes: text.length,
    sha256: createHash("sha256").update(text).digest("hex"),
    statistics: { total_chunks: 1, text_chunks: 1, image_chunks: 0, table_chunks: 0, total_pages: pages },
    warnings: [],
    billablePages: pages,
  };
}

/** A parse that stops where the test tells it to: `begun` tells of each start, `release` lets the oldest one go on. */
export function steeredParse() {
  const starts: ParseTask[] = [];
  const watchers: (() => void)[] = [];
  const gates: ((answer: () => Promise<ParseOutcome>) => void)[] = [];
  return {
    starts,
    /** Resolves with the n-th task (from 0) once it has begun. */
    async begun(n: number): Promise<ParseTask> {
      while (starts.length <= n) await new Promise<void>((resolve) => watchers.push(resolve));
      return starts[n]!;
    },
    /** Ends the n-th parse, well unless told otherwise. `deaf` parses do not heed their signal. */
    end(n: number, answer?: () => Promise<ParseOutcome>): void {
      gates[n]!(answer ?? (() => finishParse(starts[n]!)));
    },
    parse: (task: ParseTask, { deaf = false } = {}): Promise<ParseOutcome> =>
      new Promise((resolve, reject) => {
        gates.push((answer) => answer().then(resolve, reject));
        if (!deaf) task.signal.addEventListener("abort", () => reject(task.signal.reason), { once: true });
        starts.push(task);
        for (const watcher of watchers.splice(0)) watcher();
      }),
  };
}

const refuse = () => Promise.reject(new Error("this test has no network"));
const noFetcher: Fetcher = { download: refuse, head: refuse, post: refuse, check: refuse };
