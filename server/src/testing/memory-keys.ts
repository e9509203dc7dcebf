/** API keys and idempotent answers in memory, for tests of the border. */
import { problem } from "@knowhere/contract";
import type { Clock } from "../ports/clock.ts";
import type { Idempotency } from "../ports/idempotency.ts";
import type { ApiKeyRecord, ApiKeys } from "../ports/keys.ts";

export function createMemoryKeys(clock: Clock): ApiKeys {
  const rows = new Map<string, ApiKeyRecord>();
  let made = 0;
  const own = (account: string | null | undefined) =>
    [...rows.entries()].filter(([, { accountId }]) => !account || accountId === account);
  const find = (account: string | null, keyId: string) => own(account).find(([, record]) => record.keyId === keyId);
  return {
    async authenticate(key) {
      const record = rows.get(key);
      return record?.isActive && !(record.expiresAt && record.expiresAt <= clock.now()) ? record : null;
    },
    async create({ account, name, scopes, ratePerMinute = null, expiresAt = null, key = `sk_live_${made}` }) {
      if (own(account).some(([, record]) => record.name === name)) {
        throw problem("VALIDATION_FAILED", {
          field: "body.name",
          violations: [{ field: "body.name", description: "taken" }],
          reason: "NAME_TAKEN",
        });
      }
      const record: ApiKeyRecord = {
        keyId: `key_${made++}`,
        accountId: account,
        name,
        masked: `${key.slice(0, 8)}...${key.slice(-4)}`,
        scopes,
        ratePerMinute,
        isActive: true,
        createdAt: clock.now(),
        lastUsedAt: null,
        expiresAt,
      };
      rows.set(key, record);
      return { key, record };
    },
    list: async (account) => own(account).map(([, record]) => record),
    async revoke(account, keyId) {
      const found = find(account, keyId);
      return found ? rows.delete(found[0]) : false;
    },
    async toggle(account, keyId) {
      const found = find(account, keyId);
      if (!found) return null;
      const record = { ...found[1], isActive: !found[1].isActive };
      rows.set(found[0], record);
      return record;
    },
    count: async () => rows.size,
  };
}

export function createMemoryIdempotency(): Idempotency {
  const rows = new Map<string, { bodyHash: string; reservedId: string; answer?: { status: number; body: unknown } }>();
  return {
    async begin(account, key, bodyHash) {
      const row = rows.get(`${account} ${key}`);
      if (!row) {
        const reservedId = `job_${(0xabc000000000 + rows.size).toString(16)}`;
        rows.set(`${account} ${key}`, { bodyHash, reservedId });
        return { kind: "fresh", reservedId };
      }
      if (row.bodyHash !== bodyHash) return { kind: "reused" };
      return row.answer ? { kind: "replay", ...row.answer } : { kind: "running" };
    },
    async finish(account, key, status, body) {
      rows.get(`${account} ${key}`)!.answer = { status, body };
    },
    async abandon(account, key) {
      rows.delete(`${account} ${key}`);
    },
    sweep: async () => 0,
  };
}
