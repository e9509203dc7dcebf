/** `JobStore` on PostgreSQL. The row lock puts the moves of one job in a row; the version is compared all the same. */
import { problem } from "@knowhere/contract";
import type { JobEventRow, JobRecord } from "../../ports/job.ts";
import type { JobStore, Move, Moved, NewJobEvent, QueueItem } from "../../ports/job-store.ts";
import { ring } from "./channels.ts";
import type { Database, Row, Transaction } from "./database.ts";
import { countActive, countJobs, listJobs, listJobsAfter } from "./job-lists.ts";
import { findJobs, findUnchanged, insertJob, insertValues, jobOf, updateJob, updateValues } from "./job-rows.ts";

/** What other rooms write in the same transaction (webhook outbox, index work). */
export interface JobStoreHooks {
  /** After every insert (`before` null) and move. */
  onMove?(
    tx: Transaction,
    change: { before: JobRecord | null; after: JobRecord; events: readonly NewJobEvent[] },
  ): Promise<void>;
  /** Before the job's row goes. */
  onErase?(tx: Transaction, job: JobRecord): Promise<void>;
}

const sql = {
  lock: { name: "job-lock", text: "select * from job where job_id = $1 for update" },
  lockItem: { name: "queue-lock", text: "select * from queue_item where job_id = $1 for update" },
  hold: { name: "job-hold", text: "select 1 from job where job_id = $1 for share" },
  addEvents: {
    name: "event-add",
    text: `insert into job_event (job_id, type, data, at)
      select $1, e.value->>'type', e.value->'data', $3 from json_array_elements($2::json) with ordinality e(value, place) order by place`,
  },
  events: { name: "event-list", text: "select * from job_event where job_id = $1 and id > $2 order by id limit 1000" },
  enqueue: {
    name: "queue-add",
    text: "insert into queue_item (job_id, key_id, run_at, priority) values ($1, $2, $3, $4) on conflict (job_id) do nothing",
  },
  release: {
    name: "queue-release",
    text: "update queue_item set leased_by = null, lease_until = null, run_at = $2, strikes = strikes + $3 where job_id = $1",
  },
  dequeue: { name: "queue-remove", text: "delete from queue_item where job_id = $1" },
  endAttempt: {
    name: "attempt-end",
    text: "update attempt set ended_at = $3, outcome = $4, error = $5 where job_id = $1 and token = $2 and ended_at is null",
  },
  bill: {
    name: "usage-add",
    text: `insert into usage_ledger (job_id, account_id, key_id, pages, file_extension, at, source_bytes, seconds)
      values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (job_id) do nothing`,
  },
  await: {
    name: "upload-await",
    text: "insert into awaited_upload (job_id, look_at) values ($1, $2) on conflict (job_id) do nothing",
  },
  arrived: { name: "upload-arrived", text: "delete from awaited_upload where job_id = $1" },
  erase: { name: "job-erase", text: "delete from job where job_id = $1" },
  sourceShared: {
    name: "source-shared",
    text: "select exists (select 1 from job where source_key = $1 and job_id <> $2) as shared",
  },
  doom: {
    name: "blob-doom",
    text: "insert into doomed_blob (key, doomed_at) select k, $2 from unnest($1::text[]) k on conflict (key) do nothing",
  },
};

/** A first look for an upload that nobody told us of comes this long after the job. */
const firstUploadLookMs = 2000;

