import { finalStatuses } from "../../jobs/types.ts";
import { type Handler, json } from "../call.ts";
import { findJob } from "../find-job.ts";
import { viewJob } from "../job-view.ts";

const whenAborted = (signal: AbortSignal) => (error: unknown) => {
  if (signal.aborted) return null;
  throw error;
};

export const getJob: Handler<"getJob"> = async (call, parts) => {
  let job = await findJob(call, parts);
  const waitMs = (call.query.wait ?? 0) * 1000;
  if (waitMs > 0 && !finalStatuses.includes(job.status)) {
    const change = parts.jobs.waitForChange(call.key.accountId, job.jobId, job.version, waitMs, call.signal);
    // Erased meanwhile, or the server stops: answered as it last was.
    job = (await change.catch(whenAborted(call.signal))) ?? job;
  }
  return json(200, await viewJob(job, parts, call.baseUrl));
};
