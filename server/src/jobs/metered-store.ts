/** A store that tells the meter of every job that ends through it, after the commit and once. */
import type { JobStore } from "../ports/job-store.ts";
import type { Meter } from "../ports/meter.ts";

export function meterEnds(store: JobStore, meter: Pick<Meter, "jobEnded">): JobStore {
  return {
    ...store,
    async move(jobId, decide, options) {
      const moved = await store.move(jobId, decide, options);
      // A final job never moves again: whatever moved to here has ended now.
      if (moved.kind === "moved" && (moved.job.status === "done" || moved.job.status === "failed")) {
        const { status, fileExtension, startedAt, finishedAt, updatedAt, result } = moved.job;
        meter.jobEnded({
          outcome: status,
          format: fileExtension.slice(1),
          seconds: startedAt ? Math.max(0, (finishedAt ?? updatedAt).getTime() - startedAt.getTime()) / 1000 : null,
          pages: result?.statistics.total_pages ?? 0,
        });
      }
      return moved;
    },
  };
}
