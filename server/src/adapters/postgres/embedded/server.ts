/**
 * The embedded PostgreSQL: starts it as our child, restarts it when it dies, stops it last.
 * It listens on a unix socket in a 0700 folder only, without a password: who can reach the socket could read the files as well.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { realpath } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import type { Log } from "../../../ports/log.ts";
import { type Binaries, findBinaries } from "./binaries.ts";
import { clusterDirOf, ensureCluster, superuser } from "./cluster.ts";
import { type DataLock, lockDataDir } from "./data-lock.ts";
import { findLaunchWay, type LaunchWay, type LaunchWayName } from "./launch-way.ts";
import { findOwner, readPostmaster, removeRemains } from "./postmaster-file.ts";
import { lifeOf } from "./processes.ts";
import { StartRefused } from "./refusal.ts";
import { makeSocketFolder, type SocketFolder, socketFolderOf, socketPort } from "./socket-folder.ts";

export interface EmbeddedConnection {
  host: string;
  port: number;
  user: string;
  database: string;
}

export interface EmbeddedPostgres {
  /** For `openDatabase`. */
  connection: EmbeddedConnection;
  /** The postmaster's process number; changes with a restart. */
  pid(): number;
  /** Fast shutdown, then frees the data directory. Close all connections before: they would be cut. */
  stop(): Promise<void>;
}

export interface EmbeddedOptions {
  /** Made if need be (0700). */
  dataDir: string;
  log: Log;
  /** Further PostgreSQL settings, e.g. `fsync: "off"` in tests. */
  settings?: Record<string, string>;
  /** False leaves out all waiting for the disk while the cluster is made; tests only. */
  durable?: boolean;
  /** All that suit the user when left out; the first that works is taken. */
  launchWays?: readonly LaunchWayName[];
}

const databaseName = "knowhere";
const startDeadlineMs = 60_000;
const settings: Record<string, string> = {
  listen_addresses: "",
  unix_socket_permissions: "0700",
  port: String(socketPort),
  max_connections: "100",
  shared_buffers: "64MB",
  max_wal_size: "256MB",
  jit: "off",
  timezone: "UTC",
  log_timezone: "UTC",
  log_line_prefix: "",
  // Nothing a user sent is to reach the log: no statements, no "DETAIL: Key (…)=(…)".
  log_min_error_statement: "panic",
  log_error_verbosity: "terse",
};

/**
 * Makes the cluster if need be and starts it; resolves when it accepts connections.
 * Throws `StartRefused`, whose message names the cure, where it cannot run or the data directory is in use.
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const lock = await lockDataDir(options.dataDir);
  let server: Supervisor | undefined;
  try {
    const dataDir = await realpath(options.dataDir);
    const binaries = await findBinaries(join(dataDir, "postgres-lib"));
    const way = await findLaunchWay(binaries, undefined, options.launchWays);
    const clusterDir = await ensureCluster(dataDir, binaries, way, { sync: options.durable ?? true });
    await stopOrphan(clusterDir, options.log);
    const socket = await makeSocketFolder(dataDir, way.ownerUid);
    server = new Supervisor(clusterDir, socket, binaries, way, lock, options);
    await server.start();
    return server;
  } catch (error) {
    await (server ?? lockOnly(lock)).stop();
    throw error;
  }
}

const lockOnly = (lock: DataLock) => ({ stop: () => lock.release() });

/** The server that another process of ours runs on this data directory, for commands beside it; null when there is none. */
export async function findEmbeddedPostgres(dataDir: string): Promise<EmbeddedConnection | null> {
  const real = await realpath(dataDir).catch(() => null);
  if (real === null || (await findOwner(clusterDirOf(real)).catch(() => null)) === null) return null;
  const connection = connectionTo(socketFolderOf(real), databaseName);
  return (await canConnect(connection)) ? connection : null;
}

const connectionTo = (host: string, database: string): EmbeddedConnection => ({
  host,
  port: socketPort,
  user: superuser,
  database,
});

