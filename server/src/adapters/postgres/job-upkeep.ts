/** `JobUpkeep` on PostgreSQL. */
import type { JobUpkeep } from "../../ports/job-upkeep.ts";
import type { Database } from "./database.ts";

const sql = {
  // Looks grow rarer with the job's age: every 2 s at first, every 30 s in the end. The last one is at the expiry.
  uploads: {
    name: "upload-due",
    text: `update awaited_upload a
      set look_at = least($1::timestamptz + least(interval '30 seconds', greatest(interval '2 seconds', ($1::timestamptz - j.created_at) / 8)),
        greatest(j.upload_expires_at, $1::timestamptz + interval '2 seconds'))
      from job j
      where j.job_id = a.job_id and a.job_id in (
        select job_id from awaited_upload
        where look_at <= $1 or look_at > $1::timestamptz + interval '1 hour'
        order by look_at limit $2 for update skip locked)
      returning a.job_id, j.source_key, j.upload_expires_at <= $1 as expired`,
  },
  outlived: {
    name: "job-outlived",
    text: "select job_id from job where status in ('done', 'failed') and expires_at <= $1 order by expires_at limit $2",
  },
  doomed: { name: "blob-doomed", text: "select key from doomed_blob order by doomed_at limit $1" },
  forget: { name: "blob-forget", text: "delete from doomed_blob where key = any($1)" },
  // A blob is wanted while its job points to it, or while its claim is the latest one and may still publish it.
  unwantedResults: {
    name: "blob-unwanted-results",
    text: `select b.key from unnest($1::text[], $2::text[], $3::bigint[]) as b(key, job_id, token)
      left join job j on j.job_id = b.job_id
      left join queue_item q on q.job_id = b.job_id
      where (j.result->>'key') is distinct from b.key and (q.token is null or q.token > b.token)`,
  },
  unwantedSources: {
    name: "blob-unwanted-sources",
    text: "select key from unnest($1::text[]) as b(key) where not exists (select 1 from job where source_key = b.key)",
  },
};

export function createJobUpkeep(database: Database): JobUpkeep {
  const keys = async (answer: ReturnType<Database["query"]>) => (await answer).rows.map((row) => row.key as string);
  return {
    async uploadsToCheck(now, limit) {
      const { rows } = await database.query(sql.uploads, [now, limit]);
      return rows.map((row) => ({ jobId: row.job_id, sourceKey: row.source_key, expired: row.expired }));
    },
    async outlived(now, limit) {
      return (await database.query(sql.outlived, [now, limit])).rows.map((row) => row.job_id as string);
    },
    doomedBlobs: (limit) => keys(database.query(sql.doomed, [limit])),
    async forgetDoomed(forgotten) {
      await database.query(sql.forget, [forgotten]);
    },
    unwantedResults: (blobs) =>
      keys(
        database.query(sql.unwantedResults, [
          blobs.map((blob) => blob.key),
          blobs.map((blob) => blob.jobId),
          blobs.map((blob) => blob.token),
        ]),
      ),
    unwantedSources: (sources) => keys(database.query(sql.unwantedSources, [sources])),
  };
}
