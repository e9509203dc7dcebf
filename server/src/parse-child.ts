/** The program of a parse child: wires its engines, hears tasks over IPC one at a time, answers each with an outcome or a problem. */
import { Problem } from "@knowhere/contract";
import { openLibreOffice } from "./adapters/libreoffice/converter.ts";
import { openTesseract } from "./adapters/tesseract/engine.ts";
import { type ModelLine, openModelLine } from "./pipeline/model-line.ts";
import { runParse } from "./pipeline/run.ts";
import type { EngineSettings, FromChild, ParseInput, ToChild } from "./pipeline/task.ts";
import type { OcrEngine } from "./ports/ocr.ts";
import type { OfficeConverter } from "./ports/office.ts";

/** Opened when first needed and kept: the next parse of this child finds them warm. */
let ocr: Promise<OcrEngine> | undefined;
let office: Promise<OfficeConverter | null> | undefined;

function openOcr({ languagesDir, parallelPages }: EngineSettings): Promise<OcrEngine> {
  ocr ??= openTesseract({ languagesDir, parallel: parallelPages });
  return ocr;
}
function openOffice(): Promise<OfficeConverter | null> {
  office ??= openLibreOffice();
  return office;
}

const tell = (message: FromChild) => new Promise<void>((done) => process.send?.(message, () => done()));

/** To the model endpoint by way of the parent; of the parse that runs. */
let line: ModelLine | undefined;

async function parse(input: ParseInput): Promise<void> {
  line = input.models && openModelLine(input.models, (message) => void tell(message));
  try {
    const outcome = await runParse(input, {
      // The parent does not ask for an end, it kills.
      signal: new AbortController().signal,
      onProgress: (totalPages, processedPages, stage) =>
        void tell({ type: "progress", totalPages, processedPages, stage }),
      onConverting: (active) => void tell({ type: "converting", active }),
      openOcr: () => openOcr(input.engine),
      openOffice,
      model: line,
    });
    await tell({ type: "done", outcome });
  } catch (error) {
    if (error instanceof Problem)
      await tell({ type: "problem", problem: error.problem, details: { ...error.details, message: error.message } });
    else {
      const { stack, message, code } = (error ?? {}) as NodeJS.ErrnoException;
      await tell({ type: "error", stack: stack ?? message ?? String(error), code });
    }
  }
}

process.on("message", (message: ToChild) => {
  if (message.type === "parse") void parse(message.input);
  else line?.hear(message);
});
// The parent is gone: there is nobody to parse for.
process.on("disconnect", () => process.exit(0));
void tell({ type: "ready" });
