/** How an attempt is put on record: fenced moves, offered for a while to a database that is out of order. */
import { jobErrorOf, Problem } from "@knowhere/contract";
import type { Claim } from "../ports/job-queue.ts";
import type { JobStore, Moved } from "../ports/job-store.ts";
import type { AttemptTools } from "./attempt.ts";
import { isOutage, isTransient, maxStrikes, mostOutages, outagePauseMs, retryPauseMs } from "./faults.ts";
import { type JobEvent, stepAll } from "./machine.ts";

/** Why an attempt is broken off. */
export class ClaimLost extends Error {}
/** The worker stops: the job goes back to the queue at once. */
export class HandedBack extends Error {}

/** "outage": broken off because the storage, the database or the disk is out of order, and the job waits. */
export type AttemptEnd = "ended" | "outage";

/** How long the end of an attempt is offered to a database that is out of order. */
const recordForMs = 120_000;
const recordPauseMs = 1000;

/** Records why an attempt failed: the job waits, goes back to the queue or ends. */
export async function recordFault(
  claim: Claim,
  error: unknown,
  signal: AbortSignal,
  tools: AttemptTools,
): Promise<AttemptEnd> {
  const { attempt } = claim;
  const about = { jobId: claim.job.jobId, attempt, requestId: claim.job.requestId };
  const reason = signal.aborted ? signal.reason : error;
  if (reason instanceof ClaimLost) {
    tools.log.info(about, "attempt broken off: cancelled, erased or taken over");
    return "ended";
  }
  const now = tools.clock.now();
  if (reason instanceof HandedBack) {
    await record(claim, [{ type: "requeued" }], tools, (next) => ({
      ...next,
      queue: { do: "release", runAt: now, strike: false },
      attempt: { outcome: "released", error: null },
    }));
    tools.log.info(about, "job handed back");
    return "ended";
  }
  const strike = claim.strikes + 1;
  const told = jobErrorOf(reason);
  if (isOutage(reason) && attempt < mostOutages) {
    tools.log.warn({ ...about, err: reason }, "storage, database or disk are out of order; the job waits");
    const runAt = new Date(now.getTime() + outagePauseMs(attempt));
    await record(claim, [{ type: "requeued" }], tools, (next) => ({
      ...next,
      queue: { do: "release", runAt, strike: false },
      attempt: { outcome: "faulted", error: told },
    }));
    return "outage";
  }
  const pauseMs = retryPauseMs(strike, reason, tools.downloadTimeoutMs);
  if (isTransient(reason) && strike < maxStrikes && pauseMs !== null) {
    tools.log.warn({ ...about, err: reason }, "attempt failed; the job will be tried again");
    const runAt = new Date(now.getTime() + pauseMs);
    await record(claim, [{ type: "requeued" }], tools, (next) => ({
      ...next,
      queue: { do: "release", runAt, strike: true },
      attempt: { outcome: "faulted", error: told },
    }));
    return "ended";
  }
  if (reason instanceof Problem)
    tools.log.info({ ...about, code: told.code, reason: told.details?.reason }, "job failed");
  else tools.log.error({ ...about, err: reason }, "job failed by our fault");
  // Of a foreign server it matters that it was asked more than once.
  const tried = reason instanceof Problem && reason.problem === "DOWNLOAD_FAILED" ? { attempts: attempt } : {};
  const failed: JobEvent = {
    type: "failed",
    attempt,
    error: { ...told, ...(told.details && { details: { ...told.details, ...tried } }) },
    expiresAt: new Date(now.getTime() + tools.retentionMs),
  };
  await record(claim, [failed], tools, (next) => ({
    ...next,
    queue: { do: "remove" },
    attempt: { outcome: "failed", error: told },
  }));
  return "ended";
}

/** A fenced move, offered again for a while when the database is out of order. */
export async function record(
  claim: Claim,
  events: JobEvent[],
  { store, clock }: AttemptTools,
  complete: (
    next: NonNullable<ReturnType<typeof stepAll>>,
  ) => NonNullable<ReturnType<Parameters<JobStore["move"]>[1]>> = (next) => next,
): Promise<Moved> {
  for (let waitedMs = 0; ; waitedMs += recordPauseMs) {
    const now = clock.now();
    try {
      return await store.move(
        claim.job.jobId,
        (job) => {
          const next = stepAll(job, events, now);
          return next && complete(next);
        },
        { token: claim.token },
      );
    } catch (error) {
      const outage = error instanceof Problem && error.problem === "UNAVAILABLE";
      if (!outage || waitedMs >= recordForMs) throw error;
      await clock.sleep(recordPauseMs);
    }
  }
}
