/**
 * Running heads, page numbers and download stamps of files with so few pages that nothing repeats. What is set apart here is
 * lost to whoever leaves furniture out, so the form must speak for itself: the outermost row of the page, white space between
 * it and the text, and either nothing but a page number, or a page number at one end and a short text at the other, or a
 * stamp that says when the file was downloaded or printed. A year, a row like others on the page, a sentence, a heading or a
 * lone address stays text.
 */
import type { Box } from "@knowhere/contract";
import type { FlowBlock, FlowLine, FlowPage, LinePart } from "./flow.ts";

/** Share of the page's height, at its top and bottom, where such a row stands. */
const bandShare = 0.09;
/** A page number stands in the outer fifths of the page or in its middle. */
const outerShare = 0.2;
const maxTextLength = 90;
/** Larger than this against running text it is a title. */
const maxSizeRatio = 1.2;
const maxNumberRatio = 1.3;
/** Rows looked at from each edge: a stamp, a running head and a number may stand one below the other. */
const maxRows = 3;

const lonePageNumber =
  /^[\s|\u00b7\u2022\u2013\u2014-]*(?:(page|pg\.?|p\.|seite|página|pagina|стр\.?|第)\s*)?(\d{1,4}|[ivxlc]{1,6})\s*(?:页|頁|(?:of|\/|von|de|di|sur|из)\s*(\d{1,4}))?[\s|\u00b7\u2022\u2013\u2014-]*$/iu;
/** "Annual Report | 57", "57 • Annual Report". */
const dividedPageNumber =
  /^(?:\d{1,4}\s?[|\u2022\u00b7]\s?\p{L}.*|.*\p{L}.*\s?[|\u2022\u00b7]\s?(?:page\s)?\d{1,4})$/iu;
const stamp =
  /^(?:download(?:ed)?(?:\s(?:date|from|by|on|at|via))?|printed\s(?:on|from|by)|accessed\s(?:on|from))\b[\s:]/iu;
/** What browsers print at the top of a page, before its title: "10/1/24, 3:42 PM". */
const printTime = /^\d{1,4}[./-]\d{1,2}[./-]\d{1,4},?\s\d{1,2}[:.]\d\d(?:\s?[AP]M)?$/iu;
const dateOrAddress = /\b(?:19|20)\d\d\b|https?:|www\./iu;

interface Row {
  blocks: FlowBlock[];
  parts: LinePart[];
  box: Box;
  size: number;
}

/** Sets `furniture` on the outermost rows of a page that are certainly no text. */
export function markPageEdges(page: FlowPage, bodySize: number): void {
  for (const edge of ["header", "footer"] as const) {
    for (let n = 0; n < maxRows; n++) {
      const row = findOutermost(page, edge);
      const role = row && judgeRow(row, page, edge, bodySize);
      if (!row || !role) break;
      for (const block of row.blocks) block.furniture = role === "page_number" ? role : edge;
    }
  }
}

const isOpen = (block: FlowBlock): boolean => !block.furniture && block.kind !== "figure";

/** The row nearest to the edge; undefined when it is not made of single lines of text. */
function findOutermost(page: FlowPage, edge: "header" | "footer"): Row | undefined {
  const outer = (block: FlowBlock): number => (edge === "header" ? block.box[1] : -block.box[3]);
  let first: FlowBlock | undefined;
  for (const block of page.blocks) if (isOpen(block) && (!first || outer(block) < outer(first))) first = block;
  if (!first) return undefined;
  const height = Math.max(1, first.box[3] - first.box[1]);
  const blocks = page.blocks.filter(
    (block) =>
      isOpen(block) && Math.min(block.box[3], first.box[3]) - Math.max(block.box[1], first.box[1]) > 0.3 * height,
  );
  const plain = (block: FlowBlock): boolean =>
    (block.kind === "text" || block.kind === "note" || block.kind === "caption") && block.lines.length === 1;
  if (!blocks.every(plain)) return undefined;
  const box: Box = [...first.box];
  for (const block of blocks) {
    box[0] = Math.min(box[0], block.box[0]);
    box[1] = Math.min(box[1], block.box[1]);
    box[2] = Math.max(box[2], block.box[2]);
    box[3] = Math.max(box[3], block.box[3]);
  }
  const parts = blocks.flatMap((block) => partsOf(block)).sort((a, b) => a.x0 - b.x0);
  return { blocks, parts, box, size: Math.max(...blocks.map((block) => block.size)) };
}

function partsOf(block: FlowBlock): LinePart[] {
  const line = block.lines[0]!;
  return line.parts ?? [{ text: line.text.trim(), x0: line.box[0], x1: line.box[2] }];
}

