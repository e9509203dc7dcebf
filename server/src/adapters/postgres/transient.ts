/** Which database errors pass by themselves. Codes: PostgreSQL manual, appendix A. */
const passing = new Set([
  "40001", // serialization_failure
  "40P01", // deadlock_detected
  "53100", // disk_full
  "53200", // out_of_memory
  "53300", // too_many_connections
  "55P03", // lock_not_available
  "57P01", // admin_shutdown
  "57P02", // crash_shutdown
  "57P03", // cannot_connect_now
]);
const networkCodes = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ENOENT",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EAI_AGAIN",
]);
/** The driver gives these no code. */
const driverTexts =
  /connection terminated|connection timeout|timeout exceeded when trying to connect|not queryable|connection ended|query read timeout/i;

/** True for lost connections, restarts, deadlocks and the like: the same call may succeed a moment later. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = (error as { code?: string }).code;
  if (code !== undefined && (passing.has(code) || code.startsWith("08"))) return true;
  // A missing socket file is a server that is restarting; the message tells it from a missing file elsewhere.
  if (code !== undefined && networkCodes.has(code)) return code !== "ENOENT" || /connect/.test(error.message);
  return driverTexts.test(error.message);
}
