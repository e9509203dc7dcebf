/**
 * Fresh databases for tests, on one embedded server per test file (vitest runs each file in a process of its own).
 * The server is tied to that process and dies with it; its folder is removed at the end, or by a later run.
 */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { type Database, type DatabaseOptions, openDatabase } from "../adapters/postgres/database.ts";
import { lifeOf } from "../adapters/postgres/embedded/processes.ts";
import {
  type EmbeddedConnection,
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from "../adapters/postgres/embedded/server.ts";
import { migrate } from "../adapters/postgres/migrate.ts";
import { silentLog } from "../ports/log.ts";
import { copyCachedCluster } from "./cached-cluster.ts";

export interface TestDatabase extends Database {
  connection: EmbeddedConnection;
}

export interface TestPostgres {
  server: EmbeddedPostgres;
  /** A new, migrated, empty database; closed with the server. */
  database(options?: Partial<DatabaseOptions>): Promise<TestDatabase>;
  stop(): Promise<void>;
}

const prefix = "knowhere-test-";
/** A test's data need not survive a power cut. With `survivesKill` what was acknowledged survives kill -9 of the server. */
const careless = { fsync: "off", full_page_writes: "off", synchronous_commit: "off" };
const surviving = { fsync: "off" };

export async function startTestPostgres({ survivesKill = false } = {}): Promise<TestPostgres> {
  await removeLeftovers();
  const dataDir = await mkdtemp(join(tmpdir(), `${prefix}${process.pid}-${lifeOf(process.pid)}-`));
  await copyCachedCluster(dataDir);
  const server = await startEmbeddedPostgres({
    dataDir,
    log: silentLog,
    durable: false,
    settings: survivesKill ? surviving : careless,
  });
  const open: Database[] = [];
  const admin = openDatabase({
    connection: { ...server.connection, database: "postgres" },
    log: silentLog,
    maxConnections: 1,
  });
  const template = openDatabase({ connection: server.connection, log: silentLog, maxConnections: 1 });
  await migrate(template, silentLog);
  await template.close();
  let made = 0;
  return {
    server,
    async database(options = {}) {
      const name = `test_${++made}`;
      await admin.query(`create database ${name} template ${server.connection.database}`);
      const connection = { ...server.connection, database: name };
      const database = openDatabase({ connection, log: silentLog, maxConnections: 8, ...options });
      open.push(database);
      return Object.assign(database, { connection });
    },
    async stop() {
      await Promise.allSettled([admin, ...open].map((database) => database.close()));
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Starts the server before the tests of a file or block and stops it after them. */
export function useTestPostgres(options: { survivesKill?: boolean } = {}): TestPostgres {
  let started: TestPostgres | undefined;
  const running = () => {
    if (!started) throw new Error("the test server starts with the tests: use it inside them");
    return started;
  };
  beforeAll(async () => {
    started = await startTestPostgres(options);
  });
  afterAll(async () => {
    await started?.stop();
  });
  return {
    get server() {
      return running().server;
    },
    database: (databaseOptions) => running().database(databaseOptions),
    stop: () => running().stop(),
  };
}

/** Folders of runs that were killed. */
async function removeLeftovers(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const [, pid, life] = name.match(/^knowhere-test-(\d+)-(\w*)-/) ?? [];
    if (pid === undefined || lifeOf(Number(pid)) === life) continue;
    const postmaster = Number(
      (await readFile(join(tmpdir(), name, "postgres", "postmaster.pid"), "utf8").catch(() => "")).split("\n")[0],
    );
    if (lifeOf(postmaster) === null) await rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => {});
  }
}