function judgeRow(
  row: Row,
  page: FlowPage,
  edge: "header" | "footer",
  bodySize: number,
): "page_number" | "row" | undefined {
  const band = bandShare * page.height;
  if (edge === "header" ? row.box[3] > band : row.box[1] < page.height - band) return undefined;
  const space = spaceToText(row, page, edge);
  // With nothing else on the page it is the text, whatever it looks like.
  if (!Number.isFinite(space)) return undefined;
  const whole = row.parts.map((part) => part.text).join(" ");
  if (stamp.test(whole) && dateOrAddress.test(whole) && row.size <= maxSizeRatio * bodySize && space >= 0) return "row";
  if (printTime.test(row.parts[0]!.text) && row.parts.length === 2 && row.size <= bodySize) return "row";
  if (space < bodySize || row.size > maxNumberRatio * bodySize) return undefined;
  if (row.parts.length === 1) {
    if (isLoneNumber(row.parts[0]!, row, page)) return "page_number";
    return row.size <= maxSizeRatio * bodySize && whole.length <= maxTextLength && dividedPageNumber.test(whole)
      ? "row"
      : undefined;
  }
  return row.size <= maxSizeRatio * bodySize && isRunningHead(row, page) ? "row" : undefined;
}

/** White space between a row and the nearest text or table further in. */
function spaceToText(row: Row, page: FlowPage, edge: "header" | "footer"): number {
  let space = Number.POSITIVE_INFINITY;
  for (const block of page.blocks) {
    if (!isOpen(block) || row.blocks.includes(block)) continue;
    space = Math.min(space, edge === "header" ? block.box[1] - row.box[3] : row.box[1] - block.box[3]);
  }
  return space;
}

/** A page number by its form: never a year, a single letter that is no "i", "v" or "x", or "3/2". */
function isPageNumber(text: string): boolean {
  const found = lonePageNumber.exec(text);
  if (!found) return false;
  const [, word, number, total] = found;
  if (/\d/.test(number!)) {
    if (total !== undefined) return Number(number) <= Number(total);
    return word !== undefined || !/^(?:19|20)\d\d$/.test(number!);
  }
  return number === number!.toLowerCase() && (number!.length > 1 || /[ivx]/.test(number!));
}

function isLoneNumber(part: LinePart, row: Row, page: FlowPage): boolean {
  if (!isPageNumber(part.text)) return false;
  const middle = (part.x0 + part.x1) / 2;
  if (Math.abs(middle - page.width / 2) > 0.08 * page.width && !isOuter(part, page)) return false;
  // Numbers that stand in a column or are scattered over the page are labels or data.
  return !page.blocks.some(
    (block) =>
      !block.furniture &&
      !row.blocks.includes(block) &&
      block.lines.length > 0 &&
      block.lines.every((line) => /^\d{1,4}$/.test(line.text.trim())),
  );
}

const isOuter = (part: LinePart, page: FlowPage): boolean =>
  part.x1 <= outerShare * page.width || part.x0 >= (1 - outerShare) * page.width;

/** Two to four parts, one of them a page number at an end (or between two others), the others short and no sentences. */
function isRunningHead(row: Row, page: FlowPage): boolean {
  const { parts } = row;
  if (parts.length > 4) return false;
  const at = parts.findIndex((part) => isPageNumber(part.text));
  const number = parts[at];
  if (!number) return false;
  const others = parts.filter((part) => part !== number);
  if (others.some((part) => isPageNumber(part.text) || !isShortText(part.text))) return false;
  const between = at > 0 && at < parts.length - 1;
  if (between ? parts.length !== 3 : !isOuter(number, page)) return false;
  // "1   Introduction" is a heading, and a note begins like it: only a number far from the text is the page's.
  if (at === 0 && parts[1]!.x0 - number.x1 < 0.12 * page.width) return false;
  return !page.blocks.some(
    (block) => !row.blocks.includes(block) && block.lines.some((line) => endsAlike(line, number)),
  );
}

/** A line that also ends in a number at this place: then both are entries of a list or table. */
function endsAlike(line: FlowLine, number: LinePart): boolean {
  const end = line.parts?.at(-1);
  return end !== undefined && /^[\d.,%]+$/.test(end.text) && Math.abs(end.x1 - number.x1) < 12;
}

function isShortText(text: string): boolean {
  return /\p{L}{2}/u.test(text) && text.length <= maxTextLength && (!/[.,;:!?]$/.test(text) || /\bal\.$/.test(text));
}
