/**
 * Lines to rows: which lines of a table body are one wrapped row.
 *
 * Evidence, strongest first: a rule between two lines parts them; lines that overlap in height are one row; two figures
 * below each other in one column are two rows; a line that leaves the first column empty, or that runs on a wrapped
 * cell at a tighter pitch than rows have, belongs to the row above (or, for a label that was started above its
 * figures, to the row below).
 */
import { columnAt } from "./columns.ts";
import type { Rule } from "./rulings.ts";
import type { Chunk, TextLine } from "./text-lines.ts";

/** A line with the columns of its chunks. */
export interface PlacedLine {
  line: TextLine;
  /** By column: the chunks in it. */
  cells: Map<number, Chunk[]>;
}

export function placeLines(lines: readonly TextLine[], borders: readonly number[]): PlacedLine[] {
  return lines.map((line) => {
    const cells = new Map<number, Chunk[]>();
    for (const chunk of line.chunks) {
      const column = columnAt(borders, anchor(chunk, borders));
      const list = cells.get(column);
      if (list) list.push(chunk);
      else cells.set(column, [chunk]);
    }
    return { line, cells };
  });
}

/** The x that decides a chunk's column: its centre, or its start when it runs over a border from the left. */
function anchor(chunk: Chunk, borders: readonly number[]): number {
  const first = columnAt(borders, chunk.x0 + 0.5);
  const last = columnAt(borders, chunk.x1 - 0.5);
  if (first === last) return (chunk.x0 + chunk.x1) / 2;
  const inFirst = borders[first + 1]! - chunk.x0;
  return inFirst > 0.25 * (chunk.x1 - chunk.x0) || chunk.x1 - chunk.x0 > 2 * (borders[first + 1]! - borders[first]!)
    ? chunk.x0 + 0.5
    : (chunk.x0 + chunk.x1) / 2;
}

/** How far to the right the text of each column reaches in any line. */
function columnReach(lines: readonly PlacedLine[]): Map<number, number> {
  const out = new Map<number, number>();
  for (const placed of lines) {
    for (const [column, chunks] of placed.cells) {
      for (const chunk of chunks) out.set(column, Math.max(out.get(column) ?? 0, chunk.x1));
    }
  }
  return out;
}

/** The first word of `below` would have fitted on the line above: nobody wraps there. */
export function hadRoom(above: Chunk, below: Chunk, reach: number): boolean {
  const first = below.text.split(" ")[0] ?? "";
  const wordWidth = ((below.x1 - below.x0) * first.length) / Math.max(1, below.text.length);
  return above.x1 + wordWidth + 0.25 * (below.y1 - below.y0) < reach - 1;
}

export interface RowOptions {
  /** Full-width rules inside the body. */
  rules: readonly Rule[];
  /** Rules (or row shadings) stand between all rows: what lies between two of them is one row unless figures stack. */
  ruled: boolean;
  columns: number;
  /** x of the border right of the first column: a label that runs past it has no room to wrap in. */
  stubEnd: number;
}

/** Groups lines to rows, in order; every line is in exactly one. */
export function groupRows(lines: readonly PlacedLine[], options: RowOptions): PlacedLine[][] {
  const rows: PlacedLine[][] = [];
  const gap = hasCentredCells(lines) ? rowGap(lines) : null;
  if (gap !== null) return groupByGaps(lines, gap, options.rules);
  const pitch = tightPitch(lines);
  const spacing: Spacing = { pitch, tells: pitch > 0 && !isRowPitch(lines, pitch) };
  const reach = columnReach(lines);
  for (let at = 0; at < lines.length; at++) {
    const placed = lines[at]!;
    const row = rows[rows.length - 1];
    if (row && belongsToRow(row, placed, lines[at + 1], options, spacing, reach)) row.push(placed);
    else rows.push([placed]);
  }
  return rows;
}

/** Lines this much taller (ems) than a line of text hold chunks half a line off each other. */
const centredEm = 1.3;

/** Cells are centred on the height of their rows, so that the order of baselines says nothing of rows. */
function hasCentredCells(lines: readonly PlacedLine[]): boolean {
  return lines.some(({ line }) => line.y1 - line.y0 > centredEm * line.size);
}

/** Smallest difference in ems between the white above a row and the white between lines of one cell. */
const leastGapJumpEm = 0.2;

