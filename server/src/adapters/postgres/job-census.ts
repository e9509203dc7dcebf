/** How many jobs are active, and since when. Reads the index of active jobs alone. */
import type { MeterSources } from "../../ports/meter.ts";
import type { Database } from "./database.ts";

const active = {
  name: "job-census",
  text: `select status, count(*) as jobs, min(created_at) as oldest from job
    where status not in ('done', 'failed') group by status`,
};

export const createJobCensus =
  (database: Database): MeterSources["countActive"] =>
  async () =>
    (await database.query(active)).rows.map((row) => ({
      status: row["status"],
      jobs: row["jobs"],
      oldestAt: row["oldest"],
    }));
