/** `WebhookSecrets` on PostgreSQL. */
import { randomBytes } from "node:crypto";
import type { WebhookSecret, WebhookSecrets } from "../../ports/deliveries.ts";
import type { Database, Row, Transaction } from "./database.ts";

const sql = {
  // Two calls at once make one secret: the second waits for the first one's lock on the account's secrets.
  lock: { name: "webhook-secret-lock", text: "select pg_advisory_xact_lock(5005003, hashtext($1))" },
  list: {
    name: "webhook-secret-list",
    text: "select * from webhook_secret where account_id = $1 and status <> 'revoked' order by created_at desc, secret_id",
  },
  active: {
    name: "webhook-secret-active",
    text: "select * from webhook_secret where account_id = $1 and endpoint is not distinct from $2 and status = 'active'",
  },
  signing: {
    name: "webhook-secret-signing",
    text: `select * from webhook_secret where account_id = $1 and endpoint is not distinct from $2
      and (status = 'active' or (status = 'retiring' and retires_at > $3)) order by status, created_at desc`,
  },
  add: {
    name: "webhook-secret-add",
    text: `insert into webhook_secret (secret_id, account_id, endpoint, secret, status, created_at)
      values ($1, $2, $3, $4, 'active', $5) returning *`,
  },
  retire: {
    name: "webhook-secret-retire",
    text: "update webhook_secret set status = 'retiring', retires_at = $2 where secret_id = $1",
  },
  revoke: {
    name: "webhook-secret-revoke",
    text: "update webhook_secret set status = 'revoked' where account_id = $1 and secret_id = $2 and status <> 'revoked'",
  },
};

export function createWebhookSecrets(database: Database): WebhookSecrets {
  async function add(tx: Transaction, accountId: string, endpoint: string | null, now: Date): Promise<WebhookSecret> {
    const values = [
      `ws_${randomBytes(12).toString("hex")}`,
      accountId,
      endpoint,
      `whsec_${randomBytes(32).toString("hex")}`,
      now,
    ];
    return secretOf((await tx.query(sql.add, values)).rows[0]!);
  }

  const ensure: WebhookSecrets["ensure"] = (accountId, endpoint, now, rotate) =>
    database.transaction(async (tx) => {
      await tx.query(sql.lock, [accountId]);
      const active = (await tx.query(sql.active, [accountId, endpoint])).rows.map(secretOf)[0];
      if (active && !rotate) return { secret: active, made: false };
      if (active && rotate) await tx.query(sql.retire, [active.secretId, rotate.retiresAt]);
      return { secret: await add(tx, accountId, endpoint, now), made: true };
    });

  return {
    ensure,
    async list(accountId) {
      return (await database.query(sql.list, [accountId])).rows.map(secretOf);
    },
    async revoke(accountId, secretId) {
      return (await database.query(sql.revoke, [accountId, secretId])).rowCount > 0;
    },
    async signing(accountId, endpoint, now) {
      for (const owner of [endpoint, null]) {
        const { rows } = await database.query(sql.signing, [accountId, owner, now]);
        if (rows.length > 0) return rows.map((row) => secretOf(row).secret);
      }
      return [(await ensure(accountId, endpoint, now)).secret.secret];
    },
  };
}

function secretOf(row: Row): WebhookSecret {
  return {
    secretId: row["secret_id"],
    accountId: row["account_id"],
    endpoint: row["endpoint"],
    secret: row["secret"],
    status: row["status"],
    createdAt: row["created_at"],
    retiresAt: row["retires_at"],
  };
}
