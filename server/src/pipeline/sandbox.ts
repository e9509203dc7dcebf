/**
 * Runs parses in child processes that may die: a native crash, an endless loop or a memory blow-up costs one job, not the server.
 * Children are kept warm, used for one parse at a time, and replaced after a number of parses or when they have grown.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { problem } from "@knowhere/contract";
import type { ReadLimits } from "../formats/reader.ts";
import type { ParseFunction, ParseOutcome, ParseTask } from "../jobs/types.ts";
import type { ModelEndpoint } from "../ports/model.ts";
import { findConfinement } from "./confinement.ts";
import { openModelDesk } from "./model-line.ts";
import { readResidentBytes } from "./resident-memory.ts";
import type { EngineSettings, FromChild, ParseInput, ToChild } from "./task.ts";

export interface SandboxOptions {
  /** The built child program. */
  childPath: string;
  /** Arguments for node before the program (tests run the sources). */
  nodeArguments?: string[];
  /** Most children at once; further parses wait their turn. */
  size: number;
  timeoutMs: number;
  memoryMb: number;
  /** Parses after which a child is replaced; 100 when not given. */
  parsesPerChild?: number;
  limits: ReadLimits;
  engine: EngineSettings;
  /** Asked on behalf of the children, which reach no network. */
  model?: ModelEndpoint | undefined;
  log?: { warn(facts: object, text: string): void };
}

export interface Sandbox {
  parse: ParseFunction;
  /** Kills whatever runs; parses in progress reject. */
  close(): Promise<void>;
  /** Children started since the beginning, for the metrics. */
  readonly started: number;
  /** What confines the children here: "no-network", "memory", "dies-with-parent". */
  readonly confinement: readonly string[];
}

/**
 * How children collect garbage. Young objects are collected sooner: a long document takes a third less memory for a few percent
 * more time. On one thread: a parse waits for nobody, and helper threads spend more processor time handing work around than they
 * save, which other children could use.
 */
export const collectorArguments: readonly string[] = ["--max-semi-space-size=16", "--single-threaded-gc"];

const defaultParsesPerChild = 100;
const memoryCheckMs = 50;
/** Share of the deadline after which the model is asked no more: the rest is for writing the package. */
const modelShare = 0.75;
/** The environment of a child: enough to find programs and a locale, nothing that could be a secret. */
const passedOn = ["PATH", "HOME", "LANG", "LC_ALL", "TZ", "TESSDATA_PREFIX"];

class Child {
  readonly process: ChildProcess;
  parses = 0;
  private readonly errorTail: string[] = [];
  private exit: string | undefined;
  private killed = false;
  readonly exited: Promise<void>;

  constructor(options: SandboxOptions) {
    const { prefix } = findConfinement((options.memoryMb + 1024) * 1024 * 1024);
    const command = [
      ...prefix,
      process.execPath,
      `--max-old-space-size=${Math.max(96, Math.floor(options.memoryMb * 0.75))}`,
      ...collectorArguments,
      ...(options.nodeArguments ?? []),
      options.childPath,
    ];
    const environment = Object.fromEntries(
      passedOn.filter((name) => process.env[name] !== undefined).map((name) => [name, process.env[name]]),
    );
    this.process = spawn(command[0]!, command.slice(1), {
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      serialization: "advanced",
      // A group of its own, so that programs the child starts die with it.
      detached: true,
      env: { ...environment, OMP_THREAD_LIMIT: "1" },
    });
    this.process.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.errorTail.push(text.slice(-2000));
      if (this.errorTail.length > 20) this.errorTail.shift();
    });
    this.process.on("error", (error) => {
      this.exit ??= String(error);
    });
    this.exited = new Promise((done) => {
      const over = (how: string) => {
        this.exit ??= how;
        done();
      };
      this.process.once("exit", (code, signal) => over(signal ?? `status ${code}`));
      this.process.once("error", (error) => over(String(error)));
    });
  }

  get alive() {
    return this.exit === undefined && !this.killed;
  }
  get death() {
    return this.exit ?? "alive";
  }
  get lastWords() {
    return this.errorTail.join("").slice(-4000);
  }
  kill() {
    this.killed = true;
    const { pid } = this.process;
    if (pid === undefined) return;
    try {
      process.kill(-pid, "SIGKILL");
    } catch {
      this.process.kill("SIGKILL");
    }
  }
}

