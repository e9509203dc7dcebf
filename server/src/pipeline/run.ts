/** One parse from start to end, on one screen. Runs inside the child, and in tests. */
import { type FormatName, formats, type JobStage, Problem, problem } from "@knowhere/contract";
import { detect } from "../formats/detect.ts";
import { readerFor } from "../formats/index.ts";
import type { ReadContext, ReadOptions } from "../formats/reader.ts";
import { unlockSource } from "../formats/unlock.ts";
import type { ParseOutcome } from "../jobs/types.ts";
import type { ModelClient } from "../ports/model.ts";
import type { OcrEngine } from "../ports/ocr.ts";
import type { OfficeConverter } from "../ports/office.ts";
import { version } from "../version.ts";
import { countBillablePages } from "./billable-pages.ts";
import { handOver } from "./hand-over.ts";
import { rechunk } from "./rechunk.ts";
import { chooseLanguages } from "./recognition-languages.ts";
import { openSource } from "./source.ts";
import { stageReport } from "./stage-report.ts";
import type { ParseInput } from "./task.ts";

export interface ParsePorts {
  signal: AbortSignal;
  /** `stage`: what is done once the pages are read. */
  onProgress(totalPages: number, processedPages: number, stage?: JobStage): void;
  onConverting(active: boolean): void;
  /** Null where no engine can run. */
  openOcr(): Promise<OcrEngine | null>;
  openOffice(): Promise<OfficeConverter | null>;
  /** Absent where no endpoint is configured. */
  model?: ModelClient | undefined;
}

/** Formats whose readers convert through LibreOffice when it is there. */
const legacyFormats = new Set(["doc", "ppt", "xls"]);

/**
 * Source file in, result ZIP out.
 * @throws Problem for the document's own faults; anything else is ours.
 */
export async function runParse(input: ParseInput, ports: ParsePorts): Promise<ParseOutcome> {
  if (input.earlierPackagePath !== undefined) return rechunk(input, input.earlierPackagePath, ports);
  const startedMs = performance.now();
  const opened = await openSource(input.sourcePath, input.fileName);
  const source = await unlockSource(opened, input.options.password, input.tempDir);
  const { format, warning } = await detect(await source.bytes(), { fileName: `source${input.fileExtension}` });
  const reader = await readerFor(format);

  let converting = false;
  const endConverting = () => {
    if (converting) ports.onConverting(false);
    converting = false;
  };
  const engine = format === "image" || input.options.ocrEnabled ? await ports.openOcr() : null;
  const ocr = engine ? chooseLanguages(engine) : undefined;
  const context: ReadContext = {
    options: readOptionsOf(input),
    limits: input.limits,
    signal: ports.signal,
    tempDir: input.tempDir,
    progress(totalPages, processedPages) {
      endConverting();
      ports.onProgress(totalPages, processedPages);
    },
    converting() {
      converting = true;
      ports.onConverting(true);
    },
    ocr,
    office: legacyFormats.has(format) ? ((await ports.openOffice()) ?? undefined) : undefined,
  };
  const { document, assets } = await reader
    .read(source, context)
    .catch((error) => Promise.reject(nameFileType(error, format)));
  endConverting();
  if (warning) document.warnings.unshift(warning);
  document.warnings.push(...(ocr?.warnings() ?? []));
  if (document.content.length === 0 && document.warnings.length === 0)
    throw problem("EMPTY_DOCUMENT", { file_type: fileTypeOf(format) });

  const onStage = stageReport(document, ports);
  const asksForModel = input.options.model === "advanced" || input.options.summaryUseLlm;
  // Loaded when it is asked for: few jobs need what it brings along.
  const { runModelStep } = asksForModel ? await import("./steps/model-step.ts") : { runModelStep: undefined };
  const fromModel = await runModelStep?.({
    document,
    assets,
    input,
    bytes: () => source.bytes(),
    client: ports.model,
    signal: ports.signal,
    onStage,
  });

  return handOver(input, startedMs, {
    onStage,
    document,
    assets,
    engine: {
      name: "knowhere",
      version,
      ...(context.ocr ? { ocr: context.ocr.name } : {}),
      ...(context.office ? { office: context.office.name } : {}),
    },
    billablePages: countBillablePages(format, document),
    ...fromModel,
  });
}

/** Readers know what is wrong; which of the wire's file types it is follows from the table. */
function nameFileType(error: unknown, format: FormatName): unknown {
  if (!(error instanceof Problem) || error.details["file_type"] !== undefined) return error;
  return problem(
    error.problem,
    { ...error.details, file_type: fileTypeOf(format), message: error.message },
    { cause: error },
  );
}

const fileTypeOf = (name: FormatName) => formats.find((format) => format.name === name)!.fileType;

function readOptionsOf({ options }: ParseInput): ReadOptions {
  return {
    ocrEnabled: options.ocrEnabled,
    ocrLanguages: options.ocrLanguages,
    pages: options.pages,
    password: options.password,
    hiddenText: options.hiddenText,
    mainContent: options.mainContent,
    findHeadings: options.smartTitleParse,
    pictureBytes: true,
  };
}
