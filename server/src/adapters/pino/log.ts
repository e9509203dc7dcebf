/** The log: one JSON object a line, by pino; the line of a request, which is most of all lines, by hand. */
import { type Logger, pino } from "pino";
import type { RequestLog } from "../../ports/log.ts";
import { createLineWriter, type LineWriter } from "./line-writer.ts";

export interface ServerLog extends Logger, RequestLog {
  /** Resolves when every line so far is written. */
  settle(): Promise<void>;
}

/** `writer` takes the lines; standard error by default, because standard output is for people. */
export function createLog({
  level,
  version,
  writer = createLineWriter(2),
  now = Date.now,
}: {
  level: string;
  version: string;
  writer?: LineWriter;
  now?: () => number;
}): ServerLog {
  const printTime = createTimePrinter(now);
  const base = { service: "knowhere", version };
  const log = pino({ level, base, timestamp: () => `,"time":"${printTime()}"` }, writer);
  const infoLevel = pino.levels.values["info"]!;
  const bindings = JSON.stringify(base).slice(1, -1);
  const isOn = log.isLevelEnabled("info");
  return Object.assign(log, {
    // What pino would write of the same fields, at a fraction of its cost. What callers can choose is escaped.
    request({ requestId, method, path, operation, status, ms, keyId }: Parameters<RequestLog["request"]>[0]): void {
      if (!isOn) return;
      const known = `${operation === undefined ? "" : `,"operation":"${operation}"`}${keyId === undefined ? "" : `,"keyId":"${keyId}"`}`;
      writer.write(
        `{"level":${infoLevel},"time":"${printTime()}",${bindings},"requestId":${JSON.stringify(requestId)},"method":${JSON.stringify(method)},"path":${JSON.stringify(path)}${known},"status":${status},"ms":${ms},"msg":"request"}\n`,
      );
    },
    settle: () => writer.settle(),
  });
}

/** ISO 8601 in UTC; lines of one millisecond share the work. */
function createTimePrinter(now: () => number): () => string {
  let printedMs = Number.NaN;
  let printed = "";
  return () => {
    const ms = now();
    if (ms !== printedMs) {
      printedMs = ms;
      printed = new Date(ms).toISOString();
    }
    return printed;
  };
}
