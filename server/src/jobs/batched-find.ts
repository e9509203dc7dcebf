/** Polls are many and small: all ids asked in one turn of the event loop share one query. Nothing is kept longer. */
import type { JobStore } from "../ports/job-store.ts";
import type { JobRecord } from "./types.ts";

const maxBatch = 1000;

interface Asked {
  promise: Promise<JobRecord | null>;
  resolve(job: JobRecord | null): void;
  reject(error: unknown): void;
}

export function createBatchedFind(store: Pick<JobStore, "find">): (jobId: string) => Promise<JobRecord | null> {
  let batch = new Map<string, Asked>();

  async function ask(): Promise<void> {
    const asked = batch;
    batch = new Map();
    try {
      const found = new Map((await store.find([...asked.keys()])).map((job) => [job.jobId, job]));
      for (const [jobId, { resolve }] of asked) resolve(found.get(jobId) ?? null);
    } catch (error) {
      for (const { reject } of asked.values()) reject(error);
    }
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
