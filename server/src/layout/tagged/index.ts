/**
 * Tagged files: when the tags are good they say what is a heading, in which order things are read, and what is decoration.
 * Many files carry bad tags, so the whole file must earn trust first.
 */
import type { FlowBlock, FlowLine, FlowPage } from "../flow.ts";
import { isolateLines, splitLineAfter } from "../headings/split.ts";
import type { PageTags, TagElement } from "./elements.ts";

export { type PageTags, readPageTags } from "./elements.ts";
export { contradictsTags } from "./tables.ts";

/** Least share of the visible glyphs (artifacts apart) that stands in elements. */
const leastCover = 0.9;
/** Headings longer than this on average are paragraphs that somebody tagged as headings. */
const longestHeading = 160;

/** True when nearly all text is tagged and the tags tell things apart. */
export function areTrusted(tags: readonly PageTags[]): boolean {
  let visible = 0;
  let covered = 0;
  const types = new Map<string, number>();
  let headings = 0;
  let headingCharacters = 0;
  for (const page of tags) {
    visible += page.visible - page.artifacts;
    covered += page.covered;
    for (const element of page.elements) {
      types.set(element.type, (types.get(element.type) ?? 0) + 1);
      if (headingLevel(element) === undefined || element.characters === 0) continue;
      headings++;
      headingCharacters += element.characters;
    }
  }
  if (visible === 0 || covered < leastCover * visible) return false;
  if (headings > 0 && headingCharacters / headings > longestHeading) return false;
  if (headings > 0 && headingCharacters > 0.5 * covered) return false;
  // All P, or all Span: nothing is told apart.
  return [...types.keys()].some((type) => type !== "P" && type !== "Figure");
}

/** 1–6, or undefined for anything but a heading. "H" counts the sections around it. */
function headingLevel(element: TagElement): number | undefined {
  if (element.type === "Title") return 1;
  if (element.type === "H") return Math.min(6, Math.max(1, element.depth));
  const level = /^H([1-6])$/.exec(element.type);
  return level ? Number(level[1]) : undefined;
}

/**
 * Applies trusted tags to the flow: blocks are cut where an element ends, headings get their level, artifacts become furniture,
 * and each page is put into tag order. Returns whether the tags were trusted.
 */
export function applyTags(pages: FlowPage[], tags: ReadonlyMap<number, PageTags>): boolean {
  if (!areTrusted([...tags.values()])) return false;
  for (const page of pages) {
    const own = tags.get(page.page);
    if (!own || own.elements.length === 0) continue;
    for (const block of page.blocks) cutRunIns(block, own);
    for (const block of [...page.blocks]) cutByElement(page, block, own);
    const elementOf = new Map<FlowBlock, number>();
    for (const block of page.blocks) {
      const index = findElement(block, own);
      if (index !== undefined) elementOf.set(block, index);
    }
    markArtifacts(page, elementOf, own);
    orderByTags(page, elementOf);
    joinHeadings(page, elementOf, own);
  }
  return true;
}

function elementOfLine(line: FlowLine, tags: PageTags): number | undefined {
  for (const mcid of line.mcids) {
    const index = tags.ofMcid.get(mcid);
    if (index !== undefined) return index;
  }
  return undefined;
}

/** A heading that ends inside a line ("Undernutrition. If the diet …"): the line is cut after the heading's last letter. */
function cutRunIns(block: FlowBlock, tags: PageTags): void {
  for (let i = 0; i < block.lines.length; i++) {
    const line = block.lines[i]!;
    const [first, second] = line.mcids.map((mcid) => tags.ofMcid.get(mcid));
    if (first === undefined || second === undefined || first === second) continue;
    const element = tags.elements[first]!;
    if (headingLevel(element) === undefined) continue;
    let before = 0;
    for (let j = i - 1; j >= 0 && elementOfLine(block.lines[j]!, tags) === first; j--)
      before += countInk(block.lines[j]!.text);
    const parts = splitLineAfter(line, element.characters - before);
    if (!parts) continue;
    const [own, rest] = parts;
    own.mcids = line.mcids.filter((mcid) => tags.ofMcid.get(mcid) === first);
    rest.mcids = line.mcids.filter((mcid) => tags.ofMcid.get(mcid) !== first);
    block.lines.splice(i, 1, own, rest);
  }
}

function countInk(text: string): number {
  return text.replace(/\s/g, "").length;
}

