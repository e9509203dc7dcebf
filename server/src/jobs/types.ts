/** The job as the server knows it; `http/` turns it into the wire's shapes. */
import type { JobError, Warning } from "@knowhere/contract";

export type JobStatus = "waiting-file" | "pending" | "converting" | "running" | "done" | "failed";
export const finalStatuses: readonly JobStatus[] = ["done", "failed"];

/** `parsing_params` with every default filled in. */
export interface ParseOptions {
  model: "base" | "advanced";
  ocrEnabled: boolean;
  docType: string;
  smartTitleParse: boolean;
  summaryImage: boolean;
  summaryTable: boolean;
  summaryText: boolean;
  summaryUseLlm: boolean;
  addFragDesc: string;
  kbDir: string;
  pages?: string | undefined;
  ocrLanguages: string[];
  chunking: { strategy: "section" | "tokens"; maxTokens: number; overlapTokens: number };
  password?: string | undefined;
  hiddenText: "drop" | "keep";
  furniture: "drop" | "keep";
  mainContent: boolean;
}

export interface JobRecord {
  jobId: string;
  accountId: string;
  keyId: string;
  status: JobStatus;
  /** Raised by every move; the compare in compare-and-set. */
  version: number;
  sourceType: "url" | "file";
  sourceUrl: string | null;
  /** Blob key of the source once it is there (uploads) or fetched. */
  sourceKey: string | null;
  fileName: string;
  /** Lower case with the dot, as resolved. */
  fileExtension: string;
  contentType: string;
  dataId: string | null;
  namespace: string;
  documentId: string;
  documentMetadata: unknown;
  options: ParseOptions;
  webhookUrl: string | null;
  createdAt: Date;
  updatedAt: Date;
  /** End of the upload URL's life (waiting-file). */
  uploadExpiresAt: Date | null;
  startedAt: Date | null;
  /** done or failed. */
  finishedAt: Date | null;
  /** End of the result's life (retention). */
  expiresAt: Date | null;
  progress: { totalPages: number; processedPages: number } | null;
  error: JobError | null;
  result: JobResult | null;
  warnings: Warning[];
  attempts: number;
  retriedFrom: string | null;
  requestId: string;
}

export interface JobResult {
  /** Blob key; it holds the fencing number. */
  key: string;
  bytes: number;
  /** SHA-256 of the ZIP, hex. */
  sha256: string;
  statistics: { total_chunks: number; text_chunks: number; image_chunks: number; table_chunks: number; total_pages: number };
}

export interface NewJob {
  accountId: string;
  keyId: string;
  sourceType: "url" | "file";
  sourceUrl: string | null;
  fileName: string;
  fileExtension: string;
  contentType: string;
  dataId: string | null;
  namespace: string;
  documentId: string | null;
  documentMetadata: unknown;
  options: ParseOptions;
  webhookUrl: string | null;
  requestId: string;
  /** Set when the bytes are already stored (multipart create): the job starts pending. */
  storedSource?: { jobId: string; key: string };
  retriedFrom?: string;
}

export interface JobFilter {
  accountId: string;
  status?: JobStatus;
  since?: Date;
  until?: Date;
  namespace?: string;
}

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
  /** A new job from the same source. */
  retry(accountId: string, jobId: string, requestId: string): Promise<JobRecord | null>;
  /** Really erases; null when there is none. */
  erase(accountId: string, jobId: string): Promise<{ job: JobRecord; erased: { source: boolean; result: boolean } } | null>;
  /** Resolves with the job at its next change after `version` (any progress counts), or as it is after `timeoutMs`. */
  waitForChange(accountId: string, jobId: string, version: number, timeoutMs: number, signal: AbortSignal): Promise<JobRecord | null>;
  countActive(accountId: string): Promise<number>;
  /** Event rows of a job after `afterId`, oldest first. */
  events(accountId: string, jobId: string, afterId: number): Promise<JobEventRow[]>;
}

export interface JobEventRow {
  id: number;
  jobId: string;
  type: "state" | "progress" | "warning";
  data: Record<string, unknown>;
  at: Date;
}

/** What the worker hands to the parse, and gets back. `jobs` never imports `pipeline`: app.ts passes the function in. */
export interface ParseTask {
  job: JobRecord;
  /** Local file with the source. */
  sourcePath: string;
  /** Where the ZIP goes: a local file path the parse creates. */
  resultPath: string;
  signal: AbortSignal;
  onProgress(totalPages: number, processedPages: number): void;
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
