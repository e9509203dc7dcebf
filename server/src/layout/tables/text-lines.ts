/**
 * Words to lines and lines to chunks, the raw material of every table without complete rulings.
 *
 * A line is the words on one baseline; a chunk is a run of words in it with nothing wider than a word space between.
 * Superscripts and subscripts join the line they hang on before anything is measured, so that "1st" never makes a row.
 */
import type { Word } from "../facts.ts";
import { findLetterPitch } from "./letter-pitch.ts";
import type { Rule } from "./rulings.ts";

export interface Chunk {
  /** Indices into the page's words, left to right. */
  words: number[];
  /** x0 and x1 of each of them. */
  spans: [number, number][];
  x0: number;
  x1: number;
  y0: number;
  y1: number;
  text: string;
  numeric: boolean;
  bold: boolean;
}

export interface TextLine {
  chunks: Chunk[];
  x0: number;
  x1: number;
  y0: number;
  y1: number;
  baseline: number;
  /** Largest font size on the line. */
  size: number;
  /** The lines it was joined of, where cells are centred on their rows. */
  joined?: TextLine[];
}

/** A gap wider than this many ems is more than a word space. */
const chunkGapEm = 0.72;
/** The same in advances of a letter, where all letters have one: a space is 1.2 to 1.5 of them, two spaces 2.2. */
const chunkGapLetters = 1.75;
/** Baselines closer than this many ems are one line. */
const baselineToleranceEm = 0.28;

const placeholder = /^(?:[-–—−.*:·•…xX✓✗✔✘]{1,6}|\(?[xX]\)?|n\.?\s?[ad]\.?|N\/?A|nil|none|\.{2,}|[*†‡§]+|\([-–—]\))$/u;
const currency = /^(?:[$€£¥₩₹₽]|US\$|Rs\.?|kr|EUR|USD|GBP)$/u;

const currencyPrefix = /^[<>≤≥~±+–−-]?\s*(?:US\$|Rs\.?|EUR|USD|GBP|CHF|CAD|AUD|kr)\s?/u;

/** Claims that a text is a figure: mostly digits and signs, or one of the usual stand-ins for "no value". */
export function isNumericText(text: string): boolean {
  const trimmed = text.trim();
  if (trimmed === "" || trimmed.length > 32) return false;
  if (trimmed.length <= 7 && placeholder.test(trimmed)) return true;
  if (!/\p{Nd}/u.test(trimmed)) return false;
  // "12 ml" is a figure, "BIO181" and "A4" are names.
  if (!/^[^\p{L}]*\p{Nd}/u.test(trimmed.replace(currencyPrefix, ""))) return false;
  let digits = 0;
  let letters = 0;
  for (const character of trimmed) {
    if (/\p{Nd}/u.test(character)) digits++;
    else if (/\p{L}/u.test(character)) letters++;
  }
  return digits > 0 && (letters === 0 || letters <= Math.min(3, digits));
}

/** Claims that a text is a bare year, the number that column heads are made of. */
export function isYearText(text: string): boolean {
  return /^\(?(?:1[89]|20)\d\d(?:[-–/](?:\d\d){1,2})?\)?[*\d]?$/.test(text.trim());
}

/** Lines of the given words from top to bottom. Vertical rulings part chunks as gaps do. O(n log n). */
export function buildTextLines(words: Word[], members: readonly number[], verticals: readonly Rule[] = []): TextLine[] {
  const plain: number[] = [];
  const shifted: number[] = [];
  for (const index of members) (words[index]!.shift === undefined ? plain : shifted).push(index);
  plain.sort((a, b) => words[a]!.baseline - words[b]!.baseline || words[a]!.box[0] - words[b]!.box[0]);
  const lines: { members: number[]; baseline: number; size: number }[] = [];
  for (const index of plain) {
    const word = words[index]!;
    const last = lines[lines.length - 1];
    const tolerance = last ? baselineToleranceEm * Math.min(Math.max(word.size, 4), Math.max(last.size, 4)) : 0;
    if (last && word.baseline - last.baseline <= tolerance) {
      last.members.push(index);
      last.size = Math.max(last.size, word.size);
    } else lines.push({ members: [index], baseline: word.baseline, size: word.size });
  }
  attachShifted(words, shifted, lines);
  const gapEm = Math.max(chunkGapEm, chunkGapLetters * (findLetterPitch(words, members) ?? 0));
  return lines.map((line) => finishLine(words, line.members, line.baseline, line.size, verticals, gapEm));
}

function attachShifted(
  words: Word[],
  shifted: number[],
  lines: { members: number[]; baseline: number; size: number }[],
): void {
  const bases = lines.slice();
  for (const index of shifted) {
    const word = words[index]!;
    let best: (typeof lines)[number] | undefined;
    let bestCost = Number.POSITIVE_INFINITY;
    // Lines are sorted by baseline: only the few around this word's height can own it.
    let at = lowerBound(bases, word.baseline - 2 * Math.max(word.size, 6));
    for (; at < bases.length && bases[at]!.baseline < word.baseline + 2 * Math.max(word.size, 6); at++) {
      const line = bases[at]!;
      const drop = line.baseline - word.baseline;
      if (Math.abs(drop) > line.size) continue;
      let near = Number.POSITIVE_INFINITY;
      for (const member of line.members) {
        const other = words[member]!.box;
        near = Math.min(near, Math.max(0, word.box[0] - other[2], other[0] - word.box[2]));
      }
      const wanted = word.shift === "super" ? drop >= -0.1 * line.size : drop <= 0.1 * line.size;
      const cost = near + Math.abs(drop) * 0.5 + (wanted ? 0 : line.size);
      if (cost < bestCost) {
        bestCost = cost;
        best = line;
      }
    }
    if (best) best.members.push(index);
    else {
      lines.push({ members: [index], baseline: word.baseline, size: word.size });
    }
  }
  lines.sort((a, b) => a.baseline - b.baseline);
}

