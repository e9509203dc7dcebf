/**
 * Tables without any rule: lines that break into chunks at the same places.
 *
 * Running text is taken out first (chunks of many words stacked at one left edge), so that a table beside a column of
 * prose is seen alone. What remains is cut into stretches of split lines; each stretch must show columns with wide gaps
 * and figures or short entries in them.
 */
import { type Column, findColumns } from "./columns.ts";
import type { Candidate, Claims } from "./find.ts";
import { countColumns, countRows } from "./grid.ts";
import {
  isCaption,
  isContents,
  isForm,
  isFormulas,
  isList,
  looksCharted,
  overlapsDrawing,
  scoreAligned,
} from "./guards.ts";
import { isHalfStep } from "./half-steps.ts";
import { readHeadedRow } from "./headed-row.ts";
import { findItemPairs } from "./item-pairs.ts";
import { findProse } from "./prose.ts";
import { mendBroken } from "./rulings.ts";
import { cutSections } from "./sections.ts";
import { buildTextGrid } from "./text-grid.ts";
import { continuesCell, maxCellRests, type TextLine } from "./text-lines.ts";
import type { PageView } from "./view.ts";
import { freeLines } from "./words-inside.ts";

/** Lines farther apart than this many ems are not of one table. */
const maxStepEm = 2.9;
/** Rows of one grid, entry over entry, may stand farther apart: cells with room around their text. */
const maxAlignedStepEm = 4.5;
/** Lone chunks (section labels) allowed in a row between split lines; the rest of a wrapped cell is none. */
const maxLone = 2;

/** A lone line so much larger than the rows is no row. */
const titleRatio = 1.15;

/** Borderless tables among the words that are still free. */
export function findAligned(view: PageView, claims: Claims): Candidate[] {
  const lines = freeLines(view, claims);
  if (lines.length < 2) return [];
  const prose = findProse(lines);
  const out: Candidate[] = [];
  for (const stretch of cutStretches(lines, prose)) {
    for (const section of cutSections(stretch.lines)) {
      const candidate = readStretch({ lines: section }, lines, view);
      if (candidate) out.push(candidate);
    }
  }
  return out;
}

interface Stretch {
  lines: TextLine[];
}

/** Consecutive lines that are split once prose is left out. */
function cutStretches(lines: readonly TextLine[], prose: ReadonlySet<TextLine["chunks"][number]>): Stretch[] {
  const out: Stretch[] = [];
  let current: TextLine[] = [];
  let lone = 0;
  let rests = 0;
  const flush = () => {
    trimLone(current);
    if (current.length >= 2) out.push({ lines: current });
    current = [];
    lone = 0;
    rests = 0;
  };
  for (const line of lines) {
    const kept = withoutProse(line, prose);
    if (!kept) {
      // A line of prose only matters where it stands in the way.
      if (current.length > 0 && crossesStretch(line, current)) flush();
      continue;
    }
    const last = current[current.length - 1];
    const reach = keepsStep(current, kept) ? maxAlignedStepEm : maxStepEm;
    if (last && kept.baseline - last.baseline > reach * Math.max(kept.size, last.size)) flush();
    if (isCaption(kept)) flush();
    if (last && (isTitle(kept, current) || isListItem(kept, current))) {
      flush();
      continue;
    }
    if (kept.chunks.length > 1) {
      lone = 0;
      rests = 0;
      current.push(kept);
    } else if (current.some((line) => line.chunks.length > 1)) {
      if (rests < maxCellRests && continuesCell(kept, current)) rests++;
      else lone++;
      if (lone > maxLone) flush();
      else current.push(kept);
    } else current = [kept];
  }
  flush();
  return out;
}

/** Takes lone chunks off both ends, but for those that overlap their neighbour in height, and the descriptions of items. */
function trimLone(lines: TextLine[]): void {
  const pairs = findItemPairs(lines) ?? { from: lines.length, to: 0 };
  const isLone = (line: TextLine | undefined) => line !== undefined && line.chunks.length < 2;
  const keeps = (): boolean => isHalfStep(lines.at(-2), lines.at(-1)) || isRestLikeOthers(lines);
  while (lines.length > pairs.to && isLone(lines.at(-1)) && !keeps()) lines.pop();
  for (let at = 0; at < pairs.from && isLone(lines[0]) && !isHalfStep(lines[0], lines[1]); at++) lines.shift();
}

