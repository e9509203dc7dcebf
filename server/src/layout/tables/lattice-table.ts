/** Ruled tables of a page: frames to grids, words to cells, then what was left unruled, and the tests. */
import type { Candidate, Claims } from "./find.ts";
import { countColumns, countRows, dropEmptyStrips, type Grid, type GridCell } from "./grid.ts";
import { looksCharted, looksDrawn } from "./guards.ts";
import { markHead } from "./head-rows.ts";
import { buildLattice, type Frame, findFrames } from "./lattice.ts";
import { addHeadAbove } from "./lattice-head.ts";
import { addLabelsBeside } from "./lattice-labels.ts";
import { splitColumns, splitRows, splitSpans } from "./lattice-split.ts";
import { dropNarrowStrips, dropTitleRows } from "./lattice-strips.ts";
import type { Rule } from "./rulings.ts";
import { readShadedHead } from "./shaded-head.ts";
import { buildTextLines } from "./text-lines.ts";
import type { PageView } from "./view.ts";

/** Frames looked at on one page. */
const maxFrames = 60;

/** Tables with rulings on both axes, largest first. */
export function findLattices(view: PageView, claims: Claims): Candidate[] {
  return readFrames(view, claims, false);
}

/** Grids of coloured cells that might have been part of a table between rules but were claimed by none. */
export function findShadedLattices(view: PageView, claims: Claims): Candidate[] {
  return readFrames(view, claims, true);
}

function readFrames(view: PageView, claims: Claims, shaded: boolean): Candidate[] {
  const strokes = view.rules.horizontals.filter((rule) => rule.stroke);
  const frames = findFrames(view.rules).filter((frame) => isShadeInTable(frame, strokes) === shaded);
  if (frames.length === 0) return [];
  const out: Candidate[] = [];
  const claimed: Frame["box"][] = [];
  const index = sortWords(view);
  for (const frame of frames.slice(0, maxFrames)) {
    if (claimed.some((box) => holds(box, frame.box))) continue;
    const candidate = readFrame(frame, view, claims, index);
    if (!candidate) continue;
    claimed.push(frame.box);
    out.push(candidate);
  }
  return out;
}

/**
 * Coloured cells of a larger table: nothing in the frame is drawn but fills, and strokes of like extent, at least as wide,
 * run above and below it. The rules say where that table ends, so the method that reads rules has the first look.
 */
function isShadeInTable(frame: Frame, strokes: readonly Rule[]): boolean {
  if (frame.verticals.some((rule) => rule.stroke)) return false;
  const [x0, y0, x1, y1] = frame.box;
  const spanning = strokes.filter(
    (rule) => rule.from <= x0 + 3 && rule.to >= x1 - 3 && rule.to - rule.from > 0.98 * (x1 - x0),
  );
  const above = spanning.filter((rule) => rule.at < y0 + 1);
  const below = spanning.filter((rule) => rule.at > y1 - 1);
  return above.some((a) => below.some((b) => Math.abs(a.from - b.from) < 4 && Math.abs(a.to - b.to) < 4));
}

function holds(outer: Frame["box"], inner: Frame["box"]): boolean {
  const x = (inner[0] + inner[2]) / 2;
  const y = (inner[1] + inner[3]) / 2;
  return x >= outer[0] && x <= outer[2] && y >= outer[1] && y <= outer[3];
}

interface WordIndex {
  /** Word indices by the y of their centres. */
  order: number[];
  ys: number[];
}

function sortWords(view: PageView): WordIndex {
  const middle = (index: number) => (view.words[index]!.box[1] + view.words[index]!.box[3]) / 2;
  const order = view.upright.slice().sort((a, b) => middle(a) - middle(b));
  return { order, ys: order.map(middle) };
}

function readFrame(frame: Frame, view: PageView, claims: Claims, index: WordIndex): Candidate | null {
  const [x0, y0, x1, y1] = frame.box;
  if (x1 - x0 < 20 || y1 - y0 < 10) return null;
  const headed = readShadedHead(frame, view, claims);
  if (headed) return headed;
  let grid = buildLattice(frame);
  if (!grid) return null;
  if (!assignWords(grid, view, claims, index)) return null;
  grid = dropNarrowStrips(grid);
  grid = splitSpans(grid, view.words);
  grid = splitColumns(grid, view.words);
  grid = splitRows(grid, view.words);
  grid = dropTitleRows(grid, view.words);
  if (countColumns(grid) === 1) return readSingleColumn(grid, view);
  if (countRows(grid) < 2) return null;
  const filled = grid.cells.filter((cell) => cell.words.length > 0).length;
  if (filled < 2) return null;
  const used = dropEmptyStrips(grid, false, false);
  if (countRows(used) < 2 || countColumns(used) < 2) return null;
  if (
    looksDrawn(grid, frame.box, view) ||
    looksCharted(
      frame.box,
      view,
      frame.horizontals.filter((rule) => rule.stroke),
    )
  )
    return null;
  markHead(grid, view.words, view.fills);
  grid = addHeadAbove(grid, view, claims);
  grid = addLabelsBeside(grid, view, claims);
  const share = filled / grid.cells.length;
  return { grid, kind: "lattice", score: Math.min(1, 0.6 + 0.4 * share) };
}

/** Puts the words whose centre lies in the frame into their cells. False when a word in it is claimed already. */
function assignWords(grid: Grid, view: PageView, claims: Claims, index: WordIndex): boolean {
  const { xs, ys } = grid;
  const columns = countColumns(grid);
  const rows = countRows(grid);
  const owner: (GridCell | undefined)[] = new Array(rows * columns);
  for (const cell of grid.cells) {
    for (let row = cell.row; row < cell.row + cell.rowspan; row++) {
      for (let column = cell.column; column < cell.column + cell.colspan; column++)
        owner[row * columns + column] = cell;
    }
  }
  for (let at = lowerBound(index.ys, ys[0]!); at < index.order.length && index.ys[at]! <= ys[rows]!; at++) {
    const word = index.order[at]!;
    const box = view.words[word]!.box;
    const x = (box[0] + box[2]) / 2;
    if (x < xs[0]! || x > xs[columns]!) continue;
    if (claims.taken[word] === 1) return false;
    const column = Math.min(columns - 1, Math.max(0, upperBound(xs, x) - 1));
    const row = Math.min(rows - 1, Math.max(0, upperBound(ys, index.ys[at]!) - 1));
    owner[row * columns + column]?.words.push(word);
  }
  return true;
}

function lowerBound(sorted: number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function upperBound(sorted: number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Rows of a one-column table before it counts as one; two are a box with a title. */
const minSingleRows = 3;

/** Boxes stacked on one another, each with a short entry. A box of running text is no table. */
function readSingleColumn(grid: Grid, view: PageView): Candidate | null {
  const cells = grid.cells;
  if (cells.length < minSingleRows || cells.some((cell) => cell.words.length === 0 || cell.words.length > 24))
    return null;
  const lines = cells.map((cell) => buildTextLines(view.words, cell.words).length);
  const heights = cells.map((cell) => grid.ys[cell.row + cell.rowspan]! - grid.ys[cell.row]!);
  if (lines.some((count) => count > 3) || Math.max(...heights) > 4 * Math.min(...heights)) return null;
  markHead(grid, view.words, view.fills);
  return { grid, kind: "lattice", score: 0.65 };
}
