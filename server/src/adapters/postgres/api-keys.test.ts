import { beforeEach, describe, expect, it } from "vitest";
import type { ApiKeys } from "../../ports/keys.ts";
import { silentLog } from "../../ports/log.ts";
import { type TestDatabase, useTestPostgres } from "../../testing/postgres.ts";
import { createSteppingClock, type SteppingClock } from "../../testing/stepping-clock.ts";
import { systemIds } from "../system/ids.ts";
import { createApiKeys } from "./api-keys.ts";

const postgres = useTestPostgres();

describe("API keys", () => {
  let database: TestDatabase;
  let clock: SteppingClock;
  let keys: ApiKeys;
  const open = () => createApiKeys({ database, clock, ids: systemIds, log: silentLog });
  const create = (fields: Partial<Parameters<ApiKeys["create"]>[0]> = {}) =>
    keys.create({ account: "acme", name: "one", scopes: ["read", "write"], ...fields });
  const later = (ms: number) => clock.set(new Date(clock.now().getTime() + ms));
  beforeEach(async () => {
    database = await postgres.database();
    clock = createSteppingClock();
    keys = open();
  });

  it("are given out once and known again by their hash only", async () => {
    const { key, record } = await create();
    expect(key).toMatch(/^sk_live_[\w-]{43}$/);
    expect(await keys.authenticate(key)).toMatchObject({
      keyId: record.keyId,
      accountId: record.accountId,
      scopes: ["read", "write"],
      isActive: true,
    });
    expect(record.masked).toBe(`sk_live_...${key.slice(-4)}`);
    const dump = JSON.stringify((await database.query("select * from api_key")).rows);
    expect(dump).not.toContain(key.slice(8));
    expect(await keys.authenticate(`${key}x`)).toBeNull();
    expect(await keys.count()).toBe(1);
  });

  it("are refused when expired, switched off or revoked, at once in this process and soon in others", async () => {
    const { key, record } = await create({ expiresAt: new Date(clock.now().getTime() + 60_000) });
    const elsewhere = open();
    expect(await elsewhere.authenticate(key)).not.toBeNull();
    expect((await keys.toggle(record.accountId, record.keyId))!.isActive).toBe(false);
    expect(await keys.authenticate(key)).toBeNull();
    expect(await elsewhere.authenticate(key)).not.toBeNull();
    later(5001);
    expect(await elsewhere.authenticate(key)).toBeNull();
    await keys.toggle(record.accountId, record.keyId);
    expect(await keys.authenticate(key)).not.toBeNull();
    later(60_000);
    expect(await keys.authenticate(key)).toBeNull();
    expect(await keys.revoke("acc_other", record.keyId)).toBe(false);
    expect(await keys.revoke(null, record.keyId)).toBe(true);
    expect(await keys.list()).toEqual([]);
  });

  it("work as soon as they are made, though they were asked for before", async () => {
    expect(await keys.authenticate("sk_bootstrap_key")).toBeNull();
    await create({ key: "sk_bootstrap_key" });
    expect(await keys.authenticate("sk_bootstrap_key")).not.toBeNull();
  });

  it("given by the operator are the same key at every start", async () => {
    const first = await create({ key: "sk_bootstrap_key" });
    const second = await create({ key: "sk_bootstrap_key" });
    expect(second).toEqual(first);
    expect(await keys.count()).toBe(1);
  });

  it("have names that are unique in the account, not beyond it", async () => {
    await create();
    await expect(create()).rejects.toMatchObject({ problem: "VALIDATION_FAILED", details: { field: "body.name" } });
    const other = await create({ account: "other" });
    expect((await keys.list("other")).map((record) => record.keyId)).toEqual([other.record.keyId]);
    expect(await keys.list(other.record.accountId)).toHaveLength(1);
    expect(await keys.list()).toHaveLength(2);
  });

  it("are made for an account under its id as well as under its name", async () => {
    const { record } = await create();
    const second = await create({ account: record.accountId, name: "two" });
    expect(second.record.accountId).toBe(record.accountId);
    expect((await create({ account: "acc_unknown", name: "three" })).record.accountId).not.toBe(record.accountId);
  });

  it("share one account when two are made for it at once", async () => {
    const made = await Promise.all(["a", "b", "c", "d"].map((name) => create({ account: "fresh", name })));
    expect(new Set(made.map(({ record }) => record.accountId)).size).toBe(1);
  });

  it("note their last use, not more than once a minute", async () => {
    const { key } = await create();
    const lastUse = async () => (await keys.list())[0]!.lastUsedAt;
    const noted = async (expected: Date) => {
      // The note is written beside the answer.
      while ((await lastUse())?.getTime() !== expected.getTime()) await new Promise((resolve) => setImmediate(resolve));
    };
    const first = clock.now();
    await keys.authenticate(key);
    await noted(first);
    later(59_000);
    await keys.authenticate(key);
    later(2000);
    const third = clock.now();
    await keys.authenticate(key);
    await noted(third);
  });
});
