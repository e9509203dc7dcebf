/** Requests that may be repeated: the first one's answer is kept for 24 hours. */
export type IdempotencyStart =
  /**
   * The request is the first: answer it, then `finish` or `abandon`. `reservedId` is the same for every try under this
   * key, so that what a crashed try has already written under it is found again instead of written twice.
   */
  | { kind: "fresh"; reservedId: string }
  | { kind: "replay"; status: number; body: unknown }
  /** The key was used with another body. */
  | { kind: "reused" }
  /** The first request has not been answered yet. */
  | { kind: "running" };

export interface Idempotency {
  /** `bodyHash`: any text that is equal for equal bodies. A first request that never ends counts as abandoned after a minute. */
  begin(account: string, key: string, bodyHash: string): Promise<IdempotencyStart>;
  finish(account: string, key: string, status: number, body: unknown): Promise<void>;
  /** The request failed in a way that a repetition may cure. */
  abandon(account: string, key: string): Promise<void>;
  /** Deletes what is older than 24 hours; resolves with how many. */
  sweep(): Promise<number>;
}
