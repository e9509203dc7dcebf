/** `Usage` on PostgreSQL: sums over the ledger that the finishing transactions write. */
import type { Usage } from "../../ports/usage.ts";
import type { Database } from "./database.ts";

const sql = {
  byDay: {
    name: "usage-by-day",
    text: `select to_char(u.at at time zone 'UTC', 'YYYY-MM-DD') as date, u.key_id, k.name as key_name, count(*) as jobs,
        sum(u.pages) as pages, sum(u.source_bytes)::bigint as bytes, sum(u.seconds) as seconds
      from usage_ledger u left join api_key k on k.key_id = u.key_id
      where u.account_id = $1 and u.at >= $2 and u.at < $3 and ($4::text is null or u.key_id = $4)
      group by 1, 2, 3 order by 1, 2`,
  },
  ends: {
    name: "usage-ends",
    text: `select count(*) filter (where status = 'done') as done, count(*) filter (where status = 'failed') as failed
      from job where account_id = $1 and created_at >= $2 and created_at < $3`,
  },
};

export function createUsage(database: Database): Usage {
  return {
    async byDay(accountId, { from, until, keyId }) {
      const { rows } = await database.query(sql.byDay, [accountId, from, until, keyId ?? null]);
      return rows.map((row) => ({
        date: row["date"],
        keyId: row["key_id"],
        keyName: row["key_name"],
        jobs: row["jobs"],
        pages: row["pages"],
        bytes: row["bytes"],
        seconds: row["seconds"],
      }));
    },
    async countEnds(accountId, { from, until }) {
      const row = (await database.query(sql.ends, [accountId, from, until])).rows[0]!;
      return { done: row["done"], failed: row["failed"] };
    },
  };
}
