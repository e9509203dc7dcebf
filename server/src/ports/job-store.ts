/**
 * The truth about jobs. Every change of a job is one call of `move`: lock, decide, compare-and-set, event rows,
 * queue, attempt and ledger in a single transaction. All calls may be repeated after a lost connection.
 * Times are given by the caller; the store has no clock of its own.
 */
import type { JobError } from "@knowhere/contract";
import type { JobEventRow, JobFilter, JobRecord } from "./job.ts";

/** A job's place in the queue; there is one as long as there is work to do. */
export interface QueueItem {
  jobId: string;
  /** Not to be claimed before. */
  runAt: Date;
  /** Number of the latest claim, from 1; 0 = never claimed. */
  attempt: number;
  /** Workers lost and transient faults met so far; handing a job back at a stop is none. */
  strikes: number;
  /** Fencing number of the latest claim: rises with every claim of any job; 0 = never claimed. */
  token: number;
  leasedBy: string | null;
  leaseUntil: Date | null;
}

/** Why a job is put (back) into the queue, or leaves it. */
export type QueueChange =
  | { do: "enqueue"; runAt: Date; priority?: number }
  | { do: "release"; runAt: Date; strike: boolean }
  | { do: "remove" };

export type AttemptOutcome = "done" | "failed" | "cancelled" | "faulted" | "lost" | "released";

export interface NewJobEvent {
  type: JobEventRow["type"];
  data: Record<string, unknown>;
}

/** What one move writes. */
export interface Move {
  /** The next state of the row; its version is above the old one's. */
  job: JobRecord;
  events: readonly NewJobEvent[];
  queue?: QueueChange;
  /** Closes the open attempt. */
  attempt?: { outcome: AttemptOutcome; error: JobError | null };
  /** What is billed: one row a job, kept when the job is erased. */
  usage?: { pages: number; sourceBytes?: number; seconds?: number };
}

export type Moved =
  | { kind: "moved"; job: JobRecord }
  /** `decide` returned null; the job as it is. */
  | { kind: "refused"; job: JobRecord }
  /** The token is not that of the latest claim, or the work is over. */
  | { kind: "lost"; job: JobRecord | null }
  | { kind: "absent" };

export interface JobStore {
  /**
   * Writes the job, its first event and, when it starts `pending`, its queue item. Inserting a job id again changes
   * nothing and resolves with the row that is there. `sourceOf` names the job whose source the new one shares: it is
   * held against erasing meanwhile; null when it is gone.
   */
  insert(job: JobRecord, options?: { sourceOf?: string }): Promise<JobRecord | null>;
  /** The rows there are, in any order. */
  find(jobIds: readonly string[]): Promise<JobRecord[]>;
  /** Ids of the given records that still stand as they were read; the others have changed or are gone. A fraction of `find`. */
  unchanged(records: readonly JobRecord[]): Promise<Set<string>>;
  list(filter: JobFilter, offset: number, limit: number): Promise<JobRecord[]>;
  count(filter: JobFilter): Promise<number>;
  /** Newest first, strictly older than the cursor. */
  listAfter(filter: JobFilter, cursor: { createdAt: Date; jobId: string } | null, limit: number): Promise<JobRecord[]>;
  countActive(accountId: string): Promise<number>;
  events(jobId: string, afterId: number): Promise<JobEventRow[]>;
  /**
   * Locks the row, asks `decide` (pure, may be asked again) and writes its answer. With `token` the move happens only
   * while that claim is the latest. Rings "job", and "queue" when there is new work, as the transaction commits.
   */
  move(
    jobId: string,
    decide: (job: JobRecord, item: QueueItem | null) => Move | null,
    options?: { token?: number },
  ): Promise<Moved>;
  /**
   * Deletes the job with everything that hangs on it but the ledger. Its blobs that no other job uses are noted as
   * doomed in the same transaction. Null when there is none (in that account, when given).
   */
  erase(
    jobId: string,
    accountId: string | null,
    now: Date,
  ): Promise<{ job: JobRecord; doomed: { source: string | null; result: string | null } } | null>;
}
