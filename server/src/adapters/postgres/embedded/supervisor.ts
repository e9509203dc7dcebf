/** Runs the postmaster as our child: restarts it when it dies, until it is stopped. */
import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "../../../ports/log.ts";
import { StartRefused } from "../../../ports/start-refused.ts";
import type { Binaries } from "./binaries.ts";
import { connectionTo, databaseName, type EmbeddedConnection, ensureDatabase } from "./connection.ts";
import type { DataLock } from "./data-lock.ts";
import type { LaunchWay } from "./launch-way.ts";
import { findOwner, readPostmaster, removeRemains } from "./postmaster-file.ts";
import { childEnvironment } from "./processes.ts";
import { type SocketFolder, socketPort } from "./socket-folder.ts";

const startDeadlineMs = 60_000;
const firstPauseMs = 20;
const lastPauseMs = 5000;
const livedWellMs = 10_000;
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

/** The running server; `start` once, then `stop` once. */
export class Supervisor {
  readonly connection: EmbeddedConnection;
  private child: ChildProcess | null = null;
  private exited: Promise<void> = Promise.resolve();
  /** Exited, and everything it said was heard. */
  private fellSilent: Promise<void> = Promise.resolve();
  private upSince = 0;
  private pauseMs = firstPauseMs;
  /** Exits before are told by `start`. */
  private wasUp = false;
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
    private readonly options: { log: Log; settings?: Record<string, string> },
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
    await ensureDatabase(this.socket.path);
    this.wasUp = true;
    if (hasExited(this.child!)) this.restart();
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
      if (hasExited(child) || child.pid === undefined) {
        await settledWithin(this.fellSilent, 1000);
        return false;
      }
      const file = await readPostmaster(this.clusterDir);
      if (file?.pid === child.pid && file.status === "ready") {
        this.upSince = performance.now();
        return true;
      }
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
      env: childEnvironment(this.binaries.env),
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
    this.fellSilent = new Promise((resolve) => child.once("close", () => resolve()));
    let rest = "";
    child.stderr!.setEncoding("utf8").on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop()!.slice(-4000);
      for (const line of lines) this.hear(line);
    });
    return child;
  }

  private hear(line: string): void {
    this.lastLines = [...this.lastLines.slice(-19), line];
    if (line.startsWith("PANIC")) this.options.log.error({ line }, "embedded PostgreSQL");
    else if (line.startsWith("WARNING")) this.options.log.warn({ line }, "embedded PostgreSQL");
    else this.options.log.debug({ line }, "embedded PostgreSQL");
  }

  private restart(): void {
    this.options.log.warn({ lastLines: this.lastLines.slice(-3) }, "embedded PostgreSQL died; restarting it");
    // One that keeps dying soon after its start is not started again and again without a breath.
    const livedWell = performance.now() - this.upSince > livedWellMs;
    this.pauseMs = livedWell ? firstPauseMs : Math.min(this.pauseMs * 2, lastPauseMs);
    this.restarting = (async () => {
      if (!livedWell) await sleep(this.pauseMs);
      while (!this.stopping) {
        if (await this.startOnce(Date.now() + startDeadlineMs)) break;
        this.options.log.error(
          { lastLines: this.lastLines.slice(-3), pauseMs: this.pauseMs },
          "embedded PostgreSQL does not start",
        );
        await sleep(this.pauseMs);
        this.pauseMs = Math.min(this.pauseMs * 2, lastPauseMs);
      }
      this.restarting = null;
      // It may have died again between being ready and this line.
      if (!this.stopping && hasExited(this.child!)) this.restart();
    })();
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
      if (!child?.pid || hasExited(child)) break;
      child.kill(signal);
      if (await settledWithin(this.exited, patienceMs)) break;
    }
    await this.socket.remove();
    await this.lock.release();
  }
}

const hasExited = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

async function settledWithin(promise: Promise<void>, ms: number): Promise<boolean> {
  const timer = new AbortController();
  const late = sleep(ms, false, { signal: timer.signal }).catch(() => false);
  return Promise.race([promise.then(() => true), late]).finally(() => timer.abort());
}