export function createJobStore(database: Database, hooks: JobStoreHooks = {}): JobStore {
  const find: JobStore["find"] = async (jobIds) => (await database.query(findJobs, [jobIds])).rows.map(jobOf);

  const insert: JobStore["insert"] = (job, options = {}) =>
    database
      .transaction(async (tx) => {
        if (options.sourceOf !== undefined && (await tx.query(sql.hold, [options.sourceOf])).rowCount === 0)
          return null;
        if ((await tx.query(insertJob, insertValues(job))).rowCount === 0) {
          const { rows } = await tx.query(findJobs, [[job.jobId]]);
          return rows[0] ? jobOf(rows[0]) : null;
        }
        const events: NewJobEvent[] = [{ type: "state", data: { status: job.status, version: job.version } }];
        await addEvents(tx, job, events);
        if (job.status === "pending") {
          await tx.query(sql.enqueue, [job.jobId, job.keyId, job.createdAt, 0]);
          await ring(tx, "queue", job.jobId);
        } else {
          await tx.query(sql.await, [job.jobId, new Date(job.createdAt.getTime() + firstUploadLookMs)]);
        }
        await hooks.onMove?.(tx, { before: null, after: job, events });
        return job;
      })
      .catch((error) => {
        throw isOtherJobOfDocument(error)
          ? problem("CONFLICT", {
              message: "Document already has an active ingestion job.",
              reason: "ACTIVE_JOB",
              resource: "Document",
              id: job.documentId,
            })
          : error;
      });

  const move: JobStore["move"] = (jobId, decide, options) =>
    database.transaction(async (tx): Promise<Moved> => {
      const before = (await tx.query(sql.lock, [jobId])).rows.map(jobOf)[0];
      if (!before) return options?.token === undefined ? { kind: "absent" } : { kind: "lost", job: null };
      const item = (await tx.query(sql.lockItem, [jobId])).rows.map(itemOf)[0] ?? null;
      if (options?.token !== undefined && (item?.token !== options.token || item.leasedBy === null))
        return { kind: "lost", job: before };
      const next = decide(before, item);
      if (next === null) return { kind: "refused", job: before };
      await write(tx, before, item, next);
      await hooks.onMove?.(tx, { before, after: next.job, events: next.events });
      return { kind: "moved", job: next.job };
    });

  async function write(
    tx: Transaction,
    before: JobRecord,
    item: QueueItem | null,
    { job, events, queue, attempt, usage }: Move,
  ): Promise<void> {
    const { rowCount } = await tx.query(updateJob, updateValues(job, before.version));
    if (rowCount !== 1) throw new Error(`compare-and-set failed under a row lock: ${job.jobId}`);
    await addEvents(tx, job, events);
    if (before.status === "waiting-file" && job.status !== before.status) await tx.query(sql.arrived, [job.jobId]);
    if (attempt && item)
      await tx.query(sql.endAttempt, [
        job.jobId,
        item.token,
        job.updatedAt,
        attempt.outcome,
        attempt.error && JSON.stringify(attempt.error),
      ]);
    if (usage)
      await tx.query(sql.bill, [
        job.jobId,
        job.accountId,
        job.keyId,
        usage.pages,
        job.fileExtension,
        job.updatedAt,
        usage.sourceBytes ?? 0,
        usage.seconds ?? 0,
      ]);
    if (queue?.do === "enqueue") await tx.query(sql.enqueue, [job.jobId, job.keyId, queue.runAt, queue.priority ?? 0]);
    if (queue?.do === "release") await tx.query(sql.release, [job.jobId, queue.runAt, queue.strike ? 1 : 0]);
    if (queue?.do === "remove") await tx.query(sql.dequeue, [job.jobId]);
    if (queue && queue.do !== "remove") await ring(tx, "queue", job.jobId);
    await ring(tx, "job", JSON.stringify({ jobId: job.jobId, version: job.version, status: job.status }));
  }

  async function addEvents(tx: Transaction, job: JobRecord, events: readonly NewJobEvent[]): Promise<void> {
    if (events.length > 0) await tx.query(sql.addEvents, [job.jobId, JSON.stringify(events), job.updatedAt]);
  }

  const erase: JobStore["erase"] = (jobId, accountId, now) =>
    database.transaction(async (tx) => {
      const job = (await tx.query(sql.lock, [jobId])).rows.map(jobOf)[0];
      if (!job || (accountId !== null && job.accountId !== accountId)) return null;
      await hooks.onErase?.(tx, job);
      const shared =
        job.sourceKey !== null && (await tx.query(sql.sourceShared, [job.sourceKey, jobId])).rows[0]!.shared;
      const doomed = { source: shared ? null : job.sourceKey, result: job.result?.key ?? null };
      const keys = [doomed.source, doomed.result].filter((key) => key !== null);
      if (keys.length > 0) await tx.query(sql.doom, [keys, now]);
      await tx.query(sql.erase, [jobId]);
      await ring(tx, "job", JSON.stringify({ jobId, version: job.version + 1, status: "erased" }));
      return { job, doomed };
    });

  return {
    insert,
    find,
    unchanged: (records) => findUnchanged(database, records),
    move,
    erase,
    list: (filter, offset, limit) => listJobs(database, filter, offset, limit),
    count: (filter) => countJobs(database, filter),
    listAfter: (filter, cursor, limit) => listJobsAfter(database, filter, cursor, limit),
    countActive: (accountId) => countActive(database, accountId),
    async events(jobId, afterId) {
      return (await database.query(sql.events, [jobId, afterId])).rows.map(
        (row): JobEventRow => ({ id: row.id, jobId: row.job_id, type: row.type, data: row.data, at: row.at }),
      );
    },
  };
}

/** The index lets no second active job of a document in, however the two race. */
const isOtherJobOfDocument = (error: { code?: string; constraint?: string }) =>
  error?.code === "23505" && error.constraint === "job_active_document";

function itemOf(row: Row): QueueItem {
  return {
    jobId: row.job_id,
    runAt: row.run_at,
    attempt: row.attempt,
    strikes: row.strikes,
    token: row.token,
    leasedBy: row.leased_by,
    leaseUntil: row.lease_until,
  };
}
