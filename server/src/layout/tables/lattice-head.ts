/** The head of a lattice that stands on the paper above it, and head rows of which only the lower part is ruled. */
import type { Column } from "./columns.ts";
import type { Claims } from "./find.ts";
import { countColumns, countRows, type Grid } from "./grid.ts";
import { growUp } from "./grow.ts";
import { buildHead } from "./header.ts";
import { buildTextLines, type TextLine } from "./text-lines.ts";
import type { PageView } from "./view.ts";
import { wordsInside } from "./words-inside.ts";

/** Head lines are looked for this far above the frame. */
const reachPt = 90;

/** The grid with the head lines above its frame, when there are any over its columns. */
export function addHeadAbove(grid: Grid, view: PageView, claims: Claims): Grid {
  const left = grid.xs[0]!;
  const right = grid.xs[grid.xs.length - 1]!;
  const top = grid.ys[0]!;
  const own = new Set(grid.cells.flatMap((cell) => cell.words));
  const members = wordsInside(view, claims, left - 2, top - reachPt, right + 2, top).filter((index) => !own.has(index));
  if (members.length < 2) return grid;
  const lines = buildTextLines(view.words, members, view.rules.verticals);
  const columns = columnsOf(grid, view);
  const first = firstLine(grid, view);
  if (!first) return grid;
  const above = growUp(lines, first, top, columns).filter((line) => line.y1 <= first.y0 + 1);
  if (above.length === 0 || !coversHalf(above, columns)) return grid;
  // Ruled rows of labels directly below continue the head: they are laid out anew together with the lines above.
  const headRows = grid.headRows > 0 && hasOpenHead(grid) ? grid.headRows : 0;
  const moved = grid.cells.filter((cell) => cell.row < headRows);
  const headLines = [
    ...above,
    ...buildTextLines(
      view.words,
      moved.flatMap((cell) => cell.words),
      view.rules.verticals,
    ),
  ];
  headLines.sort((a, b) => a.baseline - b.baseline);
  const head = buildHead(headLines, columns, []);
  const shift = head.levels - headRows;
  const bodyTop = grid.ys[headRows]!;
  const ys = [above[0]!.y0, ...head.borders.map((y) => Math.min(y, bodyTop)), bodyTop, ...grid.ys.slice(headRows + 1)];
  const cells = [
    ...head.cells,
    ...grid.cells.filter((cell) => cell.row >= headRows).map((cell) => ({ ...cell, row: cell.row + shift })),
  ];
  const kept = grid.headRows > headRows ? grid.headRows + shift : head.levels;
  return { xs: grid.xs, ys, cells, headRows: Math.min(kept, countRows(grid) + shift - 1) };
}

/** Ink of the columns, from cells that do not span; the borders where a column has none. */
function columnsOf(grid: Grid, view: PageView): Column[] {
  const out: Column[] = [];
  for (let at = 0; at < countColumns(grid); at++) {
    out.push({ x0: Number.POSITIVE_INFINITY, x1: Number.NEGATIVE_INFINITY, support: 0 });
  }
  for (const cell of grid.cells) {
    if (cell.colspan > 1 || cell.words.length === 0) continue;
    const column = out[cell.column]!;
    column.support++;
    for (const index of cell.words) {
      const box = view.words[index]!.box;
      column.x0 = Math.min(column.x0, box[0]);
      column.x1 = Math.max(column.x1, box[2]);
    }
  }
  out.forEach((column, at) => {
    if (column.support > 0) return;
    column.x0 = grid.xs[at]! + 2;
    column.x1 = grid.xs[at + 1]! - 2;
  });
  return out;
}

function firstLine(grid: Grid, view: PageView): TextLine | undefined {
  const members = grid.cells.filter((cell) => cell.row === 0).flatMap((cell) => cell.words);
  return buildTextLines(view.words, members)[0];
}

/** Head rows with empty cells at their top or without a rule of their own miss what stands above. */
function hasOpenHead(grid: Grid): boolean {
  return grid.cells.some((cell) => cell.row === 0 && cell.words.length === 0);
}

function coversHalf(lines: readonly TextLine[], columns: readonly Column[]): boolean {
  const covered = columns.filter((column) =>
    lines.some((line) => line.chunks.some((chunk) => chunk.x0 <= column.x1 && chunk.x1 >= column.x0)),
  );
  return covered.length * 2 >= columns.length;
}
