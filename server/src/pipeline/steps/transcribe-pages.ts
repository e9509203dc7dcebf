/**
 * Pages that the local engine could not read well, transcribed by a vision model. The local text stays unless something speaks
 * for the model's: most words that were read locally stand in it, or, where hardly any were, the model reads the same twice.
 */
import type { Block, Document, Figure, Inline, Page } from "@knowhere/contract";
import { AssetCollector } from "../../document/assets.ts";
import { tidyInlines } from "../../document/inlines.ts";
import { plainBlocks } from "../../document/plain.ts";
import { inlinesOf, visitBlocks } from "../../document/visit.ts";
import { pageTranscription } from "../../enrich/prompts/page-transcription.ts";
import { toJpeg } from "../../formats/image/jpeg.ts";
import { mdastToBlocks } from "../../formats/markdown/blocks.ts";
import { parseMarkdown } from "../../formats/markdown/parse.ts";
import { reportQuality } from "../../outputs/package/report.ts";
import { shareFound, wordsOf } from "./evidence.ts";
import type { ModelWork } from "./model-work.ts";

export interface TranscriptionInput {
  document: Document;
  /** A whole page as a picture; null where it cannot be shown. */
  showPage(page: number): Promise<Uint8Array | null>;
  maxPixels: number;
}

/** Mean confidence of a page's recognised text below which it is bad. */
const poorPage = 0.6;
/** Longer side of the pictures the model sees; the second reading is of another size, so that it is one of its own. */
const longestPx = [1568, 1240] as const;
/** With fewer local words there is nothing to compare with. */
const fewWords = 10;
const leastLocalKept = 0.5;
const leastAgreement = 0.85;
/** A transcription with fewer words than this share of the local ones has lost something. */
const leastLength = 0.6;
const maxDepth = 12;
const maxCells = 20_000;

/** Changes the document's blocks in place. Rejects only when the work's signal is aborted. */
export async function transcribePages(input: TranscriptionInput, work: ModelWork): Promise<void> {
  const bad = findBadPages(input.document);
  if (bad.length === 0 || !work.can("vision", "pages")) return;
  // One after the other: a page is a large question, and the endpoint has its own turns.
  await work.each("enriching", 1, bad, async (page) => {
    const local = plainBlocks(blocksOf(input.document, page.number), { furniture: true });
    const text = await read(page.number, longestPx[0], input, work);
    if (text === null || text.trim() === "") return;
    const blocks = toBlocks(text);
    const honest = await isHonest(plainBlocks(blocks), local, () => read(page.number, longestPx[1], input, work));
    if (work.count("pages", honest)) replacePage(input.document, page, blocks);
  });
}

/** Pages without usable text, and those recognised with little confidence. */
function findBadPages(document: Document): Page[] {
  const confidences = new Map(reportQuality(document).page_confidences.map((one) => [one.page, one.confidence]));
  return document.pages.filter(
    ({ number, text }) =>
      text === "none" || text === "garbled" || (text === "ocr" && (confidences.get(number) ?? 0) < poorPage),
  );
}

async function read(
  page: number,
  longest: number,
  { document, showPage, maxPixels }: TranscriptionInput,
  work: ModelWork,
): Promise<string | null> {
  const picture = await showPage(page).catch(() => null);
  const jpeg = picture && (await toJpeg(picture, { longestPx: longest, maxPixels }));
  if (!jpeg) return null;
  const question = { language: document.language };
  const answer = await work.ask<typeof question, { markdown: string }>(pageTranscription, question, jpeg);
  return answer?.markdown ?? null;
}

async function isHonest(text: string, local: string, again: () => Promise<string | null>): Promise<boolean> {
  const [words, known] = [wordsOf(text).length, wordsOf(local).length];
  if (words === 0 || words < leastLength * known) return false;
  if (known >= fewWords && shareFound(local, text) >= leastLocalKept) return true;
  const second = await again();
  const other = second === null ? "" : plainBlocks(toBlocks(second));
  return shareFound(text, other) >= leastAgreement && shareFound(other, text) >= leastAgreement;
}

/** The model's Markdown as blocks that only say something: no links, no pictures, no HTML but tables. */
function toBlocks(markdown: string): Block[] {
  const options = { assets: new AssetCollector(), warnings: [], maxDepth, maxCells, hiddenText: "drop" as const };
  const blocks = [...parseMarkdown(markdown)].flatMap((piece) => mdastToBlocks(piece, options));
  const kept = blocks.filter(({ type }) => type !== "figure" && type !== "divider");
  visitBlocks(kept, (block) => {
    block.source = "model";
    for (const run of inlinesOf(block)) run.splice(0, run.length, ...tidyInlines(withoutLinks(run)));
  });
  return kept;
}

function withoutLinks(content: readonly Inline[]): Inline[] {
  return content.flatMap((inline): Inline[] => {
    if (inline.type === "image" || inline.type === "note_ref") return [];
    if (inline.type === "link") return withoutLinks(inline.content);
    return "content" in inline ? [{ ...inline, content: withoutLinks(inline.content) }] : [inline];
  });
}

/** Blocks that stand on this page alone. */
function blocksOf({ content }: Document, page: number): Block[] {
  return content.filter(({ places }) => places && places.length > 0 && places.every((place) => place.page === page));
}

/** Text and tables of the page give way to the transcription; its pictures stay, without the text that was read in them. */
function replacePage(document: Document, page: Page, blocks: Block[]): void {
  const box: [number, number, number, number] = [0, 0, page.width, page.height];
  for (const block of blocks) block.places = [{ page: page.number, box }];
  const old = new Set(blocksOf(document, page.number));
  const figures = [...old].filter((block): block is Figure => block.type === "figure");
  for (const figure of figures) delete figure.content;
  const first = document.content.findIndex((block) => old.has(block) || (block.places?.[0]?.page ?? 0) > page.number);
  const at = first < 0 ? document.content.length : first;
  const rest = document.content.filter((block) => !old.has(block));
  document.content = [...rest.slice(0, at), ...figures, ...blocks, ...rest.slice(at)];
  page.text = "ocr";
  forgetWarning(document, page.number);
}

/** The page was read after all. */
function forgetWarning(document: Document, page: number): void {
  document.warnings = document.warnings.flatMap((warning) => {
    if (warning.code !== "NEEDS_OCR" || !warning.pages?.includes(page)) return [warning];
    const pages = warning.pages.filter((other) => other !== page);
    const message = `Without usable text: page${pages.length > 1 ? "s" : ""} ${pages.join(", ")}.`;
    return pages.length === 0 ? [] : [{ code: warning.code, message, pages }];
  });
}