/** The line stands as far below the last one as rows of the stretch do, entry below entry. */
function keepsStep(rows: readonly TextLine[], line: TextLine): boolean {
  const row = rows.findLast((other) => other.chunks.length > 1);
  const [before, last] = [rows.at(-2), rows.at(-1)];
  if (!row || !last || !sharesEdges(row, line)) return false;
  return !before || line.baseline - last.baseline < 1.3 * (last.baseline - before.baseline);
}

/** Every chunk begins or ends where one of the row above does; a lone one not at the left edge, where text begins as well. */
function sharesEdges(row: TextLine, line: TextLine): boolean {
  if (line.chunks.length > row.chunks.length) return false;
  if (line.chunks.length === 1 && line.x0 < row.x0 + line.size) return false;
  const near = (a: number, b: number) => Math.abs(a - b) < 0.2 * line.size;
  return line.chunks.every((chunk) => row.chunks.some((other) => near(chunk.x0, other.x0) || near(chunk.x1, other.x1)));
}

/** A lone line in larger type than the rows so far: a heading, and what follows it is another matter. */
function isTitle(line: TextLine, rows: readonly TextLine[]): boolean {
  if (line.chunks.length > 1) return false;
  const row = rows.findLast((other) => other.chunks.length > 1);
  return row !== undefined && line.size > titleRatio * row.size;
}

/** A bullet at the left edge of the rows, and its text: a list that follows the table. */
function isListItem(line: TextLine, rows: readonly TextLine[]): boolean {
  const isItem = ({ chunks }: TextLine) => /^[•◦▪‣●○■]\s/u.test(chunks[0]!.text);
  if (line.chunks.length > 1 || !isItem(line)) return false;
  const left = Math.min(...rows.map((row) => row.x0));
  return line.x0 < left + 3 * line.size && !rows.some(isItem);
}

/** The last line is the rest of a cell, as others of the stretch are: one column further in, at the same step below its row. */
function isRestLikeOthers(lines: readonly TextLine[]): boolean {
  const rest = lines[lines.length - 1]!;
  const row = lines[lines.length - 2];
  if (!row || row.chunks.length < 2 || rest.x0 < row.x0 + rest.size) return false;
  const step = rest.baseline - row.baseline;
  return lines.slice(1, -2).some((other, at) => {
    const above = lines[at]!;
    const alone = other.chunks.length === 1 && above.chunks.length > 1 && Math.abs(other.x0 - rest.x0) < 1;
    return alone && Math.abs(other.baseline - above.baseline - step) < 0.5;
  });
}

function withoutProse(line: TextLine, prose: ReadonlySet<TextLine["chunks"][number]>): TextLine | null {
  const chunks = line.chunks.filter((chunk) => !prose.has(chunk));
  if (chunks.length === line.chunks.length) return line;
  if (chunks.length === 0) return null;
  return {
    ...line,
    chunks,
    x0: Math.min(...chunks.map((chunk) => chunk.x0)),
    x1: Math.max(...chunks.map((chunk) => chunk.x1)),
  };
}

function crossesStretch(line: TextLine, stretch: readonly TextLine[]): boolean {
  const x0 = Math.min(...stretch.map((other) => other.x0));
  const x1 = Math.max(...stretch.map((other) => other.x1));
  return line.chunks.some((chunk) => chunk.x0 < x1 && chunk.x1 > x0);
}

