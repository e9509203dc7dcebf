/**
 * A grid from lines of text: columns from white space, head above the first line of figures, rows from rules or pitch.
 * Rule bands and borderless tables both end here; they differ only in how they find the lines.
 */
import { type Column, type ColumnOptions, columnBorders, findColumns, medianSize } from "./columns.ts";
import type { Grid, GridCell } from "./grid.ts";
import { isHalfStep, joinHalfSteps, partsOf } from "./half-steps.ts";
import { buildHead } from "./header.ts";
import { findItemPairs, pairRows } from "./item-pairs.ts";
import { groupRows, type PlacedLine, placeLines } from "./rows.ts";
import type { Rule } from "./rulings.ts";
import { isYearText, type TextLine } from "./text-lines.ts";

export interface TextGridInput {
  lines: readonly TextLine[];
  left: number;
  right: number;
  /** Horizontal rules between the first and the last line, full and partial. */
  rules: readonly Rule[];
  columns?: Column[] | undefined;
  options?: ColumnOptions | undefined;
}

export interface TextGrid {
  grid: Grid;
  columns: Column[];
  /** Index of the first body line. */
  bodyStart: number;
  rows: PlacedLine[][];
}

/** The grid of the lines, or null when they have no two columns. */
export function buildTextGrid(input: TextGridInput): TextGrid | null {
  const { lines } = input;
  if (lines.length < 2) return null;
  const full = input.rules.filter((rule) => isFull(rule, input.left, input.right));
  const inner = full.filter((rule) => rule.at > lines[0]!.baseline && rule.at < lines[lines.length - 1]!.y0 + 2);
  let bodyStart = findBodyStart(lines, inner);
  // A label of two lines begins above the figures of the first row.
  if (lines[bodyStart - 1]?.chunks.length === 1 && isHalfStep(lines[bodyStart - 1], lines[bodyStart])) bodyStart--;
  const pairs = findItemPairs(lines);
  if (pairs) bodyStart = Math.min(bodyStart, pairs.from);
  let columns = input.columns ?? findColumns(lines.slice(bodyStart), input.options);
  if (columns.length < 2 && bodyStart > 0) {
    bodyStart = 0;
    columns = findColumns(lines, input.options);
  }
  if (columns.length < 2) return null;
  columns = addHeadColumns(columns, lines.slice(0, bodyStart), lines.slice(bodyStart));
  const borders = columnBorders(columns, input.left, input.right);
  const head = buildHead(lines.slice(0, bodyStart).flatMap(partsOf), columns, input.rules);
  const body = placeLines(joinHalfSteps(lines.slice(bodyStart)), borders);
  const bodyRules = inner.filter((rule) => rule.at > (lines[bodyStart]?.baseline ?? 0));
  const rows = pairs
    ? pairRows(placeLines(lines.slice(bodyStart), borders), pairs, bodyStart)
    : groupRows(body, {
        rules: bodyRules,
        ruled: isRowRuled(bodyRules, lines.slice(bodyStart)),
        columns: columns.length,
        stubEnd: borders[1]!,
      });
  return { grid: assemble(head, rows, borders, lines, bodyStart, columns), columns, bodyStart, rows };
}

export function isFull(rule: Rule, left: number, right: number): boolean {
  return rule.to - rule.from >= 0.85 * (right - left);
}

/** Rules stand between (nearly) all rows when no stretch between two of them could hold many rows. */
function isRowRuled(rules: readonly Rule[], lines: readonly TextLine[]): boolean {
  if (rules.length < 2 || rules.length + 1 < lines.length / 4) return false;
  return !partsGroups(rules, lines);
}

/** Most stretches between two rules hold two or more lines of figures: the rules part groups of rows. */
function partsGroups(rules: readonly Rule[], lines: readonly TextLine[]): boolean {
  const figures = new Array<number>(rules.length + 1).fill(0);
  for (const line of lines) {
    if (isFigureLine(line)) figures[rules.filter((rule) => rule.at < line.baseline - 0.3 * line.size).length]!++;
  }
  return figures.filter((count) => count > 1).length > 0.5 * figures.length;
}

