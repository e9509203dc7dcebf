/** `EarlierResults` on PostgreSQL. */
import type { EarlierResults, Fingerprints } from "../../ports/earlier-results.ts";
import type { Database } from "./database.ts";
import { jobOf } from "./job-rows.ts";

const find = (column: string) => ({
  name: `earlier-find-${column}`,
  text: `select j.* from job_fingerprint f join job j using (job_id)
    where f.account_id = $1 and f.${column} = $2 and j.status = 'done' and j.expires_at > $3
    order by j.finished_at desc limit 1`,
});
const finds: Record<keyof Fingerprints, ReturnType<typeof find>> = {
  result: find("fingerprint"),
  tree: find("tree_fingerprint"),
};
// A job that was erased meanwhile has nothing to note.
const note = {
  name: "earlier-note",
  text: `insert into job_fingerprint (job_id, account_id, fingerprint, tree_fingerprint)
    select $1, $2, $3, $4 from job where job_id = $1
    on conflict (job_id) do update set fingerprint = excluded.fingerprint, tree_fingerprint = excluded.tree_fingerprint`,
};

export function createEarlierResults(database: Database): EarlierResults {
  return {
    async find(accountId, of, fingerprint, now) {
      return (await database.query(finds[of], [accountId, fingerprint, now])).rows.map(jobOf)[0] ?? null;
    },
    async note(jobId, accountId, { result, tree }) {
      await database.query(note, [jobId, accountId, result, tree]);
    },
  };
}
