/** Takes due jobs from the queue and runs them, a few at a time, under leases that it keeps alive. */
import { mkdir, readdir, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import type { Bell } from "../ports/bell.ts";
import type { Ids } from "../ports/ids.ts";
import type { Claim, JobQueue } from "../ports/job-queue.ts";
import { type AttemptTools, runAttempt } from "./attempt.ts";
import { readRing } from "./changes.ts";
import { outagePauseMs } from "./faults.ts";
import { ClaimLost, HandedBack } from "./record.ts";

export interface WorkerOptions extends AttemptTools {
  queue: JobQueue;
  bell: Bell;
  ids: Ids;
  /** Jobs at a time. */
  slots: number;
  /** The worker makes a folder of its own inside; what dead workers left there is removed. */
  tempDir: string;
  /** True when no other worker lives in `tempDir`: everything in it is removed at the start. */
  aloneInTempDir?: boolean;
  times?: Partial<WorkerTimes>;
}

export interface WorkerTimes {
  /** Life of a claim that nobody renews. */
  leaseMs: number;
  renewEveryMs: number;
  /** How late a cancel is seen whose ring was lost. */
  checkEveryMs: number;
  /** How late a due job is seen whose ring was lost. */
  pollEveryMs: number;
}

export const workerTimes: WorkerTimes = {
  leaseMs: 30_000,
  renewEveryMs: 10_000,
  checkEveryMs: 1500,
  pollEveryMs: 2000,
};

export interface Worker {
  /** Goes into leases and attempts. */
  readonly id: string;
  start(): Promise<void>;
  /** Claims no more, lets running jobs end for `graceMs`, then breaks them off and hands them back. */
  stop(options?: { graceMs?: number }): Promise<void>;
  running(): number;
}

interface Running {
  token: number;
  abort: AbortController;
  ended: Promise<void>;
}

/** A worker touches its folder with every renewal; one this old belongs to a dead one. */
const deadFolderAfterMs = 15 * 60_000;
/** After breaking off. Longer than a parse is waited for. */
const handBackMs = 3000;
/** A claim under way is waited for, a database that is out of order is not. */
const lastClaimMs = 1000;

export function createWorker(options: WorkerOptions): Worker {
  const { queue, bell, clock, log } = options;
  const times = { ...workerTimes, ...options.times };
  const id = `worker_${options.ids.uuid()}`;
  const home = join(options.tempDir, id);
  const running = new Map<string, Running>();
  const stopping = new AbortController();
  const gone = new AbortController();
  let filling: Promise<void> | null = null;
  /** Numbers of the claims that were begun and, as far as we know, are not ended. */
  const begun = new Set<number>();
  /** A claim failed on its way: it may have been made, and its answer lost. */
  let inDoubt = false;
  /** When we last asked for such claims: the database may have made one and, its connection lost, answered with another. */
  let askedAt = Number.NEGATIVE_INFINITY;
  let askedAgain = false;
  /** Attempts in a row that met an outage. While there are any, one job at a time tries whether it is over. */
  let outages = 0;
  let resting = false;
  let unlisten: (() => void)[] = [];
  let loops: Promise<void>[] = [];

  /** Claims until the slots are full or the queue is empty; asking while it runs makes it look once more. */
  function fill(): Promise<void> {
    askedAgain = true;
    filling ??= (async () => {
      while (askedAgain && !stopping.signal.aborted) {
        askedAgain = false;
        while (!resting && running.size < (outages > 0 ? 1 : options.slots) && !stopping.signal.aborted) {
          if (inDoubt || Math.abs(clock.now().getTime() - askedAt) >= times.renewEveryMs) {
            await takeUnanswered();
            continue;
          }
          const now = clock.now();
          inDoubt = true;
          const claim = await queue.claim(id, now, leaseEnd(now));
          inDoubt = false;
          if (!claim) break;
          begin(claim);
        }
      }
    })()
      .catch((error) => log.warn({ err: error }, "claiming failed; trying again soon"))
      .finally(() => {
        filling = null;
      });
    return filling;
  }

  /** Begins what a claim took whose answer never came, instead of letting its lease run out. Never while one is under way. */
  async function takeUnanswered(): Promise<void> {
    const now = clock.now();
    const claims = await queue.unanswered(id, [...begun], leaseEnd(now));
    inDoubt = false;
    askedAt = now.getTime();
    for (const claim of claims) begin(claim);
  }

  const leaseEnd = (now: Date) => new Date(now.getTime() + times.leaseMs);

  function begin(claim: Claim): void {
    const abort = new AbortController();
    const { jobId } = claim.job;
    begun.add(claim.token);
    const ended = runAttempt(claim, join(home, `${jobId}.${claim.token}`), abort, options).then((end) => {
      if (running.get(jobId)?.token === claim.token) running.delete(jobId);
      if (end === "outage") rest();
      else {
        begun.delete(claim.token);
        outages = 0;
      }
      if (!stopping.signal.aborted) void fill();
    });
    running.set(jobId, { token: claim.token, abort, ended });
  }

  /** Without it every job in the queue would be tried, and fail, for as long as an outage lasts. */
  function rest(): void {
    if (resting) return;
    outages++;
    resting = true;
    clock.sleep(outagePauseMs(outages), stopping.signal).then(
      () => {
        resting = false;
        void fill();
      },
      () => {},
    );
  }

  const held = () => [...running].map(([jobId, { token }]) => ({ jobId, token }));

  /** Breaks off what is no longer ours: cancelled, erased, or taken over after a lost lease. */
  async function check(renew: boolean): Promise<void> {
    const claims = held();
    if (claims.length === 0) return;
    const ours = renew ? await queue.renew(id, claims, leaseEnd(clock.now())) : await queue.stillHeld(claims);
    for (const { jobId, token } of claims) {
      const run = running.get(jobId);
      if (!ours.has(jobId) && run?.token === token) run.abort.abort(new ClaimLost());
    }
  }

  async function keepLeases(): Promise<void> {
    let sinceRenewalMs = 0;
    await every(times.checkEveryMs, gone.signal, async () => {
      sinceRenewalMs += times.checkEveryMs;
      const renew = sinceRenewalMs >= times.renewEveryMs;
      await check(renew);
      if (!renew) return;
      sinceRenewalMs = 0;
      const now = clock.now();
      await utimes(home, now, now);
    });
  }

  async function every(ms: number, signal: AbortSignal, task: () => Promise<void>): Promise<void> {
    for (;;) {
      try {
        await clock.sleep(ms, signal);
      } catch {
        return;
      }
      await task().catch((error) => log.warn({ err: error }, "a worker's round failed"));
    }
  }

  async function removeRemains(): Promise<void> {
    await mkdir(options.tempDir, { recursive: true, mode: 0o700 });
    for (const name of await readdir(options.tempDir)) {
      const path = join(options.tempDir, name);
      const touched = await stat(path).catch(() => null);
      const isDead = touched && clock.now().getTime() - touched.mtimeMs > deadFolderAfterMs;
      if (options.aloneInTempDir || isDead) await rm(path, { recursive: true, force: true });
    }
    await mkdir(home, { recursive: true, mode: 0o700 });
  }

  return {
    id,
    running: () => running.size,
    async start() {
      await removeRemains();
      unlisten = [
        bell.listen("queue", () => void fill()),
        bell.listen("job", (payload) => {
          const ring = readRing(payload);
          if (ring && running.has(ring.jobId) && ["failed", "erased", "pending"].includes(ring.status)) {
            check(false).catch(() => {});
          }
        }),
      ];
      loops = [keepLeases(), every(times.pollEveryMs, stopping.signal, fill)];
      await fill();
    },
    async stop({ graceMs = 4000 } = {}) {
      if (stopping.signal.aborted) return;
      stopping.abort();
      await within(lastClaimMs, filling ?? Promise.resolve());
      const ended = () => Promise.all([...running.values()].map((run) => run.ended));
      await within(graceMs, ended());
      for (const run of running.values()) run.abort.abort(new HandedBack());
      await within(handBackMs, ended());
      for (const stop of unlisten) stop();
      gone.abort();
      await Promise.all(loops);
      await rm(home, { recursive: true, force: true });
    },
  };

  async function within(ms: number, promise: Promise<unknown>): Promise<void> {
    const over = new AbortController();
    await Promise.race([promise, clock.sleep(ms, over.signal).catch(() => {})]);
    over.abort();
  }
}
