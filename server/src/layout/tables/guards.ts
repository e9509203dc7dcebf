/** Tests that turn down what only looks like a table: drawings, charts, forms, prose set in columns, contents lists. */
import { countColumns, countRows, type Grid, type GridCell } from "./grid.ts";
import type { PageView } from "./view.ts";

/** A frame around a drawing: curves and slanted strokes in it, hardly a cell with text, or cells too small for any. */
export function looksDrawn(grid: Grid, box: readonly [number, number, number, number], view: PageView): boolean {
  const cells = grid.cells.length;
  const filled = grid.cells.filter((cell) => cell.words.length > 0).length;
  const columns = countColumns(grid);
  const rows = countRows(grid);
  let curves = 0;
  for (const drawing of view.drawings) {
    const other = drawing.box;
    const x = (other[0] + other[2]) / 2;
    const y = (other[1] + other[3]) / 2;
    if (x < box[0] - 2 || x > box[2] + 2 || y < box[1] - 2 || y > box[3] + 2) continue;
    const size = Math.max(other[2] - other[0], other[3] - other[1]);
    // Small marks (ticks, bullets, check boxes) stand in cells; long strokes are plots.
    if (size > 25) curves++;
  }
  if (curves > 12 && filled < 0.7 * cells) return true;
  if (filled < 0.12 * cells && filled < columns + rows - 1) return true;
  return hasLongProse(grid, view);
}

/** Two or three big cells of running text are a page layout, not a table. */
function hasLongProse(grid: Grid, view: PageView): boolean {
  const filled = grid.cells.filter((cell) => cell.words.length > 0);
  if (filled.length > 4) return false;
  const height = grid.ys[grid.ys.length - 1]! - grid.ys[0]!;
  const long = filled.filter((cell: GridCell) => cell.words.length > 120);
  return long.length * 2 >= filled.length && height > 0.5 * view.height;
}
