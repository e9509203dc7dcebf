import type { JobRecord } from "../jobs/types.ts";

/**
 * The body of a webhook, serialised once: these bytes are signed and sent. `status` is "completed" where the API says
 * "done", as receivers of the hosted service expect; the error stands in the API's shape and once more one level deeper,
 * where older receivers look.
 */
export function writeBody(job: JobRecord, resultUrl: string | null, extra: { trigger?: "manual" } = {}): string {
  const finishedAt = job.finishedAt?.toISOString();
  const shared = { job_id: job.jobId, data_id: job.dataId, document_id: job.documentId, namespace: job.namespace };
  if (job.status === "done" && job.result) {
    return JSON.stringify({
      event: "job.completed",
      ...shared,
      status: "completed",
      completed_at: finishedAt,
      result_url: resultUrl,
      result: { checksum: job.result.sha256, statistics: job.result.statistics },
      result_checksum: { algorithm: "sha256", value: job.result.sha256 },
      ...extra,
    });
  }
  const error = {
    ...(job.error ?? { code: "INTERNAL_ERROR", message: "" }),
    request_id: job.error?.request_id ?? job.requestId,
  };
  return JSON.stringify({
    event: "job.failed",
    ...shared,
    status: "failed",
    failed_at: finishedAt,
    error: { success: false, ...error, error },
    ...extra,
  });
}

/**
 * The body of a test event: signed and sent like the others, about no job. The members that every receiver reads are
 * there, so that none stumbles.
 */
export const writeTestBody = (sentAt: Date): string =>
  JSON.stringify({
    event: "test",
    job_id: null,
    data_id: null,
    status: "test",
    sent_at: sentAt.toISOString(),
    message: "A test of this webhook endpoint. No job has ended.",
  });
