/** Waiting for a job to change: the bell wakes, a slow poll is the net under it. */
import type { Bell } from "../ports/bell.ts";
import type { Clock } from "../ports/clock.ts";
import { isFinal } from "./machine.ts";
import type { JobRecord } from "./types.ts";

/** How late a change is seen when its ring was lost. */
const netMs = 5000;
/** Why a nap or a wait ended early. A value of our own, because without one each abort makes an error with a stack. */
const awake = Symbol("awake");

export interface JobRing {
  jobId: string;
  version: number;
  /** A job status, or "erased". */
  status: string;
}

/** Reads the payload of the "job" channel; null for anything else. */
export function readRing(payload: string): JobRing | null {
  try {
    const ring = JSON.parse(payload) as JobRing;
    return typeof ring.jobId === "string" ? ring : null;
  } catch {
    return null;
  }
}

export interface Changes {
  /** See `Jobs.waitForChange`; `find` answers the job as it is. */
  wait(
    jobId: string,
    version: number,
    timeoutMs: number,
    signal: AbortSignal,
    find: () => Promise<JobRecord | null>,
  ): Promise<JobRecord | null>;
}

export function createChanges({ bell, clock }: { bell: Bell; clock: Clock }): Changes {
  const waiting = new Map<string, Set<() => void>>();
  let listening = false;

  function watch(jobId: string, wake: () => void): () => void {
    if (!listening) {
      listening = true;
      bell.listen("job", (payload) => {
        const ring = readRing(payload);
        if (ring) for (const waker of waiting.get(ring.jobId) ?? []) waker();
      });
    }
    const wakers = waiting.get(jobId) ?? new Set();
    waiting.set(jobId, wakers.add(wake));
    return () => {
      wakers.delete(wake);
      if (wakers.size === 0 && waiting.get(jobId) === wakers) waiting.delete(jobId);
    };
  }

  return {
    async wait(jobId, version, timeoutMs, signal, find) {
      // Slept in one piece, so that setting the clock does not lengthen it.
      const over = new AbortController();
      let timeIsUp = false;
      let wake = () => {};
      clock.sleep(timeoutMs, over.signal).then(
        () => {
          timeIsUp = true;
          wake();
        },
        () => {},
      );
      // Not a signal made of both: with a thousand waits those cost more than everything else here.
      const leave = () => wake();
      signal.addEventListener("abort", leave);
      let rung = false;
      const unwatch = watch(jobId, () => {
        rung = true;
        wake();
      });
      try {
        for (;;) {
          // Watching began before this look, so no change falls between them.
          rung = false;
          const job = await find();
          if (!job || job.version > version || isFinal(job.status) || timeIsUp || signal.aborted) return job;
          if (rung) continue;
          await new Promise<void>((resolve) => {
            const nap = new AbortController();
            wake = () => {
              nap.abort(awake);
              resolve();
            };
            clock.sleep(netMs, nap.signal).then(resolve, () => {});
            if (timeIsUp || signal.aborted) wake();
          });
        }
      } finally {
        unwatch();
        signal.removeEventListener("abort", leave);
        over.abort(awake);
      }
    },
  };
}
