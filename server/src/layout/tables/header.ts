/**
 * Head rows of a table whose head is not ruled into cells.
 *
 * Idea: every chunk above the body is given the columns it stands over (from a partial rule below it, else from its
 * extent and its centre). Chunks with the same columns on neighbouring lines are one wrapped cell. A cell over several
 * columns opens a level; cells below it are its children. A cell with nothing above and nothing below it in its column
 * runs through all levels (rowspan); a corner without any text stays empty on every level.
 */
import type { Column } from "./columns.ts";
import type { GridCell } from "./grid.ts";
import type { Rule } from "./rulings.ts";
import type { Chunk, TextLine } from "./text-lines.ts";

export interface Head {
  cells: GridCell[];
  levels: number;
  /** y of the borders between levels (levels - 1 of them). */
  borders: number[];
}

interface Piece {
  first: number;
  last: number;
  words: number[];
  y0: number;
  y1: number;
  line: number;
  chunk: Chunk;
}

interface HeadCell {
  first: number;
  last: number;
  words: number[];
  y0: number;
  y1: number;
  line: number;
  lastLine: number;
  level: number;
}

/** Builds the head. `rules` are the horizontal rules within it (the one below it not needed). */
export function buildHead(lines: readonly TextLine[], columns: readonly Column[], rules: readonly Rule[]): Head {
  if (lines.length === 0) return { cells: [], levels: 0, borders: [] };
  const parted = lines.map((line, at) => partChunks(line, at, lines, columns, rules));
  const pieces: Piece[][] = parted.map((line, at) => placeLine(line, at, parted, columns, rules));
  const cells = joinWrapped(pieces, parted, rules);
  const levels = assignLevels(cells);
  return { cells: spanLevels(cells, levels, columns.length), levels, borders: levelBorders(cells, levels) };
}

/**
 * Titles of neighbouring columns may stand no farther apart than words do. A chunk over several columns with no title
 * below it is parted where its words start with the columns; one that does not part so is a spanning title.
 */
function partChunks(
  line: TextLine,
  at: number,
  lines: readonly TextLine[],
  columns: readonly Column[],
  rules: readonly Rule[],
): TextLine {
  let changed = false;
  const chunks = line.chunks.flatMap((chunk) => {
    const [first, last] = overlapRange(chunk, columns);
    if (first === last || ruleRange(chunk, line, lines[at + 1], columns, rules)) return [chunk];
    const hasChild = lines
      .slice(at + 1)
      .some((other) => other.chunks.some((piece) => piece.x0 < chunk.x1 && piece.x1 > chunk.x0));
    const covered = columns.slice(first, last + 1);
    const parts = partAtColumns(chunk, covered, line.size);
    if (!parts || (hasChild && !parts.every((part, index) => isAligned(part, covered[index]!, line.size))))
      return [chunk];
    changed = true;
    return parts;
  });
  return changed ? { ...line, chunks } : line;
}

/** Left edges, right edges or centres agree. */
function isAligned(chunk: Chunk, column: Column, size: number): boolean {
  const off = Math.min(
    Math.abs(chunk.x0 - column.x0),
    Math.abs(chunk.x1 - column.x1),
    Math.abs(chunk.x0 + chunk.x1 - column.x0 - column.x1) / 2,
  );
  return off < 0.7 * size;
}