function lowerBound(lines: { baseline: number }[], baseline: number): number {
  let low = 0;
  let high = lines.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (lines[middle]!.baseline < baseline) low = middle + 1;
    else high = middle;
  }
  return low;
}

function finishLine(
  words: Word[],
  members: number[],
  baseline: number,
  size: number,
  verticals: readonly Rule[],
  gapEm: number,
): TextLine {
  members.sort((a, b) => words[a]!.box[0] - words[b]!.box[0]);
  const runs: number[][] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const index of members) {
    const word = words[index]!;
    const gap = word.box[0] - end;
    const run = runs[runs.length - 1];
    if (run && gap <= gapEm * size && !isParted(verticals, end, word.box[0], baseline - size * 0.3)) run.push(index);
    else runs.push([index]);
    end = Math.max(end, word.box[2]);
  }
  const chunks = joinSigns(
    runs.map((run) => makeChunk(words, run)),
    size,
    verticals,
    baseline,
  );
  return {
    chunks,
    x0: Math.min(...chunks.map((chunk) => chunk.x0)),
    x1: Math.max(...chunks.map((chunk) => chunk.x1)),
    y0: Math.min(...chunks.map((chunk) => chunk.y0)),
    y1: Math.max(...chunks.map((chunk) => chunk.y1)),
    baseline,
    size,
  };
}

/** A vertical ruling stands between x0 and x1 at height y. */
function isParted(verticals: readonly Rule[], x0: number, x1: number, y: number): boolean {
  if (verticals.length === 0 || x1 - x0 > 200) return false;
  let low = 0;
  let high = verticals.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (verticals[middle]!.at < x0 - 0.5) low = middle + 1;
    else high = middle;
  }
  for (let at = low; at < verticals.length && verticals[at]!.at <= x1 + 0.5; at++) {
    const rule = verticals[at]!;
    if (rule.from <= y && rule.to >= y) return true;
  }
  return false;
}

function makeChunk(words: Word[], members: number[]): Chunk {
  let [x0, y0, x1, y1] = words[members[0]!]!.box;
  let boldLetters = 0;
  let letters = 0;
  for (const index of members) {
    const word = words[index]!;
    x0 = Math.min(x0, word.box[0]);
    y0 = Math.min(y0, word.box[1]);
    x1 = Math.max(x1, word.box[2]);
    y1 = Math.max(y1, word.box[3]);
    letters += word.text.length;
    if (word.bold) boldLetters += word.text.length;
  }
  const text = members.map((index) => words[index]!.text).join(" ");
  const spans = members.map((index): [number, number] => [words[index]!.box[0], words[index]!.box[2]]);
  return { words: members, spans, x0, x1, y0, y1, text, numeric: isNumericText(text), bold: boldLetters * 2 > letters };
}

/** Lines of a cell beyond its first that are followed down. */
export const maxCellRests = 12;

/** A lone chunk that starts where a cell of the last split line above it starts, and ends before the next one: its cell goes on. */
export function continuesCell(line: TextLine, above: readonly TextLine[]): boolean {
  const chunk = line.chunks[0]!;
  const split = above.findLast((other) => other.chunks.length > 1);
  const at = split?.chunks.findIndex((other) => Math.abs(other.x0 - chunk.x0) < 0.3 * line.size) ?? -1;
  const next = at < 0 ? undefined : split!.chunks[at + 1];
  return next !== undefined && chunk.x1 < next.x0 - 0.5 * line.size;
}

const bullet = /^[\u2022\u2023\u25aa\u25e6\u25cf\u25cb\u25a0\u25a1]$/u;

/** "$   12" is one value however far the sign is set from its number, and so is "12   %". */
function joinSigns(chunks: Chunk[], size: number, verticals: readonly Rule[], baseline: number): Chunk[] {
  const out: Chunk[] = [];
  for (const chunk of chunks) {
    const last = out[out.length - 1];
    const gap = last ? chunk.x0 - last.x1 : 0;
    const parted = last ? isParted(verticals, last.x1, chunk.x0, baseline - size * 0.3) : false;
    const sign = last && currency.test(last.text) && chunk.numeric && gap <= 7 * size;
    const unit = last?.numeric && /^(?:%|\)|[*†‡])$/.test(chunk.text) && gap <= 1.2 * size;
    // A bullet and its text are one entry; marks in the columns of a chart stand farther apart.
    const item = last && bullet.test(last.text) && !chunk.numeric && !bullet.test(chunk.text) && gap <= 2 * size;
    if (last && !parted && (sign || unit || item)) out[out.length - 1] = mergeChunks(last, chunk);
    else out.push(chunk);
  }
  return out;
}

/** Both chunks as one, in the order given. */
export function mergeChunks(a: Chunk, b: Chunk): Chunk {
  const text = `${a.text} ${b.text}`;
  return {
    words: [...a.words, ...b.words],
    spans: [...a.spans, ...b.spans],
    x0: Math.min(a.x0, b.x0),
    x1: Math.max(a.x1, b.x1),
    y0: Math.min(a.y0, b.y0),
    y1: Math.max(a.y1, b.y1),
    text,
    numeric: isNumericText(text) || (a.numeric && b.numeric) || (currency.test(a.text) && b.numeric),
    bold: a.bold && b.bold,
  };
}
