/** Requests per minute and key, and active jobs per account. */
import { type Problem, problem } from "@knowhere/contract";
import type { Allowance, Limiter } from "../ports/limiter.ts";
import type { HttpParts } from "./call.ts";

const windowS = 60;
/** Numbers for a key without a limit: clients read these headers as integers, and no client comes to this many. */
const unlimited = 2_147_483_647;

/** Fixed windows of one minute, in this process. Windows are aligned to the clock, so that old ones can go all at once. */
export function createMemoryLimiter(now: () => number = Date.now): Limiter {
  let window = 0;
  let taken = new Map<string, number>();
  return {
    take(keyId, limit) {
      const current = Math.floor(now() / 1000 / windowS);
      if (current !== window) {
        window = current;
        taken = new Map();
      }
      const resetAtS = (current + 1) * windowS;
      if (limit === 0) return { allowed: true, limit: 0, remaining: 0, resetAtS };
      const count = taken.get(keyId) ?? 0;
      if (count >= limit) return { allowed: false, limit, remaining: 0, resetAtS };
      taken.set(keyId, count + 1);
      return { allowed: true, limit, remaining: limit - count - 1, resetAtS };
    },
  };
}

/** The three headers of every authenticated answer. */
export function rateHeaders({
  limit,
  remaining,
  resetAtS,
}: Allowance): [limit: string, remaining: string, reset: string] {
  return limit === 0
    ? [String(unlimited), String(unlimited), String(resetAtS)]
    : [String(limit), String(remaining), String(resetAtS)];
}

export function rateProblem({ limit, resetAtS }: Allowance, nowMs: number): Problem {
  const retry_after = Math.max(1, Math.ceil(resetAtS - nowMs / 1000));
  return problem("RATE_LIMITED", { retry_after, limit, period: "minute", remaining: 0, reset: resetAtS });
}

/** @throws TOO_MANY_ACTIVE_JOBS when the account has as many active jobs as it may have. */
export async function checkCapacity(
  { jobs, settings }: HttpParts,
  accountId: string,
  ratePerMinute: number,
): Promise<void> {
  const limit = settings.maxConcurrentJobs;
  if (limit === 0) return;
  const active = await jobs.countActive(accountId);
  if (active < limit) return;
  throw problem("TOO_MANY_ACTIVE_JOBS", {
    retry_after: Math.max(30, ratePerMinute > 0 ? Math.ceil(60 / ratePerMinute) : 0),
    limit,
    period: "concurrent",
    active_jobs: active,
    available_slots: 0,
  });
}
