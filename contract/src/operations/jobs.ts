/** Operations on jobs. */
import { z } from "zod";
import { Job, JobStatus, ListedJob } from "../job.ts";
import { CreateJobForm, CreateJobRequest } from "./create-request.ts";
import * as examples from "./examples.ts";
import { JobId, operation } from "./operation.ts";

const IdempotencyKey = z.object({
  "idempotency-key": z
    .string()
    .min(1)
    .max(255)
    .optional()
    .describe(
      "Repeat the request with the same key and get the same answer instead of a second job. Kept for 24 hours.",
    ),
});

export const createJob = operation({
  id: "createJob",
  method: "POST",
  path: "/jobs",
  aliases: ["/jobs/"],
  versioned: true,
  tag: "jobs",
  summary: "Create a job",
  description:
    "From a URL (`source_type: url`): 202, the job is pending. From a file (`source_type: file`): 200, the job waits for one PUT of the bytes to `upload_url` with `upload_headers`; the upload starts it. In one call: `multipart/form-data` with the part `file`: 202. Unknown fields are ignored.",
  scope: "write",
  headers: IdempotencyKey,
  body: {
    required: true,
    content: { "application/json": CreateJobRequest, "multipart/form-data": CreateJobForm },
    examples: { url: examples.createFromUrl, file: examples.createFromFile },
  },
  responses: {
    200: { description: "Waits for the upload", schema: Job, examples: { file: examples.waitingFile } },
    202: { description: "Accepted", schema: Job, examples: { url: examples.pending } },
  },
  problems: [
    "VALIDATION_FAILED",
    "BODY_TOO_LARGE",
    "SOURCE_TOO_LARGE",
    "IDEMPOTENCY_KEY_REUSED",
    "IDEMPOTENT_TWIN_RUNNING",
    "TOO_MANY_ACTIVE_JOBS",
    "NOT_FOUND",
    "CONFLICT",
    "UNAVAILABLE",
  ],
});

export const getJob = operation({
  id: "getJob",
  method: "GET",
  path: "/jobs/{job_id}",
  versioned: true,
  tag: "jobs",
  summary: "Get a job",
  description:
    "Status, progress, and, once done, a fresh presigned `result_url` with the checksum of the ZIP. With `wait` the answer comes at the job's next change, or after that many seconds.",
  scope: "read",
  params: JobId,
  query: z.object({
    wait: z.coerce.number().min(0).max(60).optional().describe("Seconds to wait for a change, at most 60."),
  }),
  responses: {
    200: {
      description: "The job",
      schema: Job,
      examples: {
        "waiting-file": examples.waitingFile,
        pending: examples.pending,
        converting: examples.converting,
        running: examples.running,
        done: examples.done,
        failed: examples.failed,
      },
    },
  },
  problems: ["NOT_FOUND"],
});

export const JobPage = z
  .object({
    jobs: z.array(ListedJob),
    total: z.int().min(0).optional(),
    page: z.int().min(1).optional(),
    page_size: z.int().min(1).optional(),
    total_pages: z.int().min(0).optional(),
    limit: z.int().min(1).optional(),
    next_cursor: z.string().optional().describe("Send it as `cursor` for the next jobs; absent on the last page."),
  })
  .meta({
    id: "JobPage",
    description: "Page form: total, page, page_size, total_pages. Cursor form: limit, next_cursor.",
  });
export type JobPage = z.infer<typeof JobPage>;

const DateTime = z.union([z.iso.datetime({ offset: true, local: true }), z.iso.date()]);

