/** Tests that turn down what only looks like a table: drawings, charts, forms, prose set in columns, contents lists. */
import { countColumns, countRows, type Grid, type GridCell } from "./grid.ts";
import { findProse } from "./prose.ts";
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

/** A text that opens a caption. */
export function isCaptionText(text: string): boolean {
  return captionStart.test(text);
}

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
  const full = lines.filter((line) => isFullLine(line, left, width));
  if (full.length >= 0.5 * lines.length) return true;
  return isTwoColumnProse(lines, width);
}

/** A line of running text from the left edge on. The wrapped text of a last, wide column starts further in. */
export function isFullLine(line: TextLine, left: number, width: number): boolean {
  const chunk = line.chunks[0]!;
  return (
    line.chunks.length <= 2 &&
    chunk.words.length >= 6 &&
    chunk.x1 - chunk.x0 > 0.62 * width &&
    chunk.x0 - left < Math.max(0.12 * width, 2 * line.size)
  );
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

function chunksOf(lines: readonly TextLine[]): number {
  return lines.reduce((sum, line) => sum + line.chunks.length, 0);
}

/** Columns with three or more lines of running text. */
function columnsHolding(prose: ReadonlySet<TextLine["chunks"][number]>, built: TextGrid): number {
  const counts = built.columns.map(() => 0);
  for (const chunk of prose) {
    const middle = (chunk.x0 + chunk.x1) / 2;
    const at = built.columns.findIndex((column) => middle <= column.x1);
    if (at >= 0) counts[at]!++;
  }
  return counts.filter((count) => count >= 3).length;
}

/** Displayed formulas: lines with operators in them, or a number in brackets at their end. */
export function isFormulas(built: TextGrid): boolean {
  const lines = built.rows.flat().map((placed) => placed.line);
  const marked = lines.filter(
    (line) =>
      line.chunks.some((chunk) => /[=∑∏∫√∂∇∈≡∝⟨⟩]|[|][^|]+[|]/u.test(chunk.text) && !/^[=-]+$/.test(chunk.text)) ||
      /^\((?:[A-Z]\.?)?\d{1,3}[a-z]?\)$/.test(line.chunks.at(-1)!.text),
  );
  return marked.length >= 0.3 * lines.length;
}

/** Blanks to fill in: form fields stand among the lines. */
export function isForm(box: readonly [number, number, number, number], view: PageView): boolean {
  let fields = 0;
  for (const field of view.fields) {
    const x = (field.box[0] + field.box[2]) / 2;
    const y = (field.box[1] + field.box[3]) / 2;
    if (x > box[0] - 5 && x < box[2] + 5 && y > box[1] - 5 && y < box[3] + 5) fields++;
  }
  return fields >= 2;
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
  if (isList(built)) return 0.2;
  // Running text stacked in a column, with no rule between its "rows".
  const prose = findProse(body);
  if (prose.size > 0.35 * chunksOf(body) && evidence.rules < rows.length && columnsHolding(prose, built) > 1)
    return 0.2;
  let score = 0.3 + Math.min(0.2, 0.07 * evidence.rules);
  score += 0.2 * Math.min(1, split * 1.5);
  score += 0.2 * (numeric / Math.max(1, chunks));
  score += 0.1 * (short / Math.max(1, chunks));
  score += 0.15 * Math.min(1, density * 1.4);
  if (density < 0.3) score -= 0.25;
  if (rows.length < 2) score -= 0.25;
  return Math.max(0, Math.min(1, score));
}

/** A contents list: entries with leaders or page numbers that never fall, in the last of two or three columns. */
export function isContents(built: TextGrid): boolean {
  const columns = built.columns.length;
  if (columns > 3) return false;
  const lines = built.rows.map((row) => row[row.length - 1]!.line).filter((line) => line.chunks.length > 1);
  if (lines.length < 3) return false;
  const leaders = lines.filter((line) =>
    line.chunks.some((chunk) => /(?:\.\s?){4,}|…{2,}|_{4,}/.test(chunk.text)),
  ).length;
  const numbers = lines.map((line) => /^(\d{1,4}|[ivxlc]{1,6})$/i.exec(line.chunks.at(-1)!.text.trim())?.[1]);
  const paged = numbers.filter((text) => text !== undefined).length;
  if (leaders >= 0.5 * lines.length && paged >= 0.5 * lines.length) return true;
  if (paged < 0.85 * lines.length || columns > 3) return false;
  const values = numbers.filter((text) => text !== undefined && /^\d/.test(text)).map(Number);
  const rising = values.every((value, at) => at === 0 || value >= values[at - 1]!);
  const wordy = lines.filter((line) => line.chunks[0]!.words.length >= 2 || columns === 3).length;
  return (
    rising &&
    values.length >= 3 &&
    values.every(Number.isInteger) &&
    wordy >= 0.5 * lines.length &&
    values[0] !== values[values.length - 1]
  );
}

const marker =
  /^(?:[•·▪■□●○◦‣⁃➢➤✓✔❖\uf0a7\uf0b7\uf0d8*–—-]|\(?(?:\d{1,3}|[a-zA-Z]|[ivx]{1,5})[.):]|\[\d{1,3}\]|\(.{1,2}\)|(?:notes?|sources?|nb|n\.b\.|key)[:.]?|\d{1,2}(?:\.\d{1,2}){1,3}\.?)$/iu;

/** A list set with hanging markers: the first of two columns holds nothing but markers. */
export function isList(built: TextGrid): boolean {
  const lines = built.rows.flat().map((placed) => placed.line);
  const split = lines.filter((line) => line.chunks.length > 1);
  const marked = split.filter((line) => marker.test(line.chunks[0]!.text));
  if (split.length === 0 || marked.length < 0.6 * split.length) return false;
  return built.columns.length === 2 || split.filter((line) => line.chunks.length === 2).length >= 0.6 * split.length;
}

/** A picture or the strokes of a drawing lie under the text. */
export function overlapsDrawing(box: readonly [number, number, number, number], view: PageView): boolean {
  const inside = (other: readonly number[]): boolean => {
    const x = (other[0]! + other[2]!) / 2;
    const y = (other[1]! + other[3]!) / 2;
    return x > box[0] && x < box[2] && y > box[1] && y < box[3];
  };
  let strokes = 0;
  for (const drawing of view.drawings) {
    if (!inside(drawing.box)) continue;
    const size = Math.max(drawing.box[2] - drawing.box[0], drawing.box[3] - drawing.box[1]);
    if (size > 25 || drawing.segments > 60) strokes++;
    if (strokes >= 3) return true;
  }
  const area = (box[2] - box[0]) * (box[3] - box[1]);
  for (const picture of view.pictures) {
    const width = Math.min(box[2], picture.box[2]) - Math.max(box[0], picture.box[0]);
    const height = Math.min(box[3], picture.box[3]) - Math.max(box[1], picture.box[1]);
    const page = (picture.box[2] - picture.box[0]) * (picture.box[3] - picture.box[1]);
    if (width > 0 && height > 0 && width * height > 0.4 * area && page < 0.8 * view.width * view.height) return true;
  }
  return false;
}

/** Sureness of a borderless grid: rows, columns, figures, short entries and wide gaps count for it. */
export function scoreAligned(
  built: TextGrid,
  { captioned, amidProse }: { captioned: boolean; amidProse: boolean },
): number {
  const { grid, columns, rows } = built;
  const body = rows.flat().map((placed) => placed.line);
  const split = body.filter((line) => line.chunks.length > 1);
  if (split.length < 2) return 0;
  let values = 0;
  let numeric = 0;
  let short = 0;
  for (const line of split) {
    for (const chunk of line.chunks.slice(line.chunks[0]!.numeric ? 0 : 1)) {
      values++;
      if (chunk.numeric || isYearText(chunk.text)) numeric++;
      if (chunk.words.length <= 3) short++;
    }
  }
  const numericShare = numeric / Math.max(1, values);
  const shortShare = short / Math.max(1, values);
  const size = split[0]!.size;
  let narrowest = Number.POSITIVE_INFINITY;
  for (let at = 1; at < columns.length; at++) narrowest = Math.min(narrowest, columns[at]!.x0 - columns[at - 1]!.x1);
  const gapEm = narrowest / size;
  const filled = grid.cells.filter((cell) => cell.words.length > 0).length;
  const density = filled / (countColumns(grid) * countRows(grid));
  const splitShare = split.length / body.length;
  let score = 0;
  score += 0.35 * numericShare;
  score += 0.15 * shortShare;
  score += 0.1 * Math.min(1, gapEm / 1.5);
  score += 0.1 * Math.min(1, (rows.length - 1) / 4);
  score += 0.1 * Math.min(1, (columns.length - 1) / 3);
  score += 0.1 * Math.min(1, density);
  score += 0.1 * Math.min(1, splitShare);
  if (captioned) score += 0.15;
  if (amidProse && shortShare >= 0.7 && gapEm >= 1) score += 0.25;
  if (density < 0.4) score -= 0.2;
  if (splitShare < 0.5) score -= 0.2;
  if (columns.length === 2 && numericShare < 0.5) score -= 0.1;
  if (gapEm < 0.9 && numericShare < 0.6) score -= 0.15;
  return Math.max(0, Math.min(1, score - 0.05));
}

/**
 * Bars of a chart: fills that stand on one line and end at different heights (or the other way round), or that run
 * across the rules instead of lying between them.
 */
export function looksCharted(
  box: readonly [number, number, number, number],
  view: PageView,
  rules: readonly { at: number }[],
): boolean {
  const width = box[2] - box[0];
  const height = box[3] - box[1];
  const bars = view.fills.filter((fill) => {
    const [x0, y0, x1, y1] = fill.box;
    if (fill.stroked || x1 - x0 > 0.6 * width || y1 - y0 > 0.98 * height) return false;
    return x0 > box[0] - 3 && x1 < box[2] + 3 && y0 > box[1] - 3 && y1 < box[3] + 3;
  });
  if (bars.length < 2 || bars.length > 2000) return false;
  const onRule = (y: number) => rules.some((rule) => Math.abs(rule.at - y) < 2.5);
  const crossing = bars.filter(
    ({ box: [, y0, , y1] }) =>
      !(onRule(y0) && onRule(y1)) && rules.some((rule) => rule.at > y0 + 2 && rule.at < y1 - 2),
  );
  if (crossing.length >= 2 && crossing.length >= 0.3 * bars.length) return true;
  return !isTiled(bars) && (isBarGroup(bars, 3, 1) || isBarGroup(bars, 0, 2));
}

/** Backgrounds of cells touch both the next one in their row and the one below; bars stand apart on one axis at least. */
function isTiled(fills: readonly { box: readonly number[] }[]): boolean {
  const key = (x: number, y: number) => `${Math.round(x)} ${Math.round(y)}`;
  const starts = new Set(fills.map(({ box }) => key(box[0]!, box[1]!)));
  const beside = fills.filter(({ box }) => starts.has(key(box[2]!, box[1]!))).length;
  const below = fills.filter(({ box }) => starts.has(key(box[0]!, box[3]!))).length;
  return fills.length > 20 && Math.min(beside, below) > 0.3 * fills.length;
}

/** Three or more fills share side `base` while the opposite side takes three or more positions, off the rules. */
function isBarGroup(bars: readonly { box: readonly number[] }[], base: 0 | 3, end: 1 | 2): boolean {
  const groups = new Map<number, { ends: Set<number>; starts: Set<number> }>();
  for (const bar of bars) {
    const key = Math.round(bar.box[base]! / 1.5);
    const group = groups.get(key) ?? { ends: new Set(), starts: new Set() };
    group.ends.add(Math.round(bar.box[end]! / 3));
    group.starts.add(Math.round(bar.box[base === 3 ? 0 : 1]! / 3));
    groups.set(key, group);
  }
  return [...groups.values()].some((group) => group.ends.size >= 3 && group.starts.size >= 3);
}
