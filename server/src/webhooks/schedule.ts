/** When a webhook is tried again: six tries in about nine hours. */

const minute = 60_000;
/** Wait before try 1, 2, … */
const waitsMs = [0, minute, 10 * minute, 30 * minute, 120 * minute, 360 * minute];
export const maxAttempts = waitsMs.length;
/** Receivers may ask for more patience than the schedule has, within reason. */
const longestAskedMs = 24 * 60 * minute;

export interface Answer {
  /** Null: no answer at all (connection, timeout). */
  status: number | null;
  /** Seconds or an HTTP date. */
  retryAfter?: string | undefined;
}
export type Verdict = { state: "delivered" } | { state: "failed" } | { state: "pending"; nextAt: Date };

/** `chance` is in [0, 1): up to a tenth is added to each wait, so that receivers that were down are not met by all at once. */
export function judgeAnswer(answer: Answer, attemptsMade: number, now: Date, chance: number): Verdict {
  const { status } = answer;
  if (status !== null && status >= 200 && status < 300) return { state: "delivered" };
  // Redirects are not followed, and other 4xx (410 Gone above all) will not get better by asking again.
  const worthTrying = status === null || status === 429 || status >= 500;
  if (!worthTrying || attemptsMade >= maxAttempts) return { state: "failed" };
  const scheduledMs = waitsMs[attemptsMade]! * (1 + 0.1 * chance);
  return {
    state: "pending",
    nextAt: new Date(now.getTime() + Math.max(scheduledMs, askedWaitMs(answer.retryAfter, now))),
  };
}

function askedWaitMs(retryAfter: string | undefined, now: Date): number {
  if (retryAfter === undefined) return 0;
  const askedMs = /^\d+$/.test(retryAfter.trim()) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - now.getTime();
  return Number.isFinite(askedMs) ? Math.min(Math.max(0, askedMs), longestAskedMs) : 0;
}
