/** What keeps the house in order while jobs come and go. Every duty may run in several processes at once. */
import type { Blobs } from "../ports/blobs.ts";
import type { Clock } from "../ports/clock.ts";
import type { Idempotency } from "../ports/idempotency.ts";
import type { JobQueue } from "../ports/job-queue.ts";
import type { JobStore } from "../ports/job-store.ts";
import type { JobUpkeep } from "../ports/job-upkeep.ts";
import type { Log } from "../ports/log.ts";
import { eraseJob } from "./erasing.ts";
import { maxStrikes, retryPauseMs, workerLost } from "./faults.ts";
import { step } from "./machine.ts";
import { readResultKey } from "./result-keys.ts";
import { workerTimes } from "./worker.ts";

export interface CaretakerOptions {
  store: JobStore;
  queue: JobQueue;
  upkeep: JobUpkeep;
  blobs: Blobs;
  idempotency: Idempotency;
  clock: Clock;
  log: Log;
  retentionMs: number;
  /**
   * True when this is the only server on the database (embedded mode) and its workers have not started: whatever is
   * claimed was claimed in a former life and goes back to the queue at once.
   */
  soleServer: boolean;
}

export type Duty =
  | "reclaim-lost"
  | "check-uploads"
  | "erase-outlived"
  | "delete-doomed"
  | "sweep-blobs"
  | "sweep-idempotency";

export interface Caretakers {
  /** Does what a start calls for, then every duty in its rhythm. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** One round of a duty; resolves with how many things it did. */
  run(duty: Duty): Promise<number>;
}

const batch = 200;
/** A blob younger than this may belong to a transaction that is still to come. */
const settledAfterMs = 3600_000;

export function createCaretakers(options: CaretakerOptions): Caretakers {
  const { store, queue, upkeep, blobs, clock, log } = options;
  const stopping = new AbortController();
  let loops: Promise<void>[] = [];
  const retainUntil = (now: Date) => new Date(now.getTime() + options.retentionMs);

  const duties: Record<Duty, { everyMs: number; run(): Promise<number> }> = {
    "reclaim-lost": { everyMs: 5000, run: reclaimLost },
    "check-uploads": { everyMs: 2000, run: checkUploads },
    "erase-outlived": { everyMs: 600_000, run: eraseOutlived },
    "delete-doomed": { everyMs: 60_000, run: deleteDoomed },
    "sweep-blobs": { everyMs: 3600_000, run: async () => (await sweepResults()) + (await sweepSources()) },
    "sweep-idempotency": { everyMs: 3600_000, run: () => options.idempotency.sweep() },
  };

  async function reclaimLost(): Promise<number> {
    const now = clock.now();
    const latest = new Date(now.getTime() + 2 * workerTimes.leaseMs);
    let count = 0;
    for (const { jobId, token } of await queue.expired(now, latest, batch)) {
      const isLost = (until: Date) => until < now || until > latest;
      if (await reclaim(jobId, token, isLost)) count++;
    }
    return count;
  }

  async function reclaimFormerLife(): Promise<void> {
    const claims = await queue.claimed(100_000);
    for (const { jobId, token } of claims) await reclaim(jobId, token, () => true);
    if (claims.length > 0) log.info({ jobs: claims.length }, "jobs of a former life went back to the queue");
  }

  /** The claim goes, if it is still the same and still lost once the row is locked. */
  async function reclaim(jobId: string, token: number, isLost: (leaseUntil: Date) => boolean): Promise<boolean> {
    const now = clock.now();
    const moved = await store.move(jobId, (job, item) => {
      if (!item?.leaseUntil || item.token !== token || !isLost(item.leaseUntil)) return null;
      const strike = item.strikes + 1;
      if (strike >= maxStrikes) {
        const error = workerLost(strike);
        const failed = step(job, { type: "failed", attempt: item.attempt, error, expiresAt: retainUntil(now) }, now);
        return failed && { ...failed, queue: { do: "remove" }, attempt: { outcome: "lost", error } };
      }
      const back = step(job, { type: "requeued" }, now);
      const runAt = strike === 1 ? now : new Date(now.getTime() + retryPauseMs(strike)!);
      return (
        back && { ...back, queue: { do: "release", runAt, strike: true }, attempt: { outcome: "lost", error: null } }
      );
    });
    if (moved.kind === "moved") log.warn({ jobId, token, status: moved.job.status }, "a worker was lost");
    return moved.kind === "moved";
  }

  /** Finds uploads that nobody told us of (storage outside this server, a crash in between) and ends those that never came. */
  async function checkUploads(): Promise<number> {
    const now = clock.now();
    let count = 0;
    for (const { jobId, sourceKey, expired } of await upkeep.uploadsToCheck(now, batch)) {
      const arrived = (await blobs.head(sourceKey)) !== null;
      if (!arrived && !expired) continue;
      const moved = await store.move(jobId, (job) => {
        const next = step(
          job,
          arrived ? { type: "uploaded" } : { type: "upload-expired", expiresAt: retainUntil(now) },
          now,
        );
        return next && { ...next, ...(arrived ? { queue: { do: "enqueue", runAt: now } } : {}) };
      });
      if (moved.kind === "moved") count++;
    }
    return count;
  }

  async function eraseOutlived(): Promise<number> {
    let count = 0;
    for (;;) {
      const jobIds = await upkeep.outlived(clock.now(), batch);
      for (const jobId of jobIds) if (await eraseJob(jobId, null, options)) count++;
      if (jobIds.length < batch || stopping.signal.aborted) return count;
    }
  }

  async function deleteDoomed(): Promise<number> {
    const keys = await upkeep.doomedBlobs(batch);
    for (const key of keys) await blobs.delete(key);
    await upkeep.forgetDoomed(keys);
    return keys.length;
  }

  async function sweepResults(): Promise<number> {
    return sweep("results/", async (keys) => {
      const results = keys.map(readResultKey).filter((result) => result !== null);
      return upkeep.unwantedResults(results);
    });
  }

  async function sweepSources(): Promise<number> {
    return sweep("uploads/", (keys) => upkeep.unwantedSources(keys));
  }

  async function sweep(prefix: string, choose: (keys: string[]) => Promise<string[]>): Promise<number> {
    const settled = clock.now().getTime() - settledAfterMs;
    let keys: string[] = [];
    let count = 0;
    const flush = async () => {
      for (const key of await choose(keys)) {
        await blobs.delete(key);
        count++;
      }
      keys = [];
    };
    for await (const { key, modifiedAt } of blobs.list(prefix)) {
      if (modifiedAt.getTime() > settled) continue;
      if (keys.push(key) === batch) await flush();
      if (stopping.signal.aborted) return count;
    }
    if (keys.length > 0) await flush();
    return count;
  }

  async function repeat(duty: Duty): Promise<void> {
    for (;;) {
      await duties[duty]
        .run()
        .catch((error) => log.warn({ duty, err: error }, "a caretaker's round failed; it comes again"));
      try {
        await clock.sleep(duties[duty].everyMs, stopping.signal);
      } catch {
        return;
      }
    }
  }

  return {
    async start() {
      if (options.soleServer) await reclaimFormerLife();
      loops = (Object.keys(duties) as Duty[]).map(repeat);
    },
    async stop() {
      stopping.abort();
      await Promise.all(loops);
    },
    run: (duty) => duties[duty].run(),
  };
}
