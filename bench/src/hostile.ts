/**
 * `npm run hostile -- [options]`: every file of a folder, and the bombs that we build ourselves, through the built sandbox
 * under a deadline and a memory limit. Each must end as done or as a named problem, in time, and leave no file; the
 * sandbox must work afterwards. What counts is processor time: a clock says little on a machine that does other things.
 */
import { spawnSync } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, extname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Problem } from "@knowhere/contract";
import { defaultReadLimits } from "../../server/src/formats/reader.ts";
import { defaultParseOptions } from "../../server/src/jobs/options.ts";
import type { JobRecord } from "../../server/src/jobs/types.ts";
import { createSandbox, type Sandbox } from "../../server/src/pipeline/sandbox.ts";
import { bombs } from "../../server/src/testing/bombs.ts";
import { cpuSecondsBelow } from "./process-cost.ts";

const usage = `npm run hostile -- [--folder DIR] [--deadline SECONDS] [--cpu SECONDS] [--memory MB] [--every N]
  --folder   files to read, folders below it too     --every   only every N-th file
  --deadline wall clock of one file                   --cpu     processor time of one file`;
const root = fileURLToPath(new URL("../..", import.meta.url));
/** A kill at the deadline is seen a little later. */
const graceMs = 2000;
const known = join(root, "examples", "report.pdf");

interface Ending {
  file: string;
  /** "done", or the problem's name with its reason. */
  outcome: string;
  /** Wall clock. */
  ms: number;
  /** Processor time of the parse and of the programs it starts; null off Linux. */
  cpuSeconds: number | null;
  /** What should not have happened, or null. */
  fault: string | null;
}

async function main(): Promise<number> {
  const { values: args } = parseArgs({
    options: {
      folder: { type: "string", default: resolve(root, "../shared/eval/corpora/robustness") },
      deadline: { type: "string", default: "60" },
      cpu: { type: "string", default: "10" },
      memory: { type: "string", default: "512" },
      every: { type: "string", default: "1" },
      help: { type: "boolean" },
    },
  });
  if (args.help) {
    console.log(usage);
    return 0;
  }
  const build = 'import { ensureBuilt } from "./scripts/setup.mjs"; ensureBuilt();';
  const built = spawnSync(process.execPath, ["--input-type=module", "-e", build], {
    cwd: root,
    stdio: ["ignore", 2, 2],
  });
  if (built.status !== 0) throw new Error("the build failed");
  const workDir = await mkdtemp(join(tmpdir(), "knowhere-hostile-"));
  const bombDir = join(workDir, "bombs");
  await mkdir(bombDir);
  for (const [name, make] of Object.entries(bombs)) await writeFile(join(bombDir, name), await make());
  const given = await filesBelow(args.folder);
  if (given.length === 0) console.error(`no files in ${args.folder}: our own bombs alone`);
  const files = [...given, ...(await filesBelow(bombDir))].filter((_, at) => at % Number(args.every) === 0);
  const bounds = { timeoutMs: Number(args.deadline) * 1000, cpuSeconds: Number(args.cpu) };
  // A copy, so that a build meanwhile does not pull the program away; inside the checkout, where its packages are found.
  const program = join(root, ".cache", `hostile-${process.pid}`);
  await cp(join(root, "server", "dist"), program, { recursive: true });
  const sandbox = createSandbox({
    childPath: join(program, "parse-child.mjs"),
    // One after the other, so that the processor time between two files is that of one file.
    size: 1,
    timeoutMs: bounds.timeoutMs,
    memoryMb: Number(args.memory),
    limits: defaultReadLimits,
    engine: { languagesDir: join(workDir, "languages"), parallelPages: 1 },
  });
  const endings: Ending[] = [];
  try {
    for (const file of files) {
      const ending = await parseOne(sandbox, file, workDir, bounds);
      endings.push(ending);
      if (ending.fault) console.error(`${basename(file)}: ${ending.fault}`);
    }
    const after = await parseOne(sandbox, known, workDir, bounds);
    if (after.outcome !== "done")
      endings.push({ ...after, fault: `a sound file ended as ${after.outcome} after all that` });
  } finally {
    await sandbox.close();
    await rm(program, { recursive: true, force: true });
  }
  const strays = (await readdir(workDir)).filter((name) => name !== "languages" && name !== "bombs");
  await rm(workDir, { recursive: true, force: true });
  console.log(renderTable(endings, sandbox.started));
  const faults = endings.filter(({ fault }) => fault !== null);
  for (const { file, fault } of faults) console.log(`FAULT ${basename(file)}: ${fault}`);
  for (const name of strays) console.log(`STRAY ${name}`);
  return faults.length + strays.length === 0 ? 0 : 1;
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => !entry.isDirectory() && entry.name !== "manifest.json")
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

