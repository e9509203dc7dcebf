/** Ids from the system's random source. */
import { randomBytes, randomUUID } from "node:crypto";
import type { Ids } from "../../ports/ids.ts";

export const systemIds: Ids = {
  jobId: () => `job_${randomBytes(6).toString("hex")}`,
  documentId: () => `doc_${randomBytes(6).toString("hex")}`,
  requestId: () => `req_${randomBytes(8).toString("hex")}`,
  uuid: () => randomUUID(),
  secret: () => randomBytes(32).toString("base64url"),
};
