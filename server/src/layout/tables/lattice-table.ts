/** Ruled tables of a page: frames to grids, words to cells, rows and columns that were left unruled, and the tests. */
import type { Word } from "../facts.ts";
import { columnBorders, findColumns } from "./columns.ts";
import type { Candidate, Claims } from "./find.ts";
import { countColumns, countRows, dropEmptyStrips, type Grid, type GridCell } from "./grid.ts";
import { looksCharted, looksDrawn } from "./guards.ts";
import { markHead } from "./head-rows.ts";
import { buildLattice, type Frame, findFrames } from "./lattice.ts";
import { groupRows, placeLines } from "./rows.ts";
import { buildTextLines, type TextLine } from "./text-lines.ts";
import type { PageView } from "./view.ts";

/** Frames looked at on one page. */
const maxFrames = 60;

/** Tables with rulings on both axes, largest first. */
export function findLattices(view: PageView, claims: Claims): Candidate[] {
  const out: Candidate[] = [];
  const claimed: Frame["box"][] = [];
  const index = sortWords(view);
  for (const frame of findFrames(view.rules).slice(0, maxFrames)) {
    if (claimed.some((box) => holds(box, frame.box))) continue;
    const candidate = readFrame(frame, view, claims, index);
    if (!candidate) continue;
    claimed.push(frame.box);
    out.push(candidate);
  }
  return out;
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
  let grid = buildLattice(frame);
  if (!grid) return null;
  if (!assignWords(grid, view, claims, index)) return null;
  grid = splitSpans(grid, view.words);
  grid = splitColumns(grid, view.words);
  grid = splitRows(grid, view.words);
  grid = dropThinStrips(grid);
  const rows = countRows(grid);
  const columns = countColumns(grid);
  if (rows < 2 || columns < 2) return null;
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
  grid = trimOuterStrips(grid);
  markHead(grid, view.words, view.fills);
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

/** Rows or columns a few points thin without a word are double rules. */
function dropThinStrips(grid: Grid): Grid {
  const thin = (borders: number[], at: number) => borders[at + 1]! - borders[at]! < 5;
  const rowThin = Array.from({ length: countRows(grid) }, (_, at) => thin(grid.ys, at));
  const columnThin = Array.from({ length: countColumns(grid) }, (_, at) => thin(grid.xs, at));
  if (!rowThin.includes(true) && !columnThin.includes(true)) return grid;
  // A strip counts as needed when it is wide enough or holds words; dropEmptyStrips asks for words only.
  const marked: Grid = { ...grid, cells: grid.cells.map((cell) => ({ ...cell })) };
  const needsRow = rowThin.map(
    (isThin, row) =>
      !isThin || marked.cells.some((cell) => cell.row === row && cell.rowspan === 1 && cell.words.length > 0),
  );
  const needsColumn = columnThin.map(
    (isThin, column) =>
      !isThin || marked.cells.some((cell) => cell.column === column && cell.colspan === 1 && cell.words.length > 0),
  );
  return keepStrips(marked, needsRow, needsColumn);
}

/** Empty first and last strips are borders of the drawing, not rows and columns. */
function trimOuterStrips(grid: Grid): Grid {
  const rows = countRows(grid);
  const columns = countColumns(grid);
  const rowUsed = new Array<boolean>(rows).fill(true);
  const columnUsed = new Array<boolean>(columns).fill(true);
  const emptyRow = (row: number) =>
    !grid.cells.some((cell) => cell.words.length > 0 && cell.row <= row && row < cell.row + cell.rowspan);
  const emptyColumn = (column: number) =>
    !grid.cells.some((cell) => cell.words.length > 0 && cell.column <= column && column < cell.column + cell.colspan);
  const narrow = (column: number) => grid.xs[column + 1]! - grid.xs[column]! < 14;
  if (columns > 2 && emptyColumn(0) && narrow(0)) columnUsed[0] = false;
  if (columns > 2 && emptyColumn(columns - 1) && narrow(columns - 1)) columnUsed[columns - 1] = false;
  if (rows > 2 && emptyRow(0) && grid.ys[1]! - grid.ys[0]! < 9) rowUsed[0] = false;
  if (rows > 2 && emptyRow(rows - 1) && grid.ys[rows]! - grid.ys[rows - 1]! < 9) rowUsed[rows - 1] = false;
  return keepStrips(grid, rowUsed, columnUsed);
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

/**
 * Below a head with verticals the body often has none: a cell over several columns whose chunks keep to them, on a line
 * that is split, is as many cells.
 */
function splitSpans(grid: Grid, words: Word[]): Grid {
  const parted = new Map<GridCell, GridCell[]>();
  for (const cell of grid.cells) {
    if (cell.colspan < 2 || cell.words.length < 2) continue;
    const inner = grid.xs.slice(cell.column + 1, cell.column + cell.colspan);
    const lines = buildTextLines(words, cell.words);
    const clean = lines.every((line) =>
      line.chunks.every((chunk) => inner.every((x) => chunk.x1 <= x + 1.5 || chunk.x0 >= x - 1.5)),
    );
    if (!clean) continue;
    const used = new Set<number>();
    const parts = new Map<number, number[]>();
    for (const line of lines) {
      for (const chunk of line.chunks) {
        const column = inner.filter((x) => (chunk.x0 + chunk.x1) / 2 > x).length;
        used.add(column);
        parts.set(column, [...(parts.get(column) ?? []), ...chunk.words]);
      }
    }
    if (used.size < 2) continue;
    parted.set(
      cell,
      Array.from({ length: cell.colspan }, (_, at) => ({
        ...cell,
        column: cell.column + at,
        colspan: 1,
        words: parts.get(at) ?? [],
      })),
    );
  }
  const whole = [...parted.values()].some((cells) => cells.filter((cell) => cell.words.length > 0).length > 2);
  if (parted.size === 0 || (parted.size < 2 && !whole)) return grid;
  return { ...grid, cells: grid.cells.flatMap((cell) => parted.get(cell) ?? [cell]) };
}

/** A ruled column that holds two or more columns of figures in most rows is split where they part. */
function splitColumns(grid: Grid, words: Word[]): Grid {
  const columns = countColumns(grid);
  let out = grid;
  for (let column = columns - 1; column >= 0; column--) {
    const cells = out.cells.filter((cell) => cell.column === column && cell.colspan === 1 && cell.words.length > 0);
    if (cells.length === 0) continue;
    const lines = cells.flatMap((cell) => buildTextLines(words, cell.words));
    const split = lines.filter((line) => line.chunks.length > 1);
    if (split.length < 3 || split.length < 0.6 * lines.length) continue;
    const numeric = split.filter((line) => line.chunks.slice(1).every((chunk) => chunk.numeric)).length;
    if (numeric < 0.7 * split.length) continue;
    const found = findColumns(lines, { strictness: 1.3 });
    if (found.length < 2 || found.some((one) => one.support < 0.5 * split.length)) continue;
    out = divideColumn(out, words, column, columnBorders(found, out.xs[column]!, out.xs[column + 1]!).slice(1, -1));
  }
  return out;
}

function divideColumn(grid: Grid, words: Word[], column: number, borders: number[]): Grid {
  const extra = borders.length;
  const cells: GridCell[] = [];
  for (const cell of grid.cells) {
    if (cell.column > column) cells.push({ ...cell, column: cell.column + extra });
    else if (cell.column + cell.colspan <= column) cells.push(cell);
    else if (cell.colspan > 1 || crosses(cell, words, borders)) cells.push({ ...cell, colspan: cell.colspan + extra });
    else {
      for (let part = 0; part <= extra; part++) {
        const from = part === 0 ? Number.NEGATIVE_INFINITY : borders[part - 1]!;
        const to = part === extra ? Number.POSITIVE_INFINITY : borders[part]!;
        const inside = cell.words.filter((index) => {
          const middle = (words[index]!.box[0] + words[index]!.box[2]) / 2;
          return middle >= from && middle < to;
        });
        cells.push({ ...cell, column: column + part, words: inside });
      }
    }
  }
  return { ...grid, xs: [...grid.xs.slice(0, column + 1), ...borders, ...grid.xs.slice(column + 1)], cells };
}

function crosses(cell: GridCell, words: Word[], borders: number[]): boolean {
  return buildTextLines(words, cell.words).some((line) =>
    line.chunks.some((chunk) => borders.some((border) => chunk.x0 < border && chunk.x1 > border)),
  );
}

/** A ruled row whose columns stack figures line by line is several rows. */
function splitRows(grid: Grid, words: Word[]): Grid {
  let out = grid;
  for (let row = countRows(grid) - 1; row >= 0; row--) {
    const cells = out.cells.filter((cell) => cell.row === row && cell.rowspan === 1 && cell.words.length > 0);
    if (cells.length < 2) continue;
    if (
      out.cells.some(
        (cell) => cell.rowspan > 1 && cell.row <= row && cell.row + cell.rowspan > row && cell.words.length > 0,
      )
    )
      continue;
    const perCell = cells.map((cell) => buildTextLines(words, cell.words));
    if (!stacksFigures(perCell)) continue;
    const members = cells.flatMap((cell) => cell.words);
    const lines = buildTextLines(words, members, verticalsOf(out));
    const borders = out.xs;
    const rows = groupRows(placeLines(lines, borders), {
      rules: [],
      ruled: false,
      columns: countColumns(out),
      stubEnd: borders[1]!,
    });
    if (rows.length < 2) continue;
    out = divideRow(
      out,
      words,
      row,
      rows.map((group) => group.map((placed) => placed.line)),
    );
  }
  return out;
}

function verticalsOf(grid: Grid) {
  return grid.xs.map((at) => ({ at, from: grid.ys[0]!, to: grid.ys[grid.ys.length - 1]!, stroke: true }));
}

/** Two or more cells hold as many lines of figures as each other, on the same baselines. */
function stacksFigures(perCell: TextLine[][]): boolean {
  const stacked = perCell.filter(
    (lines) =>
      lines.length >= 2 &&
      lines.filter((line) => line.chunks.every((chunk) => chunk.numeric)).length >= 0.75 * lines.length,
  );
  if (stacked.length < 2) return false;
  const first = stacked[0]!;
  const aligned = stacked.filter(
    (lines) =>
      lines.filter((line) => first.some((other) => Math.abs(other.baseline - line.baseline) < 0.3 * line.size))
        .length >=
      0.7 * Math.max(lines.length, 1),
  );
  return aligned.length >= 2 && aligned.length >= 0.6 * stacked.length;
}

function divideRow(grid: Grid, words: Word[], row: number, groups: TextLine[][]): Grid {
  const extra = groups.length - 1;
  const tops = groups.map((lines) => Math.min(...lines.map((line) => line.y0)));
  const bottoms = groups.map((lines) => Math.max(...lines.map((line) => line.y1)));
  const borders = tops.slice(1).map((top, at) => (top + bottoms[at]!) / 2);
  const rowOf = new Map<number, number>();
  groups.forEach((lines, at) => {
    for (const line of lines) for (const chunk of line.chunks) for (const word of chunk.words) rowOf.set(word, at);
  });
  const cells: GridCell[] = [];
  for (const cell of grid.cells) {
    if (cell.row > row) cells.push({ ...cell, row: cell.row + extra });
    else if (cell.row + cell.rowspan <= row) cells.push(cell);
    else if (cell.rowspan > 1) cells.push({ ...cell, rowspan: cell.rowspan + extra });
    else {
      for (let part = 0; part <= extra; part++) {
        cells.push({ ...cell, row: row + part, words: cell.words.filter((word) => (rowOf.get(word) ?? 0) === part) });
      }
    }
  }
  void words;
  return { ...grid, ys: [...grid.ys.slice(0, row + 1), ...borders, ...grid.ys.slice(row + 1)], cells };
}