/** White between rows, in points, where white strips across the table are of two clear kinds; null where they are not. */
function rowGap(lines: readonly PlacedLine[]): number | null {
  const gaps = whiteAbove(lines).slice(1);
  const size = lines[0]?.line.size ?? 0;
  gaps.sort((a, b) => a - b);
  let best: number | null = null;
  let jump = leastGapJumpEm * size;
  for (let at = 1; at < gaps.length; at++) {
    const wider = gaps[at]! - gaps[at - 1]!;
    if (wider <= jump || gaps[at - 1]! > 0.6 * size) continue;
    jump = wider;
    best = (gaps[at]! + gaps[at - 1]!) / 2;
  }
  return best;
}

/** By line: the white strip across all columns above it, in points; 0 where lines overlap. Ink tells the height of no line. */
function whiteAbove(lines: readonly PlacedLine[]): number[] {
  let bottom = Number.NEGATIVE_INFINITY;
  return lines.map(({ line }) => {
    const gap = Math.max(0, Math.min(line.y0, line.baseline - 0.75 * line.size) - bottom);
    bottom = Math.max(bottom, line.y1, line.baseline + 0.22 * line.size);
    return gap;
  });
}

function groupByGaps(lines: readonly PlacedLine[], gap: number, rules: readonly Rule[]): PlacedLine[][] {
  const rows: PlacedLine[][] = [];
  const white = whiteAbove(lines);
  lines.forEach((placed, at) => {
    const row = rows[rows.length - 1];
    const isParted = at > 0 && rules.some((rule) => isBetween(rule, lines[at - 1]!.line, placed.line));
    if (row && white[at]! <= gap && !isParted && !stacksFigures(row, placed)) row.push(placed);
    else rows.push([placed]);
  });
  return rows;
}

/**
 * The largest baseline step (in ems of the line) that is line spacing inside a cell, when steps fall in two clear
 * groups; 0 when they do not.
 */
function tightPitch(lines: readonly PlacedLine[]): number {
  const steps: number[] = [];
  for (let at = 1; at < lines.length; at++) {
    steps.push((lines[at]!.line.baseline - lines[at - 1]!.line.baseline) / Math.max(4, lines[at]!.line.size));
  }
  steps.sort((a, b) => a - b);
  let best = 0;
  let jump = 1.22;
  for (let at = 1; at < steps.length; at++) {
    const lower = steps[at - 1]!;
    if (lower < 0.8 || lower > 1.6) continue;
    const ratio = steps[at]! / lower;
    if (ratio > jump) {
      jump = ratio;
      best = (lower + steps[at]!) / 2;
    }
  }
  return best;
}

/** The largest step between lines of one cell, in ems (0: unknown), and whether lines so near are of one cell at all. */
interface Spacing {
  pitch: number;
  tells: boolean;
}

/** Figures stand below each other at this pitch: whole rows do, so it tells nothing of lines inside a cell. */
function isRowPitch(lines: readonly PlacedLine[], pitch: number): boolean {
  let rows = 0;
  for (let at = 1; at < lines.length; at++) {
    const { line } = lines[at]!;
    const step = (line.baseline - lines[at - 1]!.line.baseline) / Math.max(4, line.size);
    if (step <= pitch && stacksFigures([lines[at - 1]!], lines[at]!)) rows++;
  }
  return rows >= 2;
}

