/** Row labels that stand left of a ruled grid of figures, on the lines of its rows. */

import type { Claims } from "./find.ts";
import { countRows, type Grid, type GridCell } from "./grid.ts";
import { findProse } from "./prose.ts";
import { buildTextLines, type Chunk, isNumericText } from "./text-lines.ts";
import type { PageView } from "./view.ts";
import { wordsInside } from "./words-inside.ts";

/** Labels begin at most this far left of the frame. */
const reachPt = 240;
/** The nearest end of a label may be this far from the frame (ems). */
const gapEm = 14;
/** Share of the body rows that must have one. */
const minShare = 0.75;

/** The grid with a column of labels put before it, when nearly every row has one beside it. */
export function addLabelsBeside(grid: Grid, view: PageView, claims: Claims): Grid {
  const rows = countRows(grid);
  const left = grid.xs[0]!;
  if (rows - grid.headRows < 3 || !isFigureColumn(grid, view)) return grid;
  const top = grid.ys[0]!;
  const bottom = grid.ys[rows]!;
  const own = new Set(grid.cells.flatMap((cell) => cell.words));
  const members = wordsInside(view, claims, left - reachPt, top, left, bottom).filter((index) => !own.has(index));
  if (members.length < 3) return grid;
  const lines = buildTextLines(view.words, members, view.rules.verticals);
  const prose = findProse(lines);
  const byRow = new Map<number, Chunk[]>();
  let x0 = left;
  for (const line of lines) {
    const chunk = line.chunks[line.chunks.length - 1]!;
    if (prose.has(chunk)) return grid;
    if (left - chunk.x1 > gapEm * line.size || chunk.x1 > left + 1) continue;
    const y = line.baseline - 0.3 * line.size;
    const row = grid.ys.findIndex((border, at) => at > 0 && y < border) - 1;
    if (row < 0) continue;
    byRow.set(row, [...(byRow.get(row) ?? []), chunk]);
    x0 = Math.min(x0, chunk.x0);
  }
  let labelled = 0;
  for (const row of byRow.keys()) if (row >= grid.headRows) labelled++;
  if (labelled < minShare * (rows - grid.headRows)) return grid;
  const labels: GridCell[] = [...byRow].map(([row, chunks]) => ({
    row,
    column: 0,
    rowspan: 1,
    colspan: 1,
    words: chunks.flatMap((chunk) => chunk.words),
  }));
  return {
    ...grid,
    xs: [x0, ...grid.xs],
    cells: [...labels, ...grid.cells.map((cell) => ({ ...cell, column: cell.column + 1 }))],
  };
}

/** The first ruled column holds figures below the head: its labels must be elsewhere. */
function isFigureColumn(grid: Grid, view: PageView): boolean {
  const cells = grid.cells.filter((cell) => cell.column === 0 && cell.row >= grid.headRows && cell.words.length > 0);
  const numeric = cells.filter((cell) => isNumericText(cell.words.map((index) => view.words[index]!.text).join(" ")));
  return cells.length >= 3 && numeric.length >= 0.8 * cells.length;
}
