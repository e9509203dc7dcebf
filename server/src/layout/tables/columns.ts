/**
 * Column borders from white space: the x-intervals that (nearly) no body line writes into.
 *
 * Each line casts its chunks' shadows on the x axis; an interval in the shadow of no line is a gap between columns. The
 * more lines agree, the narrower a gap may be. A line with one wide chunk (section label, note, title) casts none.
 */
import type { TextLine } from "./text-lines.ts";

export interface Column {
  /** Extent of the ink of the lines it was measured on. */
  x0: number;
  x1: number;
  /** Lines with ink in it. */
  support: number;
}

export interface ColumnOptions {
  /** Shadows of this share of the lines may fall into a gap. */
  tolerance?: number;
  /** Multiplies the smallest gap. */
  strictness?: number;
}

/** Smallest gap in ems that `lines` lines may make a column border of. */
function minGapEm(lines: number): number {
  if (lines >= 8) return 0.42;
  if (lines >= 5) return 0.55;
  if (lines >= 3) return 0.75;
  return 1;
}

/** A lone label that ends nearer than this (ems) to the second column does not keep out of it, it ends there. */
const stubClearEm = 0.75;

interface Shadow {
  x0: number;
  x1: number;
  line: number;
}

/** Columns of body lines, left to right; empty when there is no line with two chunks. */
export function findColumns(lines: readonly TextLine[], options: ColumnOptions = {}): Column[] {
  const body = lines.filter((line) => line.chunks.length > 1);
  if (body.length === 0) return [];
  const shadows: Shadow[] = [];
  const sections = sectionLines(body);
  const totals = totalLines(body);
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]!;
    if ((line.chunks.length < 2 && !isNarrow(line, body)) || sections.has(line)) continue;
    const chunks = totals.has(line) ? line.chunks.slice(1) : line.chunks;
    for (const chunk of chunks) shadows.push({ x0: chunk.x0, x1: chunk.x1, line: at });
  }
  const size = medianSize(body);
  const allowed = Math.floor((options.tolerance ?? 0.06) * body.length);
  const gapPt = minGapEm(body.length) * size * (options.strictness ?? 1);
  return shadowRuns(shadows, allowed, gapPt);
}

/**
 * Lines of a few words that name the rows below them ("Chemistry   Exploring combinations and hill climbing") may run over
 * the columns of figures: no figure in them, and half the chunks of most lines at the most.
 */
function sectionLines(body: readonly TextLine[]): Set<TextLine> {
  const usual = usualChunks(body);
  if (usual < 4) return new Set();
  const poor = body.filter((line) => line.chunks.length <= usual / 2 && line.chunks.every((chunk) => !chunk.numeric));
  return poor.length <= 0.4 * body.length ? new Set(poor) : new Set();
}

/** "Average (all tests)  0.7  0.6": the odd line whose label runs over two columns and that lacks nothing else. */
function totalLines(body: readonly TextLine[]): Set<TextLine> {
  const usual = usualChunks(body);
  if (usual < 4) return new Set();
  const full = body.filter((line) => line.chunks.length === usual);
  const second = Math.max(...full.map((line) => line.chunks[1]!.x0));
  const lacking = body.filter(
    ({ chunks }) => chunks.length < usual && chunks.length > usual / 2 && !chunks[0]!.numeric && chunks[0]!.x1 > second,
  );
  return lacking.length <= Math.max(body.length >= 5 ? 1 : 0, 0.15 * body.length) ? new Set(lacking) : new Set();
}

const usualChunks = (body: readonly TextLine[]): number =>
  body.map((line) => line.chunks.length).sort((a, b) => a - b)[body.length >> 1]!;

/** A lone chunk that stays inside one gap-free stretch of most lines is an ordinary cell of a sparse row. */
function isNarrow(line: TextLine, body: readonly TextLine[]): boolean {
  const chunk = line.chunks[0]!;
  const left = Math.min(...body.slice(0, 50).map((other) => other.chunks[1]!.x0));
  // Well left of every second column: the label of a row. Numeric: a value.
  return chunk.x1 < left - stubClearEm * line.size || chunk.numeric;
}

export function medianSize(lines: readonly { size: number }[]): number {
  const sizes = lines.map((line) => line.size).sort((a, b) => a - b);
  return sizes[sizes.length >> 1] ?? 10;
}

function shadowRuns(shadows: Shadow[], allowed: number, gapPt: number): Column[] {
  // Sweep: +1 where a shadow starts, -1 where it ends; a column is a maximal stretch deeper than `allowed`.
  const events: { x: number; step: number }[] = [];
  for (const shadow of shadows) {
    events.push({ x: shadow.x0, step: 1 }, { x: shadow.x1, step: -1 });
  }
  events.sort((a, b) => a.x - b.x || b.step - a.step);
  const runs: Column[] = [];
  let depth = 0;
  let open: Column | undefined;
  for (const event of events) {
    const before = depth;
    depth += event.step;
    if (before <= allowed && depth > allowed) {
      const last = runs[runs.length - 1];
      if (last && event.x - last.x1 < gapPt) {
        open = last;
        runs.pop();
      } else open = { x0: event.x, x1: event.x, support: 0 };
    } else if (before > allowed && depth <= allowed && open) {
      open.x1 = event.x;
      runs.push(open);
      open = undefined;
    }
  }
  countSupport(runs, shadows, allowed);
  return runs;
}

function countSupport(runs: Column[], shadows: Shadow[], allowed: number): void {
  if (runs.length === 0) return;
  const seen = runs.map(() => new Set<number>());
  for (const shadow of shadows) {
    const middle = (shadow.x0 + shadow.x1) / 2;
    const at = runs.findIndex((run) => middle >= run.x0 - 0.5 && middle <= run.x1 + 0.5);
    if (at >= 0) seen[at]!.add(shadow.line);
  }
  runs.forEach((run, at) => {
    run.support = seen[at]!.size;
    if (allowed === 0) return;
    // With some shadows ignored the true ink may reach further than the deep stretch.
    const left = at > 0 ? runs[at - 1]!.x1 : Number.NEGATIVE_INFINITY;
    const right = at + 1 < runs.length ? runs[at + 1]!.x0 : Number.POSITIVE_INFINITY;
    for (const shadow of shadows) {
      const middle = (shadow.x0 + shadow.x1) / 2;
      if (middle < run.x0 || middle > run.x1) continue;
      if (shadow.x0 > left) run.x0 = Math.min(run.x0, shadow.x0);
      if (shadow.x1 < right) run.x1 = Math.max(run.x1, shadow.x1);
    }
  });
}

/** Borders between columns (in the middle of the gaps) with the outer ones; one more than columns. */
export function columnBorders(columns: readonly Column[], left: number, right: number): number[] {
  if (columns.length === 0) return [left, right];
  const out = [Math.min(left, columns[0]!.x0)];
  for (let at = 1; at < columns.length; at++) out.push((columns[at - 1]!.x1 + columns[at]!.x0) / 2);
  out.push(Math.max(right, columns[columns.length - 1]!.x1));
  return out;
}

/** Index of the column that holds x, clamped to the ends. */
export function columnAt(borders: readonly number[], x: number): number {
  let low = 1;
  let high = borders.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (borders[middle]! < x) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
