/**
 * One window a key over every API process. Each process borrows a block of allowance from the key's row and spends it
 * from memory; the row never grants more than the limit, so the total is exact however many ask. Blocks begin at one
 * request and double up to 2 % of the limit, and shrink again towards the end of the allowance: few writes, and little
 * is stranded in a process that borrowed and then fell silent. The minutes are those of the database's clock.
 */
import type { Allowance, Limiter } from "../../ports/limiter.ts";
import type { Database } from "./database.ts";

const windowS = 60;
const largestShare = 0.02;
/** Of what is left in the window, one borrower gets at most this part. */
const restShare = 0.1;
/** Beyond this many keys in memory the windows that are over are dropped. */
const sweepAbove = 5000;

const clock = "(extract(epoch from clock_timestamp()) + $4::numeric)";
const grant = `greatest(0, least($2, $3 - w.taken, greatest(1, ceil(($3 - w.taken) * ${restShare})::int)))`;
const borrowed = {
  name: "rate-borrow",
  text: `insert into rate_window as w (key_id, minute, taken, granted)
      values ($1, floor(${clock} / ${windowS})::bigint, least($2::int, $3::int), least($2::int, $3::int))
    on conflict (key_id) do update set
      minute = excluded.minute,
      granted = case when w.minute = excluded.minute then ${grant} else excluded.granted end,
      taken = case when w.minute = excluded.minute then w.taken + ${grant} else excluded.taken end
    returning minute, taken, granted, ((minute + 1) * ${windowS} - ${clock})::double precision as left_s`,
};

const endOfMinute = () => (Math.floor(Date.now() / 1000 / windowS) + 1) * windowS;

interface Window {
  limit: number;
  /** By this process's clock; at or before the end by the database's. */
  endsAtMs: number;
  resetAtS: number;
  /** Borrowed and not yet spent. */
  inHand: number;
  /** What all processes had taken at the last borrowing. */
  taken: number;
  lastGrant: number;
  borrowing: Promise<void> | undefined;
  waiting: number;
}

export interface SharedLimiterOptions {
  database: Database;
  /** Milliseconds; only differences count. */
  now?: () => number;
  /** Added to the database's clock, for tests that step over windows. */
  skipS?: () => number;
}

export function createSharedLimiter({
  database,
  now = () => performance.now(),
  skipS = () => 0,
}: SharedLimiterOptions): Limiter {
  const windows = new Map<string, Window>();

  function spend(window: Window): Allowance {
    const { limit, resetAtS } = window;
    if (window.inHand === 0) return { allowed: false, limit, remaining: 0, resetAtS };
    window.inHand--;
    return { allowed: true, limit, remaining: Math.max(0, limit - window.taken + window.inHand), resetAtS };
  }
  /** True while the answer is known without asking: something in hand, or nothing left for anybody. */
  const isSettled = (window: Window) =>
    now() < window.endsAtMs && (window.inHand > 0 || window.taken >= window.limit) && !window.borrowing;

  async function borrow(keyId: string, window: Window): Promise<void> {
    // From before the question: a block must not outlive its minute by the time the answer took.
    const askedAtMs = now();
    const most = Math.max(1, Math.floor(window.limit * largestShare));
    const wanted = Math.max(Math.min(most, window.lastGrant * 2 || 1), Math.min(window.waiting, window.limit));
    const { rows } = await database.query(borrowed, [keyId, wanted, window.limit, skipS()]);
    const row = rows[0]!;
    window.endsAtMs = askedAtMs + row["left_s"] * 1000;
    window.resetAtS = (row["minute"] + 1) * windowS;
    window.inHand = row["granted"];
    window.taken = row["taken"];
    window.lastGrant = row["granted"];
  }

  async function ask(keyId: string, window: Window): Promise<Allowance> {
    window.waiting++;
    try {
      for (;;) {
        if (isSettled(window)) return spend(window);
        window.borrowing ??= borrow(keyId, window).finally(() => {
          window.borrowing = undefined;
        });
        await window.borrowing;
        if (window.inHand > 0 || window.taken >= window.limit) return spend(window);
      }
    } finally {
      window.waiting--;
    }
  }

  function sweep(): void {
    if (windows.size <= sweepAbove) return;
    for (const [keyId, { endsAtMs, borrowing }] of windows) if (!borrowing && endsAtMs <= now()) windows.delete(keyId);
  }

  return {
    take(keyId, limit) {
      if (limit === 0) return { allowed: true, limit: 0, remaining: 0, resetAtS: endOfMinute() };
      let window = windows.get(keyId);
      if (window?.limit !== limit) {
        sweep();
        window = {
          limit,
          endsAtMs: Number.NEGATIVE_INFINITY,
          resetAtS: 0,
          inHand: 0,
          taken: 0,
          lastGrant: 0,
          borrowing: undefined,
          waiting: 0,
        };
        windows.set(keyId, window);
      }
      return isSettled(window) ? spend(window) : ask(keyId, window);
    },
  };
}