/**
 * A server whose parent was killed stops by itself; one that did not (no setpriv there) would not die with us either.
 * So it is stopped in good order and started again as our child: some 40 ms.
 */
async function stopOrphan(clusterDir: string, log: Log): Promise<void> {
  const owner = await findOwner(clusterDir);
  if (!owner) return;
  log.info({ pid: owner.pid }, "a PostgreSQL of a former life still runs on this data directory; taking over");
  for (const [signal, patienceMs] of [
    ["SIGINT", 15_000],
    ["SIGQUIT", 5_000],
  ] as const) {
    try {
      process.kill(owner.pid, signal);
    } catch {
      // Gone meanwhile, or not ours to signal: seen below.
    }
    if (await isGone(owner.pid, patienceMs)) return;
  }
  throw new StartRefused(
    `Another PostgreSQL (process ${owner.pid}) serves ${clusterDir} and does not stop. Stop it, or choose another KNOWHERE_DATA_DIR.`,
  );
}

async function isGone(pid: number, patienceMs: number): Promise<boolean> {
  const deadline = Date.now() + patienceMs;
  while (lifeOf(pid) !== null) {
    if (Date.now() > deadline) return false;
    await sleep(15);
  }
  return true;
}

async function canConnect(connection: EmbeddedConnection): Promise<boolean> {
  const client = new pg.Client({ ...connection, connectionTimeoutMillis: 2000 });
  client.on("error", () => {});
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

class Supervisor implements EmbeddedPostgres {
  readonly connection: EmbeddedConnection;
  private child: ChildProcess | null = null;
  private exited: Promise<void> = Promise.resolve();
  private stopping = false;
  private restarting: Promise<void> | null = null;
  private lastLines: string[] = [];
  private readonly killAtExit = () => void this.child?.kill("SIGINT");

  constructor(
    private readonly clusterDir: string,
    private readonly socket: SocketFolder,
    private readonly binaries: Binaries,
    private readonly way: LaunchWay,
    private readonly lock: DataLock,
    private readonly options: EmbeddedOptions,
  ) {
    this.connection = connectionTo(socket.path, databaseName);
  }

  pid(): number {
    return this.child?.pid ?? 0;
  }

  async start(): Promise<void> {
    const began = performance.now();
    const deadline = Date.now() + startDeadlineMs;
    // Children of a killed postmaster need a moment to notice; until then a new one refuses the shared memory.
    for (let pauseMs = 25; ; pauseMs = Math.min(pauseMs * 2, 1000)) {
      if (await this.startOnce(deadline)) break;
      if (Date.now() + pauseMs > deadline || !/pre-existing shared memory|lock file/.test(this.lastLines.join("\n")))
        throw this.refusal();
      await sleep(pauseMs);
    }
    await this.ensureDatabase();
    process.once("exit", this.killAtExit);
    this.options.log.info(
      { pid: this.pid(), way: this.way.name, ms: Math.round(performance.now() - began) },
      "embedded PostgreSQL is up",
    );
  }

  /** True when it accepts connections, false when it exited before. */
  private async startOnce(deadline: number): Promise<boolean> {
    if ((await findOwner(this.clusterDir)) === null) await removeRemains(this.clusterDir, this.socket.path);
    const child = this.spawn();
    while (Date.now() < deadline) {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return false;
      const file = await readPostmaster(this.clusterDir);
      if (file?.pid === child.pid && file.status === "ready") return true;
      await sleep(8);
    }
    child.kill("SIGQUIT");
    return false;
  }

  private spawn(): ChildProcess {
    const all = { ...settings, ...this.options.settings, unix_socket_directories: this.socket.path };
    const args = ["-D", this.clusterDir, ...Object.entries(all).flatMap(([name, value]) => ["-c", `${name}=${value}`])];
    const { command, args: wrapped, uid, gid } = this.way.wrap(this.binaries.postgres, args, "INT");
    this.lastLines = [];
    const child = spawn(command, wrapped, {
      env: { ...process.env, ...this.binaries.env },
      cwd: "/",
      stdio: ["ignore", "ignore", "pipe"],
      // Its own session: Ctrl-C in a terminal is for us, and we stop it last.
      detached: true,
      ...(uid === undefined ? {} : { uid, gid: gid! }),
    });
    this.child = child;
    this.exited = new Promise((resolve) => {
      child.once("exit", (code, signal) => {
        this.options.log.debug({ code, signal }, "embedded PostgreSQL exited");
        resolve();
        if (this.child === child && !this.stopping && this.restarting === null && this.wasUp) this.restart();
      });
      child.once("error", (error) => {
        this.lastLines.push(error.message);
        resolve();
      });
    });
    let rest = "";
    child.stderr!.setEncoding("utf8").on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop()!.slice(-4000);
      for (const line of lines) this.hear(line);
    });
    return child;
  }

  private wasUp = false;

  private hear(line: string): void {
    this.lastLines = [...this.lastLines.slice(-19), line];
    if (line.startsWith("PANIC")) this.options.log.error({ line }, "embedded PostgreSQL");
    else if (line.startsWith("WARNING")) this.options.log.warn({ line }, "embedded PostgreSQL");
    else this.options.log.debug({ line }, "embedded PostgreSQL");
  }

  private restart(): void {
    this.options.log.warn({ lastLines: this.lastLines.slice(-3) }, "embedded PostgreSQL died; restarting it");
    this.restarting = (async () => {
      for (let pauseMs = 20; !this.stopping; pauseMs = Math.min(pauseMs * 2, 5000)) {
        if (await this.startOnce(Date.now() + startDeadlineMs)) break;
        this.options.log.error({ lastLines: this.lastLines.slice(-3), pauseMs }, "embedded PostgreSQL does not start");
        await sleep(pauseMs);
      }
      this.restarting = null;
      // It may have died again between being ready and this line.
      if (!this.stopping && (this.child?.exitCode !== null || this.child?.signalCode !== null)) this.restart();
    })();
  }

  private async ensureDatabase(): Promise<void> {
    const client = new pg.Client(connectionTo(this.socket.path, "postgres"));
    client.on("error", () => {});
    await client.connect();
    try {
      const { rowCount } = await client.query("select from pg_database where datname = $1", [databaseName]);
      if (rowCount === 0) await client.query(`create database ${databaseName}`);
    } finally {
      await client.end();
    }
    this.wasUp = true;
    if (this.child?.exitCode !== null || this.child?.signalCode !== null) this.restart();
  }

  private refusal(): StartRefused {
    return new StartRefused(
      `The embedded PostgreSQL did not start: ${this.lastLines.slice(-4).join(" ") || "it said nothing"}. ` +
        "Check the free space and the rights of KNOWHERE_DATA_DIR, or set KNOWHERE_DATABASE_URL to an external PostgreSQL.",
    );
  }

  async stop(): Promise<void> {
    if (this.stopping) return this.exited;
    this.stopping = true;
    await this.restarting;
    process.removeListener("exit", this.killAtExit);
    const child = this.child;
    for (const [signal, patienceMs] of [
      ["SIGINT", 6000],
      ["SIGQUIT", 2000],
      ["SIGKILL", 2000],
    ] as const) {
      if (!child?.pid || child.exitCode !== null || child.signalCode !== null) break;
      child.kill(signal);
      if (await settledWithin(this.exited, patienceMs)) break;
    }
    await this.socket.remove();
    await this.lock.release();
  }
}

async function settledWithin(promise: Promise<void>, ms: number): Promise<boolean> {
  const timer = new AbortController();
  const late = sleep(ms, false, { signal: timer.signal }).catch(() => false);
  return Promise.race([promise.then(() => true), late]).finally(() => timer.abort());
}
