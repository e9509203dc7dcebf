/**
 * A found grid of cells and its way into the document tree. Cells hold indices of words; nothing is text until the end,
 * so no word can be lost or doubled on the way.
 */
import type { Box, Table, TableCell, TableRow } from "@knowhere/contract";
import type { Word } from "../facts.ts";
import { composeCellText } from "./cell-text.ts";

export interface GridCell {
  row: number;
  column: number;
  rowspan: number;
  colspan: number;
  words: number[];
}

export interface Grid {
  /** x of the column borders, columns + 1 of them. */
  xs: number[];
  /** y of the row borders, rows + 1 of them. */
  ys: number[];
  cells: GridCell[];
  headRows: number;
}

export function countRows(grid: Grid): number {
  return grid.ys.length - 1;
}
export function countColumns(grid: Grid): number {
  return grid.xs.length - 1;
}

/** Indices of all words in the grid. */
export function wordsOfGrid(grid: Grid): number[] {
  return grid.cells.flatMap((cell) => cell.words);
}

/** Rows and columns without a word in any cell that starts in them go away; spans over them shrink. */
export function dropEmptyStrips(grid: Grid, keepEmptyRows: boolean, keepEmptyColumns: boolean): Grid {
  const rows = countRows(grid);
  const columns = countColumns(grid);
  const rowUsed = new Array<boolean>(rows).fill(keepEmptyRows);
  const columnUsed = new Array<boolean>(columns).fill(keepEmptyColumns);
  for (const cell of grid.cells) {
    if (cell.words.length === 0) continue;
    if (cell.rowspan === 1) rowUsed[cell.row] = true;
    if (cell.colspan === 1) columnUsed[cell.column] = true;
  }
  // A spanning cell needs at least one strip of its own.
  for (const cell of grid.cells) {
    if (cell.words.length === 0) continue;
    if (!rowUsed.slice(cell.row, cell.row + cell.rowspan).includes(true)) rowUsed[cell.row] = true;
    if (!columnUsed.slice(cell.column, cell.column + cell.colspan).includes(true)) columnUsed[cell.column] = true;
  }
  if (!rowUsed.includes(false) && !columnUsed.includes(false)) return grid;
  const rowAt = runningCount(rowUsed);
  const columnAt = runningCount(columnUsed);
  const cells: GridCell[] = [];
  for (const cell of grid.cells) {
    const row = rowAt[cell.row]!;
    const rowspan = rowAt[cell.row + cell.rowspan]! - row;
    const column = columnAt[cell.column]!;
    const colspan = columnAt[cell.column + cell.colspan]! - column;
    if (rowspan > 0 && colspan > 0) cells.push({ row, column, rowspan, colspan, words: cell.words });
  }
  return {
    xs: keepBorders(grid.xs, columnUsed),
    ys: keepBorders(grid.ys, rowUsed),
    cells,
    headRows: rowAt[Math.min(grid.headRows, rows)]!,
  };
}

function runningCount(used: boolean[]): number[] {
  const out = [0];
  for (const claim of used) out.push(out[out.length - 1]! + (claim ? 1 : 0));
  return out;
}

function keepBorders(borders: number[], used: boolean[]): number[] {
  const out: number[] = [];
  for (let i = 0; i < used.length; i++) if (used[i]) out.push(borders[i]!);
  const last = used.lastIndexOf(true);
  out.push(last < 0 ? borders[borders.length - 1]! : borders[last + 1]!);
  return out;
}

/** Box around the grid's borders and all its words. */
export function boxOfGrid(grid: Grid, words: Word[]): Box {
  const box: Box = [grid.xs[0]!, grid.ys[0]!, grid.xs[grid.xs.length - 1]!, grid.ys[grid.ys.length - 1]!];
  for (const cell of grid.cells) {
    for (const index of cell.words) {
      const other = words[index]!.box;
      box[0] = Math.min(box[0], other[0]);
      box[1] = Math.min(box[1], other[1]);
      box[2] = Math.max(box[2], other[2]);
      box[3] = Math.max(box[3], other[3]);
    }
  }
  return box;
}

/** The tree's table. Cells are sorted, holes that no cell covers become empty cells. */
export function toTable(grid: Grid, words: Word[], page: number): Table {
  const rowCount = countRows(grid);
  const columnCount = countColumns(grid);
  const at: (GridCell | null | undefined)[][] = Array.from({ length: rowCount }, () => new Array(columnCount));
  for (const cell of grid.cells) {
    for (let row = cell.row; row < cell.row + cell.rowspan; row++) {
      for (let column = cell.column; column < cell.column + cell.colspan; column++) {
        at[row]![column] = row === cell.row && column === cell.column ? cell : null;
      }
    }
  }
  const rows: TableRow[] = [];
  for (let row = 0; row < rowCount; row++) {
    const cells: TableCell[] = [];
    for (let column = 0; column < columnCount; column++) {
      const cell = at[row]![column];
      if (cell === null) continue;
      cells.push(toCell(cell, grid, words, page, row < grid.headRows));
    }
    rows.push({ cells, page });
  }
  return { type: "table", rows, headRows: grid.headRows };
}

function toCell(cell: GridCell | undefined, grid: Grid, words: Word[], page: number, header: boolean): TableCell {
  if (!cell) return header ? { text: "", header: true } : { text: "" };
  const out: TableCell = { text: composeCellText(words, cell.words) };
  if (cell.rowspan > 1) out.rowspan = cell.rowspan;
  if (cell.colspan > 1) out.colspan = cell.colspan;
  if (header) out.header = true;
  const box: Box = [
    grid.xs[cell.column]!,
    grid.ys[cell.row]!,
    grid.xs[cell.column + cell.colspan]!,
    grid.ys[cell.row + cell.rowspan]!,
  ];
  out.place = { page, box };
  return out;
}
