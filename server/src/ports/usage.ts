/** What was done, from the ledger: it outlives the jobs, erased ones count on. Days are UTC. */
export interface UsageDay {
  /** "2026-01-02". */
  date: string;
  keyId: string;
  /** Null once the key is revoked. */
  keyName: string | null;
  /** Jobs that were done. */
  jobs: number;
  /** Billable pages: pages of PDFs, slides, and what stands for a page in other formats. */
  pages: number;
  /** Of the sources. */
  bytes: number;
  /** From the start of the work to its end. */
  seconds: number;
}
export interface Usage {
  /** One row a day and key with work in [from, until), oldest first. */
  byDay(accountId: string, range: { from: Date; until: Date; keyId?: string }): Promise<UsageDay[]>;
  /** Ends of the account's jobs created in [from, until) that are not erased. */
  countEnds(accountId: string, range: { from: Date; until: Date }): Promise<{ done: number; failed: number }>;
}
