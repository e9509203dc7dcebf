/**
 * `npm run fuzz -- [options]`: seeded mutations of our minimal files through the sandbox, reader by reader. Each must end as
 * a document or as a named problem within the limits. A fault is printed with the seed that makes it again, and the
 * smallest file that still shows it is kept.
 */
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Problem } from "@knowhere/contract";
import { defaultReadLimits } from "../../server/src/formats/reader.ts";
import { defaultParseOptions } from "../../server/src/jobs/options.ts";
import type { JobRecord } from "../../server/src/jobs/types.ts";
import { createSandbox, type Sandbox } from "../../server/src/pipeline/sandbox.ts";
import { type Seed, seeds } from "../../server/src/testing/fuzz/corpus.ts";
import { mutate } from "../../server/src/testing/fuzz/mutate.ts";
import { bundleProgram } from "./engine-bundle.ts";
import { shrink } from "./fuzz-shrink.ts";
import { cpuSecondsBelow } from "./process-cost.ts";

const usage = `npm run fuzz -- [--format NAME] [--runs N] [--seed N] [--memory MB]
  --format  only files of this format, or of this name (a.png)   --runs  mutants of each file
  --seed    the first seed; the others count on from it           --memory  of one parse`;
const root = fileURLToPath(new URL("../..", import.meta.url));
const found = join(root, ".cache", "fuzz");
const timeoutMs = 60_000;
/** What a mutant of a few kilobytes may cost; asked only of those that took long by the clock. */
const cpuLimitSeconds = 10;

interface Ending {
  outcome: string;
  /** What should not have happened, or null. */
  fault: string | null;
}

async function main(): Promise<number> {
  const { values: args } = parseArgs({
    options: {
      format: { type: "string" },
      runs: { type: "string", default: "2000" },
      seed: { type: "string", default: "1" },
      memory: { type: "string", default: "1024" },
      help: { type: "boolean" },
    },
  });
  if (args.help) {
    console.log(usage);
    return 0;
  }
  const chosen = seeds.filter(({ format, fileName }) => !args.format || [format, fileName].includes(args.format));
  if (chosen.length === 0) throw new Error(`no file of the format ${args.format}`);
  const workDir = await mkdtemp(join(tmpdir(), "knowhere-fuzz-"));
  const sandbox = createSandbox({
    childPath: await bundleProgram("fuzz-child"),
    nodeArguments: ["--enable-source-maps"],
    size: 1,
    // Starting a child costs as much as a hundred mutants.
    parsesPerChild: 1000,
    timeoutMs,
    memoryMb: Number(args.memory),
    limits: defaultReadLimits,
    engine: { languagesDir: workDir, parallelPages: 1 },
  });
  let faults = 0;
  try {
    console.log("| file | mutants | done | problems | faults |\n|---|---|---|---|---|");
    for (const seed of chosen) faults += await fuzzOne(sandbox, seed, workDir, Number(args.seed), Number(args.runs));
  } finally {
    await sandbox.close();
    await rm(workDir, { recursive: true, force: true });
  }
  return faults === 0 ? 0 : 1;
}

