/**
 * `npm run bench:speed -- [options]`: milliseconds per page and peak memory of our engine beside others, all in the same run.
 *
 * Like is compared with like: Markdown with liteparse's Markdown (neither takes the bytes of pictures), and Markdown with
 * pictures with liteparse's when it is asked for them. Processor time of all threads is counted beside the clock, because other
 * programs on the machine blur it less.
 *
 * Every engine lives in a process of its own, ours bundled as the server ships it and with its garbage collection. All of them
 * read the whole set once before anything counts: a parse process of the server reads many documents, so its code is compiled for
 * all kinds of them, not only for the file at hand. Then the engines take turns file by file, so that a busy machine slows all of
 * them alike; the best of the warm rounds counts, for the clock and for the processor. Only the ratios travel from machine to
 * machine.
 */
import { type ChildProcess, fork } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { collectorArguments } from "../../server/src/pipeline/sandbox.ts";
import { chooseDocuments, defaultCorpus, readCorpus } from "./corpus.ts";
import { bundleProgram } from "./engine-bundle.ts";
import type { SpeedAnswer } from "./speed-child.ts";
import { type EngineName, engines } from "./speed-engines.ts";

const usage = `npm run bench:speed -- [--corpus DIR] [--source S[,S]] [--ids a,b] [--every N] [--rounds N] [--engines A[,B]] [--timeout SECONDS] [--save NAME]
  --every N    only each N-th PDF of the corpus      --rounds N   warm rounds after the one that warms up (default 3)
  --engines A,B  only these of: ${engines.join(", ")}`;
const bench = fileURLToPath(new URL("..", import.meta.url));

interface Runner {
  readonly name: EngineName;
  readonly program: string;
  child: ChildProcess;
  peakRssMb: number;
}
interface Times {
  ms: number;
  cpuMs: number;
}
/** Best warm milliseconds by engine, for one file; an engine that failed at it once is left out. */
interface FileTimes {
  readonly id: string;
  readonly path: string;
  pages: number;
  readonly best: Map<EngineName, Times>;
  readonly failed: Set<EngineName>;
}

