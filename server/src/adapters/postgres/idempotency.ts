/** `Idempotency` on PostgreSQL: one row per account and key, taken by insert. */
import type { Clock } from "../../ports/clock.ts";
import type { Idempotency, IdempotencyStart } from "../../ports/idempotency.ts";
import type { Ids } from "../../ports/ids.ts";
import type { Database } from "./database.ts";

const keptMs = 24 * 3600 * 1000;
/** A first request without an answer after this long was lost with its server. */
const abandonedAfterMs = 60_000;

const sql = {
  // Taken when absent, outlived, abandoned, or left behind by a crashed try of the same request, whose reserved id lives on.
  take: {
    name: "idempotency-take",
    text: `insert into idempotency_key as k (account_id, key, body_hash, reserved_id, begun_at, expires_at) values ($1, $2, $3, $4, $5, $6)
      on conflict (account_id, key) do update set
        body_hash = excluded.body_hash, begun_at = excluded.begun_at, expires_at = excluded.expires_at, status = null, body = null,
        reserved_id = case when k.expires_at <= $5 or k.body_hash <> excluded.body_hash then excluded.reserved_id else k.reserved_id end
      where k.expires_at <= $5
        or (k.status is null and k.begun_at <= $7 and (k.body_hash = excluded.body_hash or k.begun_at = '-infinity'))
      returning reserved_id`,
  },
  find: {
    name: "idempotency-find",
    text: "select body_hash, status, body from idempotency_key where account_id = $1 and key = $2",
  },
  finish: {
    name: "idempotency-finish",
    text: "update idempotency_key set status = $3, body = $4 where account_id = $1 and key = $2",
  },
  // The row stays with its reserved id, so that a request that did its work but could not answer is not done twice.
  abandon: {
    name: "idempotency-abandon",
    text: "update idempotency_key set begun_at = '-infinity' where account_id = $1 and key = $2 and status is null",
  },
  sweep: { name: "idempotency-sweep", text: "delete from idempotency_key where expires_at <= $1" },
};

export function createIdempotency({
  database,
  clock,
  ids,
}: {
  database: Database;
  clock: Clock;
  ids: Ids;
}): Idempotency {
  async function begin(account: string, key: string, bodyHash: string): Promise<IdempotencyStart> {
    const now = clock.now();
    const from = (ms: number) => new Date(now.getTime() + ms);
    const taken = await database.query(sql.take, [
      account,
      key,
      bodyHash,
      ids.jobId(),
      now,
      from(keptMs),
      from(-abandonedAfterMs),
    ]);
    if (taken.rows[0]) return { kind: "fresh", reservedId: taken.rows[0].reserved_id };
    const found = (await database.query(sql.find, [account, key])).rows[0];
    if (!found) return begin(account, key, bodyHash);
    if (found.body_hash !== bodyHash) return { kind: "reused" };
    return found.status === null ? { kind: "running" } : { kind: "replay", status: found.status, body: found.body };
  }
  return {
    begin,
    async finish(account, key, status, body) {
      await database.query(sql.finish, [account, key, status, JSON.stringify(body)]);
    },
    async abandon(account, key) {
      await database.query(sql.abandon, [account, key]);
    },
    async sweep() {
      return (await database.query(sql.sweep, [clock.now()])).rowCount;
    },
  };
}
