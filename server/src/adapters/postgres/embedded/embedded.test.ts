import { type ChildProcess, spawn } from "node:child_process";
import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { silentLog } from "../../../ports/log.ts";
import { StartRefused } from "../../../ports/start-refused.ts";
import { copyCachedCluster } from "../../../testing/cached-cluster.ts";
import { openDatabase } from "../database.ts";
import { findBinaries } from "./binaries.ts";
import { lockDataDir } from "./data-lock.ts";
import { findLaunchWay } from "./launch-way.ts";
import { findOwner } from "./postmaster-file.ts";
import { lifeOf } from "./processes.ts";
import { type EmbeddedPostgres, findEmbeddedPostgres, startEmbeddedPostgres } from "./server.ts";
import { socketFolderOf } from "./socket-folder.ts";

const holder = fileURLToPath(new URL("../../../testing/embedded-holder.ts", import.meta.url));

describe("the embedded PostgreSQL", () => {
  let dataDir: string;
  let server: EmbeddedPostgres | undefined;
  let child: ChildProcess | undefined;
  /** For tests that are not about the first start. */
  const settle = () => copyCachedCluster(dataDir);
  const careless = { durable: false, settings: { fsync: "off" } };
  const start = async () => (server = await startEmbeddedPostgres({ dataDir, log: silentLog, ...careless }));
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "knowhere-embedded-"));
  });
  afterEach(async () => {
    child?.kill("SIGKILL");
    await server?.stop();
    server = child = undefined;
    await rm(dataDir, { recursive: true, force: true });
  });

  async function ask(text: string, connection = server!.connection) {
    const database = openDatabase({ connection, log: silentLog });
    return database.query(text).finally(() => database.close());
  }

  /** Another process that runs the server; resolves with the first line it says. */
  async function startElsewhere(): Promise<string> {
    const started = spawn(process.execPath, ["--conditions=source", "--import", "tsx", holder, dataDir], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    child = started;
    for await (const line of createInterface({ input: started.stdout })) return line;
    throw new Error("the holder said nothing");
  }

  it("keeps what was written over a stop, listens on its socket only, and leaves nothing behind", async () => {
    await start();
    await ask("create table kept as select 42 as answer");
    expect((await ask("show listen_addresses")).rows[0]).toEqual({ listen_addresses: "" });
    expect((await stat(dataDir)).mode & 0o077).toBe(0);
    const pid = server!.pid();
    await server!.stop();
    expect(lifeOf(pid)).toBeNull();
    expect(await readdir(dataDir)).toEqual(["postgres"]);
    await start();
    expect((await ask("select answer from kept")).rows).toEqual([{ answer: 42 }]);
  });

  it("comes back by itself when the postmaster is killed", async () => {
    await settle();
    await start();
    const database = openDatabase({ connection: server!.connection, log: silentLog });
    await database.query("create table kept (n int)");
    const first = server!.pid();
    for (let round = 0; round < 2; round++) {
      const killed = server!.pid();
      process.kill(killed, "SIGKILL");
      while (server!.pid() === killed) await database.query("select 1");
      await database.query("insert into kept values (1)");
    }
    expect((await database.query("select count(*)::int as n from kept")).rows[0]!.n).toBe(2);
    expect(server!.pid()).not.toBe(first);
    await database.close();
  });

  it("dies with a parent that is killed, and starts again", async () => {
    await settle();
    const pid = Number(await startElsewhere());
    expect(lifeOf(pid)).not.toBeNull();
    child!.kill("SIGKILL");
    await start();
    expect(lifeOf(pid)).toBeNull();
    expect((await ask("select 1 as one")).rows).toEqual([{ one: 1 }]);
  });

  it("takes over a live server that lost its parent", async () => {
    await settle();
    // Started by hand without the tie to a parent, as where setpriv is missing.
    await start();
    await server!.stop();
    const binaries = await findBinaries(join(dataDir, "lib"));
    const way = await findLaunchWay(binaries);
    const { command, args, uid, gid } = way.wrap(
      binaries.postgres,
      ["-D", join(dataDir, "postgres"), "-k", dataDir, "-c", "listen_addresses=", "-c", "fsync=off"],
      "INT",
    );
    child = spawn(command, args, { cwd: "/", stdio: "ignore", ...(uid === undefined ? {} : { uid, gid: gid! }) });
    while ((await findOwner(join(dataDir, "postgres")).catch(() => null))?.status !== "ready")
      await new Promise((resolve) => setTimeout(resolve, 5));
    const orphan = child.pid!;
    await start();
    expect(server!.pid()).not.toBe(orphan);
    expect(lifeOf(orphan)).toBeNull();
    expect((await ask("select 1 as one")).rows).toEqual([{ one: 1 }]);
  });

  it("refuses a second server on the same data directory and says who has it", async () => {
    await settle();
    await start();
    const refusal = await startElsewhere();
    expect(refusal).toContain(`process ${process.pid}`);
    expect(refusal).toContain("KNOWHERE_DATA_DIR");
    await expect(startEmbeddedPostgres({ dataDir, log: silentLog })).rejects.toThrow(StartRefused);
    expect((await ask("select 1 as one")).rows).toEqual([{ one: 1 }]);
  });

  it("lets commands beside it find the running server", async () => {
    await settle();
    expect(await findEmbeddedPostgres(dataDir)).toBeNull();
    await start();
    expect(await findEmbeddedPostgres(dataDir)).toEqual(server!.connection);
    await server!.stop();
    expect(await findEmbeddedPostgres(dataDir)).toBeNull();
  });

  it("repeats a first start that was killed in the middle", async () => {
    const draft = join(dataDir, "postgres.initdb-99999");
    await mkdir(draft);
    await writeFile(join(draft, "PG_VERSION"), "18\n");
    await start();
    expect((await ask("select 1 as one")).rows).toEqual([{ one: 1 }]);
    expect((await readdir(dataDir)).filter((name) => name.startsWith("postgres."))).toEqual([]);
  });

  it("starts although files of a dead owner are there, even when its number is in use again", async () => {
    await settle();
    await start();
    await server!.stop();
    for (const pid of [99_999_999, process.pid]) {
      const lines = [
        pid,
        join(dataDir, "postgres"),
        1_700_000_000,
        5432,
        join(dataDir, "socket"),
        "",
        "0 0",
        "ready   ",
        "",
      ];
      await writeFile(join(dataDir, "postgres", "postmaster.pid"), lines.join("\n"));
      await start();
      expect((await ask("select 1 as one")).rows).toEqual([{ one: 1 }]);
      await server!.stop();
    }
  });

  it("uses a short private folder for the socket when the path would be too long", async () => {
    const deep = join(dataDir, "d".repeat(60), "d".repeat(60));
    server = await startEmbeddedPostgres({ dataDir: deep, log: silentLog, ...careless });
    expect(server.connection.host.startsWith(tmpdir())).toBe(true);
    expect((await lstat(server.connection.host)).mode & 0o777).toBe(0o700);
    expect((await ask("select 1 as one")).rows).toEqual([{ one: 1 }]);
    const { host } = server.connection;
    await server.stop();
    await expect(lstat(host)).rejects.toThrow("ENOENT");
    expect(() => socketFolderOf("/x".repeat(60), "/y".repeat(60))).toThrow(StartRefused);
  });

  it("refuses data of another major version, and folders that are not its own", async () => {
    const cluster = join(dataDir, "postgres");
    await mkdir(cluster);
    await writeFile(join(cluster, "photo.jpg"), "");
    await expect(start()).rejects.toThrow("is not a PostgreSQL data directory");
    await writeFile(join(cluster, "PG_VERSION"), "13\n");
    await expect(start()).rejects.toThrow(/belongs to PostgreSQL 13.*KNOWHERE_DATABASE_URL/);
    // A refusal gives the data directory free again.
    await (await lockDataDir(dataDir)).release();
  });

  it.runIf(process.getuid?.() === 0)(
    "runs as nobody where root may not map users, and back again, with the same data",
    async () => {
      await settle();
      for (const way of ["user namespace", "nobody", "user namespace"] as const) {
        server = await startEmbeddedPostgres({ dataDir, log: silentLog, ...careless, launchWays: [way] });
        await ask("create table if not exists kept as select 42 as answer");
        expect((await ask("select answer from kept")).rows).toEqual([{ answer: 42 }]);
        await server.stop();
      }
    },
  );

  it.runIf(process.getuid?.() !== 0)("refuses a data directory it cannot write", async () => {
    await chmod(dataDir, 0o500);
    await expect(start()).rejects.toThrow(/cannot be written \(EACCES\).*KNOWHERE_DATA_DIR/);
    await chmod(dataDir, 0o700);
  });
});

