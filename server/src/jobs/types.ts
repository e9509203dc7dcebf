/** What the rest of the server asks of jobs, and what a worker asks of a parse. The words themselves are in `ports/job.ts`. */
import type { JobStage, Warning } from "@knowhere/contract";
import type { JobEventRow, JobFilter, JobRecord, JobResult, NewJob } from "../ports/job.ts";

export * from "../ports/job.ts";

/** What handlers call. Everything is scoped to the account: a foreign or erased job is `null`. */
export interface Jobs {
  submit(job: NewJob): Promise<JobRecord>;
  /** Micro-batched: all ids asked in one event-loop turn share one query. */
  get(accountId: string, jobId: string): Promise<JobRecord | null>;
  list(filter: JobFilter, page: { page: number; pageSize: number }): Promise<{ jobs: JobRecord[]; total: number }>;
  /** Newest first, strictly older than the cursor (`createdAt`, `jobId`). */
  listAfter(filter: JobFilter, cursor: { createdAt: Date; jobId: string } | null, limit: number): Promise<JobRecord[]>;
  /** The upload landed in blobs under `job.sourceKey`: waiting-file -> pending. False when the job was past that already. */
  uploaded(jobId: string): Promise<boolean>;
  /** Any active state -> failed/CANCELLED; the running child is killed. Returns the job as it now is. */
  cancel(accountId: string, jobId: string): Promise<JobRecord | null>;
  /** A new job from the same stored source; a URL whose bytes were never stored is fetched again. */
  retry(accountId: string, jobId: string, requestId: string): Promise<JobRecord | null>;
  /** Really erases; null when there is none. */
  erase(
    accountId: string,
    jobId: string,
  ): Promise<{ job: JobRecord; erased: { source: boolean; result: boolean } } | null>;
  /** Resolves with the job at its next change after `version` (any progress counts), or as it is after `timeoutMs`. */
  waitForChange(
    accountId: string,
    jobId: string,
    version: number,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<JobRecord | null>;
  countActive(accountId: string): Promise<number>;
  /** Event rows of a job after `afterId`, oldest first. */
  events(accountId: string, jobId: string, afterId: number): Promise<JobEventRow[]>;
}

/** What the worker hands to the parse, and gets back. `jobs` never imports `pipeline`: app.ts passes the function in. */
export interface ParseTask {
  job: JobRecord;
  /** Local file with the source. */
  sourcePath: string;
  /** Where the ZIP goes: a local file path the parse creates. */
  resultPath: string;
  /** A package of the same source whose tree serves: it is cut anew instead of reading the source. */
  earlierPackagePath?: string;
  signal: AbortSignal;
  onProgress(totalPages: number, processedPages: number, stage?: JobStage): void;
  /** The source is being converted to another format (true) or that is over (false). */
  onConverting(active: boolean): void;
}
export interface ParseOutcome {
  resultPath: string;
  bytes: number;
  sha256: string;
  statistics: JobResult["statistics"];
  warnings: Warning[];
  /** By the billing rule of the format. */
  billablePages: number;
}
/** Rejects with a Problem for the document's own faults; with anything else for ours. */
export type ParseFunction = (task: ParseTask) => Promise<ParseOutcome>;
