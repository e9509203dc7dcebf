/** Behind a pooler in transaction mode: unnamed statements through it, LISTEN on a direct connection. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { silentLog } from "../../ports/log.ts";
import { describeJobStore } from "../../testing/job-store-suite.ts";
import { type PgBouncer, startPgBouncer, whyPgBouncerCannotRun } from "../../testing/pgbouncer.ts";
import { useTestPostgres } from "../../testing/postgres.ts";
import { createBell } from "./bell.ts";
import { type Database, openDatabase } from "./database.ts";
import type { EmbeddedConnection } from "./embedded/server.ts";
import { createJobQueue } from "./job-queue.ts";
import { createJobStore } from "./job-store.ts";
import { createJobUpkeep } from "./job-upkeep.ts";
import { migrate } from "./migrate.ts";

const obstacle = whyPgBouncerCannotRun();
if (obstacle) {
  it("keeps the promises of the job store behind a pooler", (context) => {
    context.skip(obstacle);
  });
} else {
  const postgres = useTestPostgres();
  let pooler: PgBouncer;
  const opened: Database[] = [];
  beforeAll(async () => {
    pooler = await startPgBouncer(postgres.server.connection);
  });
  afterAll(async () => {
    await Promise.all(opened.map((database) => database.close()));
    await pooler.stop();
  });

  function openThrough(connection: EmbeddedConnection): Database {
    const database = openDatabase({
      connection: pooler.through(connection),
      log: silentLog,
      maxConnections: 8,
      namedStatements: false,
    });
    opened.push(database);
    return database;
  }

  describeJobStore("the job store behind a pooler in transaction mode", async () => {
    const database = openThrough((await postgres.database()).connection);
    return { store: createJobStore(database), queue: createJobQueue(database), upkeep: createJobUpkeep(database) };
  });

  describe("a pooler in transaction mode", () => {
    it("lets the schema be brought up to date through it", async () => {
      const { connection } = await postgres.database();
      const database = openThrough(connection);
      await database.query("drop schema public cascade; create schema public");
      expect(await migrate(database, silentLog)).not.toEqual([]);
    });

    it("is why there is a setting for a direct connection: through it nothing is heard", async () => {
      const { connection } = await postgres.database();
      const database = openThrough(connection);
      const direct = createBell({ database, connection, log: silentLog });
      const pooled = createBell({ database, connection: pooler.through(connection), log: silentLog });
      await Promise.all([direct.ready(), pooled.ready()]);
      const missed: string[] = [];
      pooled.listen("queue", (payload) => missed.push(payload));
      const heard = new Promise<string>((done) => void direct.listen("queue", done));
      await direct.ring("queue", "hello");
      expect(await heard).toBe("hello");
      expect(missed).toEqual([]);
      await Promise.all([direct.close(), pooled.close()]);
    });
  });
}