function readStretch(stretch: Stretch, lines: readonly TextLine[], view: PageView): Candidate | null {
  const pair = stretch.lines.slice();
  trimLone(pair);
  const headed = readHeadedRow(pair);
  const all = headed ? pair : trimTop(stretch.lines);
  const split = all.filter((line) => line.chunks.length > 1);
  if (split.length < 3 && !headed) return null;
  const columns = headed ?? findColumns(all);
  if (columns.length < 2) return null;
  const left = Math.min(...all.map((line) => line.x0));
  const right = Math.max(...all.map((line) => line.x1));
  const top = all[0]!.y0;
  const bottom = all[all.length - 1]!.y1;
  const crossing = view.rules.horizontals.filter(
    (rule) => rule.at > top && rule.at < bottom && rule.to > left && rule.from < right,
  );
  const scanned = view.words[all[0]!.chunks[0]!.words[0]!]?.confidence !== undefined;
  const rules = scanned ? mendBroken(crossing, left, right) : crossing;
  const built = buildTextGrid({ lines: all, left, right, rules, ...(headed ? { columns: headed } : {}) });
  if (!built || countRows(built.grid) < (headed ? 2 : 3) || countColumns(built.grid) < 2) return null;
  if (isContents(built) || isList(built)) return null;
  const box: [number, number, number, number] = [left, top, right, bottom];
  if (isForm(box, view) || overlapsDrawing(box, view) || looksCharted(box, view, rules)) return null;
  const captioned = lines.some(
    (line) =>
      isCaption(line) &&
      line.chunks[0]!.x0 < right &&
      line.x1 > left &&
      (near(line.y1, top, 3.5 * line.size) || near(bottom, line.y0, 2.5 * line.size)),
  );
  if (!captioned && isFormulas(built)) return null;
  if (headed) return { grid: built.grid, kind: "aligned", score: headedScore };
  const amidProse = isAmidProse(all, lines, columns);
  return { grid: built.grid, kind: "aligned", score: scoreAligned(built, { captioned, amidProse }) };
}

/** A head whose titles all have their entry below them; hardly more than what is asked for, as one row repeats nothing. */
const headedScore = 0.65;

/** Lines next to the stretch that are looked at for running text. */
const lookAround = 5;

/**
 * Running text above or below goes across the gaps between the columns: so the page is not set in columns here, and what
 * stands in columns is read line by line. Its entries start at their columns' left edges; those of authors are centred.
 */
function isAmidProse(stretch: readonly TextLine[], lines: readonly TextLine[], columns: readonly Column[]): boolean {
  const first = stretch[0]!;
  const last = stretch[stretch.length - 1]!;
  const crosses = (line: TextLine) => {
    const [chunk] = line.chunks;
    if (line.chunks.length > 1 || chunk!.words.length < 8) return false;
    return columns.slice(1).every((column, at) => chunk!.x0 < columns[at]!.x1 && chunk!.x1 > column.x0);
  };
  const above = lines.filter((line) => line.baseline < first.baseline).slice(-lookAround);
  const below = lines.filter((line) => line.baseline > last.baseline).slice(0, lookAround);
  if (above.filter(crosses).length < 2 && below.filter(crosses).length < 2) return false;
  const split = stretch.filter((line) => line.chunks.length > 1);
  const chunks = split.flatMap((line) => line.chunks.map((chunk) => ({ chunk, size: line.size })));
  const atEdge = chunks.filter(({ chunk, size }) =>
    columns.some((column) => Math.abs(chunk.x0 - column.x0) < 0.3 * size),
  );
  return atEdge.length >= 0.85 * chunks.length;
}

/** Running headers and headings above the table stand off by more than its lines do. */
function trimTop(lines: readonly TextLine[]): readonly TextLine[] {
  const steps = lines.slice(1).map((line, at) => line.baseline - lines[at]!.baseline);
  const median = steps.slice().sort((a, b) => a - b)[steps.length >> 1] ?? 0;
  let start = 0;
  for (let at = 0; at < Math.min(2, steps.length - 2); at++)
    if (steps[at]! > 1.75 * median && !headsColumns(lines[at]!, lines.slice(at + 1))) start = at + 1;
  return start > 0 ? lines.slice(start) : lines;
}

/** Three titles or more, each over a column of its own: a head that a rule or white parts from its table. */
function headsColumns({ chunks }: TextLine, below: readonly TextLine[]): boolean {
  if (chunks.length < 3 || chunks.some((chunk) => chunk.numeric)) return false;
  const columns = findColumns(below);
  const over = chunks.map((chunk) => columns.findIndex((column) => column.x0 < chunk.x1 && column.x1 > chunk.x0));
  return !over.includes(-1) && new Set(over).size === chunks.length;
}

/** `above` lies at most `reach` over `below`. */
function near(above: number, below: number, reach: number): boolean {
  return below - above >= -2 && below - above <= reach;
}
