import { describe, expect, it } from "vitest";
import { silentLog } from "../../ports/log.ts";
import { useTestPostgres } from "../../testing/postgres.ts";
import { openDatabase } from "./database.ts";
import { migrate } from "./migrate.ts";
import { migrations } from "./migrations/index.ts";
import { parseTimestamp } from "./timestamps.ts";
import { isPassing } from "./transient.ts";

const postgres = useTestPostgres();

describe("the database", () => {
  it("says UNAVAILABLE when an outage outlasts its patience", async () => {
    const database = openDatabase({
      connection: { host: "/nowhere", port: 1, user: "x", database: "x" },
      log: silentLog,
      patienceMs: 60,
    });
    await expect(database.query("select 1")).rejects.toMatchObject({
      problem: "UNAVAILABLE",
      details: { retry_after: 5 },
    });
    await database.close();
  });

  it("rolls back and passes on what the work throws, and goes on with the connection", async () => {
    const database = await postgres.database({ maxConnections: 1 });
    await database.query("create table t (n int)");
    const failing = database.transaction(async (tx) => {
      await tx.query("insert into t values (1)");
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    expect((await database.query("select * from t")).rows).toEqual([]);
    await expect(database.query("select nonsense")).rejects.toThrow("nonsense");
  });

  it("repeats a transaction that lost a deadlock", async () => {
    const database = await postgres.database();
    await database.query("create table t (id int primary key, n int not null)");
    await database.query("insert into t values (1, 0), (2, 0)");
    let met = 0;
    let bothMet = () => {};
    const meeting = new Promise<void>((resolve) => {
      bothMet = resolve;
    });
    const cross = (first: number, second: number) =>
      database.transaction(async (tx) => {
        await tx.query("update t set n = n + 1 where id = $1", [first]);
        if (++met === 2) bothMet();
        await meeting;
        await tx.query("update t set n = n + 1 where id = $1", [second]);
      });
    await Promise.all([cross(1, 2), cross(2, 1)]);
    expect((await database.query("select n from t order by id")).rows).toEqual([{ n: 2 }, { n: 2 }]);
    expect(met).toBe(3);
  });

  it.each([
    [{ code: "ECONNREFUSED" }, true],
    [{ code: "57P01" }, true],
    [{ code: "08006" }, true],
    [{ code: "40P01" }, true],
    [{ message: "Connection terminated unexpectedly" }, true],
    [{ code: "ENOENT", message: "connect ENOENT /x/.s.PGSQL.5432" }, true],
    [{ code: "ENOENT", message: "open '/x/file'" }, false],
    [{ code: "23505" }, false],
    [{ code: "42P01" }, false],
  ])("takes %j for passing: %s", (fields, passing) => {
    expect(isPassing(Object.assign(new Error("message" in fields ? fields.message : ""), fields))).toBe(passing);
  });

  it("reads timestamps as the driver would, in every shape the server writes", () => {
    for (const text of [
      "2026-01-02 03:04:05.678+00",
      "2026-01-02 03:04:05+00",
      "2026-12-31 23:59:59.9+00",
      "2026-01-02 03:04:05.678999+00",
      "2026-01-02 03:04:05.001+02",
      "0099-01-02 03:04:05.001+00",
    ]) {
      const iso = text
        .replace(" ", "T")
        .replace(/(\.\d{3})\d+/, "$1")
        .replace(/([+-]\d\d)$/, "$1:00");
      expect(parseTimestamp(text).toISOString()).toBe(new Date(iso).toISOString());
    }
  });
});

describe("migrations", () => {
  const extra = { number: migrations.length + 1, name: "extra", sql: "create table extra (n int)" };

  it("are applied once, though several processes start at the same time", async () => {
    const database = await postgres.database();
    const applied = await Promise.all(
      Array.from({ length: 4 }, () => migrate(database, silentLog, [...migrations, extra])),
    );
    expect(applied.flat()).toEqual(["extra"]);
  });

  it("leave nothing behind when one fails", async () => {
    const database = await postgres.database();
    await expect(
      migrate(database, silentLog, [
        ...migrations,
        extra,
        { number: migrations.length + 2, name: "broken", sql: "create tble" },
      ]),
    ).rejects.toThrow("syntax error");
    expect((await database.query("select to_regclass('extra') as found")).rows).toEqual([{ found: null }]);
  });

  it("refuse a database that a newer version made", async () => {
    const database = await postgres.database();
    await migrate(database, silentLog, [...migrations, extra]);
    await expect(migrate(database, silentLog, migrations)).rejects.toThrow(
      "made by a newer Knowhere (it has migration",
    );
  });

  it("are numbered in order, without gaps", () => {
    expect(migrations.map((migration) => migration.number)).toEqual(migrations.map((_, index) => index + 1));
  });
});