/** A heading that ends inside a block, and text that starts in one, are cut free; paragraphs are left as geometry found them. */
function cutByElement(page: FlowPage, block: FlowBlock, tags: PageTags): void {
  if (block.kind !== "text" && block.kind !== "caption" && block.kind !== "note") return;
  let rest = block;
  let from = 0;
  while (from < rest.lines.length) {
    const own = elementOfLine(rest.lines[from]!, tags);
    let to = from + 1;
    while (to < rest.lines.length && elementOfLine(rest.lines[to]!, tags) === own) to++;
    if (to === rest.lines.length) return;
    const element = own === undefined ? undefined : tags.elements[own];
    const after = elementOfLine(rest.lines[to]!, tags);
    const next = after === undefined ? undefined : tags.elements[after];
    const matters = (element && headingLevel(element)) ?? (next && headingLevel(next));
    if (matters === undefined && !(isParagraph(element) && isParagraph(next))) {
      from = to;
      continue;
    }
    const at = page.blocks.indexOf(rest);
    isolateLines(page, rest, 0, to);
    rest = page.blocks[at + 1]!;
    from = 0;
  }
}

/** A paragraph by its tag; where text has none, geometry knows the paragraphs. */
const isParagraph = (element: TagElement | undefined): boolean => element?.type === "P" && !element.implied;

/** By its lines' marked content, else (tables, figures) by the element that covers most of its box. */
function findElement(block: FlowBlock, tags: PageTags): number | undefined {
  for (const line of block.lines) {
    const index = elementOfLine(line, tags);
    if (index !== undefined) return index;
  }
  if (block.figure && block.figure.mcid >= 0) return tags.ofMcid.get(block.figure.mcid);
  let best: number | undefined;
  let most = 0;
  if (block.lines.length > 0) return undefined;
  for (const [index, element] of tags.elements.entries()) {
    if (!element.box) continue;
    const width = Math.min(block.box[2], element.box[2]) - Math.max(block.box[0], element.box[0]);
    const height = Math.min(block.box[3], element.box[3]) - Math.max(block.box[1], element.box[1]);
    if (width > 0 && height > 0 && best === undefined) best = index;
    most = Math.max(most, width * height);
  }
  return best;
}

function markArtifacts(page: FlowPage, elementOf: ReadonlyMap<FlowBlock, number>, tags: PageTags): void {
  for (const block of page.blocks) {
    if (
      elementOf.has(block) ||
      block.furniture ||
      block.kind === "table" ||
      block.kind === "figure" ||
      block.lines.length === 0
    )
      continue;
    const inside = tags.artifactBoxes.some(
      (box) => box[0] < block.box[2] && box[2] > block.box[0] && box[1] < block.box[3] && box[3] > block.box[1],
    );
    if (!inside) continue;
    const text = block.lines.map((line) => line.text).join(" ");
    if (/^\W*\d{1,4}\W*$/.test(text)) block.furniture = "page_number";
    else block.furniture = block.box[1] < page.height / 2 ? "header" : "footer";
  }
}

/** Artifacts go to the page's ends; other blocks without an element keep their place after the block before them. */
function orderByTags(page: FlowPage, elementOf: ReadonlyMap<FlowBlock, number>): void {
  let last = -1;
  const keys = new Map<FlowBlock, number>();
  for (const block of page.blocks) {
    const own = elementOf.get(block);
    if (own !== undefined) last = own;
    const edge = block.box[1] < page.height / 2 ? -1 : Number.POSITIVE_INFINITY;
    keys.set(block, own ?? (block.furniture ? edge : last));
  }
  const positions = new Map(page.blocks.map((block, index) => [block, index]));
  page.blocks.sort((a, b) => compare(keys.get(a)!, keys.get(b)!) || positions.get(a)! - positions.get(b)!);
}

function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Sets levels; the pieces of one heading become one block. */
function joinHeadings(page: FlowPage, elementOf: ReadonlyMap<FlowBlock, number>, tags: PageTags): void {
  const kept: FlowBlock[] = [];
  for (const block of page.blocks) {
    const index = elementOf.get(block);
    const element = index === undefined ? undefined : tags.elements[index]!;
    const level = element && block.lines.length > 0 ? headingLevel(element) : undefined;
    const previous = kept.at(-1);
    if (level !== undefined && previous?.level !== undefined && elementOf.get(previous) === index) {
      previous.lines.push(...block.lines);
      previous.box = [
        Math.min(previous.box[0], block.box[0]),
        Math.min(previous.box[1], block.box[1]),
        Math.max(previous.box[2], block.box[2]),
        Math.max(previous.box[3], block.box[3]),
      ];
      previous.gapBelow = block.gapBelow;
      continue;
    }
    if (level !== undefined && block.kind !== "table" && block.kind !== "figure") {
      block.level = level;
      block.kind = "text";
    } else if (element?.type === "Figure" && block.figure && element.alt) block.figure.alt = element.alt;
    kept.push(block);
  }
  page.blocks = kept;
}
