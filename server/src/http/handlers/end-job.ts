/** Cancel, repeat, erase. */
import { type Handler, json } from "../call.ts";
import { findJob, jobNotFound } from "../find-job.ts";
import { viewJob } from "../job-view.ts";
import { checkCapacity } from "../limits.ts";

export const cancelJob: Handler<"cancelJob"> = async (call, parts) => {
  const id = call.params["job_id"]!;
  const job = await parts.jobs.cancel(call.key.accountId, id);
  if (!job) throw jobNotFound(id);
  return json(200, await viewJob(job, parts, call.baseUrl));
};

export const retryJob: Handler<"retryJob"> = async (call, parts) => {
  const { key } = call;
  const { jobId } = await findJob(call, parts);
  await checkCapacity(parts, key.accountId, key.ratePerMinute ?? parts.settings.rateLimitPerMinute);
  const job = await parts.jobs.retry(key.accountId, jobId, call.requestId);
  if (!job) throw jobNotFound(jobId);
  return json(202, await viewJob(job, parts, call.baseUrl));
};

export const deleteJob: Handler<"deleteJob"> = async (call, parts) => {
  const id = call.params["job_id"]!;
  const { accountId } = call.key;
  const { documentId } = await findJob(call, parts);
  const archived =
    call.query.archive_document === "true"
      ? await parts.documents.archive(accountId, documentId, parts.clock.now())
      : null;
  const gone = await parts.jobs.erase(accountId, id);
  if (!gone) throw jobNotFound(id);
  const { job, erased } = gone;
  return json(200, {
    job_id: job.jobId,
    deleted: true,
    document_id: job.documentId,
    document_archived: archived !== null,
    erased,
  });
};
