/**
 * The one table of job moves, and `step`, the pure function that applies an event to a job.
 * Everything that changes a job's state goes through here; whoever calls it writes the answer with compare-and-set.
 */
import type { JobError, JobStage, Warning } from "@knowhere/contract";
import { problem, stageNames } from "@knowhere/contract";
import type { NewJobEvent } from "../ports/job-store.ts";
import type { JobRecord, JobResult, JobStatus } from "./types.ts";

/** From each state to where. `done` and `failed` are final. */
export const transitions: Record<JobStatus, readonly JobStatus[]> = {
  "waiting-file": ["pending", "failed"],
  pending: ["converting", "running", "failed"],
  converting: ["running", "pending", "failed"],
  running: ["done", "pending", "failed"],
  done: [],
  failed: [],
};

/** What a fetched URL turned out to be; it is stored from then on. */
export interface ResolvedSource {
  fileName: string;
  /** Lower case with the dot. */
  fileExtension: string;
  contentType: string;
}

export type JobEvent =
  /** The source is stored. */
  | { type: "uploaded" }
  /** A worker converts the source to another format. */
  | { type: "converting"; attempt: number }
  /** A worker reads the document. */
  | { type: "started"; attempt: number }
  | { type: "source-resolved"; source: ResolvedSource; sourceKey: string }
  | { type: "progressed"; attempt: number; totalPages: number; processedPages: number; stage?: JobStage | undefined }
  /** The worker was lost, met a transient fault or handed the job back. */
  | { type: "requeued" }
  | { type: "finished"; attempt: number; result: JobResult; warnings: Warning[]; expiresAt: Date | null }
  | { type: "failed"; attempt: number; error: JobError; expiresAt: Date | null }
  | { type: "cancelled"; expiresAt: Date | null }
  /** Nothing was uploaded while the URL lived. */
  | { type: "upload-expired"; expiresAt: Date | null };

export interface Step {
  job: JobRecord;
  events: NewJobEvent[];
}

/** Warnings beyond this many are in the job, but not told one by one as events. */
const maxWarningEvents = 100;

/**
 * The job after `event`, with the event rows to write; null when the table forbids the move or nothing would change.
 * Never leaves a final state, always raises the version, never lets progress fall.
 */
export function step(job: JobRecord, event: JobEvent, now: Date): Step | null {
  switch (event.type) {
    case "uploaded":
      return job.status === "waiting-file" ? move(job, "pending", now, { uploadExpiresAt: null }) : null;
    case "converting":
      return move(job, "converting", now, begun(job, event.attempt, now));
    case "started":
      return move(job, "running", now, begun(job, event.attempt, now));
    case "source-resolved":
      return isActive(job)
        ? { job: change(job, now, { ...event.source, sourceKey: event.sourceKey }), events: [] }
        : null;
    case "progressed":
      return progress(job, event, now);
    case "requeued":
      // A claim that never got as far as reading leaves no trace on the wire.
      return job.status === "pending" ? { job: change(job, now, {}), events: [] } : move(job, "pending", now, {});
    case "finished": {
      const { result, warnings, expiresAt } = event;
      const done = move(job, "done", now, {
        finishedAt: now,
        result,
        warnings,
        expiresAt,
        attempts: event.attempt,
        progress: completed(job, result),
      });
      done?.events.unshift(
        ...warnings.slice(0, maxWarningEvents).map((warning) => ({ type: "warning" as const, data: { ...warning } })),
      );
      return done;
    }
    case "failed":
      return fail(job, event.error, event.expiresAt, now, { attempts: Math.max(job.attempts, event.attempt) });
    case "cancelled": {
      const { code, message } = problem("CANCELLED");
      return fail(job, { code, message }, event.expiresAt, now);
    }
    case "upload-expired": {
      if (job.status !== "waiting-file") return null;
      const { code, message } = problem("JOB_EXPIRED");
      return fail(job, { code, message }, event.expiresAt, now);
    }
  }
}

/** Applies several events as one step, leaving out those that the table forbids; null when none applied. */
export function stepAll(job: JobRecord, events: readonly JobEvent[], now: Date): Step | null {
  let last: Step | null = null as Step | null;
  for (const event of events) {
    const next: Step | null = step(last?.job ?? job, event, now);
    if (next) last = { job: next.job, events: [...(last?.events ?? []), ...next.events] };
  }
  return last;
}

export const isFinal = (status: JobStatus): boolean => transitions[status].length === 0;
const isActive = (job: JobRecord) => !isFinal(job.status);

function change(job: JobRecord, now: Date, fields: Partial<JobRecord>): JobRecord {
  return { ...job, ...fields, version: job.version + 1, updatedAt: now };
}

function move(job: JobRecord, to: JobStatus, now: Date, fields: Partial<JobRecord>): Step | null {
  if (!transitions[job.status].includes(to)) return null;
  const next = change(job, now, { ...fields, status: to });
  return { job: next, events: [{ type: "state", data: stateData(next) }] };
}

/** What a state event says. */
export function stateData(job: JobRecord): Record<string, unknown> {
  return { status: job.status, version: job.version, ...(job.error ? { error: job.error } : {}) };
}

function fail(
  job: JobRecord,
  error: JobError,
  expiresAt: Date | null,
  now: Date,
  more: Partial<JobRecord> = {},
): Step | null {
  const told = { ...error, request_id: error.request_id ?? job.requestId };
  return move(job, "failed", now, { ...more, finishedAt: now, error: told, expiresAt, uploadExpiresAt: null });
}

const begun = (job: JobRecord, attempt: number, now: Date): Partial<JobRecord> => ({
  attempts: attempt,
  startedAt: job.startedAt ?? now,
});

/** Progress also says that reading has begun. A second attempt shows nothing new until it passes the first. */
function progress(job: JobRecord, event: Extract<JobEvent, { type: "progressed" }>, now: Date): Step | null {
  const started = job.status === "running" ? null : step(job, { type: "started", attempt: event.attempt }, now);
  const current = started?.job ?? job;
  if (current.status !== "running") return null;
  const before: NonNullable<JobRecord["progress"]> = current.progress ?? { totalPages: 0, processedPages: 0 };
  const totalPages = Math.max(before.totalPages, event.totalPages);
  const processedPages = Math.min(totalPages, Math.max(before.processedPages, event.processedPages));
  const stage = furthest(before.stage, event.stage);
  const isSame = totalPages === before.totalPages && processedPages === before.processedPages && stage === before.stage;
  if (current.progress && isSame) return started;
  const next = change(current, now, { progress: { totalPages, processedPages, ...(stage && { stage }) } });
  const row: NewJobEvent = {
    type: "progress",
    data: {
      total_pages: totalPages,
      processed_pages: processedPages,
      ...(stage && { stage }),
      version: next.version,
    },
  };
  return { job: next, events: [...(started?.events ?? []), row] };
}

/** Stages follow each other, and within one the count grows. */
function furthest(before: JobStage | undefined, told: JobStage | undefined): JobStage | undefined {
  if (before === undefined || told === undefined) return told ?? before;
  const [old, now] = [stageNames.indexOf(before.name), stageNames.indexOf(told.name)];
  return now > old || (now === old && told.done > before.done) ? told : before;
}

function completed(job: JobRecord, result: JobResult): JobRecord["progress"] {
  const totalPages = Math.max(job.progress?.totalPages ?? 0, result.statistics.total_pages);
  return { totalPages, processedPages: totalPages };
}