/** The chunk cut before the words that start where columns do, or between the inks of two columns; null if one border has no such word. */
function partAtColumns(chunk: Chunk, columns: readonly Column[], size: number): Chunk[] | null {
  const cuts: number[] = [];
  for (let at = 1; at < columns.length; at++) {
    const from = cuts[cuts.length - 1] ?? 0;
    let best = -1;
    let bestOff = 0.6 * size;
    for (let word = from + 1; word < chunk.spans.length; word++) {
      const start = chunk.spans[word]![0];
      const end = chunk.spans[word - 1]![1];
      const between = end <= columns[at]!.x0 + 0.1 * size && start >= columns[at - 1]!.x1 - 0.1 * size;
      const off = between ? 0.3 * Math.abs(start - columns[at]!.x0) : Math.abs(start - columns[at]!.x0);
      if (off < bestOff || (between && best < 0)) {
        bestOff = off;
        best = word;
      }
    }
    if (best < 0) return null;
    cuts.push(best);
  }
  const texts = chunk.text.split(" ");
  return [0, ...cuts].map((from, at) => {
    const to = cuts[at] ?? chunk.words.length;
    const spans = chunk.spans.slice(from, to);
    return {
      ...chunk,
      words: chunk.words.slice(from, to),
      spans,
      x0: spans[0]![0],
      x1: spans[spans.length - 1]![1],
      text: texts.length === chunk.words.length ? texts.slice(from, to).join(" ") : chunk.text,
    };
  });
}

/** Columns of every chunk of one head line. */
function placeLine(
  line: TextLine,
  at: number,
  lines: readonly TextLine[],
  columns: readonly Column[],
  rules: readonly Rule[],
): Piece[] {
  const below = lines[at + 1];
  const out: Piece[] = [];
  const taken = line.chunks.map((chunk) => overlapRange(chunk, columns));
  line.chunks.forEach((chunk, index) => {
    let range = ruleRange(chunk, line, below, columns, rules) ?? taken[index]!;
    if (range[0] === range[1] || isLooseOver(chunk, columns[range[0]]!)) {
      range = widen(chunk, range, taken, index, columns, lines, at) ?? range;
    }
    if (
      lines.length === 1 &&
      line.chunks.length === 1 &&
      columns.length > 1 &&
      isTitleOfAll(chunk, columns, line.size)
    ) {
      range = [0, columns.length - 1];
    }
    const previous = out[out.length - 1];
    // Two chunks of one line over the same column are one cell; over overlapping columns the later one yields.
    if (previous && range[0] <= previous.last) {
      if (range[1] <= previous.last) {
        previous.words.push(...chunk.words);
        previous.y0 = Math.min(previous.y0, chunk.y0);
        previous.y1 = Math.max(previous.y1, chunk.y1);
        return;
      }
      range = [previous.last + 1, range[1]];
    }
    out.push({
      first: range[0],
      last: range[1],
      words: chunk.words.slice(),
      y0: chunk.y0,
      y1: chunk.y1,
      line: at,
      chunk,
    });
  });
  return out;
}

/** Columns whose ink the chunk covers by half, or the nearest one. */
function overlapRange(chunk: Chunk, columns: readonly Column[]): [number, number] {
  let first = -1;
  let last = -1;
  let nearest = 0;
  let best = Number.POSITIVE_INFINITY;
  const middle = (chunk.x0 + chunk.x1) / 2;
  columns.forEach((column, at) => {
    const covered = Math.min(chunk.x1, column.x1) - Math.max(chunk.x0, column.x0);
    const centre = (column.x0 + column.x1) / 2;
    const width = Math.max(1, column.x1 - column.x0);
    if (covered > 0.5 * width || (covered > 0 && covered > 0.6 * (chunk.x1 - chunk.x0))) {
      if (first < 0) first = at;
      last = at;
    }
    const distance = covered > 0 ? -covered : Math.abs(centre - middle);
    if (distance < best) {
      best = distance;
      nearest = at;
    }
  });
  return first < 0 ? [nearest, nearest] : [first, last];
}

/** A title alone on the only head line, reaching over a border or centred over the table, is that of all columns. */
function isTitleOfAll(chunk: Chunk, columns: readonly Column[], size: number): boolean {
  const left = columns[0]!.x0;
  const right = columns[columns.length - 1]!.x1;
  const next = columns[1];
  const reaches = next !== undefined && chunk.x1 > next.x0 + 0.5 * size && chunk.x0 < columns[0]!.x1;
  return reaches || Math.abs((chunk.x0 + chunk.x1) / 2 - (left + right) / 2) < size;
}

