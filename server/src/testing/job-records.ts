/** Jobs for tests: whole and plain, with the fields that matter given. */
import type { JobRecord, JobResult, NewJob, ParseOptions } from "../jobs/types.ts";

export const plainOptions: ParseOptions = {
  model: "base",
  ocrEnabled: false,
  docType: "auto",
  smartTitleParse: true,
  summaryImage: true,
  summaryTable: true,
  summaryText: true,
  summaryUseLlm: false,
  addFragDesc: "",
  kbDir: "Default_Root",
  ocrLanguages: ["eng"],
  chunking: { strategy: "section", maxTokens: 512, overlapTokens: 0 },
  hiddenText: "drop",
  furniture: "drop",
  mainContent: true,
};

export function newJob(fields: Partial<NewJob> = {}): NewJob {
  return {
    accountId: "acc_one",
    keyId: "key_one",
    sourceType: "file",
    sourceUrl: null,
    fileName: "report.pdf",
    fileExtension: ".pdf",
    contentType: "application/pdf",
    dataId: null,
    namespace: "default",
    documentId: null,
    documentMetadata: null,
    options: plainOptions,
    webhookUrl: null,
    requestId: "req_0123456789abcdef",
    ...fields,
  };
}

export function jobRecord(fields: Partial<JobRecord> = {}): JobRecord {
  const at = fields.createdAt ?? new Date("2026-01-02T03:04:05.678Z");
  const { jobId: _chosenLater, ...job } = newJob();
  return {
    ...job,
    jobId: "job_0123456789ab",
    documentId: (fields.jobId ?? "job_0123456789ab").replace("job_", "doc_"),
    status: "pending",
    version: 1,
    sourceKey: "uploads/job_0123456789ab",
    createdAt: at,
    updatedAt: at,
    uploadExpiresAt: null,
    startedAt: null,
    finishedAt: null,
    expiresAt: null,
    progress: null,
    error: null,
    result: null,
    warnings: [],
    attempts: 0,
    retriedFrom: null,
    ...fields,
  };
}

export function jobResult(fields: Partial<JobResult> = {}): JobResult {
  return {
    key: "results/job_0123456789ab.1.zip",
    bytes: 3,
    sha256: "0".repeat(64),
    statistics: { total_chunks: 1, text_chunks: 1, image_chunks: 0, table_chunks: 0, total_pages: 1 },
    ...fields,
  };
}
