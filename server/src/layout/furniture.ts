/**
 * Furniture: running headers and footers and page numbers, told by repetition. A text belongs to it when the same
 * characters (digits masked) stand at the same height near the top or bottom of enough pages, or when numbers there
 * follow the pages. A single page keeps everything but the number the file itself names it by, and what `page-edges.ts`
 * knows by its form.
 */
import type { FlowBlock, FlowPage } from "./flow.ts";
import { blockText } from "./flow.ts";
import { readRoman } from "./markers.ts";
import { markPageEdges } from "./page-edges.ts";

/** Share of the page's height, at its top and bottom, where furniture can stand. */
const marginShare = 0.16;
/** Heights this far apart are the same place, in points. */
const samePlacePt = 6;
/** Running headers are hardly ever set so much larger than the text. */
const largerThanBody = 1.25;
const minPages = 3;
const minShare = 0.3;

interface Candidate {
  block: FlowBlock;
  /** Position in the list of pages, for arithmetic that does not trust labels. */
  at: number;
  edge: "header" | "footer";
  y: number;
  masked: string;
  numbers: number[];
}

/** Sets `furniture` on blocks that repeat over the pages; `bodySize` is the size of running text. */
export function markFurniture(pages: readonly FlowPage[], bodySize: number): void {
  const candidates = pages
    .flatMap((page, at) => findCandidates(page, at))
    .filter((candidate) => !isNumberedTitle(candidate, bodySize));
  for (const candidate of candidates) {
    if (isLabel(candidate, pages[candidate.at]!)) candidate.block.furniture = "page_number";
  }
  // Where hardly anything can repeat, only the form of a row is left to go by.
  if (pages.length < minPages) for (const page of pages) markPageEdges(page, bodySize);
  if (pages.length < 2) return;
  const needed = Math.max(2, Math.min(minPages, Math.ceil(minShare * pages.length)));
  const groups = new Map<string, Candidate[]>();
  for (const candidate of candidates) {
    const key = `${candidate.edge}|${candidate.masked}`;
    const list = groups.get(key);
    if (list) list.push(candidate);
    else groups.set(key, [candidate]);
  }
  for (const [key, group] of groups) {
    const masked = key.slice(key.indexOf("|") + 1);
    for (const cluster of clusterByHeight(group)) {
      const distinct = new Set(cluster.map((candidate) => candidate.at)).size;
      if (distinct < needed) continue;
      // Bare numbers are page numbers only when they count with the pages.
      if (/^[#\s.\u2013-]*$/.test(masked)) markCounting(cluster, needed);
      else for (const candidate of cluster) candidate.block.furniture = candidate.edge;
    }
  }
  markCounting(
    candidates.filter((candidate) => candidate.numbers.length > 0 && candidate.masked.length <= 24),
    needed,
  );
}

/** "Chapter 4" and "Chapter 5" begin their pages at one height: in larger type they are headings. */
function isNumberedTitle({ block, masked }: Candidate, bodySize: number): boolean {
  if (!masked.includes("#") || !/\p{L}{3}/u.test(masked) || block.size <= largerThanBody * bodySize) return false;
  return !/^(?:page|seite|p\u00e1gina|\u7b2c)\s*#/u.test(masked);
}

function findCandidates(page: FlowPage, at: number): Candidate[] {
  const found: Candidate[] = [];
  for (const block of page.blocks) {
    if (block.lines.length === 0 || block.lines.length > 3 || block.furniture) continue;
    const top = block.box[1] <= marginShare * page.height;
    const bottom = block.box[3] >= (1 - marginShare) * page.height;
    if (!top && !bottom) continue;
    const text = blockText(block).normalize("NFKC").replace(/\s+/g, " ").trim();
    if (text === "" || text.length > 200) continue;
    const edge = top ? "header" : "footer";
    found.push({
      block,
      at,
      edge,
      y: edge === "header" ? block.box[1] : page.height - block.box[3],
      masked: text
        .replace(/\d+/g, "#")
        .replace(/^[ivxlc]+$/i, "#")
        .toLowerCase(),
      numbers: readNumbers(text),
    });
  }
  return found;
}

/** A lone number, the outermost thing at its edge of the page, that is the page's label in the file. */
function isLabel({ block, edge }: Candidate, page: FlowPage): boolean {
  const label = page.label?.trim().toLowerCase();
  if (!label || !/^(?:\d{1,5}|[ivxlc]{1,8})$/.test(label)) return false;
  const printed = blockText(block)
    .replace(/[\s\u2013\u2014-]/g, "")
    .toLowerCase();
  if (printed !== label) return false;
  const others = page.blocks.filter((other) => other !== block && other.lines.length > 0);
  return edge === "header"
    ? others.every((other) => other.box[1] > block.box[1] - samePlacePt)
    : others.every((other) => other.box[3] < block.box[3] + samePlacePt);
}

/** Numbers that could be the page's: those at the start or end, and a lone Roman numeral. */
function readNumbers(text: string): number[] {
  const roman = /^[ivxlc]+$/i.test(text) ? readRoman(text.toUpperCase()) : undefined;
  if (roman !== undefined) return [roman];
  const numbers = new Set<number>();
  for (const match of [
    /^\D{0,3}(\d{1,5})(?!\d)/.exec(text),
    /(?<!\d)(\d{1,5})\D{0,3}$/.exec(text),
    /(\d{1,5})\s*(?:of|\/|von|de|sur)\s*\d+/i.exec(text),
  ]) {
    if (match) numbers.add(Number(match[1]));
  }
  return [...numbers];
}

/** Groups at one height; headers of odd and even pages agree in height even where they differ in side. */
function clusterByHeight(group: Candidate[]): Candidate[][] {
  const sorted = [...group].sort((a, b) => a.y - b.y);
  const clusters: Candidate[][] = [];
  for (const candidate of sorted) {
    const last = clusters.at(-1);
    if (last && candidate.y - last[0]!.y <= samePlacePt) last.push(candidate);
    else clusters.push([candidate]);
  }
  return clusters;
}

/** Marks numbers whose difference to the page's position is one constant at one height. */
function markCounting(candidates: Candidate[], needed: number): void {
  const byOffset = new Map<string, Candidate[]>();
  for (const candidate of candidates) {
    for (const number of candidate.numbers) {
      const key = `${candidate.edge}|${number - candidate.at}`;
      const list = byOffset.get(key);
      if (list) list.push(candidate);
      else byOffset.set(key, [candidate]);
    }
  }
  for (const list of byOffset.values()) {
    for (const cluster of clusterByHeight(list)) {
      if (new Set(cluster.map((candidate) => candidate.at)).size < needed) continue;
      for (const candidate of cluster) {
        const bare = /^[^\p{L}]*$/u.test(candidate.masked) || /^(?:page|p\.|seite|\u7b2c)?\s*#/i.test(candidate.masked);
        candidate.block.furniture ??= bare ? "page_number" : candidate.edge;
      }
    }
  }
}