function belongsToRow(
  row: PlacedLine[],
  placed: PlacedLine,
  next: PlacedLine | undefined,
  options: RowOptions,
  { pitch, tells }: Spacing,
  reach: ReadonlyMap<number, number>,
): boolean {
  const previous = row[row.length - 1]!;
  const { line } = placed;
  const step = line.baseline - previous.line.baseline;
  if (options.rules.some((rule) => isBetween(rule, previous.line, line))) return false;
  if (stacksFigures(row, placed)) return false;
  if (step < 0.8 * Math.min(line.size, previous.line.size)) return true;
  if (options.ruled) return true;
  const filled = placed.cells.size;
  const onlyText = [...placed.cells.values()].every((chunks) => chunks.every((chunk) => !chunk.numeric));
  const near = step / Math.max(4, line.size) <= pitch;
  if (pitch > 0 && !near) return false;
  const tight = tells && near;
  const covered = [...placed.cells.keys()].every((column) => row.some((other) => other.cells.has(column)));
  const stub = placed.cells.get(0);
  const stubAbove = previous.cells.get(0);
  const wraps =
    stub !== undefined &&
    stubAbove !== undefined &&
    !hadRoom(stubAbove.at(-1)!, stub[0]!, Math.min(reach.get(0) ?? 0, options.stubEnd));
  if (onlyText && covered && filled > 1 && continuesAll(placed)) return true;
  if (!stub) {
    // No first cell: text below text runs on; a fresh figure below nothing is a row of its own.
    if (!covered) return tight && row.some((other) => other.cells.has(0)) && filled < options.columns - 1;
    return onlyText ? tight || startsLower(placed) || row[0]!.cells.size > filled : tight;
  }
  const rowOnlyStub = row.every((other) => other.cells.size === 1 && other.cells.has(0));
  if (filled === 1) {
    // A label alone: the rest of a wrapped label, or a section title.
    if (isSectionTitle(previous, next)) return false;
    if (startsLower(placed) && !endsLabel(previous)) return true;
    if (tight) return !rowOnlyStub || isIndented(placed, row[0]!);
    return endsOpen(previous) || (isIndented(placed, row[0]!) && isLong(previous) && !isFollowedByIndent(next, placed));
  }
  if (rowOnlyStub) {
    // Label above its figures: "Construction and" / "equipment  12  13".
    if (endsLabel(previous) || stubAbove?.[0]?.bold !== stub[0]?.bold) return false;
    if (!wraps) return startsLower(placed) && endsOpen(previous);
    // Rows set in below a label, one like the other, are its entries.
    if (isIndented(placed, row[0]!) && isFollowedByIndent(next, placed) && !startsLower(placed)) return false;
    return startsLower(placed) || endsOpen(previous) || (tight && row.length === 1 && isLong(previous));
  }
  return onlyText && covered && tight && filled < options.columns;
}

function isBetween(rule: Rule, above: TextLine, below: TextLine): boolean {
  return rule.at > above.baseline - 0.3 * above.size && rule.at < below.baseline - 0.45 * below.size;
}

/** A figure below a figure in one column: two rows. */
function stacksFigures(row: PlacedLine[], placed: PlacedLine): boolean {
  for (const [column, chunks] of placed.cells) {
    if (column === 0 || !chunks.some((chunk) => chunk.numeric)) continue;
    for (const other of row) {
      const above = other.cells.get(column);
      if (!above?.some((chunk) => chunk.numeric)) continue;
      if (placed.line.baseline - other.line.baseline > 0.6 * placed.line.size) return true;
    }
  }
  return false;
}

const stubText = (placed: PlacedLine) =>
  placed.cells
    .get(0)
    ?.map((chunk) => chunk.text)
    .join(" ") ?? "";
const firstText = (placed: PlacedLine) => placed.line.chunks[0]?.text ?? "";

function startsLower(placed: PlacedLine): boolean {
  return /^[(\p{Ps}"'“‘]*\p{Ll}/u.test(firstText(placed)) && !/^\(?[a-z]\)|^[a-z]\.\s/u.test(firstText(placed));
}

/** Every cell of the line starts in lower case: the wrapped rest of all its cells. */
function continuesAll(placed: PlacedLine): boolean {
  return [...placed.cells.values()].every((chunks) => /^[(\p{Ps}"'“‘]*\p{Ll}{2}/u.test(chunks[0]!.text));
}

function endsOpen(placed: PlacedLine): boolean {
  return /(?:[,&/-]|\b(?:and|or|of|the|for|to|in|with|by|from|on|at|a|an|per|than|und|der|et|de|la|y))$/iu.test(
    stubText(placed),
  );
}

function endsLabel(placed: PlacedLine): boolean {
  return /[:.]$/.test(stubText(placed));
}

function isSectionTitle(previous: PlacedLine, next: PlacedLine | undefined): boolean {
  return endsLabel(previous) || (next !== undefined && previous.line.chunks[0]!.bold && !next.line.chunks[0]!.bold);
}

function isIndented(placed: PlacedLine, first: PlacedLine): boolean {
  const a = placed.cells.get(0)?.[0];
  const b = first.cells.get(0)?.[0];
  return a !== undefined && b !== undefined && a.x0 - b.x0 > 0.4 * placed.line.size;
}

/** The label reaches far into its column: a reason to wrap. */
function isLong(placed: PlacedLine): boolean {
  return stubText(placed).length >= 18;
}

function isFollowedByIndent(next: PlacedLine | undefined, placed: PlacedLine): boolean {
  const a = next?.cells.get(0)?.[0];
  const b = placed.cells.get(0)?.[0];
  return a !== undefined && b !== undefined && Math.abs(a.x0 - b.x0) < 1;
}
