/**
 * Lines of one region to paragraphs, list items, code and contents entries.
 *
 * A line starts a new block when its style changes as a whole, when it carries a list marker, when the white space above
 * it is larger than the usual leading, when it is indented where its neighbours are not, or when the line before it ended
 * so early that its first word would still have fitted.
 */
import type { Box } from "@knowhere/contract";
import { unionOf } from "./boxes.ts";
import type { FlowKind, FlowLine, ListMarker } from "./flow.ts";
import { isFormulaLine } from "./formulas.ts";
import { isNext } from "./markers.ts";
import { opensNote } from "./notes.ts";
import { isCjk } from "./scripts.ts";

/** A line with what only its words could tell. */
export interface MarkedLine extends FlowLine {
  marker?: ListMarker | undefined;
  /** Width of the first word, to see whether it would have fitted on the line before. */
  firstWidth: number;
  /** Part of a contents list without leaders. */
  entry?: boolean | undefined;
  /** White space before the last word, when that is a page number. */
  numberGap: number;
  /** Begins with a drop cap: the lines beside it are set in, and that means nothing. */
  dropCap: boolean;
  /** The first and last word are bold. */
  startsBold: boolean;
  endsBold: boolean;
}

export interface Draft {
  kind: FlowKind;
  lines: MarkedLine[];
  marker?: ListMarker | undefined;
}

export interface RegionStyle {
  left: number;
  right: number;
  /** Distance of baselines by rounded size. */
  leading: Map<number, number>;
  justified: boolean;
  /** Size of most characters. */
  size: number;
}

/** A line that ends in leaders and a page number, or is nothing else. */
export const leaderLine = /(?:\.\s?){4,}|\u2026{2,}|(?:\u00b7\s?){5,}|_{8,}\s*\d+$/u;
export const contentsLine =
  /(?:(?:\.\s?){4,}|\u2026{2,}|(?:\u00b7\s?){5,})\s*(?:[\divxlcIVXLC]+(?:[-\u2013.]\d+)*)?\s*$/u;

export const captionStart =
  /^(?:(?:figure|table|chart|map|photo|abbildung|tabelle|tableau|figura|tabla|tabela):\s|(?:supplementary |appendix |extended data )?(?:figure|fig\.?|table|tab\.|scheme|chart|exhibit|plate|listing|algorithm|graph|map|photo|abbildung|abb\.|tabelle|tableau|figura|tabla|tabela|quadro|gr\u00e1fico|\u0440\u0438\u0441\.?|\u0440\u0438\u0441\u0443\u043d\u043e\u043a|\u0442\u0430\u0431\u043b\u0438\u0446\u0430)\s*(?:[A-Z]{0,2}[-.\s]?\d+(?:[-.\u2013]\d+)*[a-z]?|[IVXL]+|[A-Z])(?=$|[\s.:,)\u2014\u2013|\u2013-])|(?:\ud45c|\uadf8\ub9bc|\u56fe|\u5716|\u8868|\u56f3|\u200f?\u0634\u0643\u0644|\u0634\u06a9\u0644|\u062c\u062f\u0648\u0644)\s*[\d\u0660-\u0669\u06f0-\u06f9\u4e00-\u5341]+)/iu;

/** Groups the lines of a region, top to bottom. */
export function buildParagraphs(lines: MarkedLine[], style: RegionStyle): Draft[] {
  markEntries(lines, style);
  const drafts: Draft[] = [];
  let draft: Draft | undefined;
  lines.forEach((line, i) => {
    const previous = lines[i - 1];
    if (draft && previous && !startsBlock(draft, previous, line, lines[i + 1], style)) {
      draft.lines.push(line);
      return;
    }
    draft = { kind: kindOf(line, style), lines: [line], marker: line.marker };
    drafts.push(draft);
  });
  return drafts;
}

function kindOf(line: MarkedLine, style: RegionStyle): FlowKind {
  if (line.mono) return "code";
  if (isDisplayFormula(line, style)) return "math";
  if (isEntry(line)) return "contents";
  if (!line.marker && captionStart.test(line.text)) return "caption";
  return "text";
}

const isEntry = (line: MarkedLine): boolean => line.entry === true || contentsLine.test(line.text);

/**
 * Contents lists without leaders: at least four lines end in numbers that stand off from the text, flush at the right,
 * and never fall. Single lines between them ("Part II") belong to the list.
 */
