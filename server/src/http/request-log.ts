import type { Log } from "../ports/log.ts";

/** One line a request: no query (it may hold a signature), no headers, no bodies. */
export function logRequest(
  log: Log,
  line: {
    requestId: string;
    method: string;
    path: string;
    operation: string | undefined;
    status: number;
    startedMs: number;
    keyId: string | undefined;
  },
): void {
  const { startedMs, path, ...rest } = line;
  const mark = path.indexOf("?");
  log.info(
    { ...rest, path: mark < 0 ? path : path.slice(0, mark), ms: Math.round((performance.now() - startedMs) * 10) / 10 },
    "request",
  );
}
