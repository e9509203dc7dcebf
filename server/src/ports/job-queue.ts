/** Who works on what. A claim is a lease with a fencing number; only `JobStore.move` with that number may finish the job. */
import type { JobRecord } from "./job.ts";

export interface Claim {
  job: JobRecord;
  token: number;
  /** From 1. */
  attempt: number;
  strikes: number;
}

export interface JobQueue {
  /**
   * Takes the next due job, or null. Fair between keys: the key with the fewest running jobs goes first, among equals
   * the one served longest ago; within a key by priority, then age. The attempt is on record from here on.
   */
  claim(worker: string, now: Date, leaseUntil: Date): Promise<Claim | null>;
  /** Claims of this worker besides those it knows, with leases until `leaseUntil`: their answers were lost on the way. */
  unanswered(worker: string, knownTokens: readonly number[], leaseUntil: Date): Promise<Claim[]>;
  /** Lengthens the leases among `held` that are still this worker's; resolves with the job ids of those. */
  renew(worker: string, held: readonly { jobId: string; token: number }[], leaseUntil: Date): Promise<Set<string>>;
  /** The job ids among `held` whose claim is still the latest. */
  stillHeld(held: readonly { jobId: string; token: number }[]): Promise<Set<string>>;
  /**
   * Claims whose lease is over, or ends implausibly late (later than `latest`: a clock was set back).
   */
  expired(now: Date, latest: Date, limit: number): Promise<{ jobId: string; token: number }[]>;
  /** Every claim there is, for a server that knows that all workers of its former life are dead. */
  claimed(limit: number): Promise<{ jobId: string; token: number; worker: string }[]>;
  /** Due and waiting / claimed, for metrics. */
  depth(now: Date): Promise<{ waiting: number; claimed: number }>;
}
