/** Ruled cells that hold more than one cell: columns and rows that were left unruled, found from their text. */
import type { Word } from "../facts.ts";
import { columnBorders, findColumns } from "./columns.ts";
import { countColumns, countRows, type Grid, type GridCell } from "./grid.ts";
import { groupRows, placeLines } from "./rows.ts";
import { buildTextLines, isNumericText, type TextLine } from "./text-lines.ts";

/**
 * Below a head with verticals the body often has none: a cell over several columns whose chunks keep to them, on a line
 * that is split, is as many cells.
 */
export function splitSpans(grid: Grid, words: Word[]): Grid {
  const parted = new Map<GridCell, GridCell[]>();
  const titled = new Map<GridCell, GridCell[]>();
  for (const cell of grid.cells) {
    if (cell.colspan < 2 || cell.words.length < 2) continue;
    const inner = grid.xs.slice(cell.column + 1, cell.column + cell.colspan);
    const lines = buildTextLines(words, cell.words);
    const groups = titleGroups(cell, lines, grid);
    if (groups) {
      titled.set(cell, groups);
      continue;
    }
    // A border is where the rows below have theirs: a word may lean over it a little.
    const crossed = (index: number) =>
      inner.some((x) => {
        const { box, size } = words[index]!;
        return box[0] < x - 0.45 * size && box[2] > x + 0.45 * size;
      });
    if (cell.words.some(crossed)) continue;
    const used = new Set<number>();
    const parts = new Map<number, number[]>();
    let split = false;
    for (const line of lines) {
      for (const chunk of line.chunks) {
        const clean = inner.every((x) => chunk.x1 <= x + 0.45 * line.size || chunk.x0 >= x - 0.45 * line.size);
        split ||= clean && line.chunks.length > 1;
        for (const word of chunk.words) {
          // A chunk that keeps to its column goes there whole, one that does not word by word.
          const box = words[word]!.box;
          const column = inner.filter((x) => (clean ? chunk.x0 + chunk.x1 : box[0] + box[2]) / 2 > x).length;
          used.add(column);
          parts.set(column, [...(parts.get(column) ?? []), word]);
        }
      }
    }
    if (!split) continue;
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
  const whole = [...parted.values()].some((cells) => cells.every((cell) => cell.words.length > 0) || cells.length > 3);
  if (parted.size < 2 && !whole) parted.clear();
  return { ...grid, cells: grid.cells.flatMap((cell) => titled.get(cell) ?? parted.get(cell) ?? [cell]) };
}

/** n titles on one line over n times as many columns, each over its share: n spanning cells that nobody ruled. */
function titleGroups(cell: GridCell, lines: readonly TextLine[], grid: Grid): GridCell[] | null {
  const line = lines[0];
  if (lines.length !== 1 || !line || line.chunks.length < 2 || cell.rowspan !== 1) return null;
  const share = cell.colspan / line.chunks.length;
  if (share < 2 || !Number.isInteger(share)) return null;
  const out: GridCell[] = [];
  for (const [at, chunk] of line.chunks.entries()) {
    const column = cell.column + at * share;
    if (chunk.x0 < grid.xs[column]! - 2 || chunk.x1 > grid.xs[column + share]! + 2) return null;
    out.push({ row: cell.row, column, rowspan: 1, colspan: share, words: chunk.words });
  }
  return out;
}

/** A ruled column that holds two or more columns of figures in most rows is split where they part. */
export function splitColumns(grid: Grid, words: Word[]): Grid {
  const columns = countColumns(grid);
  let out = grid;
  for (let column = columns - 1; column >= 0; column--) {
    const cells = out.cells.filter((cell) => cell.column === column && cell.colspan === 1 && cell.words.length > 0);
    if (cells.length === 0) continue;
    const gutter = findLabelGutter(cells, words);
    if (gutter !== undefined) {
      out = divideColumn(out, words, column, [gutter]);
      continue;
    }
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

/** A strip between labels and texts is at least this wide. */
const labelGutterEm = 1.2;

/**
 * The middle of a strip that no word of a column writes into, with a label left and a text right of it in (nearly) every
 * cell below the first: two columns of which only the rows are ruled. Bullets and numbers before a text are no labels.
 */
function findLabelGutter(cells: readonly GridCell[], words: Word[]): number | undefined {
  const body = cells.filter((cell) => cell.row > 0);
  if (body.length < 3) return undefined;
  const inside = body.flatMap((cell) => cell.words.map((index) => words[index]!)).sort((a, b) => a.box[0] - b.box[0]);
  const size = inside[inside.length >> 1]!.size;
  let reach = inside[0]!.box[2];
  for (const { box } of inside) {
    const middle = (reach + box[0]) / 2;
    if (
      box[0] - reach >= labelGutterEm * size &&
      body.filter((cell) => isParted(cell, words, middle)).length >= 0.8 * body.length
    )
      return middle;
    reach = Math.max(reach, box[2]);
  }
  return undefined;
}

/** A word of three letters or more stands left of x, two words right of it. */
function isParted(cell: GridCell, words: Word[], x: number): boolean {
  const left = cell.words.filter((index) => words[index]!.box[2] <= x);
  return left.some((index) => /\p{L}{3}/u.test(words[index]!.text)) && cell.words.length - left.length >= 2;
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
export function splitRows(grid: Grid, words: Word[]): Grid {
  let out = grid;
  for (let row = countRows(grid) - 1; row >= 0; row--) {
    const cells = out.cells.filter((cell) => cell.row === row && cell.rowspan === 1 && cell.words.length > 0);
    if (cells.length < 2) continue;
    // A label over the rows ("Group") goes on over all that come of them; figures there are rows of another measure.
    if (
      out.cells.some(
        (cell) =>
          cell.rowspan > 1 &&
          cell.row <= row &&
          cell.row + cell.rowspan > row &&
          cell.words.some((index) => isNumericText(words[index]!.text)),
      )
    )
      continue;
    const perCell = cells.map((cell) => buildTextLines(words, cell.words));
    const members = cells.flatMap((cell) => cell.words);
    const lines = buildTextLines(words, members, verticalsOf(out));
    const borders = out.xs;
    if (!stacksFigures(perCell)) {
      const groups = cutAtBlanks(lines, borders);
      if (groups.length > 1) out = divideRow(out, row, groups);
      continue;
    }
    const rows = groupRows(placeLines(lines, borders), {
      rules: [],
      ruled: false,
      columns: countColumns(out),
      stubEnd: borders[1]!,
    });
    if (rows.length < 2) continue;
    out = divideRow(
      out,
      row,
      rows.map((group) => group.map((placed) => placed.line)),
    );
  }
  return out;
}

/**
 * Rows of text without rules between them: a blank across all columns, and below it a new entry in the first column and
 * in another one. A label ending in a colon is a row of its own.
 */
function cutAtBlanks(lines: readonly TextLine[], borders: readonly number[]): TextLine[][] {
  const steps = lines.slice(1).map((line, at) => line.baseline - lines[at]!.baseline);
  const usual = steps.slice().sort((a, b) => a - b)[steps.length >> 1] ?? 0;
  const inFirst = (line: TextLine) => line.chunks[0]!.x0 < borders[1]!;
  const groups: TextLine[][] = [];
  let blanks = 0;
  lines.forEach((line, at) => {
    const group = groups[groups.length - 1];
    const blank = at > 0 && steps[at - 1]! > 1.7 * usual && line.y0 - lines[at - 1]!.y1 > 0.6 * line.size;
    const entry = inFirst(line) && line.chunks.length > 1;
    const label =
      at > 0 && group?.length === 1 && lines[at - 1]!.chunks.length === 1 && /:$/.test(lines[at - 1]!.chunks[0]!.text);
    if (blank && inFirst(line)) blanks++;
    if (!group || (blank && inFirst(line)) || (label && entry && inFirst(lines[at - 1]!))) groups.push([line]);
    else group.push(line);
  });
  return blanks > 0 ? groups : [];
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

function divideRow(grid: Grid, row: number, groups: TextLine[][]): Grid {
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
  return { ...grid, ys: [...grid.ys.slice(0, row + 1), ...borders, ...grid.ys.slice(row + 1)], cells };
}