async function parseOne(
  sandbox: Sandbox,
  file: string,
  workDir: string,
  bounds: { timeoutMs: number; cpuSeconds: number },
): Promise<Ending> {
  const folder = await mkdtemp(join(workDir, "job-"));
  const now = new Date();
  const job = {
    jobId: "job_000000000000",
    dataId: null,
    fileName: basename(file),
    fileExtension: extname(file).toLowerCase(),
    options: defaultParseOptions,
    createdAt: now,
    startedAt: now,
  } as JobRecord;
  const resultPath = join(folder, "result.zip");
  const started = performance.now();
  const cpuBefore = cpuSecondsBelow();
  const outcome = await sandbox
    .parse({
      job,
      sourcePath: file,
      resultPath,
      signal: new AbortController().signal,
      onProgress: () => {},
      onConverting: () => {},
    })
    .then(
      () => "done",
      (error: unknown) => nameOf(error),
    );
  const ms = performance.now() - started;
  const cpuAfter = cpuSecondsBelow();
  const cpuSeconds = cpuBefore === null || cpuAfter === null ? null : cpuAfter - cpuBefore;
  const left = (await readdir(folder)).filter((name) => name !== "result.zip");
  const fault =
    outcome.startsWith("not a problem") || outcome.startsWith("INTERNAL")
      ? outcome
      : ms > bounds.timeoutMs + graceMs
        ? `took ${Math.round(ms)} ms`
        : cpuSeconds !== null && cpuSeconds > bounds.cpuSeconds + graceMs / 1000
          ? `took ${cpuSeconds.toFixed(1)} s of processor time (${outcome})`
          : left.length > 0
            ? `left ${left.join(", ")}`
            : null;
  await rm(folder, { recursive: true, force: true });
  return { file, outcome, ms, cpuSeconds, fault };
}

function nameOf(error: unknown): string {
  if (!(error instanceof Problem)) return `not a problem: ${String(error)}`;
  const reason = (error.details as { reason?: unknown; limit?: unknown } | undefined) ?? {};
  const parts = [error.problem, reason.reason ?? reason.limit].filter((part) => typeof part === "string");
  return [...new Set(parts)].join(" ");
}

/** Outcomes by number with their formats, and the costliest file of each. */
function renderTable(endings: readonly Ending[], children: number): string {
  const costOf = ({ cpuSeconds, ms }: Ending) => cpuSeconds ?? ms / 1000;
  const rows = groupBy(endings, ({ outcome }) => outcome.slice(0, 60)).map(([outcome, group]) => {
    const costliest = group.reduce((a, b) => (costOf(a) > costOf(b) ? a : b));
    const kinds = groupBy(group, ({ file }) => extname(file).slice(1).toLowerCase())
      .map(([kind, files]) => `${files.length} ${kind}`)
      .join(", ");
    return `| ${outcome} | ${group.length} | ${kinds} | ${costOf(costliest).toFixed(1)} s (${basename(costliest.file)}) |`;
  });
  return [
    "| outcome | files | by name | most processor time |",
    "|---|---|---|---|",
    ...rows,
    "",
    `${endings.length} files, ${children} children`,
  ].join("\n");
}

/** Groups in order of their size, the largest first. */
function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): [string, T[]][] {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return [...groups].sort(([, a], [, b]) => b.length - a.length);
}

process.exitCode = await main();
