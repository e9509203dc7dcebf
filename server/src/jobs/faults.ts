/** Which failures of an attempt are worth another one, when, and what the job says when there is none left. */
import { type JobError, jobErrorOf, Problem, problem } from "@knowhere/contract";

/** Attempts of a job that end in a lost worker or a transient fault; handing it back at a stop is neither. */
export const maxStrikes = 3;

const backoffMs = [1000, 5000];
/** A foreign server that restarts takes longer than a passing fault of ours. */
const downloadBackoffMs = [2000, 15_000];

/** Later than this a time in the queue is taken for the work of a clock that was set back (migration 1). */
const longestAskedMs = 20 * 60_000;

/**
 * How long to wait after the given strike (from 1): what a foreign server asks for, or longer each time. Null when it asks
 * for more than `patienceMs`: whoever waits for the job should know now.
 */
export function retryPauseMs(strike: number, error?: unknown, patienceMs = longestAskedMs): number | null {
  const isDownload = error instanceof Problem && error.problem === "DOWNLOAD_FAILED";
  const [first, later] = isDownload ? downloadBackoffMs : backoffMs;
  const asked = isDownload ? error.details["retry_after"] : undefined;
  const askedMs = typeof asked === "number" ? asked * 1000 : 0;
  return askedMs > Math.min(patienceMs, longestAskedMs) ? null : Math.max((strike === 1 ? first : later)!, askedMs);
}

/** Of a connection that may be made, or hold, the next time. A name that nobody knows stays unknown. */
const passingNetworkCodes = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENETDOWN",
  "EAI_AGAIN",
  "UND_ERR_SOCKET",
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_BODY_TIMEOUT",
]);

/** Of a server that may answer otherwise the next time: timeouts, too early, too many, and its own faults but "not implemented". */
const isPassingStatus = (status: number) => [408, 425, 429].includes(status) || (status >= 500 && status !== 501);

/** True when the document is not to blame: our own error, a dead parse child, storage or a foreign server out of order. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof Problem) || isOutage(error)) return true;
  if (error.problem !== "DOWNLOAD_FAILED") return false;
  const status = error.details["http_status"];
  if (typeof status === "number") return isPassingStatus(status);
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