export const listJobs = operation({
  id: "listJobs",
  method: "GET",
  path: "/jobs",
  aliases: ["/jobs/", "/jobs/page"],
  versioned: true,
  tag: "jobs",
  summary: "List jobs",
  description:
    "Newest first. Either by `page` and `page_size`, or by `limit` and `cursor` (stable while jobs are created, and fast at any depth).",
  scope: "read",
  query: z.object({
    page: z.coerce.number().int().min(1).max(1_000_000).default(1),
    page_size: z.coerce.number().int().min(1).max(100).default(20),
    limit: z.coerce.number().int().min(1).max(100).optional().describe("Asks for the cursor form."),
    cursor: z.string().max(200).optional().describe("`next_cursor` of the answer before; asks for the cursor form."),
    job_status: JobStatus.optional(),
    job_type: z.string().max(64).optional().describe("document_ingestion; any other type has no jobs."),
    recent_days: z.coerce.number().int().optional().describe("1, 7 or 30."),
    start_time: DateTime.optional().describe("Overrides recent_days."),
    end_time: DateTime.optional(),
    namespace: z.string().max(255).optional(),
  }),
  responses: { 200: { description: "The jobs", schema: JobPage, examples: { page: examples.jobPage } } },
  problems: ["VALIDATION_FAILED"],
});

export const Message = z.object({ message: z.string() }).meta({ id: "Message" });

export const confirmUpload = operation({
  id: "confirmUpload",
  method: "POST",
  path: "/jobs/{job_id}/confirm-upload",
  versioned: true,
  tag: "jobs",
  summary: "Confirm an upload",
  description: "A fallback: the upload starts the job by itself. Repeating it does no harm.",
  scope: "write",
  params: JobId,
  responses: {
    200: {
      description: "The job has its file",
      schema: Message,
      examples: { confirmed: { message: "File upload confirmed; processing started" } },
    },
  },
  problems: ["VALIDATION_FAILED", "NOT_FOUND", "UNAVAILABLE"],
});

export const cancelJob = operation({
  id: "cancelJob",
  method: "POST",
  path: "/jobs/{job_id}/cancel",
  versioned: true,
  tag: "jobs",
  summary: "Cancel a job",
  description: "An active job becomes failed with the code CANCELLED and its work stops. A final job stays as it is.",
  scope: "write",
  params: JobId,
  responses: { 200: { description: "The job as it now is", schema: Job, examples: { cancelled: examples.cancelled } } },
  problems: ["NOT_FOUND"],
});

export const retryJob = operation({
  id: "retryJob",
  method: "POST",
  path: "/jobs/{job_id}/retry",
  versioned: true,
  tag: "jobs",
  summary: "Repeat a job",
  description: "Makes a new job from the same source and options; it names the old one in `retried_from`.",
  scope: "write",
  params: JobId,
  responses: { 202: { description: "The new job", schema: Job, examples: { retried: examples.retried } } },
  problems: ["NOT_FOUND", "CONFLICT", "SOURCE_GONE", "TOO_MANY_ACTIVE_JOBS"],
});

export const Erased = z
  .object({
    job_id: z.string(),
    deleted: z.literal(true),
    document_id: z.string(),
    document_archived: z.boolean(),
    erased: z.object({ source: z.boolean(), result: z.boolean() }).describe("What there was to erase, and is gone."),
  })
  .meta({ id: "ErasedJob" });

export const deleteJob = operation({
  id: "deleteJob",
  method: "DELETE",
  path: "/jobs/{job_id}",
  versioned: true,
  tag: "jobs",
  summary: "Erase a job",
  description: "Erases source, result, temporary files and rows; an active job is stopped first. It cannot be undone.",
  scope: "write",
  params: JobId,
  query: z.object({
    archive_document: z
      .enum(["true", "false"])
      .optional()
      .describe("Archive the job's document too; its other versions stay, but it takes no new ones."),
  }),
  responses: { 200: { description: "What was erased", schema: Erased, examples: { erased: examples.erased } } },
  problems: ["NOT_FOUND"],
});

export const streamJobEvents = operation({
  id: "streamJobEvents",
  method: "GET",
  path: "/jobs/{job_id}/events",
  versioned: true,
  tag: "jobs",
  summary: "Follow a job",
  description:
    "Server-sent events `state`, `progress` and `warning` from the first one on, live, until the job is final. `Last-Event-ID` resumes after that event.",
  scope: "read",
  params: JobId,
  headers: z.object({
    "last-event-id": z
      .string()
      .regex(/^\d{0,18}$/)
      .optional(),
  }),
  responses: {
    200: { description: "The stream", mediaType: "text/event-stream", examples: { stream: examples.eventStream } },
  },
  problems: ["NOT_FOUND", "VALIDATION_FAILED"],
});
