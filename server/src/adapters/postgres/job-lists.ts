/** Lists of jobs: newest first, by page or by cursor. */
import type { JobFilter, JobRecord } from "../../ports/job.ts";
import type { Database } from "./database.ts";
import { jobOf } from "./job-rows.ts";

/** One text for every filter: an absent part is null and lets everything pass. */
const where = `account_id = $1 and ($2::text is null or status = $2) and ($3::timestamptz is null or created_at >= $3)
  and ($4::timestamptz is null or created_at < $4) and ($5::text is null or namespace = $5)`;
const newestFirst = "order by created_at desc, job_id desc";
const valuesOf = (filter: JobFilter) => [
  filter.accountId,
  filter.status ?? null,
  filter.since ?? null,
  filter.until ?? null,
  filter.namespace ?? null,
];

const sql = {
  page: { name: "job-page", text: `select * from job where ${where} ${newestFirst} offset $6 limit $7` },
  count: { name: "job-count", text: `select count(*) as total from job where ${where}` },
  first: { name: "job-first", text: `select * from job where ${where} ${newestFirst} limit $6` },
  after: {
    name: "job-after",
    text: `select * from job where ${where} and (created_at, job_id) < ($6::timestamptz, $7) ${newestFirst} limit $8`,
  },
  active: {
    name: "job-active",
    text: "select count(*) as total from job where account_id = $1 and status not in ('done', 'failed')",
  },
};

export async function listJobs(
  database: Database,
  filter: JobFilter,
  offset: number,
  limit: number,
): Promise<JobRecord[]> {
  return (await database.query(sql.page, [...valuesOf(filter), offset, limit])).rows.map(jobOf);
}

export async function listJobsAfter(
  database: Database,
  filter: JobFilter,
  cursor: { createdAt: Date; jobId: string } | null,
  limit: number,
): Promise<JobRecord[]> {
  const { rows } = cursor
    ? await database.query(sql.after, [...valuesOf(filter), cursor.createdAt, cursor.jobId, limit])
    : await database.query(sql.first, [...valuesOf(filter), limit]);
  return rows.map(jobOf);
}

export async function countJobs(database: Database, filter: JobFilter): Promise<number> {
  return (await database.query(sql.count, valuesOf(filter))).rows[0]!.total;
}

export async function countActive(database: Database, accountId: string): Promise<number> {
  return (await database.query(sql.active, [accountId])).rows[0]!.total;
}