/** A rule shorter than the table right below the chunk and under all of it names its columns. */
function ruleRange(
  chunk: Chunk,
  line: TextLine,
  below: TextLine | undefined,
  columns: readonly Column[],
  rules: readonly Rule[],
): [number, number] | undefined {
  const left = columns[0]!.x0;
  const right = columns[columns.length - 1]!.x1;
  const floor = below ? below.baseline - 0.3 * below.size : line.y1 + line.size;
  for (const rule of rules) {
    if (rule.at < line.baseline - 1 || rule.at > floor) continue;
    if (rule.to - rule.from > 0.85 * (right - left)) continue;
    if (rule.from > chunk.x0 + 2 || rule.to < chunk.x1 - 2) continue;
    let first = -1;
    let last = -1;
    columns.forEach((column, at) => {
      const middle = (column.x0 + column.x1) / 2;
      if (middle < rule.from - 1 || middle > rule.to + 1) return;
      if (first < 0) first = at;
      last = at;
    });
    if (first >= 0 && last > first) return [first, last];
  }
  return undefined;
}

/** The chunk's centre lies well off the column it was given. */
function isLooseOver(chunk: Chunk, column: Column): boolean {
  const middle = (chunk.x0 + chunk.x1) / 2;
  return middle < column.x0 || middle > column.x1;
}

/**
 * A spanning title is centred over its columns without covering them. Free columns next to it that carry text of their
 * own on the head lines below are added while the centre gets nearer.
 */
function widen(
  chunk: Chunk,
  range: [number, number],
  taken: [number, number][],
  index: number,
  columns: readonly Column[],
  lines: readonly TextLine[],
  at: number,
): [number, number] | undefined {
  const low = index > 0 ? taken[index - 1]![1] + 1 : 0;
  const high = index + 1 < taken.length ? taken[index + 1]![0] - 1 : columns.length - 1;
  const hasChild = (column: number) =>
    lines.slice(at + 1).some((line) => line.chunks.some((other) => overlapRange(other, columns)[0] === column));
  const middle = (chunk.x0 + chunk.x1) / 2;
  const off = (first: number, last: number) => Math.abs((columns[first]!.x0 + columns[last]!.x1) / 2 - middle);
  const own = columns[range[0]]!;
  const size = Math.max(4, chunk.y1 - chunk.y0);
  const aligned = Math.min(
    off(range[0], range[1]),
    Math.abs(own.x0 - chunk.x0),
    Math.abs(columns[range[1]]!.x1 - chunk.x1),
  );
  let best: [number, number] | undefined;
  let bestOff = aligned - 0.3 * size;
  for (let first = range[0]; first >= low; first--) {
    if (first < range[0] && !hasChild(first)) break;
    for (let last = range[1]; last <= high; last++) {
      if (last > range[1] && !hasChild(last)) break;
      if (first === range[0] && last === range[1]) continue;
      if (!hasChild(range[0])) continue;
      const distance = off(first, last);
      if (distance < bestOff) {
        bestOff = distance;
        best = [first, last];
      }
    }
  }
  return best;
}

/** Chunks over the same columns on neighbouring lines are one cell, unless a rule parts them. */
function joinWrapped(pieces: Piece[][], lines: readonly TextLine[], rules: readonly Rule[]): HeadCell[] {
  const cells: HeadCell[] = [];
  const lastAt = new Map<number, HeadCell>();
  for (const row of pieces) {
    for (const piece of row) {
      const above = lastAt.get(piece.first);
      const same = above && above.first === piece.first && above.last === piece.last;
      const near = above && piece.line - above.lastLine <= 2 && !isCovered(cells, above, piece);
      const parted = above && isRuled(rules, piece, lines[above.lastLine]!.baseline, lines[piece.line]!.baseline);
      if (above && same && near && !parted) {
        above.words.push(...piece.words);
        above.y1 = Math.max(above.y1, piece.y1);
        above.lastLine = piece.line;
        continue;
      }
      const inside =
        above &&
        !parted &&
        near &&
        piece.first >= above.first &&
        piece.last <= above.last &&
        continuesTitle(row, above);
      if (inside && above) {
        above.words.push(...piece.words);
        above.y1 = Math.max(above.y1, piece.y1);
        above.lastLine = piece.line;
        continue;
      }
      const cell: HeadCell = { ...piece, lastLine: piece.line, level: 0 };
      cells.push(cell);
      for (let column = piece.first; column <= piece.last; column++) lastAt.set(column, cell);
    }
  }
  return cells;
}

