/** Ids from the system's random source. */
import { randomBytes, randomUUID } from "node:crypto";
import type { Ids } from "../../ports/ids.ts";

export const systemIds: Ids = {
  jobId: () => `job_${randomBytes(6).toString("hex")}`,
  documentId: () => `doc_${randomBytes(6).toString("hex")}`,
  // randomUUID takes its entropy from a cache: a tenth of the cost, on every request.
  requestId: () => {
    const uuid = randomUUID();
    return `req_${uuid.slice(0, 8)}${uuid.slice(9, 13)}${uuid.slice(14, 18)}`;
  },
  uuid: () => randomUUID(),
  secret: () => randomBytes(32).toString("base64url"),
};
