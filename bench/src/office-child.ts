/** `office-child ENGINE FILE`: reads one Office file once, in a process that does nothing else, and prints what it cost. */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { SaxesParser } from "saxes";
import type { ReadResult } from "../../server/src/formats/reader.ts";
import { readPeakKb } from "./peak-memory.ts";

export interface OfficeAnswer {
  /** User and system time from before the engine was loaded to after the read. */
  readonly cpuMs: number;
  /** Most memory the process ever held. */
  readonly peakRssMb: number;
  /** Cells or paragraphs found, so that nobody wins by reading less. */
  readonly found: number;
}

type Read = (file: string) => Promise<number>;
/** The libraries do no more than their one call; ours reads into the document tree. */
const engines: Readonly<Record<string, Read>> = {
  knowhere: async (file) => countFound(await readTree(file)),
  "@e965/xlsx": async (file) => {
    const { read } = await import("@e965/xlsx");
    const workbook = read(readFileSync(file), { dense: true });
    let cells = 0;
    for (const sheet of Object.values(workbook.Sheets)) {
      const rows = (sheet as { "!data"?: unknown[][] })["!data"] ?? [];
      for (const row of rows) cells += row?.length ?? 0;
    }
    return cells;
  },
  saxes: async (file) => {
    const { openZip } = await import("../../server/src/formats/zip/archive.ts");
    const archive = await openZip(file, { maxUnpackedBytes: 1 << 30 }, new AbortController().signal);
    const parser = new SaxesParser({});
    let paragraphs = 0;
    parser.on("opentag", (tag) => {
      if (tag.name === "w:p") paragraphs += 1;
    });
    const decoder = new TextDecoder();
    for await (const chunk of archive.stream("word/document.xml"))
      parser.write(decoder.decode(chunk, { stream: true }));
    parser.close();
    archive.close();
    return paragraphs;
  },
};

async function readTree(file: string): Promise<ReadResult> {
  const { readerFor } = await import("../../server/src/formats/index.ts");
  const { defaultReadLimits, defaultReadOptions } = await import("../../server/src/formats/reader.ts");
  const { openSource } = await import("../../server/src/pipeline/source.ts");
  const source = await openSource(file, basename(file));
  const reader = await readerFor(file.endsWith(".xlsx") ? "xlsx" : "docx");
  return reader.read(source, {
    options: defaultReadOptions,
    limits: { ...defaultReadLimits, maxPages: 1_000_000 },
    signal: new AbortController().signal,
    tempDir: "",
    progress: () => {},
    converting: () => {},
  });
}

function countFound({ document }: ReadResult): number {
  let found = 0;
  for (const block of document.content) {
    if (block.type === "paragraph") found += 1;
    if (block.type === "table") for (const row of block.rows) found += row.cells.length;
  }
  return found;
}

const [engine = "", file = ""] = process.argv.slice(2);
const before = process.cpuUsage();
const found = await engines[engine]!(file);
const { user, system } = process.cpuUsage(before);
const answer: OfficeAnswer = { cpuMs: (user + system) / 1000, peakRssMb: readPeakKb() / 1024, found };
console.log(JSON.stringify(answer));
