/**
 * What a model adds to a tree that was read: descriptions of pictures, better tables, LaTeX for formulas, levels of headings.
 * The tree as it was read is the fallback for every piece; whatever the model made is marked with `source: "model"`.
 */
import type { Block, Box, Document, Figure, Heading, MathBlock, Table } from "@knowhere/contract";
import { plainInlines } from "../../document/inlines.ts";
import { plainBlock, plainBlocks } from "../../document/plain.ts";
import { visitBlocks } from "../../document/visit.ts";
import { formulaLatex } from "../../enrich/prompts/formula-latex.ts";
import { headingLevels } from "../../enrich/prompts/heading-levels.ts";
import { imageDescription } from "../../enrich/prompts/image-description.ts";
import { tableHtml } from "../../enrich/prompts/table-html.ts";
import { htmlToBlocks } from "../../formats/html/blocks.ts";
import { toJpeg } from "../../formats/image/jpeg.ts";
import { hasOnlyNumbersOf, shareFound } from "./evidence.ts";
import type { ModelWork } from "./model-work.ts";

export interface ImproveInput {
  document: Document;
  assets: ReadonlyMap<string, Uint8Array>;
  /** A part of a page as a picture; null where pages cannot be shown. */
  crop(page: number, box: Box, dpi: number): Promise<Uint8Array | null>;
  describePictures: boolean;
  /** Tables, formulas and headings. */
  repair: boolean;
  maxPixels: number;
}

const longestPx = 1568;
const cropDpi = 200;
/** Room around a crop, points. */
const marginPt = 4;
/** Smaller pictures are ornaments. */
const leastPicturePx = 48;
const raster = new Set(["image/png", "image/jpeg", "image/gif", "image/webp", "image/tiff"]);
/** Tables scored at least this are as good as a model's. */
const goodTable = 0.6;
const leastWordsFound = 0.9;
const leastWordsKept = 0.8;
/** Questions sent side by side; the endpoint makes them wait their turn. */
const batchSize = 4;
const mostHeadings = 300;

/** Changes the document's blocks in place. Rejects only when the work's signal is aborted. */
export async function improveDocument(input: ImproveInput, work: ModelWork): Promise<void> {
  const blocks: Block[] = [];
  visitBlocks(input.document.content, (block) => {
    blocks.push(block);
  });
  if (input.describePictures) await describePictures(blocks, input, work);
  if (!input.repair) return;
  await repairTables(blocks, input, work);
  await readFormulas(blocks, input, work);
  await repairLevels(blocks, input, work);
}

/** Pictures without alternative text get one; each distinct picture is asked about once for the same caption. */
async function describePictures(
  blocks: readonly Block[],
  { document, assets, maxPixels }: ImproveInput,
  work: ModelWork,
): Promise<void> {
  const byWords = new Map<string, Figure[]>();
  for (const block of blocks) {
    if (block.type !== "figure" || (block.alt ?? "").trim() !== "" || !block.asset) continue;
    const asset = document.assets.find(({ id }) => id === block.asset);
    if (!asset || !raster.has(asset.mediaType) || !assets.has(asset.id)) continue;
    if ((asset.width ?? leastPicturePx) < leastPicturePx || (asset.height ?? leastPicturePx) < leastPicturePx) continue;
    const key = JSON.stringify([asset.id, captionOf(block)]);
    byWords.set(key, [...(byWords.get(key) ?? []), block]);
  }
  if (byWords.size === 0 || !work.can("vision", "image_descriptions")) return;
  await work.each("enriching", batchSize, [...byWords.values()], async (figures) => {
    const jpeg = await toJpeg(assets.get(figures[0]!.asset!)!, { longestPx, maxPixels });
    if (!jpeg) return;
    const question = { caption: captionOf(figures[0]!), language: document.language };
    const answer = await work.ask<typeof question, { description: string }>(imageDescription, question, jpeg);
    const description = answer?.description.replace(/\s+/g, " ").trim().slice(0, 1000);
    if (!description) return;
    for (const figure of figures) {
      figure.alt = description;
      figure.source = "model";
    }
    work.count("image_descriptions", true);
  });
}

const captionOf = (figure: Figure) =>
  `${plainInlines(figure.caption ?? [])} ${plainBlocks(figure.content ?? [])}`.trim();

