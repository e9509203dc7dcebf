/** Requests per minute and key. */
export interface Allowance {
  allowed: boolean;
  /** Requests per window; 0 = unlimited. */
  limit: number;
  remaining: number;
  /** End of the window, Unix seconds. */
  resetAtS: number;
}
export interface Limiter {
  /**
   * Takes one request from the key's window. A limiter that shares its windows between processes borrows blocks of
   * allowance: it answers at once while it has one in hand and with a promise only when it must ask for the next.
   */
  take(keyId: string, limitPerMinute: number): Allowance | Promise<Allowance>;
}
