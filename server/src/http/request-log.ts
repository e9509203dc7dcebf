import type { HttpParts } from "./call.ts";

/** One line a request: no query (it may hold a signature), no headers, no bodies. The meter is told, too. */
export function logRequest(
  { log, meter }: Pick<HttpParts, "log" | "meter">,
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
  const ms = performance.now() - startedMs;
  meter.request(line.operation, line.status, ms / 1000);
  const mark = path.indexOf("?");
  log.info({ ...rest, path: mark < 0 ? path : path.slice(0, mark), ms: Math.round(ms * 10) / 10 }, "request");
}