/** First line of the body: below the head's rule, else the first line of figures that are not years. */
export function findBodyStart(lines: readonly TextLine[], rules: readonly Rule[]): number {
  const figures = lines.findIndex((line) => isFigureLine(line));
  const header = rules[0];
  if (header) {
    const below = lines.findIndex((line) => line.baseline - 0.3 * line.size > header.at);
    // A rule right under the first lines ends the head unless figures stand above it. Ranges of values may head columns
    // too ("$10,000 or more"): one such line, right above a rule that does not merely part rows.
    const after = rules[1]
      ? lines.filter((line) => line.baseline > header.at && line.baseline < rules[1]!.at).length
      : lines.length;
    const ranged = figures > 0 && figures === below - 1 && below <= 5 && after >= Math.max(3, below);
    if (below > 0 && (figures < 0 || figures >= below || ranged)) {
      const next = rules[1];
      if (next && figures > below) {
        // Two rules in the head: the spanning titles have their own.
        const second = lines.findIndex((line) => line.baseline - 0.3 * line.size > next.at);
        if (second > below && second <= figures && second - below <= 3 && hasMoreChunks(lines, below, second))
          return second;
      }
      return below;
    }
  }
  if (figures >= 0) return Math.min(labelStart(lines, figures), 8);
  return boldHead(lines);
}

function hasMoreChunks(lines: readonly TextLine[], from: number, to: number): boolean {
  const above = Math.max(...lines.slice(0, from).map((line) => line.chunks.length));
  const inside = Math.max(...lines.slice(from, to).map((line) => line.chunks.length));
  return inside > above;
}

/** Section labels ("Real estate loans") right above the first figures belong to the body. */
function labelStart(lines: readonly TextLine[], figures: number): number {
  let start = figures;
  while (start > 1) {
    const line = lines[start - 1]!;
    const first = lines[figures]!.chunks[0]!;
    const chunk = line.chunks[0]!;
    const label =
      line.chunks.length === 1 && chunk.x0 <= first.x0 + 2 * line.size && chunk.x1 < lines[figures]!.chunks[1]!.x0;
    if (!label || lines.slice(0, start - 1).every((other) => other.chunks.length < 2)) break;
    start--;
  }
  return start;
}

/** Leading lines in bold over lines that are not; else one head line. */
function boldHead(lines: readonly TextLine[]): number {
  const isBold = (line: TextLine) => line.chunks.every((chunk) => chunk.bold);
  let count = 0;
  while (count < lines.length && isBold(lines[count]!)) count++;
  if (count > 0 && count <= Math.min(6, lines.length - 1)) return count;
  return 1;
}

/** Half or more of the chunks right of the first are figures, and not all of them years. */
export function isFigureLine(line: TextLine): boolean {
  if (line.chunks.length < 2) return false;
  const values = line.chunks[0]!.numeric ? line.chunks : line.chunks.slice(1);
  const numeric = values.filter((chunk) => chunk.numeric);
  if (numeric.length * 2 < values.length || numeric.length === 0) return false;
  return !numeric.every((chunk) => isYearText(chunk.text)) && !isNumbering(numeric.map((chunk) => chunk.text));
}

/** 1, 2, 3, … across a line numbers the columns. */
function isNumbering(texts: readonly string[]): boolean {
  if (texts.length < 3) return false;
  return texts.every((text, at) => /^\d{1,2}$/.test(text) && (at === 0 || Number(text) === Number(texts[at - 1]) + 1));
}

/** A head chunk over a wide gap that no body line writes into is a column without entries. */
function addHeadColumns(columns: Column[], head: readonly TextLine[], body: readonly TextLine[]): Column[] {
  if (head.length === 0) return columns;
  const size = medianSize(body.length > 0 ? body : head);
  const out = columns.slice();
  const last = head[head.length - 1]!;
  for (const chunk of last.chunks) {
    const clear = out.every((column) => chunk.x1 < column.x0 - 0.4 * size || chunk.x0 > column.x1 + 0.4 * size);
    const inside = chunk.x0 > out[0]!.x0 && chunk.x1 < out[out.length - 1]!.x1;
    const others = last.chunks.length > 2 && last.chunks.filter((other) => other !== chunk).length >= 2;
    if (clear && inside && others && hasOwnNeighbours(chunk, last, out)) {
      out.push({ x0: chunk.x0, x1: chunk.x1, support: 0 });
      out.sort((a, b) => a.x0 - b.x0);
    }
  }
  return out;
}

