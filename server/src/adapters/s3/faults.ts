/** What the SDK throws, in our words. */
import { Problem, problem } from "@knowhere/contract";

export function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } } | null)?.$metadata?.httpStatusCode;
}

/** The object is not there. A missing bucket is another matter, and no reason to believe that a blob is gone. */
export function isAbsent(error: unknown): boolean {
  const name = (error as Error | null)?.name;
  return name === "NoSuchKey" || (statusOf(error) === 404 && name !== "NoSuchBucket");
}

const passingCodes = new Set(["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "ENOTFOUND", "EAI_AGAIN"]);
const passingNames = new Set(["TimeoutError", "SlowDown", "RequestTimeout", "InternalError", "ServiceUnavailable"]);

/** Outages as Problem UNAVAILABLE, which is tried again; what is wrong for good (credentials, a bucket) as it came. */
export function asProblem(error: unknown): unknown {
  if (error instanceof Problem || !(error instanceof Error)) return error;
  const status = statusOf(error);
  const code = (error as NodeJS.ErrnoException).code ?? "";
  const passes = passingCodes.has(code) || passingNames.has(error.name) || (status !== undefined && status >= 500);
  return passes ? problem("UNAVAILABLE", { message: "The storage does not answer." }, { cause: error }) : error;
}
