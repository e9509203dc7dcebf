/** `EarlierResults` on PostgreSQL. */
import type { EarlierResults } from "../../ports/earlier-results.ts";
import type { Database } from "./database.ts";
import { jobOf } from "./job-rows.ts";

const sql = {
  find: {
    name: "earlier-find",
    text: `select j.* from job_fingerprint f join job j using (job_id)
      where f.account_id = $1 and f.fingerprint = $2 and j.status = 'done' and j.expires_at > $3
      order by j.finished_at desc limit 1`,
  },
  // A job that was erased meanwhile has nothing to note.
  note: {
    name: "earlier-note",
    text: `insert into job_fingerprint (job_id, account_id, fingerprint) select $1, $2, $3 from job where job_id = $1
      on conflict (job_id) do update set fingerprint = excluded.fingerprint`,
  },
};

export function createEarlierResults(database: Database): EarlierResults {
  return {
    async find(accountId, fingerprint, now) {
      return (await database.query(sql.find, [accountId, fingerprint, now])).rows.map(jobOf)[0] ?? null;
    },
    async note(jobId, accountId, fingerprint) {
      await database.query(sql.note, [jobId, accountId, fingerprint]);
    },
  };
}
