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
  if (!(error instanceof Problem)) return true;
  if (error.problem === "UNAVAILABLE") return true;
  if (error.problem !== "DOWNLOAD_FAILED") return false;
  const status = error.details.http_status;
  if (typeof status === "number") return status >= 500 || status === 429;
  return passingNetworkCodes.has(String((error.cause as { code?: unknown } | undefined)?.code));
}

export const workerLost = (attempts: number): JobError => jobErrorOf(problem("WORKER_LOST", { attempts }));
