/** The job as the server knows it; `http/` turns it into the wire's shapes. */
import type { JobError, JobStage, Warning } from "@knowhere/contract";

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
  /** Tesseract's codes; empty: chosen by the script and the words of each page. */
  ocrLanguages: string[];
  /** Without `maxTokens` a section stays below a number of characters, and a chunk of tokens at the usual size. */
  chunking: { strategy: "section" | "tokens"; maxTokens?: number; overlapTokens: number };
  password?: string | undefined;
  hiddenText: "drop" | "keep";
  furniture: "drop" | "keep";
  mainContent: boolean;
  /** false: parse even when there is an earlier result of the same input. Absent: as the server is set. */
  reuse?: false;
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
  /** Blob key of the source: where the upload goes, or where a fetched one was put; null before that. */
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
  progress: { totalPages: number; processedPages: number; stage?: JobStage | undefined } | null;
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
  statistics: {
    total_chunks: number;
    text_chunks: number;
    image_chunks: number;
    table_chunks: number;
    total_pages: number;
  };
}

export interface NewJob {
  /** Chosen beforehand (an idempotent create): submitting it twice makes one job. */
  jobId?: string;
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

export interface JobEventRow {
  id: number;
  jobId: string;
  type: "state" | "progress" | "warning";
  data: Record<string, unknown>;
  at: Date;
}
