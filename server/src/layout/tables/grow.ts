/** Lines above the first rule or below the last one that belong to the table by their columns. */
import type { Column } from "./columns.ts";
import { isCaption, isProse } from "./guards.ts";
import { continuesCell, maxCellRests, type TextLine } from "./text-lines.ts";

/** Head lines of a table stand at most this many, one below the other. */
const maxHeadLines = 6;
/** Body lines looked at below a rule. */
const maxBodyLines = 400;

/** Body lines hanging below a rule: as long as they are split into columns and no wide gap opens. */
export function growDown(
  lines: readonly TextLine[],
  from: number,
  to: number,
  left: number,
  right: number,
): TextLine[] {
  const out: TextLine[] = [];
  let lastSplit = 0;
  let single = 0;
  let rests = 0;
  for (const line of lines) {
    if (line.baseline <= from || line.y0 < from - 2) continue;
    if (line.baseline > to || out.length >= maxBodyLines) break;
    const previous = out[out.length - 1];
    const step = previous ? line.baseline - previous.baseline : line.baseline - from;
    if (step > 3.2 * line.size || isCaption(line)) break;
    if (line.chunks.length > 1) {
      single = 0;
      rests = 0;
      out.push(line);
      lastSplit = out.length;
      continue;
    }
    if (rests < maxCellRests && continuesCell(line, out)) {
      rests++;
      out.push(line);
      // What starts at the table's left edge may be a note below it.
      if (line.x0 > left + line.size && step < 1.5 * line.size) lastSplit = out.length;
      continue;
    }
    single++;
    const width = line.x1 - line.x0;
    if (single > 2 || width > 0.6 * (right - left)) break;
    out.push(line);
  }
  const kept = out.slice(0, lastSplit);
  return isProse(kept, left, right) ? [] : kept;
}

/** Head lines right above the first rule: chunks that stand over the columns. Titles and captions are not taken. */
export function growUp(
  lines: readonly TextLine[],
  first: TextLine,
  ruleAt: number,
  columns: readonly Column[],
): TextLine[] {
  const out: TextLine[] = [];
  let below = Math.min(first.baseline - first.size * 0.8, ruleAt);
  for (let at = lines.length - 1; at >= 0; at--) {
    const line = lines[at]!;
    if (line.baseline >= first.baseline || line.y1 > ruleAt + 0.5 * line.size) continue;
    if (out.length >= maxHeadLines || below - line.y1 > 1.1 * line.size) break;
    if (isCaption(line) || !standsOver(line, columns)) break;
    out.unshift(line);
    below = line.y0;
  }
  // The highest line must itself be split: a lone chunk on top is a title.
  while (out.length > 0 && out[0]!.chunks.length < 2) out.shift();
  return out;
}

/** Every chunk of the line touches columns, no two chunks the same one; a lone chunk only under a split line. */
export function standsOver(line: TextLine, columns: readonly Column[]): boolean {
  const used = new Set<number>();
  for (const chunk of line.chunks) {
    let any = false;
    columns.forEach((column, at) => {
      const middle = (chunk.x0 + chunk.x1) / 2;
      const slack = line.size;
      if (middle < column.x0 - slack || middle > column.x1 + slack) return;
      any = true;
      used.add(at);
    });
    const between = columns.some((column, at) => at > 0 && chunk.x0 < column.x0 && chunk.x1 > columns[at - 1]!.x1);
    if (!any && !between) return false;
    // Running text stops the head: long, and not set over its columns.
    if (between && chunk.words.length >= 4 && !isSetOver(chunk, columns, line.size)) return false;
    if (chunk.words.length >= 12) return false;
  }
  if (line.chunks.length > columns.length) return false;
  if (line.chunks.length === 1) {
    const chunk = line.chunks[0]!;
    const width = columns[columns.length - 1]!.x1 - columns[0]!.x0;
    return chunk.x1 - chunk.x0 < 0.5 * width;
  }
  return true;
}

/** The chunk is centred over the columns whose ink it touches, or begins with the first of them in bold. */
function isSetOver(chunk: TextLine["chunks"][number], columns: readonly Column[], size: number): boolean {
  const touched = columns.filter((column) => chunk.x0 < column.x1 && chunk.x1 > column.x0);
  if (touched.length === 0) return false;
  const middle = (touched[0]!.x0 + touched[touched.length - 1]!.x1) / 2;
  const centred = Math.abs((chunk.x0 + chunk.x1) / 2 - middle) < 1.5 * size;
  return centred || (chunk.bold && Math.abs(chunk.x0 - touched[0]!.x0) < 0.5 * size);
}
