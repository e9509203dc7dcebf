/**
 * Footnotes: small text at the foot of a column that begins with a mark, most often below a short rule. The zone is found
 * per region from its foot upwards; zones of all columns are read after the body of all columns.
 */
import { unionOf } from "./boxes.ts";
import { blockText, type FlowBlock, type FlowLine, type FlowPage } from "./flow.ts";

/** Heads of lists that are numbered and set small like notes. */
const listHead =
  /^(?:\d+\.?\s*)?(?:references?|bibliography|literature(?: cited)?|works cited|sources|endnotes|notes|literatur|r\u00e9f\u00e9rences|bibliographie|referencias|\u53c2\u8003\u6587\u732e|\u53c3\u8003\u6587\u737b|\ucc38\uace0\ubb38\ud5cc)\s*:?$/iu;

/** The mark a note begins with. */
const symbolMark = /^([*\u2217\u2020\u2021\u00a7\u00b6#]{1,3})\s*/u;
const numberMark = /^\(?(\d{1,3})\)?[.)]?(?=\s|\p{L})/u;

const raisedMark = /^(?:[1-9]\d{0,2}|[a-z]|[*\u2217\u2020\u2021\u00a7\u00b6#]{1,3})$/u;

/** Label and how many characters of the first line it takes; undefined when the block begins with no mark. */
export function findNoteMark(block: FlowBlock): { label: string; characters: number } | undefined {
  const first = block.lines[0]?.spans[0];
  if (!first) return undefined;
  if (first.shift === "super") {
    const label = first.text.trim();
    return raisedMark.test(label) ? { label, characters: first.text.length } : undefined;
  }
  const { text } = block.lines[0]!;
  const match = symbolMark.exec(text) ?? numberMark.exec(text);
  return match ? { label: match[1]!, characters: match[0].length } : undefined;
}

/** A line that opens a note: a raised mark of up to three characters. */
export function opensNote(line: FlowLine): boolean {
  const first = line.spans[0];
  return (
    first?.shift === "super" &&
    /^[\d*\u2020\u2021\u00a7\u00b6a-z]{1,3}$/u.test(first.text.trim()) &&
    line.spans.length > 1
  );
}

/** Marks the note blocks of a page and moves them behind its body. */
export function markNotes(page: FlowPage, bodySize: number, rules: readonly (readonly number[])[]): void {
  page.blocks = page.blocks.flatMap((block) => splitNotes(block, page, bodySize));
  const regions = new Map<number, FlowBlock[]>();
  for (const block of page.blocks) {
    const list = regions.get(block.region);
    if (list) list.push(block);
    else regions.set(block.region, [block]);
  }
  let found = false;
  for (const blocks of regions.values()) found = markZone(page, blocks, bodySize, rules) || found;
  if (!found) return;
  const notes = page.blocks.filter((block) => block.kind === "note");
  const lowest = Math.max(...notes.map((block) => block.box[3]));
  // What stands below all notes (a footer) stays below them.
  const after = page.blocks.filter((block) => block.kind !== "note" && block.box[1] >= lowest - 1);
  const before = page.blocks.filter((block) => block.kind !== "note" && block.box[1] < lowest - 1);
  page.blocks = [...before, ...notes, ...after];
}

/** Cuts a small-print block before each line that opens the next note: "… end. / 35 See …". */
function splitNotes(block: FlowBlock, page: FlowPage, bodySize: number): FlowBlock[] {
  if (
    block.kind !== "text" ||
    block.lines.length < 2 ||
    block.size > 0.95 * bodySize ||
    block.box[1] < 0.3 * page.height
  )
    return [block];
  const parts: FlowLine[][] = [];
  let number = numberOf(block.lines[0]!);
  for (const line of block.lines) {
    const own = numberOf(line);
    const next = own !== undefined && (number === undefined || own === number + 1);
    if (parts.length === 0 || next || opensNote(line)) parts.push([line]);
    else parts.at(-1)!.push(line);
    number = own !== undefined && next ? own : number;
  }
  if (parts.length === 1) return [block];
  return parts.map((lines, i) => ({
    ...block,
    lines,
    box: unionOf(lines.map((line) => line.box)),
    gapAbove: i === 0 ? block.gapAbove : 0,
    gapBelow: i === parts.length - 1 ? block.gapBelow : 0,
  }));
}

/** The number a note line begins with, before a capital or a quotation mark. */
function numberOf(line: FlowLine): number | undefined {
  const match = /^(\d{1,3})[.)]?\s+["\u201c\u2018'(]?\p{Lu}/u.exec(line.text);
  return match ? Number(match[1]) : undefined;
}

function markZone(
  page: FlowPage,
  blocks: FlowBlock[],
  bodySize: number,
  rules: readonly (readonly number[])[],
): boolean {
  const above = sizeAbove(blocks, bodySize);
  let end = blocks.length;
  // A footer line below the notes is no part of the zone.
  while (end > 0 && isFooter(blocks[end - 1]!, page) && !isSmall(blocks[end - 1]!, above, true)) end--;
  // Nor is a lone number, however small: it is the page's.
  while (end > 0 && /^\W*\d{1,4}\W*$/.test(blockText(blocks[end - 1]!))) end--;
  let start = end;
  let firstMarked = -1;
  for (let i = end - 1; i >= 0; i--) {
    const block = blocks[i]!;
    if ((block.kind !== "text" && block.kind !== "caption") || block.boxed) break;
    const marked = findNoteMark(block) !== undefined;
    if (!isSmall(block, above, marked)) break;
    // Small print that fills the column is a bibliography, not a foot.
    if (block.box[1] < 0.25 * page.height && !belowRule(block, rules)) return false;
    if (listHead.test(blockText(block))) return false;
    start = i;
    if (marked) firstMarked = i;
    if (marked && belowRule(block, rules)) break;
  }
  const head = blocks[start - 1];
  if (firstMarked < 0 || (head && listHead.test(blockText(head)) && !belowRule(blocks[start]!, rules))) return false;
  // Without a rule only what follows a mark is sure to be a note, unless the text goes on from the page before: then it
  // stands apart from the body in the same small print.
  const apart = blocks[start]!.gapAbove > 0.8 * blocks[start]!.size && blocks[start]!.lines.length > 1;
  const from = apart || belowRule(blocks[start]!, rules) ? start : firstMarked;
  for (let i = from; i < end; i++) blocks[i]!.kind = "note";
  return true;
}

/** Size of the text above the small print of a region; the document's own where there is none. */
function sizeAbove(blocks: readonly FlowBlock[], bodySize: number): number {
  const last = blocks.at(-1)!;
  for (let i = blocks.length - 2; i >= 0; i--) {
    const block = blocks[i]!;
    if (block.kind !== "text" || block.boxed) continue;
    if (block.size > 1.05 * last.size && block.lines.length >= 2) return Math.min(block.size, 1.35 * last.size);
  }
  return bodySize;
}

const isSmall = (block: FlowBlock, bodySize: number, marked: boolean): boolean =>
  block.size <= (marked ? 0.95 : 0.93) * bodySize;
const isFooter = (block: FlowBlock, page: FlowPage): boolean =>
  block.lines.length === 1 && block.box[1] > 0.9 * page.height;

/** A horizontal rule stands right above the block and begins at its left edge. */
function belowRule(block: FlowBlock, rules: readonly (readonly number[])[]): boolean {
  return rules.some(
    (rule) =>
      rule[1]! <= block.box[1] + 2 &&
      block.box[1] - rule[1]! < 2.5 * block.size &&
      rule[0]! < block.box[2] &&
      rule[2]! > block.box[0] &&
      rule[2]! - rule[0]! > 20,
  );
}