async function repairTables(blocks: readonly Block[], input: ImproveInput, work: ModelWork): Promise<void> {
  const poor = blocks.filter(
    (block): block is Table =>
      block.type === "table" && (block.confidence ?? 1) < goodTable && placeOf(block) !== undefined,
  );
  if (poor.length === 0 || !work.can("vision", "tables")) return;
  await work.each("enriching", batchSize, poor, async (table) => {
    const jpeg = await showPlace(table, input);
    if (!jpeg) return;
    const printed = plainBlock({ ...table, caption: undefined });
    const answer = await work.ask<{ text: string }, { html: string }>(tableHtml, { text: printed }, jpeg);
    if (!answer) return;
    const rebuilt = htmlToBlocks(answer.html).blocks.find((block) => block.type === "table");
    const text = rebuilt ? plainBlock({ ...rebuilt, caption: undefined }) : "";
    // No word that was not printed, and hardly one that was lost.
    const honest = shareFound(text, printed) >= leastWordsFound && shareFound(printed, text) >= leastWordsKept;
    if (!work.count("tables", rebuilt !== undefined && text !== "" && honest)) return;
    table.rows = rebuilt!.rows;
    table.headRows = rebuilt!.headRows;
    table.source = "model";
  });
}

async function readFormulas(blocks: readonly Block[], input: ImproveInput, work: ModelWork): Promise<void> {
  const plain = blocks.filter(
    (block): block is MathBlock => block.type === "math" && block.notation === "text" && placeOf(block) !== undefined,
  );
  if (plain.length === 0 || !work.can("vision", "formulas")) return;
  await work.each("enriching", batchSize, plain, async (formula) => {
    const jpeg = await showPlace(formula, input);
    if (!jpeg) return;
    const answer = await work.ask<{ text: string }, { latex: string }>(formulaLatex, { text: formula.text }, jpeg);
    if (!answer) return;
    const latex = answer.latex
      .trim()
      .replace(/^\$+|\$+$|^\\\[|\\\]$/g, "")
      .trim();
    if (!work.count("formulas", isSafeLatex(latex) && hasOnlyNumbersOf(digitsApart(latex), digitsApart(formula.text))))
      return;
    formula.text = latex;
    formula.notation = "latex";
    formula.source = "model";
  });
}

/** "x12" holds the digits 1 and 2: where numbers end is lost in both. */
const digitsApart = (text: string) => text.normalize("NFKC").replace(/\p{N}/gu, " $& ").replace(/[.,]/g, " ");

/** Balanced, not empty, and without commands that do more than print. */
function isSafeLatex(latex: string): boolean {
  if (latex === "" || /\\(?:input|include|write|read|open|def|let|href|url|html|catcode|csname)/i.test(latex))
    return false;
  let depth = 0;
  for (const [sign] of latex.matchAll(/\\.|[{}]/gs)) {
    if (sign === "{") depth++;
    else if (sign === "}" && --depth < 0) return false;
  }
  return depth === 0;
}

/** Levels only, never text; of formats that do not state them. The heading keeps its source, the text is its own. */
async function repairLevels(blocks: readonly Block[], { document }: ImproveInput, work: ModelWork): Promise<void> {
  if (document.format !== "pdf" && document.format !== "image") return;
  const headings = blocks.filter((block): block is Heading => block.type === "heading").slice(0, mostHeadings);
  if (headings.length < 3 || !work.can("text", "heading_levels")) return;
  const question = { headings: headings.map(({ level, content }) => ({ level, text: plainInlines(content) })) };
  const answer = await work.ask<typeof question, { levels: number[] }>(headingLevels, question);
  if (!answer) return;
  const { levels } = answer;
  // An outline goes down one level at a time.
  const whole =
    levels.length === headings.length && levels.every((level, at) => at === 0 || level <= levels[at - 1]! + 1);
  const changed = whole && headings.some(({ level }, at) => level !== levels[at]);
  if (whole && !changed) return;
  if (!work.count("heading_levels", whole)) return;
  headings.forEach((heading, at) => {
    heading.level = levels[at]!;
  });
}

/** The one place of a block with a box; undefined for a block without geometry or on several pages. */
function placeOf({ places }: Block): { page: number; box: Box } | undefined {
  const [place] = places ?? [];
  return places?.length === 1 && place?.box ? { page: place.page, box: place.box } : undefined;
}

async function showPlace(block: Block, { crop, maxPixels }: ImproveInput): Promise<Uint8Array | null> {
  const { page, box } = placeOf(block)!;
  const roomy: Box = [box[0] - marginPt, box[1] - marginPt, box[2] + marginPt, box[3] + marginPt];
  const picture = await crop(page, roomy, cropDpi).catch(() => null);
  return picture && toJpeg(picture, { longestPx, maxPixels });
}
