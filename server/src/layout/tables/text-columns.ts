/**
 * Tables of running text without rules: comparison charts on slides, glossaries with wrapped cells.
 *
 * A head line of three or more short titles gives the left edges of the columns; the lines below keep to them. The
 * column whose entries are short and stand apart gives the rows; text of the other columns belongs to the row it is
 * level with.
 */
import type { Candidate, Claims } from "./find.ts";
import type { Grid, GridCell } from "./grid.ts";
import { isCaption } from "./guards.ts";
import { hadRoom } from "./rows.ts";
import type { Chunk, TextLine } from "./text-lines.ts";
import type { PageView } from "./view.ts";
import { freeLines } from "./words-inside.ts";

/** Chunks start this near (ems) to the left edge of their column. */
const edgeEm = 0.45;
/** Titles of a head stand at least this far apart (ems): more than words do, less than columns of running text. */
const leastGapEm = 0.9;
/** Lines farther below the one before them (ems) are not of the table. */
const maxStepEm = 5;
/** Rows a table of this kind must have below its head. */
const minRows = 3;
/** An entry may begin this much above its row's label, whose font and leading are others… */
const levelEm = 0.75;
/** …and this much where it stands apart from the line above it in its column by so many of the column's leadings. */
const apartEm = 1.5;
const apartLeadings = 1.5;
/** Head lines tried on one page. */
const maxHeads = 20;

/** Tables of text under a head of three or more titles. */
export function findTextColumns(view: PageView, claims: Claims): Candidate[] {
  const lines = freeLines(view, claims);
  const out: Candidate[] = [];
  let tried = 0;
  for (let at = 0; at < lines.length && tried < maxHeads; at++) {
    if (!isHead(lines[at]!)) continue;
    tried++;
    const body = bodyBelow(lines, at);
    const candidate = readBody(lines[at]!, body);
    if (!candidate) continue;
    out.push(candidate);
    at += body.length;
  }
  return out;
}

/** Three or more short titles in bold, well apart. */
function isHead(line: TextLine): boolean {
  const { chunks } = line;
  if (chunks.length < 3 || chunks.length > 8 || isCaption(line)) return false;
  return chunks.every((chunk, at) => {
    const next = chunks[at + 1];
    const short = chunk.words.length <= 5 && !chunk.numeric && chunk.bold;
    return short && (next === undefined || next.x0 - chunk.x1 > leastGapEm * line.size);
  });
}

/** The lines below a head as long as every chunk keeps to a column. */
function bodyBelow(lines: readonly TextLine[], head: number): TextLine[] {
  const { chunks } = lines[head]!;
  const out: TextLine[] = [];
  let last = lines[head]!;
  let strays = 0;
  for (const line of lines.slice(head + 1)) {
    if (line.baseline - last.baseline > maxStepEm * line.size) break;
    if (!line.chunks.every((chunk) => columnOf(chunk, chunks, line.size) >= 0)) break;
    for (const chunk of line.chunks) if (!isAtEdge(chunk, chunks, line.size)) strays++;
    if (strays > 2 + 0.1 * out.length) break;
    out.push(line);
    last = line;
  }
  return out;
}

/** The column a chunk stays in; -1 when it crosses into the next one or starts before the first. */
function columnOf(chunk: Chunk, head: readonly Chunk[], size: number): number {
  let at = -1;
  while (at + 1 < head.length && head[at + 1]!.x0 - edgeEm * size <= chunk.x0) at++;
  const next = head[at + 1];
  return at >= 0 && (next === undefined || chunk.x1 < next.x0 - 0.3 * size) ? at : -1;
}

/** The chunk starts at the left edge of a column, as all but stray marks do. */
function isAtEdge(chunk: Chunk, head: readonly Chunk[], size: number): boolean {
  return head.some((title) => Math.abs(title.x0 - chunk.x0) <= edgeEm * size);
}

interface Entry {
  chunk: Chunk;
  baseline: number;
  size: number;
}

