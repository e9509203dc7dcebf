/** Which failures of an attempt are worth another one, when, and what the job says when there is none left. */
import { type JobError, jobErrorOf, Problem, problem } from "@knowhere/contract";

/** Attempts of a job that end in a lost worker or a transient fault; handing it back at a stop is neither. */
export const maxStrikes = 3;

const backoffMs = [1000, 5000] as const;

/** When to try again after the given strike (from 1). */
export function retryAt(now: Date, strike: number): Date {
  return new Date(now.getTime() + (backoffMs[strike - 1] ?? backoffMs[1]));
}

const passingNetworkCodes = new Set([
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "EAI_AGAIN",
  "UND_ERR_SOCKET",
  "UND_ERR_CONNECT_TIMEOUT",
]);

/** True when the document is not to blame: our own error, a dead parse child, storage or a foreign server out of order. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof Problem) || isOutage(error)) return true;
  if (error.problem !== "DOWNLOAD_FAILED") return false;
  const status = error.details.http_status;
  if (typeof status === "number") return status >= 500 || status === 429;
  return passingNetworkCodes.has(String((error.cause as { code?: unknown } | undefined)?.code));
}

/** No disk space, a read-only disk, no more files: errno(3). */
const exhaustedCodes = new Set(["ENOSPC", "EDQUOT", "EROFS", "EMFILE", "ENFILE"]);

/**
 * True when what surrounds us is out of order: the storage, the database, the disk. No document is to blame, so an
 * attempt that ended this way is no strike against its job.
 */
export function isOutage(error: unknown): boolean {
  if (error instanceof Problem && error.problem === "UNAVAILABLE") return true;
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: unknown };
  return exhaustedCodes.has(String(code)) || (error instanceof Problem && cause !== undefined && isOutage(cause));
}

/** After so many attempts an outage counts as a strike: it may be the job itself that brings it about. */
export const mostOutages = 50;
const longestOutagePauseMs = 30_000;

/** When to try again after the n-th outage in a row (from 1). */
export function outagePauseMs(n: number): number {
  return Math.min(1000 * 2 ** (n - 1), longestOutagePauseMs);
}

export const workerLost = (attempts: number): JobError => jobErrorOf(problem("WORKER_LOST", { attempts }));
