/**
 * `npm run bench:ocr -- [options]`: what our recognition of a page costs beside the bare `tesseract` program on the same pages in the
 * same run. Two figures: the ratio of CPU time (ours and that of the programs we start, to that of the program on one thread), which
 * a busy machine blurs little; and the ratio of clock time (our pages side by side over the cores, to the program page after page with
 * as many threads as it takes by itself). Only ratios travel from machine to machine.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { openNativeTesseract } from "../../server/src/adapters/tesseract/native.ts";
import { openFrames } from "../../server/src/formats/image/frames.ts";
import { recognizePage } from "../../server/src/formats/image/recognition.ts";
import { findPictures } from "../../server/src/formats/image/recognized-pictures.ts";
import { defaultReadLimits } from "../../server/src/formats/reader.ts";
import type { OcrEngine } from "../../server/src/ports/ocr.ts";
import { chooseDocuments, defaultCorpus, readCorpus } from "./corpus.ts";
import { benchLanguagesDir } from "./languages.ts";

const usage = `npm run bench:ocr -- [--corpus DIR] [--source S[,S]] [--ids a,b] [--every N] [--rounds N]
  --every N    only each N-th picture of the sources (default 3)     --rounds N   how often each page is read (default 2)`;
const bench = fileURLToPath(new URL("..", import.meta.url));
const goal = 1.25;
const cores = availableParallelism();
/** So many pages are timed by the clock, in turns. */
const timedPages = 8;
const timedRounds = 2;

async function main(): Promise<void> {
  const { values: args } = parseArgs({
    options: {
      corpus: { type: "string", default: resolve(bench, "..", defaultCorpus) },
      source: { type: "string", default: "funsd,sroie,tesseract" },
      ids: { type: "string" },
      every: { type: "string", default: "3" },
      rounds: { type: "string", default: "2" },
      help: { type: "boolean", default: false },
    },
  });
  if (args.help) return console.log(usage);
  const engine = await openNativeTesseract({ languagesDir: benchLanguagesDir, parallel: cores });
  if (!engine) throw new Error("There is no tesseract program on this machine to compare with.");
  const files = chooseDocuments(readCorpus(args.corpus), { source: args.source, ids: args.ids?.split(",") })
    .filter(({ format }, at) => format !== "pdf" && at % Number(args.every) === 0)
    .map(({ file, source }) => ({ file: resolve(args.corpus, file), source }));
  if (files.length === 0) throw new Error("No picture of the corpus fits these options.");
  const rounds = Number(args.rounds);
  const costs = new Map<string, { pages: number; bare: number; own: number; program: number }>();
  // The first picture warms both up: code is compiled and files are read once.
  await recognizeFile(files[0]!.file, engine);
  for (let round = 0; round < rounds; round++) {
    for (const { file, source } of files) {
      const bare = await cpuOf(async () => runBare(file));
      const ours = await cpuOf(() => recognizeFile(file, engine));
      for (const key of [source, "all"]) {
        const sum = costs.get(key) ?? { pages: 0, bare: 0, own: 0, program: 0 };
        sum.pages++;
        sum.bare += bare.children;
        sum.own += ours.own;
        sum.program += ours.children;
        costs.set(key, sum);
      }
    }
  }
  console.log(`${files.length} pictures, ${engine.name}, mean CPU seconds a page, ${rounds} rounds`);
  console.log("              bare program   knowhere: program + own    ratio   to the program on the same pixels");
  for (const [key, { pages, bare, own, program }] of costs) {
    const ratio = (own + program) / bare;
    console.log(
      [
        `  ${key.padEnd(12)}`,
        (bare / pages).toFixed(2).padStart(10),
        `${(program / pages).toFixed(2)} + ${(own / pages).toFixed(2)}`.padStart(26),
        `${ratio.toFixed(2)}${key === "all" && ratio > goal ? "*" : ""}`.padStart(12),
        ((own + program) / program).toFixed(2).padStart(12),
      ].join(""),
    );
  }
  console.log(`  goal ${goal} over all pictures`);
  await compareClocks(
    files.map(({ file }) => file),
    engine,
  );
  await engine.close();
}

/** The program as anybody calls it; on one thread unless it may take as many as it likes, which costs more and gains little. */
function runBare(file: string, ownThreads = false): void {
  const { OMP_THREAD_LIMIT: _, ...environment } = process.env;
  execFileSync("tesseract", [file, "stdout", "-l", "eng", "--psm", "3"], {
    env: ownThreads ? environment : { ...environment, OMP_THREAD_LIMIT: "1" },
    stdio: ["ignore", "pipe", "ignore"],
    maxBuffer: 1 << 26,
  });
}

async function recognizeFile(file: string, engine: OcrEngine): Promise<void> {
  const frames = await openFrames(readFileSync(file), defaultReadLimits, () => {});
  for (const [at, frame] of frames.entries()) {
    const options = { languages: ["eng"], dpi: frame.dpi, page: at + 1, signal: new AbortController().signal };
    findPictures(await recognizePage(await frame.gray(), engine, options));
  }
}

/** Clock time of the same pages, all ways in turns; it says something on an idle machine alone. */
async function compareClocks(files: readonly string[], engine: OcrEngine): Promise<void> {
  const some = files.slice(0, timedPages);
  const ways: Record<string, () => Promise<void>> = {
    bare: async () => {
      for (const file of some) runBare(file, true);
    },
    single: async () => {
      for (const file of some) await recognizeFile(file, engine);
    },
    beside: async () => {
      const left = [...some];
      const lane = async () => {
        for (let file = left.shift(); file !== undefined; file = left.shift()) await recognizeFile(file, engine);
      };
      await Promise.all(Array.from({ length: cores }, lane));
    },
  };
  const seconds: Record<string, number> = { bare: 0, single: 0, beside: 0 };
  for (let round = 0; round < timedRounds; round++) {
    for (const [name, way] of Object.entries(ways)) {
      const started = performance.now();
      await way();
      seconds[name]! += (performance.now() - started) / 1000 / timedRounds;
    }
  }
  const { bare, single, beside } = seconds as { bare: number; single: number; beside: number };
  console.log(`Clock, ${some.length} pages, ${cores} cores:`);
  console.log(`  bare program page after page with its own threads ${bare.toFixed(1)} s`);
  console.log(`  knowhere page after page ${single.toFixed(1)} s, ${(single / bare).toFixed(2)} of that`);
  console.log(`  knowhere ${cores} pages side by side ${beside.toFixed(1)} s, ${(beside / bare).toFixed(2)} of that`);
}

interface CpuSeconds {
  own: number;
  /** Of programs that were started and have ended. */
  children: number;
}

async function cpuOf(work: () => Promise<void>): Promise<CpuSeconds> {
  const before = cpuSeconds();
  await work();
  const after = cpuSeconds();
  return { own: after.own - before.own, children: after.children - before.children };
}

/** utime, stime, cutime and cstime of /proc/self/stat, in clock ticks of a hundredth of a second. */
function cpuSeconds(): CpuSeconds {
  const fields = readFileSync("/proc/self/stat", "utf8").split(") ")[1]!.split(" ").slice(11, 15).map(Number);
  return { own: (fields[0]! + fields[1]!) / 100, children: (fields[2]! + fields[3]!) / 100 };
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
