import { type Problem, problem } from "@knowhere/contract";
import type { JobRecord } from "../jobs/types.ts";
import type { Call, HttpParts } from "./call.ts";

/** What another account's job, an erased job and one that never was have in common. */
export const jobNotFound = (id: string): Problem => problem("NOT_FOUND", { resource: "Job", id });

/** The job named in the path. @throws NOT_FOUND */
export async function findJob(
  call: Pick<Call, "key" | "params">,
  { jobs }: Pick<HttpParts, "jobs">,
): Promise<JobRecord> {
  const id = call.params["job_id"]!;
  const job = await jobs.get(call.key.accountId, id);
  if (!job) throw jobNotFound(id);
  return job;
}
