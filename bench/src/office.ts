/**
 * `npm run bench:office -- [--rounds N]`: CPU time and peak memory of reading large Office files into the tree, beside the
 * library alone that could have read them. The files are made here: a workbook of 50,000 x 10 cells and a Word file whose
 * document part has 12 MB. Every read is a process of its own; the engines take turns, and the best round of each counts.
 */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { utils, write } from "@e965/xlsx";
import { docxOf, p } from "../../server/src/testing/ooxml-builder.ts";
import { bundleProgram } from "./engine-bundle.ts";
import type { OfficeAnswer } from "./office-child.ts";

const rowCount = 50_000;
const columnCount = 10;
const documentPartBytes = 12_000_000;

async function main(): Promise<void> {
  const { values: args } = parseArgs({ options: { rounds: { type: "string", default: "3" } } });
  const folder = await mkdtemp(join(tmpdir(), "knowhere-office-"));
  try {
    const workbook = join(folder, "large.xlsx");
    const text = join(folder, "large.docx");
    await writeFile(workbook, makeWorkbook());
    await writeFile(text, await makeText());
    const program = await bundleProgram("office-child");
    const rounds = Number(args.rounds);
    const cells = `${rowCount.toLocaleString("en")} x ${columnCount} cells`;
    await compare(`workbook, ${cells}`, program, workbook, ["@e965/xlsx", "knowhere"], rounds);
    await compare("Word file, 12 MB document.xml", program, text, ["saxes", "knowhere"], rounds);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Words, whole numbers and fractions in turn, as tables exported from somewhere have them. */
function makeWorkbook(): Uint8Array {
  const rows = Array.from({ length: rowCount }, (_, row) =>
    Array.from({ length: columnCount }, (_, column) =>
      column % 3 === 0 ? `item ${row}-${column}` : column % 3 === 1 ? row * columnCount + column : row / 7 + column,
    ),
  );
  const book = utils.book_new();
  utils.book_append_sheet(book, utils.aoa_to_sheet(rows), "Data");
  return write(book, { type: "buffer", bookType: "xlsx", compression: true }) as Uint8Array;
}

async function makeText(): Promise<Uint8Array> {
  const sentence = "The quick brown fox jumps over the lazy dog and goes home by the river. ";
  let body = "";
  for (let n = 0; body.length < documentPartBytes; n++) body += p(`${n} ${sentence.repeat(3)}`);
  return docxOf({ body });
}

/** Prints one line an engine; the first is the library that the others are compared with. */
async function compare(
  title: string,
  program: string,
  file: string,
  engines: readonly string[],
  rounds: number,
): Promise<void> {
  const best = new Map<string, OfficeAnswer>();
  for (let round = 0; round < rounds; round++) {
    for (const engine of engines) {
      const { stdout } = await promisify(execFile)(process.execPath, [program, engine, file]);
      const answer = JSON.parse(stdout) as OfficeAnswer;
      const known = best.get(engine);
      best.set(engine, {
        cpuMs: Math.min(answer.cpuMs, known?.cpuMs ?? Number.POSITIVE_INFINITY),
        peakRssMb: Math.min(answer.peakRssMb, known?.peakRssMb ?? Number.POSITIVE_INFINITY),
        found: answer.found,
      });
    }
  }
  const base = best.get(engines[0]!)!;
  console.log(`\n${title}`);
  for (const [engine, { cpuMs, peakRssMb, found }] of best) {
    const ratio =
      engine === engines[0]
        ? ""
        : `  ${(cpuMs / base.cpuMs).toFixed(2)} x CPU, ${(peakRssMb / base.peakRssMb).toFixed(2)} x memory`;
    console.log(
      `  ${engine.padEnd(12)} ${cpuMs.toFixed(0).padStart(6)} ms CPU ${peakRssMb.toFixed(0).padStart(5)} MB, ${found} found${ratio}`,
    );
  }
}

await main();