describe("the lock of a data directory", () => {
  let dataDir: string;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "knowhere-lock-"));
  });
  afterEach(() => rm(dataDir, { recursive: true, force: true }));

  it("goes to one of many that ask at once, and to the next after its release", async () => {
    const asked = await Promise.allSettled(Array.from({ length: 8 }, () => lockDataDir(dataDir)));
    const taken = asked.filter((outcome) => outcome.status === "fulfilled");
    expect(taken).toHaveLength(1);
    await taken[0]!.value.release();
    await (await lockDataDir(dataDir)).release();
    expect(await readdir(dataDir)).toEqual([]);
  });

  it("is taken from a dead holder, from one whose number is in use again, and from a torn file", async () => {
    const lock = await lockDataDir(dataDir);
    const mine = JSON.parse(await readFile(join(dataDir, "lock"), "utf8"));
    await lock.release();
    for (const text of [JSON.stringify({ ...mine, pid: 99_999_999 }), JSON.stringify({ ...mine, life: "1" }), "{"]) {
      await writeFile(join(dataDir, "lock"), text);
      await (await lockDataDir(dataDir)).release();
    }
  });
});

describe("the native programs", () => {
  it("get their library links back after an install without scripts, elsewhere if the package is read-only", async () => {
    const home = await mkdtemp(join(tmpdir(), "knowhere-binaries-"));
    try {
      const native = join(home, "native");
      await mkdir(join(native, "lib"), { recursive: true });
      await mkdir(join(native, "bin"));
      await writeFile(join(native, "bin", "postgres"), "");
      await writeFile(join(home, "package.json"), '{"version":"18.4.0"}');
      await writeFile(join(native, "lib", "libx.so.1.2"), "");
      await writeFile(
        join(native, "pg-symlinks.json"),
        '[{"source":"native/lib/libx.so.1.2","target":"native/lib/libx.so.1"}]',
      );
      const resolve = () => join(home, "dist", "index.js");
      expect(await findBinaries(join(home, "spare"), resolve)).toMatchObject({ majorVersion: "18", env: {} });
      expect((await lstat(join(native, "lib", "libx.so.1"))).isSymbolicLink()).toBe(true);
      // A link to nowhere stands for a folder that takes no links.
      await writeFile(
        join(native, "pg-symlinks.json"),
        '[{"source":"native/lib/libx.so.1.2","target":"native/gone/libx.so.1"}]',
      );
      const { env } = await findBinaries(join(home, "spare"), resolve);
      expect(Object.values(env)).toEqual([join(home, "spare")]);
      expect(await readdir(join(home, "spare"))).toEqual(["libx.so.1"]);
    } finally {
      await rm(home, { recursive: true, force: true });
    }
  });

  it("are refused with the cure where they are not installed or cannot run", async () => {
    const missing = () => {
      throw new Error("Cannot find module");
    };
    await expect(findBinaries("/nowhere", missing)).rejects.toThrow(/not installed.*KNOWHERE_DATABASE_URL/);
    const broken = { postgres: "/bin/false", initdb: "/bin/false", majorVersion: "18", env: {} };
    await expect(findLaunchWay(broken, process.getuid!())).rejects.toThrow(/cannot run here.*KNOWHERE_DATABASE_URL/);
  });
});