function readBody(head: TextLine, body: readonly TextLine[]): Candidate | null {
  if (body.length < minRows * 2) return null;
  const columns: Entry[][] = head.chunks.map(() => []);
  for (const line of body) {
    for (const chunk of line.chunks) {
      columns[columnOf(chunk, head.chunks, line.size)]!.push({ chunk, baseline: line.baseline, size: line.size });
    }
  }
  const tops = rowTops(columns);
  if (tops.length < minRows) return null;
  const rows = tops.length;
  const cells = new Map<number, GridCell>();
  let level = 0;
  let paragraphs = 0;
  columns.forEach((entries, column) => {
    const leading = leadingOf(entries);
    entries.forEach((entry, at) => {
      const apart = at > 0 && entry.baseline - entries[at - 1]!.baseline > apartLeadings * leading;
      const row = rowAt(tops, entry, apart ? apartEm : levelEm);
      const key = row * columns.length + column;
      const cell = cells.get(key) ?? { row: row + 1, column, rowspan: 1, colspan: 1, words: [] };
      if (cell.words.length === 0) {
        paragraphs++;
        if (Math.abs(entry.baseline - tops[row]!) < 1.1 * entry.size || at === 0) level++;
      }
      cell.words.push(...entry.chunk.words);
      cells.set(key, cell);
    });
  });
  // Entries begin level with their rows, and most cells are filled: columns of prose do neither.
  const density = cells.size / (rows * columns.length);
  if (level < 0.7 * paragraphs || density < 0.6) return null;
  const titles = head.chunks.map(
    (chunk, column): GridCell => ({ row: 0, column, rowspan: 1, colspan: 1, words: chunk.words }),
  );
  return {
    grid: makeGrid(head, body, tops, [...titles, ...cells.values()]),
    kind: "aligned",
    score: 0.5 + 0.35 * density,
  };
}

/** Baselines of the rows' first lines, from the column of short entries that has the most of them. */
function rowTops(columns: readonly Entry[][]): number[] {
  let best: number[] = [];
  for (const entries of columns) {
    const words = entries.reduce((sum, entry) => sum + entry.chunk.words.length, 0);
    const tops = entryTops(entries);
    if (words <= 8 * tops.length && tops.length > best.length) best = tops;
  }
  return best;
}

/** Where entries of one column begin: after a wide step, or below a line that had room for more. */
function entryTops(entries: readonly Entry[]): number[] {
  const steps = stepsOf(entries);
  const leading = leadingOf(entries);
  const reach = Math.max(...entries.map((entry) => entry.chunk.x1));
  // Entries of one line each have no line spacing to compare with: every line is one.
  if (leading > 1.8 * (entries[0]?.size ?? 0)) return entries.map((entry) => entry.baseline);
  const begins = entries.filter((entry, at) => {
    if (at === 0) return true;
    const step = steps[at - 1]!;
    return step > 2 * leading || (step > 1.15 * leading && hadRoom(entries[at - 1]!.chunk, entry.chunk, reach));
  });
  return begins.map((entry) => entry.baseline);
}

const stepsOf = (entries: readonly Entry[]): number[] =>
  entries.slice(1).map((entry, at) => entry.baseline - entries[at]!.baseline);

/** The closest that two lines of a column stand. */
const leadingOf = (entries: readonly Entry[]): number => Math.min(...stepsOf(entries), Number.POSITIVE_INFINITY);

/** The last row that begins at or above the entry; one that begins a little lower (so many ems) counts too. */
function rowAt(tops: readonly number[], entry: Entry, lowerEm: number): number {
  let row = 0;
  while (row + 1 < tops.length && tops[row + 1]! - lowerEm * entry.size <= entry.baseline) row++;
  return row;
}

function makeGrid(head: TextLine, body: readonly TextLine[], tops: readonly number[], cells: GridCell[]): Grid {
  const right = Math.max(head.x1, ...body.map((line) => line.x1));
  const xs = [...head.chunks.map((chunk) => chunk.x0), right];
  const ys = [head.y0, ...tops.map((top) => top - head.size), body[body.length - 1]!.y1];
  for (let at = 1; at < ys.length; at++) ys[at] = Math.max(ys[at]!, ys[at - 1]!);
  return { xs, ys, cells, headRows: 1 };
}
