/** The columns of `job` and how they stand for a `JobRecord`; the only place that knows both. */
import type { JobRecord } from "../../ports/job.ts";
import type { Database, Row } from "./database.ts";

const json = (value: unknown) => (value === null || value === undefined ? null : JSON.stringify(value));

/** Written once. */
const fixed: [column: string, value: (job: JobRecord) => unknown][] = [
  ["job_id", (job) => job.jobId],
  ["account_id", (job) => job.accountId],
  ["key_id", (job) => job.keyId],
  ["source_type", (job) => job.sourceType],
  ["source_url", (job) => job.sourceUrl],
  ["data_id", (job) => job.dataId],
  ["namespace", (job) => job.namespace],
  ["document_id", (job) => job.documentId],
  ["document_metadata", (job) => json(job.documentMetadata)],
  ["options", (job) => json(job.options)],
  ["webhook_url", (job) => job.webhookUrl],
  ["created_at", (job) => job.createdAt],
  ["retried_from", (job) => job.retriedFrom],
  ["request_id", (job) => job.requestId],
];
/** Written by moves. */
const moving: typeof fixed = [
  ["status", (job) => job.status],
  ["version", (job) => job.version],
  ["source_key", (job) => job.sourceKey],
  ["file_name", (job) => job.fileName],
  ["file_extension", (job) => job.fileExtension],
  ["content_type", (job) => job.contentType],
  ["updated_at", (job) => job.updatedAt],
  ["upload_expires_at", (job) => job.uploadExpiresAt],
  ["started_at", (job) => job.startedAt],
  ["finished_at", (job) => job.finishedAt],
  ["expires_at", (job) => job.expiresAt],
  ["total_pages", (job) => job.progress?.totalPages ?? null],
  ["processed_pages", (job) => job.progress?.processedPages ?? null],
  ["stage", (job) => json(job.progress?.stage)],
  ["error", (job) => json(job.error)],
  ["result", (job) => json(job.result)],
  ["warnings", (job) => (job.warnings.length > 0 ? json(job.warnings) : null)],
  ["attempts", (job) => job.attempts],
];
const all = [...fixed, ...moving];

export const insertJob = {
  name: "job-insert",
  text: `insert into job (${all.map(([column]) => column).join(", ")}) values (${all.map((_, i) => `$${i + 1}`).join(", ")})
    on conflict (job_id) do nothing`,
};
export const insertValues = (job: JobRecord): unknown[] => valuesOf(all, job);

/** Compare-and-set: changes the row only while it has the version that was read. */
export const updateJob = {
  name: "job-update",
  text: `update job set ${moving.map(([column], i) => `${column} = $${i + 3}`).join(", ")} where job_id = $1 and version = $2`,
};
export const updateValues = (job: JobRecord, versionRead: number): unknown[] => [
  job.jobId,
  versionRead,
  ...valuesOf(moving, job),
];

/** PostgreSQL's text holds no NUL; names from URLs may. */
const valuesOf = (columns: typeof fixed, job: JobRecord) =>
  columns.map(([, value]) => {
    const found = value(job);
    return typeof found === "string" && found.includes("\0") ? found.replaceAll("\0", "") : found;
  });

/** Its rows are read by `jobOf`. */
export const findJobs = { name: "job-find", text: "select * from job where job_id = any($1)" };

/**
 * One line of text for all jobs asked: rows and columns are what costs, and polls ask this most of all.
 * Ids are of letters, digits and "_", so the comma keeps them apart.
 */
const stampJobs = {
  name: "job-stamps",
  text: `select string_agg(concat_ws(' ', job_id, version, (extract(epoch from created_at) * 1000)::bigint), ',') as stamps
    from job where job_id = any(string_to_array($1, ','))`,
};
/** Every move raises the version; the time tells a job from an erased one that had the same id. */
const stampOf = ({ jobId, version, createdAt }: JobRecord) => `${jobId} ${version} ${createdAt.getTime()}`;

export async function findUnchanged(database: Database, records: readonly JobRecord[]): Promise<Set<string>> {
  const { rows } = await database.query(stampJobs, [records.map(({ jobId }) => jobId).join()]);
  const stamps = new Set(((rows[0]!.stamps as string | null) ?? "").split(","));
  const same = new Set<string>();
  for (const record of records) if (stamps.has(stampOf(record))) same.add(record.jobId);
  return same;
}

export function jobOf(row: Row): JobRecord {
  return {
    jobId: row.job_id,
    accountId: row.account_id,
    keyId: row.key_id,
    status: row.status,
    version: row.version,
    sourceType: row.source_type,
    sourceUrl: row.source_url,
    sourceKey: row.source_key,
    fileName: row.file_name,
    fileExtension: row.file_extension,
    contentType: row.content_type,
    dataId: row.data_id,
    namespace: row.namespace,
    documentId: row.document_id,
    documentMetadata: row.document_metadata,
    options: row.options,
    webhookUrl: row.webhook_url,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    uploadExpiresAt: row.upload_expires_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    expiresAt: row.expires_at,
    progress:
      row.total_pages === null
        ? null
        : {
            totalPages: row.total_pages,
            processedPages: row.processed_pages,
            ...(row.stage === null ? {} : { stage: row.stage }),
          },
    error: row.error,
    result: row.result,
    warnings: row.warnings ?? [],
    attempts: row.attempts,
    retriedFrom: row.retried_from,
    requestId: row.request_id,
  };
}
