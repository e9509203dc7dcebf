/** What GET /v1/jobs/{job_id}/events sends: server-sent events; `id` is the number to resume after (Last-Event-ID). */
import { z } from "zod";
import { Warning } from "./document.ts";
import { JobFailure, JobProgress, JobStatus, Timestamp } from "./job.ts";

const head = {
  job_id: z.string(),
  at: Timestamp,
  version: z.int().optional().describe("Rises with every change of the job."),
};

export const StateEvent = z
  .object({ ...head, status: JobStatus, error: JobFailure.optional() })
  .meta({ id: "StateEvent", description: "`event: state`: the job moved. done and failed end the stream." });
export const ProgressEvent = z
  .object({ ...head, ...JobProgress.shape })
  .meta({ id: "ProgressEvent", description: "`event: progress`: pages read so far." });
export const WarningEvent = z
  .object({ ...head, ...Warning.shape })
  .meta({ id: "WarningEvent", description: "`event: warning`: a piece that could not be read." });

/** Data of each event by its name. */
export const jobEvents = { state: StateEvent, progress: ProgressEvent, warning: WarningEvent } as const;
export type JobEventName = keyof typeof jobEvents;
export type JobEvent = {
  [K in JobEventName]: { id: string; event: K; data: z.infer<(typeof jobEvents)[K]> };
}[JobEventName];
