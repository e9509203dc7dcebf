/** `JobQueue` on PostgreSQL; the claim itself is the function of migration 1. */
import type { JobQueue } from "../../ports/job-queue.ts";
import type { Database } from "./database.ts";
import { findJobs, jobOf } from "./job-rows.ts";

const held = "unnest($1::text[], $2::bigint[]) as h(job_id, token)";
const sql = {
  claim: {
    name: "queue-claim",
    text: "select * from claim_queue_item($1, $2, $3)",
  },
  unanswered: {
    name: "queue-unanswered",
    text: `update queue_item set lease_until = $3 where lease_until is not null and leased_by = $1 and token <> all($2::bigint[])
      returning job_id, token, attempt, strikes`,
  },
  renew: {
    name: "queue-renew",
    text: `update queue_item q set lease_until = $4 from ${held}
      where q.job_id = h.job_id and q.token = h.token and q.leased_by = $3 returning q.job_id`,
  },
  stillHeld: {
    name: "queue-held",
    text: `select q.job_id from queue_item q join ${held} on q.job_id = h.job_id and q.token = h.token where q.leased_by is not null`,
  },
  expired: {
    name: "queue-expired",
    text: "select job_id, token from queue_item where lease_until is not null and (lease_until < $1 or lease_until > $2) order by lease_until limit $3",
  },
  claimed: {
    name: "queue-claimed",
    text: "select job_id, token, leased_by from queue_item where leased_by is not null limit $1",
  },
  depth: {
    name: "queue-depth",
    text: "select count(*) filter (where lease_until is null and run_at <= $1) as waiting, count(lease_until) as claimed from queue_item",
  },
};

export function createJobQueue(database: Database): JobQueue {
  return {
    async claim(worker, now, leaseUntil) {
      for (;;) {
        const claimed = (await database.query(sql.claim, [now, leaseUntil, worker])).rows[0];
        if (!claimed) return null;
        // A statement of its own: the function sees jobs that were inserted while it waited for its turn, the statement
        // around it does not.
        const row = (await database.query(findJobs, [[claimed.claimed_job]])).rows[0];
        // An erase in between took the queue item along.
        if (!row) continue;
        const { claimed_token: token, claimed_attempt: attempt, claimed_strikes: strikes } = claimed;
        return { job: jobOf(row), token, attempt, strikes };
      }
    },
    async unanswered(worker, knownTokens, leaseUntil) {
      const items = (await database.query(sql.unanswered, [worker, knownTokens, leaseUntil])).rows;
      if (items.length === 0) return [];
      const jobs = (await database.query(findJobs, [items.map((item) => item.job_id)])).rows.map(jobOf);
      // An erase in between took the queue item along.
      return items.flatMap(({ job_id, token, attempt, strikes }) => {
        const job = jobs.find(({ jobId }) => jobId === job_id);
        return job ? [{ job, token, attempt, strikes }] : [];
      });
    },
    async renew(worker, claims, leaseUntil) {
      const { rows } = await database.query(sql.renew, [...columns(claims), worker, leaseUntil]);
      return new Set(rows.map((row) => row.job_id as string));
    },
    async stillHeld(claims) {
      const { rows } = await database.query(sql.stillHeld, columns(claims));
      return new Set(rows.map((row) => row.job_id as string));
    },
    async expired(now, latest, limit) {
      const { rows } = await database.query(sql.expired, [now, latest, limit]);
      return rows.map((row) => ({ jobId: row.job_id, token: row.token }));
    },
    async claimed(limit) {
      const { rows } = await database.query(sql.claimed, [limit]);
      return rows.map((row) => ({ jobId: row.job_id, token: row.token, worker: row.leased_by }));
    },
    async depth(now) {
      const { waiting, claimed } = (await database.query(sql.depth, [now])).rows[0]!;
      return { waiting, claimed };
    },
  };
}

const columns = (claims: readonly { jobId: string; token: number }[]) => [
  claims.map((claim) => claim.jobId),
  claims.map((claim) => claim.token),
];