function markEntries(lines: MarkedLine[], style: RegionStyle): void {
  const numbered = lines.flatMap((line, i) =>
    line.numberGap > 1.5 * line.size && style.right - line.box[2] < line.size ? [i] : [],
  );
  if (numbered.length < 4) return;
  let last = 0;
  let rising = 0;
  for (const i of numbered) {
    const value = pageValue(lines[i]!.text);
    if (value >= last) rising++;
    last = value;
  }
  if (rising < 0.85 * numbered.length) return;
  const [first, end] = [numbered[0]!, numbered.at(-1)!];
  if (numbered.length < 0.5 * (end - first + 1)) return;
  for (let i = first; i <= end; i++) lines[i]!.entry = true;
  // A title line right above ("Part I") opens the list's first part; what comes after the last number does not.
  const before = lines[first - 1];
  if (before && lines[first]!.baseline - before.baseline < 4 * before.size && before.size < 1.3 * lines[first]!.size) {
    if (numbered.length >= 8 && !/[.:]$/.test(before.text)) before.entry = before.size <= 1.25 * style.size;
  }
}

/** Roman numbers of the front matter count below every other. */
function pageValue(text: string): number {
  const digits = /(\d+)\s*$/.exec(text)?.[1];
  return digits ? 1000 + Number(digits) : 0;
}

/** Measures the margins, the leading and the setting of a region from its lines. */
export function measureRegion(lines: readonly FlowLine[], box: Box): RegionStyle {
  const sizes = new Map<number, number>();
  const gaps = new Map<number, number[]>();
  lines.forEach((line, i) => {
    const key = Math.round(line.size * 2);
    sizes.set(key, (sizes.get(key) ?? 0) + line.text.length);
    const next = lines[i + 1];
    if (!next || Math.abs(next.size - line.size) > 0.1 * line.size) return;
    const distance = next.baseline - line.baseline;
    if (distance < 0.8 * line.size || distance > 3 * line.size) return;
    const list = gaps.get(key);
    if (list) list.push(distance);
    else gaps.set(key, [distance]);
  });
  const size = ([...sizes].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 20) / 2;
  const body = lines.filter((line) => Math.abs(line.size - size) <= 0.15 * size);
  const right = Math.max(...body.map((line) => line.box[2]), box[0]);
  const left = Math.min(...body.map((line) => line.box[0]), box[2]);
  const full = body.filter((line) => right - line.box[2] <= 0.4 * size).length;
  const leading = new Map<number, number>();
  for (const [key, list] of gaps) {
    list.sort((a, b) => a - b);
    // The lower quartile: blank lines between one-line paragraphs must not pass for leading.
    leading.set(key, list[Math.floor((list.length - 1) / 4)]!);
  }
  return { left, right, leading, justified: body.length >= 4 && full >= 0.5 * body.length, size };
}

function startsBlock(
  draft: Draft,
  previous: MarkedLine,
  line: MarkedLine,
  next: MarkedLine | undefined,
  style: RegionStyle,
): boolean {
  const distance = line.baseline - previous.baseline;
  const size = Math.max(line.size, previous.size);
  if (draft.kind === "code" || line.mono) return startsCode(draft, line, distance, size);
  const formula = isDisplayFormula(line, style);
  if (formula || draft.kind === "math") return !formula || draft.kind !== "math" || distance > 3 * size;
  if (distance < 0.45 * Math.min(line.size, previous.size)) return true;
  if (draft.kind === "contents" || isEntry(line)) return startsContents(draft, line, distance, style);
  if (isScannedRow(previous) || isScannedRow(line)) return true;
  if (isTitleOfLabel(draft, previous, line, distance)) return false;
  if (changesStyle(previous, line)) return true;
  if (isGap(draft, previous, line, distance, style)) return true;
  if (line.marker && startsItem(draft, previous, line, style)) return true;
  if (opensNote(line) || countsOn(draft, line)) return true;
  if (captionStart.test(line.text) && endsEarly(previous, line, style)) return true;
  const centred = isCentred(previous, style) && isCentred(line, style);
  if (centred) return false;
  if (draft.marker) return leavesItem(draft, previous, line, style);
  if (!sharesCentre(draft, line)) {
    if (isIndented(draft, previous, line, next, style)) return true;
    if (isHanging(draft, line, style)) return true;
  }
  return endsEarly(previous, line, style) && !isDisplay(previous, style);
}

/** Words and letters of a label or value on a line of a receipt or form. */
const mostWordsOfPart = 5;
const mostLettersOfPart = 32;

/** On a scan, a line of short parts far from each other (label and amount) is no line of running text: it stays alone where no table was found. */
function isScannedRow({ confidence, parts }: FlowLine): boolean {
  if (confidence === undefined || parts === undefined) return false;
  return parts.every(
    ({ text }) => text.split(" ").length <= mostWordsOfPart && text.length <= mostLettersOfPart && !isCjk(text),
  );
}

/** "Table 3" alone on its line, and below it, however it is set, the title: one caption. */
function isTitleOfLabel(draft: Draft, previous: MarkedLine, line: MarkedLine, distance: number): boolean {
  if (draft.kind !== "caption" || draft.lines.length > 1 || line.marker || !hasLetters(line)) return false;
  if (captionStart.exec(previous.text)?.[0].length !== previous.text.replace(/[.:]$/, "").length) return false;
  const ratio = line.size / previous.size;
  return ratio > 0.8 && ratio < 1.25 && distance < 1.6 * Math.max(line.size, previous.size);
}