/** Starts no child until the first parse. */
export function createSandbox(options: SandboxOptions): Sandbox {
  const idle: Child[] = [];
  const busy = new Set<Child>();
  const waiting: (() => void)[] = [];
  const memoryBytes = options.memoryMb * 1024 * 1024;
  const parsesPerChild = options.parsesPerChild ?? defaultParsesPerChild;
  let started = 0;
  let running = 0;
  let closed = false;

  async function takeTurn(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (running < options.size) {
      running++;
      return;
    }
    await new Promise<void>((done, fail) => {
      const go = () => {
        signal.removeEventListener("abort", leave);
        done();
      };
      const leave = () => {
        waiting.splice(waiting.indexOf(go), 1);
        fail(signal.reason);
      };
      waiting.push(go);
      signal.addEventListener("abort", leave, { once: true });
    });
  }
  function endTurn() {
    const next = waiting.shift();
    if (next) next();
    else running--;
  }

  function takeChild(): Child {
    for (let child = idle.pop(); child; child = idle.pop()) if (child.alive) return child;
    started++;
    return new Child(options);
  }

  /** One parse in one child: resolves or rejects exactly once, whatever the child does. */
  function converse(child: Child, input: ParseInput, task: ParseTask): Promise<ParseOutcome> {
    return new Promise<ParseOutcome>((resolve, reject) => {
      const startedAt = performance.now();
      let settled = false;
      let checking = false;
      const desk = options.model
        ? openModelDesk(
            options.model,
            (message) => child.process.connected && child.process.send(message satisfies ToChild),
            options.timeoutMs * modelShare,
          )
        : undefined;
      const settle = (how: () => void) => {
        if (settled) return;
        settled = true;
        clearInterval(watch);
        desk?.close();
        task.signal.removeEventListener("abort", cancel);
        child.process.off("message", hear);
        how();
      };
      const stop = (why: unknown) => {
        child.kill();
        settle(() => reject(why));
      };
      const cancel = () => stop(task.signal.reason);
      const hear = (message: FromChild) => {
        if (message.type === "progress") task.onProgress(message.totalPages, message.processedPages, message.stage);
        else if (message.type === "ask") desk?.hear(message);
        else if (message.type === "converting") task.onConverting(message.active);
        else if (message.type === "done") settle(() => resolve(message.outcome));
        else if (message.type === "problem") settle(() => reject(problem(message.problem, message.details)));
        else if (message.type === "error") {
          const { stack, code } = message;
          settle(() =>
            reject(Object.assign(new Error(`The parse failed: ${stack}`), code === undefined ? {} : { code })),
          );
        }
      };
      const watch = setInterval(async () => {
        if (performance.now() - startedAt > options.timeoutMs) {
          stop(problem("PARSE_DEADLINE", { limit_seconds: Math.round(options.timeoutMs / 1000) }));
        }
        if (checking || settled || child.process.pid === undefined) return;
        checking = true;
        const resident = await readResidentBytes(child.process.pid);
        checking = false;
        if (resident !== null && resident > memoryBytes) stop(problem("MEMORY_LIMIT", { limit_mb: options.memoryMb }));
      }, memoryCheckMs);

      child.process.on("message", hear);
      if (task.signal.aborted) return cancel();
      task.signal.addEventListener("abort", cancel, { once: true });
      void child.exited.then(() => {
        const outOfMemory =
          /heap out of memory|Array buffer allocation failed|Allocation failed|Cannot allocate memory/i.test(
            child.lastWords,
          );
        settle(() =>
          reject(
            outOfMemory
              ? problem("MEMORY_LIMIT", { limit_mb: options.memoryMb })
              : new Error(`The parse child ended early (${child.death}): ${child.lastWords}`),
          ),
        );
      });
      child.process.send({ type: "parse", input } satisfies ToChild, (error) => {
        if (error) stop(new Error("The parse child could not be reached", { cause: error }));
      });
    });
  }

  async function release(child: Child): Promise<void> {
    busy.delete(child);
    child.parses++;
    const resident = child.process.pid === undefined ? null : await readResidentBytes(child.process.pid);
    const grown = resident !== null && resident > memoryBytes / 2;
    if (!closed && child.alive && !grown && child.parses < parsesPerChild) idle.push(child);
    else child.kill();
  }

  async function parse(task: ParseTask): Promise<ParseOutcome> {
    await takeTurn(task.signal);
    let tempDir: string | undefined;
    let child: Child | undefined;
    let usable = false;
    try {
      if (closed) throw new Error("The sandbox is closed");
      // Beside the result: whoever owns that folder clears it away even after a kill -9 of this process.
      tempDir = await mkdtemp(join(dirname(task.resultPath), "parse-"));
      child = takeChild();
      busy.add(child);
      const { job } = task;
      const input: ParseInput = {
        jobId: job.jobId,
        dataId: job.dataId,
        fileName: job.fileName,
        fileExtension: job.fileExtension,
        options: job.options,
        sourcePath: task.sourcePath,
        resultPath: task.resultPath,
        earlierPackagePath: task.earlierPackagePath,
        tempDir,
        limits: options.limits,
        engine: options.engine,
        models: options.model?.models,
        startedAt: (job.startedAt ?? job.createdAt).toISOString(),
      };
      const outcome = await converse(child, input, task);
      usable = true;
      return outcome;
    } catch (error) {
      // A child that told us its problem is as good as new; one that was stopped is dead already.
      usable = child?.alive ?? false;
      if (child && !child.alive)
        options.log?.warn({ jobId: task.job.jobId, death: child.death }, "a parse child ended early");
      throw error;
    } finally {
      if (child) {
        if (usable) await release(child);
        else {
          busy.delete(child);
          child.kill();
          await child.exited;
        }
      }
      if (tempDir) await rm(tempDir, { recursive: true, force: true });
      endTurn();
    }
  }

  return {
    parse,
    get started() {
      return started;
    },
    confinement: findConfinement((options.memoryMb + 1024) * 1024 * 1024).parts,
    async close() {
      closed = true;
      const children = [...idle.splice(0), ...busy];
      for (const child of children) child.kill();
      await Promise.all(children.map((child) => child.exited));
    },
  };
}
