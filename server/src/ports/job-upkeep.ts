/** What caretakers ask the store; each list is bounded by its `limit`. */
export interface JobUpkeep {
  /** Jobs in waiting-file whose source is to be looked for at `now`; the look after this one is put off by the store. */
  uploadsToCheck(now: Date, limit: number): Promise<{ jobId: string; sourceKey: string; expired: boolean }[]>;
  /** Final jobs whose life is over. */
  outlived(now: Date, limit: number): Promise<string[]>;
  /** Blobs of erased jobs that are still to be deleted. */
  doomedBlobs(limit: number): Promise<string[]>;
  forgetDoomed(keys: readonly string[]): Promise<void>;
  /** Of the given result blobs (key, its job, its fencing number) those that no job points to and no worker may still publish. */
  unwantedResults(blobs: readonly { key: string; jobId: string; token: number }[]): Promise<string[]>;
  /** Of the given source blobs those that no job points to. */
  unwantedSources(keys: readonly string[]): Promise<string[]>;
}
