/** `ApiKeys` on PostgreSQL: hashes only, looked up through a short cache. */
import { hash as digest, timingSafeEqual } from "node:crypto";
import { problem } from "@knowhere/contract";
import type { Clock } from "../../ports/clock.ts";
import type { Ids } from "../../ports/ids.ts";
import type { ApiKeyRecord, ApiKeys } from "../../ports/keys.ts";
import type { Log } from "../../ports/log.ts";
import type { Database, Row } from "./database.ts";

/** How long another process may go on accepting a key after it was revoked. */
const cachedMs = 5000;
/** Unknown keys are remembered too, so that guessing does not reach the database; the oldest go first. */
const maxCached = 10_000;
const lastUsedEveryMs = 60_000;
const keyPrefix = "sk_live_";

const columns =
  "key_id, account_id, name, masked, scopes, rate_per_minute, is_active, created_at, last_used_at, expires_at";
const sql = {
  find: { name: "key-find", text: `select ${columns}, hash from api_key where hash = $1` },
  used: {
    name: "key-used",
    text: "update api_key set last_used_at = $2 where key_id = $1 and (last_used_at is null or last_used_at < $2)",
  },
  account: {
    name: "account-ensure",
    text: `with made as (insert into account (account_id, name, created_at) values ($1, $2, $3) on conflict (name) do nothing returning account_id)
      select account_id from made union all select account_id from account where name = $2 limit 1`,
  },
  accountById: { name: "account-by-id", text: "select account_id from account where account_id = $1" },
  create: {
    name: "key-create",
    text: `insert into api_key (key_id, account_id, name, hash, masked, scopes, rate_per_minute, created_at, expires_at)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing returning ${columns}`,
  },
  list: {
    name: "key-list",
    text: `select ${columns} from api_key where $1::text is null or account_id = $1 or account_id = (select a.account_id from account a where a.name = $1) order by created_at, key_id`,
  },
  revoke: {
    name: "key-revoke",
    text: "delete from api_key where key_id = $2 and ($1::text is null or account_id = $1)",
  },
  toggle: {
    name: "key-toggle",
    text: `update api_key set is_active = not is_active where account_id = $1 and key_id = $2 returning ${columns}`,
  },
  count: { name: "key-count", text: "select count(*) as total from api_key" },
};

interface Cached {
  record: ApiKeyRecord | null;
  until: number;
}

export function createApiKeys({
  database,
  clock,
  ids,
  log,
}: {
  database: Database;
  clock: Clock;
  ids: Ids;
  log: Log;
}): ApiKeys {
  /** By hash. */
  const cache = new Map<string, Cached>();
  /** Counts revocations: what was read before one is not cached after it. */
  let revocations = 0;
  const usedAt = new Map<string, number>();

  async function find(key: string): Promise<ApiKeyRecord | null> {
    const hash = hashOf(key);
    const now = clock.now().getTime();
    const cached = cache.get(hash);
    // A clock that was set back must not stretch a cached answer.
    if (cached && cached.until > now && cached.until <= now + cachedMs) return cached.record;
    const asked = revocations;
    const bytes = Buffer.from(hash, "hex");
    const row = (await database.query(sql.find, [bytes])).rows[0];
    const record = row && timingSafeEqual(row.hash, bytes) ? keyOf(row) : null;
    if (asked !== revocations) return record;
    cache.delete(hash);
    if (cache.size >= maxCached) cache.delete(cache.keys().next().value!);
    cache.set(hash, { record, until: now + cachedMs });
    return record;
  }

  function forget(): void {
    revocations++;
    cache.clear();
  }

  function noteUse(record: ApiKeyRecord, now: Date): void {
    const last = usedAt.get(record.keyId);
    if (last !== undefined && Math.abs(now.getTime() - last) < lastUsedEveryMs) return;
    usedAt.set(record.keyId, now.getTime());
    database
      .query(sql.used, [record.keyId, now])
      .catch((error: Error) => log.debug({ err: error.message }, "the last use of a key was not noted"));
  }

  return {
    async authenticate(key) {
      const record = await find(key);
      const now = clock.now();
      if (!record?.isActive || (record.expiresAt && record.expiresAt <= now)) return null;
      noteUse(record, now);
      return record;
    },

    async create({ account, name, scopes, ratePerMinute = null, expiresAt = null, key = keyPrefix + ids.secret() }) {
      const now = clock.now();
      const hash = hashOf(key);
      cache.delete(hash);
      const bytes = Buffer.from(hash, "hex");
      const accountId = await ensureAccount(account, now);
      const values = [`key_${shortId(ids)}`, accountId, name, bytes, mask(key), scopes, ratePerMinute, now, expiresAt];
      const made = (await database.query(sql.create, values)).rows[0];
      if (made) return { key, record: keyOf(made) };
      // A key given by the caller (the bootstrap key at every start) is there already.
      const there = (await database.query(sql.find, [bytes])).rows[0];
      if (there) return { key, record: keyOf(there) };
      const description = `An API key named '${name}' exists already. Choose another name or revoke it.`;
      throw problem("VALIDATION_FAILED", {
        message: description,
        violations: [{ field: "body.name", description }],
        field: "body.name",
        reason: "NAME_TAKEN",
      });
    },

    async list(account) {
      return (await database.query(sql.list, [account ?? null])).rows.map(keyOf);
    },
    async revoke(account, keyId) {
      const { rowCount } = await database.query(sql.revoke, [account, keyId]);
      forget();
      return rowCount > 0;
    },
    async toggle(account, keyId) {
      const row = (await database.query(sql.toggle, [account, keyId])).rows[0];
      forget();
      return row ? keyOf(row) : null;
    },
    async count() {
      return (await database.query(sql.count)).rows[0]!.total;
    },
  };

  /** `name` may also be the id of an account that exists: whoever has a key knows his account by nothing else. */
  async function ensureAccount(name: string, now: Date): Promise<string> {
    const known = name.startsWith("acc_") ? (await database.query(sql.accountById, [name])).rows[0] : undefined;
    if (known) return known.account_id;
    const values = [`acc_${shortId(ids)}`, name, now];
    // A twin that commits between the insert and the select is seen by neither; the second look sees it.
    const row =
      (await database.query(sql.account, values)).rows[0] ?? (await database.query(sql.account, values)).rows[0];
    return row!.account_id;
  }
}

/** In one call, which is several times as fast as an object of `createHash` on every request. */
const hashOf = (key: string): string => digest("sha256", key, "hex");
const mask = (key: string): string => `${key.slice(0, 8)}...${key.slice(-4)}`;
const shortId = (ids: Ids): string => ids.uuid().replaceAll("-", "").slice(0, 16);

function keyOf(row: Row): ApiKeyRecord {
  return {
    keyId: row.key_id,
    accountId: row.account_id,
    name: row.name,
    masked: row.masked,
    scopes: row.scopes,
    ratePerMinute: row.rate_per_minute,
    isActive: row.is_active,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    expiresAt: row.expires_at,
  };
}