async function main(): Promise<void> {
  const { values: args } = parseArgs({
    options: {
      corpus: { type: "string", default: resolve(bench, "..", defaultCorpus) },
      source: { type: "string" },
      ids: { type: "string" },
      every: { type: "string", default: "1" },
      rounds: { type: "string", default: "3" },
      engines: { type: "string" },
      timeout: { type: "string", default: "120" },
      save: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (args.help) return console.log(usage);
  const wanted = { format: "pdf", source: args.source, ids: args.ids?.split(",") };
  const files = chooseDocuments(readCorpus(args.corpus), wanted)
    .filter((_, at) => at % Number(args.every) === 0)
    .map((document) => ({ id: document.id, path: resolve(args.corpus, document.file) }));
  if (files.length === 0) throw new Error("No PDF of the corpus fits these options.");
  const timeoutMs = Number(args.timeout) * 1000;
  const program = await bundleProgram("speed-child");
  const wantedEngines = args.engines?.split(",");
  const chosen = engines.filter((name) => wantedEngines?.includes(name) ?? true);
  const runners = await startRunners(chosen, program, timeoutMs);
  const times = files.map((file): FileTimes => ({ ...file, pages: 0, best: new Map(), failed: new Set() }));
  for (let round = 0; round <= Number(args.rounds); round++) {
    for (const [at, file] of times.entries()) {
      await timeFile(file, runners, round > 0, timeoutMs);
      if (process.stderr.isTTY) process.stderr.write(`\rround ${round} ${at + 1}/${files.length} ${file.id}\x1b[K`);
    }
  }
  if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
  for (const runner of runners) runner.child.disconnect();
  const summary = summarize(times, runners);
  print(summary, files.length);
  if (args.save !== undefined) await save(args.save, summary);
}

async function startRunners(names: readonly EngineName[], program: string, timeoutMs: number): Promise<Runner[]> {
  const runners: Runner[] = [];
  for (const name of names) {
    const child = startChild(program);
    const answer = await ask(child, { engine: name }, timeoutMs);
    if (answer.error === undefined) runners.push({ name, program, child, peakRssMb: 0 });
    else {
      console.log(`${name} left out: ${answer.error}`);
      child.disconnect();
    }
  }
  return runners;
}

function startChild(program: string): ChildProcess {
  return fork(program, {
    execArgv: ["--max-old-space-size=4096", ...collectorArguments],
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
}

/** One turn of every engine at a file; its time counts unless the turn only warms up. */
async function timeFile(
  times: FileTimes,
  runners: readonly Runner[],
  counts: boolean,
  timeoutMs: number,
): Promise<void> {
  for (const runner of runners) {
    if (times.failed.has(runner.name)) continue;
    const answer = await ask(runner.child, { file: times.path }, timeoutMs);
    if (answer.error !== undefined) {
      times.failed.add(runner.name);
      times.best.delete(runner.name);
      if (!runner.child.connected) await restart(runner, timeoutMs);
      continue;
    }
    runner.peakRssMb = Math.max(runner.peakRssMb, answer.peakRssMb);
    times.pages = Math.max(times.pages, answer.pages);
    if (!counts) continue;
    const best = times.best.get(runner.name);
    times.best.set(runner.name, {
      ms: Math.min(answer.ms, best?.ms ?? Number.POSITIVE_INFINITY),
      cpuMs: Math.min(answer.cpuMs, best?.cpuMs ?? Number.POSITIVE_INFINITY),
    });
  }
}

async function restart(runner: Runner, timeoutMs: number): Promise<void> {
  runner.child = startChild(runner.program);
  await ask(runner.child, { engine: runner.name }, timeoutMs);
}

function ask(
  child: ChildProcess,
  message: { engine: EngineName } | { file: string },
  timeoutMs: number,
): Promise<SpeedAnswer> {
  return new Promise((done) => {
    const settle = (answer: SpeedAnswer) => {
      clearTimeout(timer);
      child.removeAllListeners("message");
      child.removeAllListeners("exit");
      done(answer);
    };
    const timer = setTimeout(() => child.kill("SIGKILL"), timeoutMs);
    child.once("message", (answer) => settle(answer as SpeedAnswer));
    child.once("exit", () =>
      settle({ ms: timeoutMs, cpuMs: timeoutMs, pages: 0, peakRssMb: 0, error: "died or timed out" }),
    );
    child.send(message);
  });
}

/** What an engine is measured against: the same outcome of liteparse, and PDFium's own text. */
const rivals: Partial<Record<EngineName, EngineName>> = {
  "knowhere+pictures": "liteparse+pictures",
  "liteparse+pictures": "liteparse+pictures",
};
const floor: EngineName = "pdfium text";

interface Summary {
  readonly engine: EngineName;
  readonly files: number;
  readonly msPerPage: number;
  readonly cpuMsPerPage: number;
  readonly medianCpuMsPerPage: number;
  /** Clock and processor time over the files that all engines finished, to liteparse with the same outcome. */
  readonly ratioToLiteparse: number | undefined;
  readonly cpuRatioToLiteparse: number | undefined;
  /** Half of the files are better than this. A file that takes one engine minutes does not move it. */
  readonly medianCpuRatioToLiteparse: number | undefined;
  readonly cpuRatioToFloor: number | undefined;
  readonly peakRssMb: number;
}

function summarize(times: readonly FileTimes[], runners: readonly Runner[]): Summary[] {
  const names = runners.map((runner) => runner.name);
  const common = times.filter((file) => file.pages > 0 && names.every((name) => file.best.has(name)));
  const pages = common.reduce((sum, file) => sum + file.pages, 0);
  const total = (name: EngineName, unit: keyof Times) =>
    common.reduce((sum, file) => sum + file.best.get(name)![unit], 0);
  return runners.map(({ name, peakRssMb }) => {
    const rival = rivals[name] ?? "liteparse";
    const ratio = (to: EngineName, unit: keyof Times) =>
      names.includes(to) ? total(name, unit) / total(to, unit) : undefined;
    return {
      engine: name,
      files: times.filter((file) => file.best.has(name)).length,
      msPerPage: total(name, "ms") / pages,
      cpuMsPerPage: total(name, "cpuMs") / pages,
      medianCpuMsPerPage: median(common.map((file) => file.best.get(name)!.cpuMs / file.pages)),
      ratioToLiteparse: ratio(rival, "ms"),
      cpuRatioToLiteparse: ratio(rival, "cpuMs"),
      medianCpuRatioToLiteparse: names.includes(rival)
        ? median(common.map((file) => file.best.get(name)!.cpuMs / file.best.get(rival)!.cpuMs))
        : undefined,
      cpuRatioToFloor: ratio(floor, "cpuMs"),
      peakRssMb,
    };
  });
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

function print(summary: readonly Summary[], files: number): void {
  console.log(
    `${files} PDFs, warm, one process an engine; ms a page and ratios over the files that all engines finished.`,
  );
  console.log(
    "Markdown is compared with Markdown, Markdown and picture bytes with the same; the floor writes no Markdown.",
  );
  const titles = ["files", "ms", "x lite", "CPU ms", "median", "x lite", "median x", "x floor", "peak MB"];
  console.log(`${"".padEnd(20)}${titles.map((title) => title.padStart(10)).join("")}`);
  for (const row of summary) {
    const cells = [
      String(row.files),
      row.msPerPage.toFixed(1),
      row.ratioToLiteparse?.toFixed(2) ?? "-",
      row.cpuMsPerPage.toFixed(1),
      row.medianCpuMsPerPage.toFixed(1),
      row.cpuRatioToLiteparse?.toFixed(2) ?? "-",
      row.medianCpuRatioToLiteparse?.toFixed(2) ?? "-",
      row.cpuRatioToFloor?.toFixed(2) ?? "-",
      String(row.peakRssMb),
    ];
    console.log(`${row.engine.padEnd(20)}${cells.map((cell) => cell.padStart(10)).join("")}`);
  }
}

async function save(name: string, summary: readonly Summary[]): Promise<void> {
  const folder = join(bench, "scores");
  await mkdir(folder, { recursive: true });
  const file = join(folder, `${name.replace(/[^\w.-]/g, "-")}.json`);
  const date = new Date().toISOString().slice(0, 10);
  await writeFile(file, `${JSON.stringify({ date, node: process.version, engines: summary }, null, 2)}\n`);
  console.log(`saved ${file}`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
