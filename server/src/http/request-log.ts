import type { RequestLine } from "../ports/log.ts";
import type { HttpParts } from "./call.ts";

/** One line a request, with the path alone of its URL. The meter is told, too. */
export function logRequest(
  { log, meter }: Pick<HttpParts, "log" | "meter">,
  answered: Omit<RequestLine, "path" | "ms"> & { url: string; startedMs: number },
): void {
  const { requestId, method, url, operation, status, keyId } = answered;
  const ms = performance.now() - answered.startedMs;
  meter.request(operation, status, ms / 1000);
  const mark = url.indexOf("?");
  const path = mark < 0 ? url : url.slice(0, mark);
  log.request({ requestId, method, path, operation, status, ms: Math.round(ms * 10) / 10, keyId });
}