/** A formula on a line of its own: set in from the margin, or much shorter than the lines of text. */
function isDisplayFormula(line: MarkedLine, style: RegionStyle): boolean {
  if (!isFormulaLine(line)) return false;
  const width = style.right - style.left;
  return line.box[0] - style.left > 1.5 * line.size || line.box[2] - line.box[0] < 0.6 * width;
}

function startsCode(draft: Draft, line: MarkedLine, distance: number, size: number): boolean {
  if (draft.kind !== "code" || !line.mono) return true;
  return distance > 3.2 * size || distance < 0 || Math.abs(draft.lines.at(-1)!.size - line.size) > 0.25 * size;
}

function startsContents(draft: Draft, line: MarkedLine, distance: number, style: RegionStyle): boolean {
  const last = draft.lines.at(-1)!;
  // An entry whose title is too long for one line: the leader comes with the last one.
  if (!isEntry(last) && isEntry(line) && draft.lines.length <= 2 && !draft.marker) {
    const leading = leadingOf(style, line.size);
    if (distance <= 1.15 * leading && last.size === line.size && last.bold === line.bold && !line.marker) {
      if (last.box[2] > style.left + 0.6 * (style.right - style.left)) {
        draft.kind = "contents";
        return false;
      }
    }
  }
  return true;
}

/** Size, weight or colour of a whole line differ from those of the line before. */
function changesStyle(previous: MarkedLine, line: MarkedLine): boolean {
  const ratio = line.size / previous.size;
  if ((ratio > 1.12 || ratio < 0.89) && hasLetters(previous) && hasLetters(line)) return true;
  if (previous.bold !== line.bold && hasLetters(previous) && hasLetters(line) && previous.endsBold !== line.startsBold)
    return true;
  if (
    previous.color !== line.color &&
    isWholeColour(previous) &&
    isWholeColour(line) &&
    isContrast(previous.color, line.color)
  ) {
    return previous.spans.at(-1)?.color !== line.spans[0]?.color;
  }
  return false;
}

const hasLetters = (line: FlowLine): boolean => /[\p{L}\p{N}]/u.test(line.text);
const isWholeColour = (line: FlowLine): boolean => line.spans.every((span) => span.color === line.color);

function isContrast(a: number, b: number): boolean {
  return (
    Math.abs((a >> 16) - (b >> 16)) + Math.abs(((a >> 8) & 255) - ((b >> 8) & 255)) + Math.abs((a & 255) - (b & 255)) >
    90
  );
}

function leadingOf(style: RegionStyle, size: number): number {
  return style.leading.get(Math.round(size * 2)) ?? 1.2 * size;
}

function isGap(draft: Draft, previous: MarkedLine, line: MarkedLine, distance: number, style: RegionStyle): boolean {
  const size = Math.max(previous.size, line.size);
  if (distance > 2.4 * size) return true;
  let usual = Math.min(leadingOf(style, line.size), 1.9 * line.size);
  const { lines } = draft;
  if (lines.length >= 2)
    usual = Math.min(Math.max(usual, 0.9 * line.size), lines[1]!.baseline - lines[0]!.baseline || usual);
  return distance > Math.max(1.25 * usual, usual + 0.12 * size) && distance > 1.15 * line.size;
}

