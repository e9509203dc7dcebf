/** When a job asks for a model, and what it is then asked for. */
import type { Box, Document, JobStage } from "@knowhere/contract";
import { summary } from "../../enrich/prompts/summary.ts";
import { openFrames } from "../../formats/image/frames.ts";
import { openPdfCrops, type PdfCrops } from "../../formats/pdf/crops.ts";
import type { PackageInput } from "../../outputs/package/input.ts";
import type { ModelClient } from "../../ports/model.ts";
import type { ParseInput } from "../task.ts";
import { embedChunks } from "./embed-chunks.ts";
import { hasOnlyNumbersOf } from "./evidence.ts";
import { improveDocument } from "./improve.ts";
import { ModelWork } from "./model-work.ts";
import { transcribePages } from "./transcribe-pages.ts";

const longestSummary = 800;

type Read = Pick<PackageInput, "document" | "assets"> & { document: Document };
export interface ModelStepInput extends Read {
  input: Pick<ParseInput, "options" | "limits">;
  /** Of the source. */
  bytes(): Promise<Uint8Array>;
  client: ModelClient | undefined;
  signal: AbortSignal;
  onStage?: (stage: JobStage) => void;
}

/** Improves the document in place; resolves with what the package needs of the model. For jobs that ask for one. */
export async function runModelStep(
  step: ModelStepInput,
): Promise<Pick<PackageInput, "summarize" | "embed" | "reportModel">> {
  const { options, limits } = step.input;
  const repair = options.model === "advanced";
  const work = new ModelWork(step.client, step.signal, step.onStage);
  const pages = lazyCrops(step);
  try {
    // First, because what the pages hold decides what else there is to improve. Who wants no recognition gets none.
    if (repair && (options.ocrEnabled || step.document.format === "image")) {
      await transcribePages({ document: step.document, showPage: pages.show, maxPixels: limits.maxPixels }, work);
    }
    await improveDocument(
      {
        document: step.document,
        assets: step.assets,
        crop: pages.crop,
        describePictures: options.summaryImage,
        repair,
        maxPixels: limits.maxPixels,
      },
      work,
    );
  } finally {
    await pages.close();
  }
  const summaries = (options.summaryText || options.summaryTable) && work.can("text", "summaries");
  // Its absence is not reported: who configures chat models alone did not ask for vectors.
  const embeds = repair && step.client?.models.embedding !== undefined;
  if (!step.client) {
    step.document.warnings.push({
      code: "MODEL_NOT_AVAILABLE",
      message: "No model endpoint is configured (KNOWHERE_LLM_BASE_URL), so the result was made without one.",
    });
  }
  return {
    reportModel: () => work.report(),
    ...(embeds ? { embed: (chunks) => embedChunks(chunks, work, step.client!.models.embedding!) } : {}),
    ...(summaries ? { summarize: (piece) => writeSummary(piece, work) } : {}),
  };
}

async function writeSummary(
  piece: Parameters<NonNullable<PackageInput["summarize"]>>[0],
  work: ModelWork,
): Promise<string | null> {
  const answer = await work.ask<typeof piece, { summary: string }>(summary, piece);
  if (!answer) return null;
  const text = answer.summary.replace(/\s+/g, " ").trim();
  const honest = text !== "" && text.length <= longestSummary && hasOnlyNumbersOf(text, `${piece.title} ${piece.text}`);
  return work.count("summaries", honest) ? text : null;
}

const pageDpi = 150;

/** Opens the PDF again when the first crop is asked for; of pictures only whole pages are shown, other formats have none. */
function lazyCrops({ document, input, bytes }: ModelStepInput) {
  let opened: Promise<PdfCrops> | undefined;
  const crop = async (page: number, box: Box, dpi: number): Promise<Uint8Array | null> => {
    if (document.format !== "pdf") return null;
    opened ??= bytes().then((source) => openPdfCrops(source, input.options.password));
    return (await opened).crop(page, box, dpi);
  };
  return {
    crop,
    async show(number: number): Promise<Uint8Array | null> {
      if (document.format === "image") {
        const frames = await openFrames(await bytes(), input.limits, () => {});
        return (await frames[number - 1]?.encoded())?.bytes ?? null;
      }
      const page = document.pages.find((candidate) => candidate.number === number);
      return page ? crop(number, [0, 0, page.width, page.height], pageDpi) : null;
    },
    async close() {
      await opened?.then(
        (crops) => crops.close(),
        () => {},
      );
    },
  };
}
