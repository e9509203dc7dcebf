/**
 * Polls are many and small: all ids asked in one turn of the event loop share one question to the store. Records that
 * were read before are kept, and given out again only when the store has just said that they still stand: decoding a
 * row costs several times as much as asking whether it has changed.
 */
import type { JobStore } from "../ports/job-store.ts";
import type { JobRecord } from "./types.ts";

const maxBatch = 1000;
/** A record is a few kilobytes; the one kept longest goes first. */
const maxKept = 4000;

interface Asked {
  promise: Promise<JobRecord | null>;
  resolve(job: JobRecord | null): void;
  reject(error: unknown): void;
}

/** The records given out are shared between callers. */
export function createBatchedFind(
  store: Pick<JobStore, "find" | "unchanged">,
): (jobId: string) => Promise<JobRecord | null> {
  let batch = new Map<string, Asked>();
  const kept = new Map<string, JobRecord>();

  async function ask(): Promise<void> {
    const asked = batch;
    batch = new Map();
    const known: JobRecord[] = [];
    const unknown: string[] = [];
    for (const jobId of asked.keys()) {
      const record = kept.get(jobId);
      if (record) known.push(record);
      else unknown.push(jobId);
    }
    try {
      await Promise.all([read(unknown, asked), confirm(known, asked)]);
    } catch (error) {
      // Those who have their answer already do not hear of it.
      for (const { reject } of asked.values()) reject(error);
    }
  }

  async function confirm(known: readonly JobRecord[], asked: Map<string, Asked>): Promise<void> {
    if (known.length === 0) return;
    const same = await store.unchanged(known);
    const changed: string[] = [];
    for (const record of known) {
      if (same.has(record.jobId)) asked.get(record.jobId)!.resolve(record);
      else changed.push(record.jobId);
    }
    await read(changed, asked);
  }

  async function read(jobIds: readonly string[], asked: Map<string, Asked>): Promise<void> {
    if (jobIds.length === 0) return;
    const found = new Map((await store.find(jobIds)).map((job) => [job.jobId, job]));
    for (const jobId of jobIds) {
      const job = found.get(jobId) ?? null;
      keep(jobId, job);
      asked.get(jobId)!.resolve(job);
    }
  }

  function keep(jobId: string, job: JobRecord | null): void {
    kept.delete(jobId);
    if (!job) return;
    if (kept.size >= maxKept) kept.delete(kept.keys().next().value!);
    kept.set(jobId, job);
  }

  return (jobId) => {
    const known = batch.get(jobId);
    if (known) return known.promise;
    if (batch.size >= maxBatch) void ask();
    if (batch.size === 0) setImmediate(() => batch.size > 0 && ask());
    const asked = defer<JobRecord | null>();
    batch.set(jobId, asked);
    return asked.promise;
  };
}

function defer<T>() {
  let resolve!: (value: T) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
