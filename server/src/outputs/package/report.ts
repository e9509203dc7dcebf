/** What the engine measured about the quality of its own result; goes into the manifest. */
import type { Document, Page } from "@knowhere/contract";
import { visitBlocks } from "../../document/visit.ts";

/** Tables scored lower than this deserve a look. */
const lowScore = 0.5;

/** Undefined when there is nothing to report. */
export function reportQuality(document: Document): Record<string, unknown> | undefined {
  const pagesOf = (text: Page["text"]) =>
    document.pages.filter((page) => page.text === text).map((page) => page.number);
  const confidences: number[] = [];
  let lowTables = 0;
  visitBlocks(document.content, (block) => {
    if (block.source === "ocr" && block.confidence !== undefined && block.type !== "table")
      confidences.push(block.confidence);
    if (block.type === "table" && (block.confidence ?? 1) < lowScore) lowTables++;
  });
  const mean = confidences.reduce((sum, value) => sum + value, 0) / confidences.length;
  const facts = {
    pages_without_text: pagesOf("none"),
    pages_with_garbled_text: pagesOf("garbled"),
    pages_recognised: pagesOf("ocr"),
    ...(confidences.length === 0 ? {} : { ocr_confidence: Math.round(mean * 1000) / 1000 }),
    low_scoring_tables: lowTables,
  };
  const worthSaying = Object.values(facts).some((value) => (Array.isArray(value) ? value.length > 0 : value > 0));
  return worthSaying ? facts : undefined;
}
