import type { JobRecord } from "../jobs/types.ts";
import { invalid } from "./problem.ts";

/** Where a list goes on: opaque to callers, so that it may change. */
export function writeCursor({ createdAt, jobId }: Pick<JobRecord, "createdAt" | "jobId">): string {
  return Buffer.from(`${createdAt.toISOString()} ${jobId}`).toString("base64url");
}

/** @throws VALIDATION_FAILED for anything that `writeCursor` has not written. */
export function readCursor(cursor: string): { createdAt: Date; jobId: string } {
  const found = /^(\S{24}) (job_[0-9a-f]{1,32})$/.exec(Buffer.from(cursor, "base64url").toString("utf8"));
  const createdAt = new Date(found?.[1] ?? "");
  if (!found || Number.isNaN(createdAt.getTime())) {
    throw invalid("query.cursor", "is not a next_cursor of an earlier answer", "INVALID_FORMAT");
  }
  return { createdAt, jobId: found[2]! };
}