/** The second line of a spanning title is a lone chunk over some of its columns, near its centre. */
function continuesTitle(row: Piece[], above: HeadCell): boolean {
  if (above.first === above.last) return false;
  const inside = row.filter((piece) => piece.first >= above.first && piece.last <= above.last);
  if (inside.length !== 1) return false;
  const piece = inside[0]!;
  return piece.last - piece.first >= 1 || row.length === 1;
}

function isCovered(cells: HeadCell[], above: HeadCell, piece: Piece): boolean {
  return cells.some(
    (cell) =>
      cell !== above &&
      cell.line > above.lastLine &&
      cell.line < piece.line &&
      cell.first <= piece.last &&
      cell.last >= piece.first,
  );
}

function isRuled(rules: readonly Rule[], piece: Piece, from: number, to: number): boolean {
  const middle = (piece.chunk.x0 + piece.chunk.x1) / 2;
  // A rule drawn through the foot of a line is below it.
  const size = piece.chunk.y1 - piece.chunk.y0;
  return rules.some((rule) => rule.at > from && rule.at < to - 0.55 * size && rule.from <= middle && rule.to >= middle);
}

function assignLevels(cells: HeadCell[]): number {
  let levels = 1;
  for (const cell of cells) {
    for (const above of cells) {
      if (above === cell) break;
      if (above.first <= cell.last && above.last >= cell.first) cell.level = Math.max(cell.level, above.level + 1);
    }
    levels = Math.max(levels, cell.level + 1);
  }
  return levels;
}

function spanLevels(cells: HeadCell[], levels: number, columnCount: number): GridCell[] {
  const out: GridCell[] = [];
  for (const cell of cells) {
    const above = cells.some(
      (other) => other.level < cell.level && other.first <= cell.last && other.last >= cell.first,
    );
    const below = cells.filter(
      (other) => other.level > cell.level && other.first <= cell.last && other.last >= cell.first,
    );
    const from = above ? cell.level : 0;
    const floor = below.length > 0 ? Math.min(...below.map((other) => other.level)) : levels;
    // A spanning title keeps one level; a lone column title runs down to the body.
    const to = cell.first === cell.last || below.length === 0 ? floor : cell.level + 1;
    out.push({
      row: from,
      column: cell.first,
      rowspan: Math.max(1, to - from),
      colspan: Math.min(cell.last, columnCount - 1) - cell.first + 1,
      words: cell.words,
    });
  }
  return out;
}

function levelBorders(cells: HeadCell[], levels: number): number[] {
  const out: number[] = [];
  for (let level = 1; level < levels; level++) {
    const above = cells.filter(
      (cell) =>
        cell.level === level - 1 && cells.some((c) => c.level >= level && c.first <= cell.last && c.last >= cell.first),
    );
    const below = cells.filter((cell) => cell.level === level);
    const bottom = Math.max(...above.map((cell) => cell.y1), Number.NEGATIVE_INFINITY);
    const top = Math.min(...below.map((cell) => cell.y0), Number.POSITIVE_INFINITY);
    const previous = out[out.length - 1] ?? Number.NEGATIVE_INFINITY;
    out.push(Math.max(previous, Number.isFinite(bottom) ? (bottom + top) / 2 : top));
  }
  return out;
}