async function fuzzOne(sandbox: Sandbox, file: Seed, workDir: string, first: number, runs: number): Promise<number> {
  const whole = await file.make();
  const run = (bytes: Uint8Array) => parseOne(sandbox, file.fileName, bytes, workDir);
  const sound = await run(whole);
  if (sound.outcome !== "done") throw new Error(`the whole ${file.fileName} ended as ${sound.outcome}`);
  const problems = new Map<string, number>();
  const faults = new Set<string>();
  let done = 0;
  for (let seed = first; seed < first + runs; seed++) {
    const { bytes, how } = await mutate(file.format, whole, seed);
    const { outcome, fault } = await run(bytes);
    if (outcome === "done") done++;
    else problems.set(outcome, (problems.get(outcome) ?? 0) + 1);
    // The same fault by another way is told once.
    if (fault === null || faults.has(fault)) continue;
    faults.add(fault);
    console.error(`FAULT ${file.fileName} seed ${seed} (${how}): ${fault}`);
    const kept = join(found, `${file.fileName}-${seed}${extname(file.fileName)}`);
    await mkdir(found, { recursive: true });
    // As it is, before anything is tried: whoever stops the command now has it all the same.
    await writeFile(kept, bytes);
    const smallest = await shrink(bytes, async (candidate) => (await run(candidate)).fault === fault);
    await writeFile(kept, smallest);
    console.error(`  ${kept} (${smallest.length} bytes)`);
  }
  const told = [...problems].sort(([, a], [, b]) => b - a).map(([name, count]) => `${count} ${name.slice(0, 60)}`);
  console.log(`| ${file.fileName} | ${runs} | ${done} | ${told.join(", ")} | ${faults.size} |`);
  return faults.size;
}

async function parseOne(sandbox: Sandbox, fileName: string, bytes: Uint8Array, workDir: string): Promise<Ending> {
  const before = performance.now();
  const first = await parseBytes(sandbox, fileName, bytes, workDir);
  if (first.fault !== null || performance.now() - before < cpuLimitSeconds * 1000) return first;
  // Slow by the clock: was it the file, or the machine?
  const cpuBefore = cpuSecondsBelow();
  const again = await parseBytes(sandbox, fileName, bytes, workDir);
  const cpuAfter = cpuSecondsBelow();
  const seconds = cpuBefore === null || cpuAfter === null ? 0 : cpuAfter - cpuBefore;
  return seconds > cpuLimitSeconds ? { ...again, fault: "too much processor time" } : again;
}

async function parseBytes(sandbox: Sandbox, fileName: string, bytes: Uint8Array, workDir: string): Promise<Ending> {
  const folder = await mkdtemp(join(workDir, "job-"));
  const sourcePath = join(folder, "source");
  const resultPath = join(folder, "result.zip");
  await writeFile(sourcePath, bytes);
  const now = new Date(0);
  const job = {
    jobId: "job_000000000000",
    dataId: null,
    fileName,
    fileExtension: extname(fileName),
    options: defaultParseOptions,
    createdAt: now,
    startedAt: now,
  } as JobRecord;
  const ending = await sandbox
    .parse({
      job,
      sourcePath,
      resultPath,
      signal: new AbortController().signal,
      onProgress: () => {},
      onConverting: () => {},
    })
    .then(
      (): Ending => ({ outcome: "done", fault: null }),
      (error: unknown): Ending => describe(error),
    );
  const strays = (await readdir(folder)).filter((name) => name !== "source" && name !== "result.zip");
  await rm(folder, { recursive: true, force: true });
  return strays.length > 0 ? { ...ending, fault: `left ${strays.join(", ")}` } : ending;
}

/** Problems of the document are what we hope for; ours, the deadline and the memory limit are not. */
const ours = new Set(["INTERNAL_ERROR", "RESULT_CONTRACT_VIOLATION", "PARSE_DEADLINE", "MEMORY_LIMIT", "UNAVAILABLE"]);

function describe(error: unknown): Ending {
  if (error instanceof Problem)
    return {
      outcome: error.problem,
      fault: ours.has(error.problem) ? `${error.problem} ${JSON.stringify(error.details).slice(0, 300)}` : null,
    };
  const stack = error instanceof Error ? error.message : String(error);
  // What went wrong and where in our own code: numbers and names of the file would make one fault look like many.
  const [message = ""] = stack.replace(/^The parse failed: /, "").split("\n");
  const place = /server\/src\/[\w/.-]+:\d+/.exec(stack)?.[0] ?? /node_modules\/[\w@/.-]+:\d+/.exec(stack)?.[0] ?? "";
  return { outcome: "fault", fault: `${message.slice(0, 80)} at ${place}` };
}

process.exitCode = await main();
