/** What the engine measured about the quality of its own result; goes into the manifest. */
import type { Document, Page, QualityReport } from "@knowhere/contract";
import { plainBlock } from "../../document/plain.ts";
import { visitBlocks } from "../../document/visit.ts";

/** Tables scored lower than this deserve a look. */
const lowScore = 0.5;

export function reportQuality(document: Document): QualityReport {
  const pagesOf = (text: Page["text"]) =>
    document.pages.filter((page) => page.text === text).map((page) => page.number);
  const all = new WeightedMean();
  const byPage = new Map<number, WeightedMean>();
  const lowTables: QualityReport["low_scoring_tables"] = [];
  let tables = 0;
  visitBlocks(document.content, (block) => {
    const page = block.places?.[0]?.page;
    if (block.type === "table") {
      tables++;
      const { confidence } = block;
      if (confidence !== undefined && confidence < lowScore && block.source !== "model")
        lowTables.push({ ...(page === undefined ? {} : { page }), confidence: rounded(confidence) });
      // A table's confidence is its score; that of the words in it is not known here.
      return false;
    }
    if (block.source !== "ocr" || block.confidence === undefined) return true;
    const letters = plainBlock(block).length;
    all.add(block.confidence, letters);
    if (page !== undefined) {
      const mean = byPage.get(page) ?? new WeightedMean();
      mean.add(block.confidence, letters);
      byPage.set(page, mean);
    }
    // What is inside has been counted with it.
    return false;
  });
  const hidden: Record<string, number> = {};
  for (const { code, count, pages } of document.warnings)
    if (code.startsWith("HIDDEN_")) hidden[code] = (hidden[code] ?? 0) + Math.max(1, count ?? pages?.length ?? 1);
  return {
    pages_without_text: pagesOf("none"),
    pages_with_garbled_text: pagesOf("garbled"),
    pages_recognised: pagesOf("ocr"),
    ...(all.value === undefined ? {} : { ocr_confidence: rounded(all.value) }),
    page_confidences: [...byPage]
      .flatMap(([page, { value }]) => (value === undefined ? [] : [{ page, confidence: rounded(value) }]))
      .sort((a, b) => a.page - b.page),
    tables,
    low_scoring_tables: lowTables,
    hidden,
    missing_languages: document.warnings.flatMap(({ code, language, pages = [] }) =>
      code === "NEEDS_OCR_LANGUAGE" && language !== undefined ? [{ language, pages }] : [],
    ),
  };
}

class WeightedMean {
  #sum = 0;
  #weight = 0;
  add(value: number, weight: number): void {
    this.#sum += value * weight;
    this.#weight += weight;
  }
  /** Undefined before anything of weight was added. */
  get value(): number | undefined {
    return this.#weight === 0 ? undefined : this.#sum / this.#weight;
  }
}

const rounded = (value: number) => Math.round(value * 1000) / 1000;
