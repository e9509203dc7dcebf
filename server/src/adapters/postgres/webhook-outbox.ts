/** `Deliveries` on PostgreSQL, and the hook that fills the outbox in the transaction that finishes a job. */
import { randomBytes } from "node:crypto";
import type { Deliveries, Delivery, DeliveryAttempt, DeliveryState } from "../../ports/deliveries.ts";
import { ring } from "./channels.ts";
import type { Database, Row } from "./database.ts";
import type { JobStoreHooks } from "./job-store.ts";

const sql = {
  add: {
    name: "delivery-add",
    text: `insert into delivery (delivery_id, job_id, account_id, event, url, state, next_at, created_at)
      values ($1, $2, $3, $4, $5, 'pending', $6, $6)`,
  },
  addTest: {
    name: "delivery-add-test",
    text: `insert into delivery (delivery_id, account_id, event, url, state, attempts, next_at, created_at)
      values ($1, $2, 'test', $3, $4, 1, $5, $5)`,
  },
  forgetTests: {
    name: "delivery-forget-tests",
    text: "delete from delivery where account_id = $1 and job_id is null and created_at < $2",
  },
  claim: {
    name: "delivery-claim",
    text: `update delivery set state = 'delivering', attempts = attempts + 1, next_at = $2
      where delivery_id in (
        select delivery_id from delivery where state in ('pending', 'delivering') and next_at <= $1
        order by next_at limit $3 for update skip locked)
      returning *`,
  },
  // Only the holder of the latest try may say what comes of it.
  settle: {
    name: "delivery-settle",
    text: "update delivery set state = $3, next_at = coalesce($4, next_at) where delivery_id = $1 and attempts = $2 and state = 'delivering'",
  },
  log: {
    name: "delivery-log",
    text: `insert into delivery_attempt (id, delivery_id, job_id, account_id, webhook_url, attempt_number, request_headers,
        request_body, signature, response_status, response_body, error_message, duration_ms, created_at)
      select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14
      where exists (select 1 from delivery where delivery_id = $2) on conflict (id) do nothing`,
  },
  ofJob: {
    name: "delivery-of-job",
    text: "select * from delivery where account_id = $1 and job_id = $2 order by created_at desc limit 1",
  },
  attempts: {
    name: "delivery-attempts",
    text: `select *, count(*) over () as total from delivery_attempt where account_id = $1 and ($2::text is null or job_id = $2)
      order by created_at desc, id desc offset $3 limit $4`,
  },
  countAttempts: {
    name: "delivery-attempts-count",
    text: "select count(*) as total from delivery_attempt where account_id = $1 and ($2::text is null or job_id = $2)",
  },
  count: {
    name: "delivery-count",
    text: "select state, count(*) as n from delivery where job_id is not null group by state",
  },
};

/** Writes the delivery of a job that has just ended, in the same transaction. */
export const fillOutbox: NonNullable<JobStoreHooks["onMove"]> = async (tx, { before, after }) => {
  const ended = after.status === "done" || after.status === "failed";
  if (!ended || before?.status === after.status || after.webhookUrl === null) return;
  const event = after.status === "done" ? "job.completed" : "job.failed";
  const deliveryId = `msg_${randomBytes(12).toString("hex")}`;
  await tx.query(sql.add, [deliveryId, after.jobId, after.accountId, event, after.webhookUrl, after.updatedAt]);
  await ring(tx, "delivery", deliveryId);
};

export function createDeliveries(database: Database): Deliveries {
  const log = (
    delivery: Pick<Delivery, "deliveryId" | "accountId">,
    attempt: DeliveryAttempt,
  ): [(typeof sql)["log"], unknown[]] => [
    sql.log,
    [
      attempt.id,
      delivery.deliveryId,
      attempt.jobId,
      delivery.accountId,
      attempt.webhookUrl,
      attempt.attemptNumber,
      JSON.stringify(attempt.requestHeaders),
      storable(attempt.requestBody),
      attempt.signature,
      attempt.responseStatus,
      attempt.responseBody === null ? null : storable(attempt.responseBody),
      attempt.errorMessage === null ? null : storable(attempt.errorMessage),
      attempt.durationMs,
      attempt.createdAt,
    ],
  ];
  return {
    async claim(now, leaseUntil, limit) {
      const { rows } = await database.query(sql.claim, [now, leaseUntil, limit]);
      return rows.map(deliveryOf);
    },
    async record(delivery, attempt, next) {
      await database.transaction(async (tx) => {
        await tx.query(...log(delivery, attempt));
        await tx.query(sql.settle, [delivery.deliveryId, delivery.attempts, next.state, next.nextAt ?? null]);
      });
    },
    async recordManual(delivery, attempt) {
      await database.query(...log(delivery, attempt));
    },
    async recordTest(accountId, attempt, since) {
      const { idempotencyKey: deliveryId, webhookUrl, createdAt, responseStatus } = attempt;
      const state = responseStatus !== null && responseStatus >= 200 && responseStatus < 300 ? "delivered" : "failed";
      await database.transaction(async (tx) => {
        await tx.query(sql.forgetTests, [accountId, since]);
        await tx.query(sql.addTest, [deliveryId, accountId, webhookUrl, state, createdAt]);
        await tx.query(...log({ deliveryId, accountId }, attempt));
      });
    },
    async ofJob(accountId, jobId) {
      const { rows } = await database.query(sql.ofJob, [accountId, jobId]);
      return rows[0] ? deliveryOf(rows[0]) : null;
    },
    async log(accountId, { jobId, page, pageSize }) {
      const { rows } = await database.query(sql.attempts, [accountId, jobId ?? null, (page - 1) * pageSize, pageSize]);
      const counted = rows[0] ?? (await database.query(sql.countAttempts, [accountId, jobId ?? null])).rows[0];
      return { attempts: rows.map(attemptOf), total: Number(counted?.["total"] ?? 0) };
    },
    async count() {
      const counts: Record<DeliveryState, number> = { pending: 0, delivering: 0, delivered: 0, failed: 0, canceled: 0 };
      for (const row of (await database.query(sql.count)).rows)
        counts[row["state"] as DeliveryState] = Number(row["n"]);
      return counts;
    },
  };
}

/** PostgreSQL's text takes no NUL, and receivers answer what they like. */
const storable = (text: string) => text.replaceAll("\u0000", "\ufffd");

function deliveryOf(row: Row): Delivery {
  return {
    deliveryId: row["delivery_id"],
    jobId: row["job_id"],
    accountId: row["account_id"],
    event: row["event"],
    url: row["url"],
    state: row["state"],
    attempts: row["attempts"],
    nextAt: row["next_at"],
    createdAt: row["created_at"],
  };
}

function attemptOf(row: Row): DeliveryAttempt {
  return {
    id: row["id"],
    jobId: row["job_id"],
    webhookUrl: row["webhook_url"],
    attemptNumber: row["attempt_number"],
    requestHeaders: row["request_headers"],
    requestBody: row["request_body"],
    signature: row["signature"],
    idempotencyKey: row["delivery_id"],
    responseStatus: row["response_status"],
    responseBody: row["response_body"],
    errorMessage: row["error_message"],
    durationMs: row["duration_ms"],
    createdAt: row["created_at"],
  };
}
