/** Strips of a lattice that are no rows and columns: the inside of double rules, margins of the drawing, stray strokes. */
import type { Word } from "../facts.ts";
import { composeCellText } from "./cell-text.ts";
import { countColumns, countRows, type Grid, type GridCell } from "./grid.ts";
import { isCaptionText } from "./guards.ts";

/** A column without a word of its own is one only when it is wider than this. */
const minColumnPt = 14;
/** A row without a word of its own is one only when it is higher than this. */
const minRowPt = 5;

/** Takes out narrow strips that no unspanned cell writes into; cells that span them shrink. */
export function dropNarrowStrips(grid: Grid): Grid {
  const rows = countRows(grid);
  const columns = countColumns(grid);
  const rowUsed = new Array<boolean>(rows);
  const columnUsed = new Array<boolean>(columns);
  for (let row = 0; row < rows; row++) {
    const least = row === 0 || row === rows - 1 ? 1.8 * minRowPt : minRowPt;
    rowUsed[row] = grid.ys[row + 1]! - grid.ys[row]! >= least;
  }
  for (let column = 0; column < columns; column++) {
    columnUsed[column] = grid.xs[column + 1]! - grid.xs[column]! >= minColumnPt;
  }
  for (const cell of grid.cells) {
    if (cell.words.length === 0) continue;
    if (cell.rowspan === 1) rowUsed[cell.row] = true;
    if (cell.colspan === 1) columnUsed[cell.column] = true;
  }
  return keepStrips(grid, rowUsed, columnUsed);
}

/** A title row over the whole width and the source row below the table stand in the frame but are no rows. */
export function dropTitleRows(grid: Grid, words: Word[]): Grid {
  let out = grid;
  const textOf = (cell: GridCell) => composeCellText(words, cell.words);
  const isWide = (cell: GridCell) => cell.colspan === countColumns(out) && cell.rowspan === 1 && cell.words.length > 0;
  const first = out.cells.find((cell) => cell.row === 0);
  if (first && countColumns(out) > 1 && countRows(out) > 2 && isWide(first) && isCaptionText(textOf(first))) {
    out = dropRow(out, 0);
  }
  const rows = countRows(out);
  const last = out.cells.find((cell) => cell.row === rows - 1);
  if (last && countColumns(out) > 1 && rows > 2 && isWide(last) && /^(?:sources?|notes?|nb)\s?:/i.test(textOf(last))) {
    out = dropRow(out, rows - 1);
  }
  return out;
}

/** Without a row that holds only unspanned cells; its words are free again. */
function dropRow(grid: Grid, row: number): Grid {
  return {
    ...grid,
    ys: grid.ys.filter((_, at) => at !== (row === 0 ? 0 : row + 1)),
    cells: grid.cells
      .filter((cell) => cell.row !== row)
      .map((cell) => (cell.row > row ? { ...cell, row: cell.row - 1 } : cell)),
  };
}

function keepStrips(grid: Grid, rowUsed: boolean[], columnUsed: boolean[]): Grid {
  if (!rowUsed.includes(false) && !columnUsed.includes(false)) return grid;
  const rowAt = [0];
  for (const used of rowUsed) rowAt.push(rowAt[rowAt.length - 1]! + (used ? 1 : 0));
  const columnAt = [0];
  for (const used of columnUsed) columnAt.push(columnAt[columnAt.length - 1]! + (used ? 1 : 0));
  const cells: GridCell[] = [];
  for (const cell of grid.cells) {
    const row = rowAt[cell.row]!;
    const rowspan = rowAt[cell.row + cell.rowspan]! - row;
    const column = columnAt[cell.column]!;
    const colspan = columnAt[cell.column + cell.colspan]! - column;
    if (rowspan > 0 && colspan > 0) cells.push({ row, column, rowspan, colspan, words: cell.words });
    else if (cell.words.length > 0) return grid;
  }
  const borders = (all: number[], used: boolean[]) => {
    const out = all.filter((_, at) => at < used.length && used[at]);
    return [...out, all[used.lastIndexOf(true) + 1]!];
  };
  return { xs: borders(grid.xs, columnUsed), ys: borders(grid.ys, rowUsed), cells, headRows: grid.headRows };
}
