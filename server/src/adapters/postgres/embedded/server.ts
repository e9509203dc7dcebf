/**
 * The embedded PostgreSQL: starts it as our child, restarts it when it dies, stops it last.
 * It listens on a unix socket in a 0700 folder only, without a password: who can reach the socket could read the files as well.
 */
import { realpath } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "../../../ports/log.ts";
import { StartRefused } from "../../../ports/start-refused.ts";
import { findBinaries } from "./binaries.ts";
import { clusterDirOf, ensureCluster } from "./cluster.ts";
import { canConnect, connectionTo, databaseName, type EmbeddedConnection } from "./connection.ts";
import { type DataLock, lockDataDir } from "./data-lock.ts";
import { findLaunchWay, type LaunchWayName } from "./launch-way.ts";
import { findOwner } from "./postmaster-file.ts";
import { lifeOf } from "./processes.ts";
import { makeSocketFolder, socketFolderOf } from "./socket-folder.ts";
import { Supervisor } from "./supervisor.ts";

export type { EmbeddedConnection } from "./connection.ts";

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
