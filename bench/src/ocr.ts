/**
 * `npm run bench:ocr -- [options]`: what our recognition of a page costs beside the bare `tesseract` program on the same pages in the
 * same run, and what pages side by side gain. CPU time counts (ours and that of the programs we start), so that a busy machine
 * blurs the ratio little. Only the ratios travel from machine to machine.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
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
  const engine = await openNativeTesseract({ languagesDir: benchLanguagesDir, parallel: 2 });
  if (!engine) throw new Error("There is no tesseract program on this machine to compare with.");
  const files = chooseDocuments(readCorpus(args.corpus), { source: args.source, ids: args.ids?.split(",") })
    .filter(({ format }, at) => format !== "pdf" && at % Number(args.every) === 0)
    .map((document) => resolve(args.corpus, document.file));
  if (files.length === 0) throw new Error("No picture of the corpus fits these options.");
  let [ours, bare] = [0, 0];
  for (let round = 0; round < Number(args.rounds); round++) {
    for (const file of files) {
      bare += await cpuOf(async () => runBare(file));
      ours += await cpuOf(() => recognizeFile(file, engine));
    }
  }
  const pages = files.length * Number(args.rounds);
  const ratio = ours / bare;
  console.log(`${files.length} pictures, ${engine.name}, mean CPU seconds a page`);
  console.log(`  bare tesseract, one thread    ${(bare / pages).toFixed(2)}`);
  console.log(`  knowhere                      ${(ours / pages).toFixed(2)}`);
  console.log(`  ratio                         ${ratio.toFixed(2)}${ratio > goal ? "*" : ""}   goal ${goal}`);
  await compareParallel(files, engine);
  await engine.close();
}

/** The program as anybody calls it, on one thread: its default of several costs more and gains nothing. */
function runBare(file: string): void {
  execFileSync("tesseract", [file, "stdout", "-l", "eng", "--psm", "3"], {
    env: { ...process.env, OMP_THREAD_LIMIT: "1" },
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

/** Wall time of the same pages one after the other and two at a time; it says something on an idle machine alone. */
async function compareParallel(files: readonly string[], engine: OcrEngine): Promise<void> {
  const some = files.slice(0, 8);
  const started = performance.now();
  for (const file of some) await recognizeFile(file, engine);
  const single = performance.now() - started;
  const again = performance.now();
  for (let at = 0; at < some.length; at += 2)
    await Promise.all(some.slice(at, at + 2).map((file) => recognizeFile(file, engine)));
  const pair = performance.now() - again;
  console.log(`  two pages side by side: ${(single / pair).toFixed(2)} times as fast as one after the other`);
}

/** CPU seconds of the work, with those of the children that ended in it. */
async function cpuOf(work: () => Promise<void>): Promise<number> {
  const before = cpuSeconds();
  await work();
  return cpuSeconds() - before;
}

/** utime, stime, cutime and cstime of /proc/self/stat, in clock ticks of a hundredth of a second. */
function cpuSeconds(): number {
  const fields = readFileSync("/proc/self/stat", "utf8").split(") ")[1]!.split(" ");
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / 100;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
