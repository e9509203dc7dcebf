/**
 * Which cells of a sheet belong to one table.
 *
 * Blank rows and columns separate tables only when both sides look like tables of their own; otherwise they are gaps inside
 * one table. Far-apart cells are always separated, so that a table is never much larger than what is filled.
 */
import type { GridRow, Merge } from "./grid.ts";

export interface Island {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
  /** Filled rows within the rectangle, with only the columns of the island. Whoever writes them out may clear them. */
  readonly rows: (GridRow | undefined)[];
  readonly hasHead: boolean;
}

/** Blank rows or columns in a row that end a table whatever stands beyond: nobody sees both sides at once. */
const farRows = 30;
const farColumns = 12;
/** Cuts of one sheet; a sheet of more pieces is no set of tables. */
const maxIslands = 2000;

/** The islands of a sheet from top to bottom, left to right. */
export function findIslands(rows: readonly GridRow[], merges: readonly Merge[] = []): Island[] {
  const covered = coverage(merges);
  const islands: Island[] = [];
  const stack: GridRow[][] = [[...rows]];
  while (stack.length > 0) {
    const part = stack.pop()!;
    if (part.length === 0) continue;
    const cut =
      stack.length + islands.length < maxIslands ? (cutRows(part, covered) ?? cutColumns(part, covered)) : undefined;
    if (cut) stack.push(cut[1], cut[0]);
    else islands.push(islandOf(part, covered));
  }
  return islands;
}

/** Rows and columns that merges bridge: no cut goes through a merged cell. */
interface Coverage {
  rowEnds: Map<number, number>;
  merges: readonly Merge[];
}
function coverage(merges: readonly Merge[]): Coverage {
  const rowEnds = new Map<number, number>();
  for (const merge of merges) rowEnds.set(merge.top, Math.max(rowEnds.get(merge.top) ?? 0, merge.bottom));
  return { rowEnds, merges };
}

function cutRows(rows: GridRow[], covered: Coverage): [GridRow[], GridRow[]] | undefined {
  let end = 0;
  for (let at = 0; at + 1 < rows.length; at++) {
    end = Math.max(end, rows[at]!.index, covered.rowEnds.get(rows[at]!.index) ?? 0);
    const gap = rows[at + 1]!.index - end - 1;
    if (gap <= 0) continue;
    if (gap >= farRows) return [rows.slice(0, at + 1), rows.slice(at + 1)];
    const above = rows.slice(Math.max(0, at - 50), at + 1);
    const below = rows.slice(at + 1, at + 51);
    if (isTable(above) && hasHead(below)) return [rows.slice(0, at + 1), rows.slice(at + 1)];
  }
  return undefined;
}

function cutColumns(rows: GridRow[], covered: Coverage): [GridRow[], GridRow[]] | undefined {
  const filled = new Set<number>();
  for (const row of rows) for (const column of row.columns) filled.add(column);
  const first = rows[0]!.index;
  const last = rows.at(-1)!.index;
  for (const merge of covered.merges) {
    if (merge.top > last || merge.bottom < first || !filled.has(merge.left)) continue;
    for (let column = merge.left; column <= Math.min(merge.right, merge.left + 1000); column++) filled.add(column);
  }
  const columns = [...filled].sort((a, b) => a - b);
  for (let at = 0; at + 1 < columns.length; at++) {
    const gap = columns[at + 1]! - columns[at]! - 1;
    if (gap <= 0) continue;
    const left = columnsOf(rows, (column) => column <= columns[at]!);
    const right = columnsOf(rows, (column) => column > columns[at]!);
    if (gap >= farColumns || (isTable(left) && hasHead(left) && hasHead(right))) return [left, right];
  }
  return undefined;
}

function columnsOf(rows: readonly GridRow[], wanted: (column: number) => boolean): GridRow[] {
  const out: GridRow[] = [];
  for (const row of rows) {
    const kept = row.columns.map((column, at) => (wanted(column) ? at : -1)).filter((at) => at >= 0);
    if (kept.length === 0) continue;
    out.push(
      kept.length === row.columns.length
        ? row
        : { ...row, columns: kept.map((at) => row.columns[at]!), texts: kept.map((at) => row.texts[at]!) },
    );
  }
  return out;
}

/** Two rows and two columns at least, half of it filled. */
function isTable(rows: readonly GridRow[]): boolean {
  if (rows.length < 2) return false;
  const { left, right } = extent(rows);
  const width = right - left + 1;
  let cells = 0;
  for (const row of rows) cells += row.columns.length;
  return width >= 2 && cells >= rows.length * width * 0.5;
}

/** A table whose first row names every column: words, all different, no numbers. */
function hasHead(rows: readonly GridRow[]): boolean {
  if (!isTable(rows)) return false;
  const first = rows[0]!;
  const { left, right } = extent(rows);
  if (first.columns.length < right - left + 1) return false;
  if (rows[1]!.index !== first.index + 1) return false;
  return namesColumns(first);
}

function namesColumns(row: GridRow): boolean {
  return row.texts.every((text) => !isNumber(text)) && new Set(row.texts).size === row.texts.length;
}

/** Numbers, dates and amounts, as sheets show them. */
function isNumber(text: string): boolean {
  return /^[\s($€£¥+-]*\d[\d\s.,:/%)-]*(?:[eE][+-]?\d+)?\s*(?:%|AM|PM)?$/.test(text);
}

function extent(rows: readonly GridRow[]): { left: number; right: number } {
  let left = Number.POSITIVE_INFINITY;
  let right = -1;
  for (const row of rows) {
    left = Math.min(left, row.columns[0]!);
    right = Math.max(right, row.columns.at(-1)!);
  }
  return { left, right };
}

function islandOf(rows: GridRow[], covered: Coverage): Island {
  const { left, right } = extent(rows);
  const top = rows[0]!.index;
  const bottom = rows.at(-1)!.index;
  const first = rows[0]!;
  const width = right - left + 1;
  // Columns under a merge of the first row count as filled: "Name" over two columns names both.
  let named = first.columns.length;
  let isTall = false;
  for (const merge of covered.merges) {
    if (merge.top !== top || merge.left < left || merge.left > right) continue;
    if (merge.bottom > top) isTall = true;
    named += Math.min(merge.right, right) - merge.left;
  }
  // A head may leave its corner empty; one that is bold may leave more.
  const isBold = first.columns.every((column) => first.bold?.has(column));
  const names = named >= width - 1 || (isBold && named >= width * 0.6);
  const head = rows.length > 1 && first.columns.length >= Math.min(2, width) && names && !first.texts.some(isNumber);
  return { top, left, bottom, right, rows, hasHead: head && !isTall };
}
