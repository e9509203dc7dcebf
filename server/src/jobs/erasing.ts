/** Really erasing a job: its rows in one transaction that also notes the blobs, then the blobs. */
import type { Blobs } from "../ports/blobs.ts";
import type { Clock } from "../ports/clock.ts";
import type { JobStore } from "../ports/job-store.ts";
import type { JobUpkeep } from "../ports/job-upkeep.ts";
import { resultPrefix } from "./result-keys.ts";
import type { JobRecord } from "./types.ts";

export interface Erased {
  job: JobRecord;
  /** What was stored and is now deleted; a source that a retried job shares stays. */
  erased: { source: boolean; result: boolean };
}

/**
 * Null when there is no such job (in that account, unless null). A worker on it loses its claim with the rows and
 * deletes what it may still store. A blob that cannot be deleted now is left to the caretakers.
 */
export async function eraseJob(
  jobId: string,
  accountId: string | null,
  { store, upkeep, blobs, clock }: { store: JobStore; upkeep: JobUpkeep; blobs: Blobs; clock: Clock },
): Promise<Erased | null> {
  const gone = await store.erase(jobId, accountId, clock.now());
  if (!gone) return null;
  const [source, result] = await Promise.all(
    [gone.doomed.source, gone.doomed.result].map((key) => deleteBlob(key, blobs, upkeep)),
  );
  if (gone.job.attempts > 1) {
    // What earlier attempts may have left; else the sweep of losing blobs finds it.
    for await (const { key } of blobs.list(resultPrefix(jobId))) await blobs.delete(key).catch(() => {});
  }
  return { job: gone.job, erased: { source: source!, result: result! } };
}

async function deleteBlob(key: string | null, blobs: Blobs, upkeep: JobUpkeep): Promise<boolean> {
  if (key === null) return false;
  try {
    const stored = (await blobs.head(key)) !== null;
    await blobs.delete(key);
    await upkeep.forgetDoomed([key]);
    return stored;
  } catch {
    return false;
  }
}
