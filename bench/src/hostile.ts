/**
 * `npm run hostile -- [options]`: every file of a folder through the built sandbox, under a deadline and a memory limit.
 * Each must end as done or as a named problem, in time, and leave no file; the sandbox must work afterwards.
 */
import { spawnSync } from "node:child_process";
import { cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, extname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Problem } from "@knowhere/contract";
import { defaultReadLimits } from "../../server/src/formats/reader.ts";
import { defaultParseOptions } from "../../server/src/jobs/options.ts";
import type { JobRecord } from "../../server/src/jobs/types.ts";
import { createSandbox, type Sandbox } from "../../server/src/pipeline/sandbox.ts";

const usage = `npm run hostile -- [--folder DIR] [--jobs N] [--deadline SECONDS] [--memory MB] [--every N]
  --folder   files to read, folders below it too     --every   only every N-th file`;
const root = fileURLToPath(new URL("../..", import.meta.url));
/** A kill at the deadline is seen a little later. */
const graceMs = 2000;
const known = join(root, "examples", "report.pdf");

interface Ending {
  file: string;
  /** "done", or the problem's name with its reason. */
  outcome: string;
  ms: number;
  /** What should not have happened, or null. */
  fault: string | null;
}

async function main(): Promise<number> {
  const { values: args } = parseArgs({
    options: {
      folder: { type: "string", default: resolve(root, "../shared/eval/corpora/robustness") },
      jobs: { type: "string", default: "2" },
      deadline: { type: "string", default: "10" },
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
  const files = (await readdir(args.folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => !entry.isDirectory() && entry.name !== "manifest.json")
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .filter((_, at) => at % Number(args.every) === 0);
  if (files.length === 0) throw new Error(`no files in ${args.folder}`);
  const workDir = await mkdtemp(join(tmpdir(), "knowhere-hostile-"));
  const timeoutMs = Number(args.deadline) * 1000;
  // A copy, so that a build meanwhile does not pull the program away; inside the checkout, where its packages are found.
  const program = join(root, ".cache", `hostile-${process.pid}`);
  await cp(join(root, "server", "dist"), program, { recursive: true });
  const sandbox = createSandbox({
    childPath: join(program, "parse-child.mjs"),
    size: Number(args.jobs),
    timeoutMs,
    memoryMb: Number(args.memory),
    limits: defaultReadLimits,
    engine: { languagesDir: join(workDir, "languages"), parallelPages: 1 },
  });
  const endings: Ending[] = [];
  try {
    const waiting = files.values();
    const lane = async () => {
      for (const file of waiting) {
        const ending = await parseOne(sandbox, file, workDir, timeoutMs);
        endings.push(ending);
        if (ending.fault) console.error(`${file.slice(args.folder.length + 1)}: ${ending.fault}`);
      }
    };
    await Promise.all(Array.from({ length: Number(args.jobs) }, lane));
    const after = await parseOne(sandbox, known, workDir, timeoutMs);
    if (after.outcome !== "done")
      endings.push({ ...after, fault: `a sound file ended as ${after.outcome} after all that` });
  } finally {
    await sandbox.close();
    await rm(program, { recursive: true, force: true });
  }
  const strays = (await readdir(workDir)).filter((name) => name !== "languages");
  await rm(workDir, { recursive: true, force: true });
  console.log(renderTable(endings, sandbox.started));
  const faults = endings.filter(({ fault }) => fault !== null);
  for (const { file, fault } of faults) console.log(`FAULT ${basename(file)}: ${fault}`);
  for (const name of strays) console.log(`STRAY ${name}`);
  return faults.length + strays.length === 0 ? 0 : 1;
}

async function parseOne(sandbox: Sandbox, file: string, workDir: string, timeoutMs: number): Promise<Ending> {
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
  const left = (await readdir(folder)).filter((name) => name !== "result.zip");
  const fault =
    outcome.startsWith("not a problem") || outcome.startsWith("INTERNAL")
      ? outcome
      : ms > timeoutMs + graceMs
        ? `took ${Math.round(ms)} ms`
        : left.length > 0
          ? `left ${left.join(", ")}`
          : null;
  await rm(folder, { recursive: true, force: true });
  return { file, outcome, ms, fault };
}

function nameOf(error: unknown): string {
  if (!(error instanceof Problem)) return `not a problem: ${String(error)}`;
  const reason = (error.details as { reason?: unknown; limit?: unknown } | undefined) ?? {};
  const parts = [error.problem, reason.reason ?? reason.limit].filter((part) => typeof part === "string");
  return [...new Set(parts)].join(" ");
}

/** Outcomes by number, and the slowest file of each. */
function renderTable(endings: readonly Ending[], children: number): string {
  const groups = new Map<string, Ending[]>();
  for (const ending of endings) {
    const outcome = ending.outcome.slice(0, 60);
    groups.set(outcome, [...(groups.get(outcome) ?? []), ending]);
  }
  const rows = [...groups]
    .sort(([, a], [, b]) => b.length - a.length)
    .map(([outcome, group]) => {
      const slowest = group.reduce((a, b) => (a.ms > b.ms ? a : b));
      return `| ${outcome} | ${group.length} | ${(slowest.ms / 1000).toFixed(1)} s (${basename(slowest.file)}) |`;
    });
  return [
    "| outcome | files | slowest |",
    "|---|---|---|",
    ...rows,
    "",
    `${endings.length} files, ${children} children`,
  ].join("\n");
}

process.exitCode = await main();
