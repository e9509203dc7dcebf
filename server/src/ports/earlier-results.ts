/** Which finished jobs had the same input. A fingerprint stands for bytes, name, options and engine; equal ones give equal results. */
import type { JobRecord } from "./job.ts";

export interface EarlierResults {
  /** The newest job of the account with this fingerprint that is done and whose life goes on beyond `now`. */
  find(accountId: string, fingerprint: string, now: Date): Promise<JobRecord | null>;
  /** Said before the job is done; it counts from then on, and goes with the job. */
  note(jobId: string, accountId: string, fingerprint: string): Promise<void>;
}
