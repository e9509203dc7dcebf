/**
 * The job on the wire: one shape for each state, as the "Get Job" page of the API gives them.
 * A field that does not apply is absent; only `data_id` may be null. Timestamps are UTC, to the second, ending in Z.
 */
import { z } from "zod";
import { Warning } from "./document.ts";
import { statusOfCode } from "./problems.ts";

export const JobStatus = z
  .enum(["waiting-file", "pending", "converting", "running", "done", "failed"])
  .meta({ id: "JobStatus", description: "done and failed are final; the other four are active." });
export type JobStatus = z.infer<typeof JobStatus>;

export const SourceType = z.enum(["url", "file"]);
export type SourceType = z.infer<typeof SourceType>;

/** ISO 8601, UTC, ending in Z. */
export const Timestamp = z.iso.datetime();

const wireCodes = Object.keys(statusOfCode) as [keyof typeof statusOfCode, ...(keyof typeof statusOfCode)[]];
export const WireCodes = z.enum(wireCodes).meta({ id: "ErrorCode" });

export const JobFailure = z
  .object({
    code: WireCodes,
    message: z.string(),
    request_id: z.string().optional(),
    details: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({ id: "JobError", description: "Why the job failed. `details.reason` narrows the code." });
export type JobFailure = z.infer<typeof JobFailure>;

export const JobStatistics = z
  .object({
    total_chunks: z.int().min(0),
    text_chunks: z.int().min(0),
    image_chunks: z.int().min(0),
    table_chunks: z.int().min(0),
    total_pages: z.int().min(0),
  })
  .meta({ id: "JobStatistics" });

/** What follows the last page, in this order. */
export const stageNames = ["enriching", "chunking", "summarizing", "embedding", "packaging"] as const;
export const JobStage = z
  .object({
    name: z
      .enum(stageNames)
      .describe(
        "`enriching`, `summarizing` and `embedding` need a model; `chunking` and `packaging` are always there.",
      ),
    done: z.int().min(0),
    total: z.int().min(0).describe("Pieces to do in this stage; more may be found on the way."),
  })
  .meta({ id: "JobStage", description: "What is done once the pages are read; absent before." });
export type JobStage = z.infer<typeof JobStage>;

export const JobProgress = z
  .object({ total_pages: z.int().min(0), processed_pages: z.int().min(0), stage: JobStage.optional() })
  .meta({ id: "JobProgress", description: "True page numbers; they never decrease." });

const common = {
  job_id: z.string().describe("`job_` and 12 lower-case hex digits."),
  source_type: SourceType,
  data_id: z.string().nullable().describe("Your own identifier, null when you gave none."),
  created_at: Timestamp,
  namespace: z.string().optional(),
  document_id: z.string().optional(),
  file_name: z.string().optional(),
  file_extension: z.string().optional().describe('Upper case, without the dot: "PDF".'),
  model: z.enum(["base", "advanced"]).optional(),
  ocr_enabled: z.boolean().optional(),
  retried_from: z.string().optional().describe("The job that this one repeats."),
};
const worked = {
  duration_seconds: z.number().min(0).optional().describe("From creation to the end, or to the last change so far."),
  warnings: z.array(Warning).optional().describe("What could not be read although the job goes on."),
};

export const WaitingFileJob = z
  .object({
    ...common,
    status: z.literal("waiting-file"),
    upload_url: z.url().describe("PUT the bytes here; the upload starts the job by itself."),
    upload_headers: z.record(z.string(), z.string()).describe("Send exactly these headers with the PUT."),
    expires_in: z.int().min(0).describe("Seconds until upload_url and the job expire."),
  })
  .meta({ id: "WaitingFileJob" });
export const PendingJob = z.object({ ...common, ...worked, status: z.literal("pending") }).meta({ id: "PendingJob" });
export const ConvertingJob = z
  .object({ ...common, ...worked, status: z.literal("converting") })
  .meta({ id: "ConvertingJob" });
export const RunningJob = z
  .object({ ...common, ...worked, status: z.literal("running"), progress: JobProgress.optional() })
  .meta({ id: "RunningJob" });
export const DoneJob = z
  .object({
    ...common,
    ...worked,
    status: z.literal("done"),
    completed_at: Timestamp,
    result_url: z.url().optional().describe("Presigned, fresh on every GET; absent once the result is erased."),
    result_url_expires_at: Timestamp.optional(),
    result_checksum: z.object({ algorithm: z.literal("sha256"), value: z.string().regex(/^[0-9a-f]{64}$/) }),
    result: z.object({ checksum: z.string(), statistics: JobStatistics }).optional(),
  })
  .meta({ id: "DoneJob" });
export const FailedJob = z
  .object({ ...common, ...worked, status: z.literal("failed"), failed_at: Timestamp, error: JobFailure })
  .meta({ id: "FailedJob" });

/** The answer of GET /v1/jobs/{job_id}: which fields there are follows from `status`. */
export const Job = z
  .discriminatedUnion("status", [WaitingFileJob, PendingJob, ConvertingJob, RunningJob, DoneJob, FailedJob])
  .meta({ id: "Job" });
export type Job = z.infer<typeof Job>;
export type DoneJob = z.infer<typeof DoneJob>;
export type FailedJob = z.infer<typeof FailedJob>;

/** A job in a list: without the upload URL and progress. */
export const ListedJob = z
  .discriminatedUnion("status", [
    WaitingFileJob.omit({ upload_url: true, upload_headers: true, expires_in: true }),
    PendingJob,
    ConvertingJob,
    RunningJob.omit({ progress: true }),
    DoneJob,
    FailedJob,
  ])
  .meta({ id: "ListedJob" });
export type ListedJob = z.infer<typeof ListedJob>;
