/** A pooler in transaction mode before a test server: Debian's PgBouncer on a socket in a folder of its own. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EmbeddedConnection } from "../adapters/postgres/embedded/server.ts";

const port = 6432;
/** It refuses to be root: another number in a namespace of its own. */
const unprivileged = ["unshare", "--user", "--map-user=1000", "--"];

export interface PgBouncer {
  /** The same database by way of the pooler. */
  through(connection: EmbeddedConnection): EmbeddedConnection;
  stop(): Promise<void>;
}

/** Null when PgBouncer can run here, else the reason for skipping what needs it. */
export function whyPgBouncerCannotRun(): string | null {
  const words = [...(process.getuid?.() === 0 ? unprivileged : []), "pgbouncer", "--version"];
  return spawnSync(words[0]!, words.slice(1)).status === 0 ? null : "pgbouncer is not installed, or may not run here";
}

/** Every statement outside a transaction, and every transaction, may go over another of `connections` to the server. */
export async function startPgBouncer(server: EmbeddedConnection, connections = 4): Promise<PgBouncer> {
  const folder = await mkdtemp(join(tmpdir(), "knowhere-pooler-"));
  const settings = [
    "[databases]",
    `* = host=${server.host} port=${server.port} user=${server.user}`,
    "[pgbouncer]",
    "pool_mode = transaction",
    "auth_type = any",
    "listen_addr =",
    `listen_port = ${port}`,
    `unix_socket_dir = ${folder}`,
    `default_pool_size = ${connections}`,
    "max_client_conn = 1000",
    // Turn by turn, so that what was left in one connection is missed in the next.
    "server_round_robin = 1",
  ];
  await writeFile(join(folder, "pgbouncer.ini"), settings.join("\n"));
  const words = [...(process.getuid?.() === 0 ? unprivileged : []), "pgbouncer", join(folder, "pgbouncer.ini")];
  const child = spawn(words[0]!, words.slice(1), { stdio: ["ignore", "ignore", "pipe"] });
  const killIt = () => void child.kill("SIGKILL");
  process.once("exit", killIt);
  await begun(child);
  return {
    through: (connection) => ({ ...connection, host: folder, port }),
    async stop() {
      process.off("exit", killIt);
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
      await rm(folder, { recursive: true });
    },
  };
}

function begun(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = "";
    child.stderr!.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-4000);
      if (said.includes("process up")) resolve();
    });
    child.once("exit", () => reject(new Error(`PgBouncer ended: ${said}`)));
  });
}