/** Both columns beside the chunk have head chunks of their own, so it cannot be theirs. */
function hasOwnNeighbours(chunk: { x0: number; x1: number }, line: TextLine, columns: readonly Column[]): boolean {
  const left = columns.filter((column) => column.x1 < chunk.x0).at(-1);
  const right = columns.find((column) => column.x0 > chunk.x1);
  const isOver = (column: Column | undefined) =>
    column === undefined || line.chunks.some((other) => other.x0 <= column.x1 && other.x1 >= column.x0);
  return isOver(left) && isOver(right);
}

function assemble(
  head: ReturnType<typeof buildHead>,
  rows: PlacedLine[][],
  borders: number[],
  lines: readonly TextLine[],
  bodyStart: number,
  columns: Column[],
): Grid {
  const cells: GridCell[] = head.cells.map((cell) => ({ ...cell }));
  const ys: number[] = [lines[0]!.y0];
  if (head.levels > 0) ys.push(...head.borders);
  rows.forEach((row, at) => {
    const top = Math.min(...row.map((placed) => placed.line.y0));
    if (at > 0 || head.levels > 0) {
      const above =
        at > 0
          ? Math.max(...rows[at - 1]!.map((placed) => placed.line.y1))
          : Math.max(...lines.slice(0, bodyStart).map((line) => line.y1));
      ys.push(Math.max(ys[ys.length - 1]!, (above + top) / 2));
    }
    cells.push(...rowCells(row, head.levels + at, columns, borders));
  });
  ys.push(Math.max(ys[ys.length - 1]!, lines[lines.length - 1]!.y1));
  return { xs: borders, ys, cells, headRows: head.levels };
}

/** Cells of one body row. A lone centred chunk over several columns spans them. */
function rowCells(row: PlacedLine[], at: number, columns: readonly Column[], borders: number[]): GridCell[] {
  const byColumn = new Map<number, number[]>();
  for (const placed of row) {
    for (const [column, chunks] of placed.cells) {
      const list = byColumn.get(column) ?? [];
      for (const chunk of chunks) list.push(...chunk.words);
      byColumn.set(column, list);
    }
  }
  const span = centredSpan(row, columns, borders);
  if (span) {
    return [
      { row: at, column: span[0], rowspan: 1, colspan: span[1] - span[0] + 1, words: [...byColumn.values()].flat() },
    ];
  }
  return [...byColumn].map(([column, words]) => ({ row: at, column, rowspan: 1, colspan: 1, words }));
}

function centredSpan(row: PlacedLine[], columns: readonly Column[], borders: number[]): [number, number] | null {
  if (row.length !== 1 || row[0]!.line.chunks.length !== 1) return null;
  const columnCount = columns.length;
  const chunk = row[0]!.line.chunks[0]!;
  if (
    columnCount > 3 &&
    !chunk.numeric &&
    isCentred(chunk, columns[1]!.x0, columns[columnCount - 1]!.x1, row[0]!.line.size)
  ) {
    // A title over all columns of values.
    return [1, columnCount - 1];
  }
  const left = borders[0]!;
  const right = borders[columnCount]!;
  const middle = (chunk.x0 + chunk.x1) / 2;
  const size = row[0]!.line.size;
  if (Math.abs(middle - (left + right) / 2) > 1.2 * size) return null;
  // A chunk that starts at the table's edge is a label, however long.
  if (chunk.x0 - left < 2.5 * size) return null;
  return [0, columnCount - 1];
}

/** Centred between two x, inside them, and at neither. */
function isCentred(chunk: { x0: number; x1: number }, left: number, right: number, size: number): boolean {
  const off = Math.abs((chunk.x0 + chunk.x1) / 2 - (left + right) / 2);
  return off < 0.8 * size && chunk.x0 > left + size && chunk.x1 < right - size;
}
