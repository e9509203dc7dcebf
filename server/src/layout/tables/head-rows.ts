/** Which leading rows of a finished grid are its head. */
import type { Fill, Word } from "../facts.ts";
import { countColumns, countRows, type Grid, type GridCell } from "./grid.ts";
import { isNumericText, isYearText } from "./text-lines.ts";

/** Sets `grid.headRows`: rows above the first row of figures, bold or shaded rows over plain ones. Never all rows. */
export function markHead(grid: Grid, words: Word[], fills: readonly Fill[]): void {
  const rows = countRows(grid);
  const limit = Math.min(rows - 1, 6);
  const kinds = Array.from({ length: Math.min(rows, 12) }, (_, row) => describeRow(grid, row, words, fills));
  const firstFigures = kinds.findIndex((kind) => kind.figures);
  let head = 0;
  let strong = 0;
  while (strong < kinds.length && kinds[strong]!.strong) strong++;
  if (firstFigures === 0 && strong > 0 && strong < kinds.length) {
    // Years and amounts in bold or on a shade of their own head the plain rows below.
    head = strong;
  } else if (firstFigures > 0) {
    // Rows of labels above the first figures, but no section titles of the body.
    head = firstFigures;
    while (head > 1 && kinds[head - 1]!.labelOnly) head--;
  } else if (firstFigures < 0) {
    if (strong < kinds.length) head = strong;
    if (head === 0 && countColumns(grid) > 1 && rows > 1 && kinds[0]!.full) head = 1;
  }
  head = Math.min(head, limit);
  // A cell that starts in the head and reaches below it takes its rows along.
  for (const cell of grid.cells) if (cell.row < head) head = Math.max(head, Math.min(limit, cell.row + cell.rowspan));
  grid.headRows = head;
}

interface RowKind {
  figures: boolean;
  /** Bold or shaded throughout. */
  strong: boolean;
  labelOnly: boolean;
  full: boolean;
}

function describeRow(grid: Grid, row: number, words: Word[], fills: readonly Fill[]): RowKind {
  const cells = grid.cells.filter((cell) => cell.row === row && cell.words.length > 0);
  const textOf = (cell: GridCell) => cell.words.map((index) => words[index]!.text).join(" ");
  const values = cells.filter((cell) => cell.column > 0);
  const numeric = values.filter((cell) => isNumericText(textOf(cell)));
  const figures =
    numeric.length > 0 && numeric.length * 2 >= values.length && !numeric.every((cell) => isYearText(textOf(cell)));
  const bold = cells.length > 0 && cells.every((cell) => cell.words.every((index) => words[index]!.bold));
  const shaded = cells.length > 0 && cells.every((cell) => isShaded(grid, cell, fills));
  return {
    figures,
    strong: bold || shaded,
    labelOnly: cells.length === 1 && cells[0]!.column === 0,
    full: cells.length > 1 && cells.length >= 0.5 * countColumns(grid),
  };
}

function isShaded(grid: Grid, cell: GridCell, fills: readonly Fill[]): boolean {
  const x = (grid.xs[cell.column]! + grid.xs[cell.column + cell.colspan]!) / 2;
  const y = (grid.ys[cell.row]! + grid.ys[cell.row + cell.rowspan]!) / 2;
  return fills.some(
    (fill) => fill.color !== 0xffffff && x >= fill.box[0] && x <= fill.box[2] && y >= fill.box[1] && y <= fill.box[3],
  );
}