/** A marker in the middle of a paragraph may be a number that the line break put at the start of a line. */
function startsItem(draft: Draft, previous: MarkedLine, line: MarkedLine, style: RegionStyle): boolean {
  const marker = line.marker!;
  if (!marker.ordered)
    return (
      !/^[-\u2013\u2014\u2212*]$/u.test(marker.text) ||
      endsEarly(previous, line, style) ||
      /[.:;!?]$/.test(previous.text) ||
      draft.marker !== undefined
    );
  const before = draft.marker;
  if (before && isNext(before, marker)) return true;
  if (before && marker.value === 1) return true;
  if (/[.:;!?\u3002\uff1a\uff1b]["\u201d\u2019)]*$/u.test(previous.text)) return true;
  if (endsEarly(previous, line, style)) return true;
  return (
    Math.abs(line.box[0] - draft.lines[0]!.box[0]) > 0.8 * line.size && previous.box[2] < style.right - 2 * line.size
  );
}

/** "1 First entry" … "2 Second entry": numbers without a point at the left edge, each one more than the one before. */
function countsOn(draft: Draft, line: MarkedLine): boolean {
  const number = leadingNumber(line.text);
  if (number === undefined || Math.abs(line.box[0] - draft.lines[0]!.box[0]) > 0.8 * line.size) return false;
  return leadingNumber(draft.lines[0]!.text) === number - 1;
}

function leadingNumber(text: string): number | undefined {
  const digits = /^(\d{1,3}) +["\u201c\u2018(]?\p{L}/u.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** After a list item: text that starts left of the item's text, and is no wrapped line of it, is a new paragraph. */
function leavesItem(draft: Draft, previous: MarkedLine, line: MarkedLine, style: RegionStyle): boolean {
  const marker = draft.marker!;
  const em = line.size;
  if (line.box[0] >= marker.textX - 0.6 * em)
    return endsEarly(previous, line, style) && line.box[0] > marker.textX + 0.8 * em;
  // Items without hanging indent wrap to the marker's own edge, or to the margin.
  if (draft.lines.length >= 2 && draft.lines[1]!.box[0] >= marker.textX - 0.6 * em) return true;
  if (draft.lines.length >= 2)
    return Math.abs(line.box[0] - draft.lines[1]!.box[0]) > 0.8 * em || endsEarly(previous, line, style);
  return endsEarly(previous, line, style);
}

function isCentred(line: FlowLine, style: RegionStyle): boolean {
  const left = line.box[0] - style.left;
  const right = style.right - line.box[2];
  return left > line.size && right > line.size && Math.abs(left - right) < 1.2 * line.size;
}

/** Lines of several lengths over one middle are centred, though the longest of them fills the measure. */
function sharesCentre(draft: Draft, line: MarkedLine): boolean {
  const [first, second] = draft.lines;
  if (!first || !second || Math.abs(first.box[0] - second.box[0]) < 0.2 * line.size) return false;
  const middle = first.box[0] + first.box[2];
  return [...draft.lines.slice(-3), line].every(({ box, size }) => Math.abs(box[0] + box[2] - middle) < 0.6 * size);
}

/** Headings wrap early by choice: a short line says nothing there. */
function isDisplay(line: MarkedLine, style: RegionStyle): boolean {
  return (line.bold || line.size > 1.15 * style.size) && !/[.!?:]$/.test(line.text);
}

function isIndented(
  draft: Draft,
  previous: MarkedLine,
  line: MarkedLine,
  next: MarkedLine | undefined,
  style: RegionStyle,
): boolean {
  const em = line.size;
  if (draft.lines.length === 1 && previous.dropCap) return false;
  const before = draft.lines.length > 1 ? previous.box[0] : undefined;
  const indent = line.box[0] - (before ?? Math.min(previous.box[0], style.left));
  if (indent < 0.7 * em || indent > 8 * em) return false;
  // A hanging second line is indented as well: the line after it tells.
  if (draft.lines.length === 1 && previous.box[0] < line.box[0] - 0.7 * em) {
    const nextBack = next && next.box[0] < line.box[0] - 0.5 * em && Math.abs(next.box[0] - previous.box[0]) < 0.5 * em;
    const early = endsEarly(previous, line, style);
    if (!nextBack) return early;
    return early || /[.!?:\u3002"\u201d]$/u.test(previous.text);
  }
  return draft.lines.length > 1 && Math.abs(before! - draft.lines.at(-2)!.box[0]) < em
    ? indent >= 0.7 * em
    : endsEarly(previous, line, style);
}

/** Hanging paragraphs (bibliographies): the first line stands out, and the next entry stands out again. */
function isHanging(draft: Draft, line: MarkedLine, style: RegionStyle): boolean {
  if (draft.lines.length < 2 || draft.lines[0]!.dropCap) return false;
  const em = line.size;
  const [first, ...rest] = draft.lines;
  if (!rest.every((other) => other.box[0] - first!.box[0] > 0.7 * em)) return false;
  return Math.abs(line.box[0] - first!.box[0]) < 0.4 * em && first!.box[0] - style.left < 4 * em;
}

/** The line before ended although the first word of this one would have fitted. */
function endsEarly(previous: MarkedLine, line: MarkedLine, style: RegionStyle): boolean {
  const em = line.size;
  const slack = style.right - previous.box[2];
  if (slack < line.firstWidth + 0.35 * em || /[-\u00ad]$/.test(previous.text)) return false;
  const terminal = /[.!?:;\u3002\uff01\uff1f]["'\u201d\u2019)\]]*\d{0,3}$/u.test(previous.text);
  const opens = /^["'\u201c\u2018([]?[\p{Lu}\p{Lo}\p{N}]/u.test(line.text);
  if (terminal && opens) return slack > (style.justified ? 1.2 : 3) * em + (style.justified ? 0 : line.firstWidth);
  if (style.justified) return slack > 2.5 * em + line.firstWidth && opens;
  return opens && slack > Math.max(0.35 * (style.right - style.left), line.firstWidth + 2 * em);
}

export const boxOfLines = (lines: readonly FlowLine[]): Box => unionOf(lines.map((line) => line.box));
