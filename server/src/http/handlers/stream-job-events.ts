import { finalStatuses, type JobEventRow } from "../../jobs/types.ts";
import type { Handler } from "../call.ts";
import { openEventStream } from "../event-stream.ts";
import { findJob } from "../find-job.ts";
import { printTime } from "../job-view.ts";

/** A comment is sent when nothing happened for so long, which keeps proxies from closing the connection. */
const heartbeatMs = 15_000;

export const streamJobEvents: Handler<"streamJobEvents"> = async (call, parts) => {
  let job = await findJob(call, parts);
  const { accountId } = call.key;
  let lastId = Number(call.headers["last-event-id"] || 0);
  return {
    status: 200,
    contentType: "text/event-stream; charset=utf-8",
    headers: { "Cache-Control": "no-store", "X-Accel-Buffering": "no" },
    async stream(res) {
      const stream = openEventStream(res);
      while (stream.isOpen() && !call.signal.aborted) {
        // The job is read before its events: a final state seen here has its last event in the rows read next.
        const rows = await parts.jobs.events(accountId, job.jobId, lastId);
        for (const row of rows) await stream.send(String(row.id), row.type, describeEvent(row));
        lastId = rows.at(-1)?.id ?? lastId;
        if (finalStatuses.includes(job.status)) break;
        const before = job.version;
        const change = parts.jobs.waitForChange(accountId, job.jobId, before, heartbeatMs, call.signal);
        const next = await change.catch((error: unknown) => {
          if (call.signal.aborted) return null;
          throw error;
        });
        if (!next) break;
        if (next.version === before) await stream.beat();
        job = next;
      }
      stream.end();
    },
  };
};

const describeEvent = (row: JobEventRow) => ({ job_id: row.jobId, at: printTime(row.at), ...row.data });
