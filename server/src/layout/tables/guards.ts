/** Tests that turn down what only looks like a table: drawings, charts, forms, prose set in columns, contents lists. */
import { countColumns, countRows, type Grid, type GridCell } from "./grid.ts";
import type { TextGrid } from "./text-grid.ts";
import { isYearText, type TextLine } from "./text-lines.ts";
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

const captionStart =
  /^(?:table|tab\.|figure|fig\.|chart|exhibit|box|tableau|tabelle|abbildung|tabla|cuadro|tabela|tabella|表|図|图|표|그림)\s*[\dA-Z]{0,3}[\d.:–—-]/iu;

/** A line that opens a caption ("Table 3", "Figure 2.1"). */
export function isCaption(line: TextLine): boolean {
  const first = line.chunks[0];
  return (
    first !== undefined &&
    captionStart.test(line.chunks.length > 1 ? `${first.text} ${line.chunks[1]!.text}` : first.text)
  );
}

/** Running text: lines that fill the width in one piece, or two columns of such lines. */
export function isProse(lines: readonly TextLine[], left: number, right: number): boolean {
  if (lines.length < 3) return false;
  const width = right - left;
  const full = lines.filter((line) => {
    const widest = Math.max(...line.chunks.map((chunk) => chunk.x1 - chunk.x0));
    return widest > 0.62 * width && line.chunks.length <= 2;
  });
  if (full.length >= 0.5 * lines.length) return true;
  return isTwoColumnProse(lines, width);
}

/** Two or three chunks a line, each a long run of words that fills its column, line after line. */
export function isTwoColumnProse(lines: readonly TextLine[], width: number): boolean {
  if (lines.length < 6) return false;
  let chunks = 0;
  let long = 0;
  for (const line of lines) {
    for (const chunk of line.chunks) {
      chunks++;
      if (!chunk.numeric && chunk.words.length >= 4 && chunk.x1 - chunk.x0 > 0.27 * width) long++;
    }
  }
  return long >= 0.7 * chunks;
}

export interface TextGridEvidence {
  /** Full rules of the table. */
  rules: number;
  left: number;
  right: number;
}

/** How sure we are of a grid made from text: split lines, figures and short cells for it, prose and raggedness against. */
export function scoreTextGrid(built: TextGrid, evidence: TextGridEvidence): number {
  const { grid, rows } = built;
  const body = rows.flat().map((placed) => placed.line);
  if (body.length === 0) return 0;
  const columns = countColumns(grid);
  const split = body.filter((line) => line.chunks.length > 1).length / body.length;
  let chunks = 0;
  let numeric = 0;
  let short = 0;
  for (const line of body) {
    line.chunks.forEach((chunk, at) => {
      if (at === 0 && line.chunks.length > 1) return;
      chunks++;
      if (chunk.numeric || isYearText(chunk.text)) numeric++;
      if (chunk.words.length <= 4) short++;
    });
  }
  const filled = grid.cells.filter((cell) => cell.words.length > 0);
  const density = filled.reduce((sum, cell) => sum + cell.colspan * cell.rowspan, 0) / (columns * countRows(grid));
  if (isTwoColumnProse(body, evidence.right - evidence.left) && evidence.rules < 4) return 0.2;
  let score = 0.3 + Math.min(0.2, 0.07 * evidence.rules);
  score += 0.2 * Math.min(1, split * 1.5);
  score += 0.2 * (numeric / Math.max(1, chunks));
  score += 0.1 * (short / Math.max(1, chunks));
  score += 0.15 * Math.min(1, density * 1.4);
  if (density < 0.3) score -= 0.25;
  if (rows.length < 2) score -= 0.25;
  return Math.max(0, Math.min(1, score));
}
