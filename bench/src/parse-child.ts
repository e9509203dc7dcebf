/** A child of the quality bench: parses one document after the other with the server's own readers. */
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { Problem } from "@knowhere/contract";
import { openTesseract } from "../../server/src/adapters/tesseract/engine.ts";
import { finishDocument } from "../../server/src/document/finish.ts";
import {
  defaultReadLimits,
  defaultReadOptions,
  type ReadContext,
  type Source,
} from "../../server/src/formats/reader.ts";
import { writeMarkdown } from "../../server/src/outputs/markdown/writer.ts";
import { chooseLanguages } from "../../server/src/pipeline/recognition-languages.ts";
import type { OcrEngine } from "../../server/src/ports/ocr.ts";
import { benchLanguagesDir } from "./languages.ts";
import type { ParseAnswer, ParseRequest } from "./protocol.ts";
import { findReader } from "./readers.ts";

let engine: Promise<OcrEngine> | undefined;
/** One page at a time: the bench runs documents side by side. */
function openOcr(): Promise<OcrEngine> {
  engine ??= openTesseract({ languagesDir: benchLanguagesDir, parallel: 1 });
  return engine;
}

process.on("message", (request: ParseRequest) => {
  void parse(request).then((answer) => process.send!(answer));
});
process.on("disconnect", () => process.exit(0));

async function parse(request: ParseRequest): Promise<ParseAnswer> {
  const started = performance.now();
  const tempDir = await mkdtemp(join(tmpdir(), "knowhere-bench-"));
  let pages = 0;
  const answer = (more: Partial<ParseAnswer>): ParseAnswer => ({
    id: request.id,
    ms: performance.now() - started,
    pages,
    rssMb: Math.round(process.memoryUsage.rss() / 1048576),
    warnings: [],
    ...more,
  });
  try {
    const bytes = new Uint8Array(await readFile(request.file));
    const reader = await findReader(request.format, basename(request.file), bytes);
    const source: Source = {
      path: request.file,
      fileName: basename(request.file),
      sizeBytes: (await stat(request.file)).size,
      bytes: async () => bytes,
    };
    const { document } = await reader.read(source, await contextOf(request, tempDir));
    finishDocument(document);
    pages = document.pages.length;
    const extensions = new Map(document.assets.map((asset) => [asset.id, asset.extension]));
    const image = (asset: string) => `images/${asset}${extensions.get(asset) ?? ""}`;
    await writeFile(
      request.output,
      writeMarkdown(document, {
        furniture: request.options.furniture,
        image: request.options.images === "link" ? image : undefined,
      }),
    );
    return answer({ warnings: document.warnings.map((warning) => warning.code) });
  } catch (error) {
    return answer({ error: describe(error) });
  } finally {
    await rm(tempDir, { recursive: true, force: true });
  }
}

async function contextOf(request: ParseRequest, tempDir: string): Promise<ReadContext> {
  return {
    options: {
      ...defaultReadOptions,
      ocrEnabled: request.options.ocr,
      ocrLanguages: request.options.ocrLanguages,
      mainContent: request.options.mainContent,
    },
    limits: defaultReadLimits,
    signal: new AbortController().signal,
    tempDir,
    progress: () => {},
    converting: () => {},
    ocr: request.options.ocr ? chooseLanguages(await openOcr()) : undefined,
  };
}

function describe(error: unknown): string {
  if (error instanceof Problem) return `${error.problem}: ${error.message}`;
  return error instanceof Error ? (error.stack ?? error.message).split("\n").slice(0, 4).join(" | ") : String(error);
}
