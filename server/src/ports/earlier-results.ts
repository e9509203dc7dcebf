/** Which finished jobs had the same input. */
import type { JobRecord } from "./job.ts";

export interface Fingerprints {
  /** Stands for bytes, name, options and engine: equal ones give equal results. */
  result: string;
  /** Leaves out the options that only cut the tree into chunks: equal ones give equal trees. Null: there is no telling. */
  tree: string | null;
}

export interface EarlierResults {
  /** The newest job of the account with this fingerprint that is done and whose life goes on beyond `now`. */
  find(accountId: string, of: keyof Fingerprints, fingerprint: string, now: Date): Promise<JobRecord | null>;
  /** Said before the job is done; it counts from then on, and goes with the job. */
  note(jobId: string, accountId: string, fingerprints: Fingerprints): Promise<void>;
}
