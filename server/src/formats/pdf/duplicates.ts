/**
 * Fake bold and drop shadows: the same letters painted again a fraction of a point away. The second copy is dropped; when it is
 * as dark as the first, the text was meant to look bold.
 */
import type { Box } from "@knowhere/contract";
import type { FontFact, Glyph } from "../../layout/facts.ts";
import type { TextRun } from "./objects.ts";

/** A copy lies within this part of the size… */
const shiftEm = 0.12;
/** …and this near (pt): type of a size that no page has would make every place its neighbour. */
const maxShiftPt = 24;

export interface Deduplicated {
  /** Indices of the glyphs to keep, in order. */
  keep: number[];
  dropped: number;
}

/** Cells of the search grid (pt); the reach of a copy of 16 pt type. */
const cellPt = 2;
const buckets = 1 << 14;

/**
 * Finds copies: same text and size, another run, both offsets within 0.12 em and 24 pt. Kept glyphs of fake-bold text get a bold twin of
 * their font, added to `fonts`.
 */
export function dropDuplicates(glyphs: Glyph[], fonts: FontFact[]): Deduplicated {
  const keep: number[] = [];
  // A hash grid in two arrays: the last glyph of each bucket, and the one before each glyph in its bucket.
  const last = new Int32Array(buckets).fill(-1);
  const before = new Int32Array(glyphs.length).fill(-1);
  const twins = new Map<number, number>();
  for (let i = 0; i < glyphs.length; i++) {
    const glyph = glyphs[i]!;
    const reach = reachOf(glyph);
    const endX = cellOf(glyph.x + reach);
    const startY = cellOf(glyph.baseline - reach);
    const endY = cellOf(glyph.baseline + reach);
    let twin = -1;
    for (let cx = cellOf(glyph.x - reach); cx <= endX && twin < 0; cx++) {
      for (let cy = startY; cy <= endY && twin < 0; cy++) {
        for (let j = last[bucketOf(cx, cy)]!, steps = 0; j >= 0 && twin < 0 && steps < 64; j = before[j]!, steps++) {
          if (isCopy(glyphs[j]!, glyph)) twin = j;
        }
      }
    }
    if (twin >= 0) {
      embolden(glyphs[twin]!, glyph, fonts, twins);
      continue;
    }
    keep.push(i);
    const bucket = bucketOf(cellOf(glyph.x), cellOf(glyph.baseline));
    before[i] = last[bucket]!;
    last[bucket] = i;
  }
  return { keep, dropped: glyphs.length - keep.length };
}

function reachOf({ size }: Glyph): number {
  return Math.min(shiftEm * size, maxShiftPt);
}

function cellOf(at: number): number {
  return Math.floor(Math.max(-1e5, Math.min(1e5, at)) / cellPt);
}

function bucketOf(cx: number, cy: number): number {
  return (Math.imul(cx, 73856093) ^ Math.imul(cy, 19349663)) & (buckets - 1);
}

function isCopy(first: Glyph, second: Glyph): boolean {
  const reach = reachOf(second);
  return (
    first.run !== second.run &&
    first.text === second.text &&
    Math.abs(first.size - second.size) <= 0.1 * second.size &&
    Math.abs(first.x - second.x) <= reach &&
    Math.abs(first.baseline - second.baseline) <= reach
  );
}

/** A copy shifted sideways in the same colour thickens the strokes; one in another colour is a shadow, and the later one is on top. */
function embolden(kept: Glyph, copy: Glyph, fonts: FontFact[], twins: Map<number, number>): void {
  if (kept.color !== copy.color) {
    kept.color = copy.color;
    return;
  }
  if (kept.x !== copy.x) useBoldTwin(kept, fonts, twins);
}

/** Sets the glyph in a bold copy of its font, made once for each font. */
function useBoldTwin(glyph: Glyph, fonts: FontFact[], twins: Map<number, number>): void {
  const font = fonts[glyph.font];
  if (!font || font.bold) return;
  let twin = twins.get(glyph.font);
  if (twin === undefined) {
    twin = fonts.length;
    fonts.push({ ...font, bold: true });
    twins.set(glyph.font, twin);
  }
  glyph.font = twin;
}

const maxSilentRuns = 5000;

/**
 * PDFium's text page leaves out a text object that repeats its neighbour: such runs have no glyphs. Where one lies a hair beside
 * a run that has glyphs, the text was meant to look bold. `boundsOf` gives the box of a run on the page.
 */
export function emboldenSilentTwins(
  glyphs: Glyph[],
  owners: (TextRun | null)[],
  runs: Iterable<TextRun>,
  fonts: FontFact[],
  boundsOf: (run: TextRun) => Box | null,
): void {
  const heard = new Set(owners);
  const silent: { run: TextRun; box: Box }[] = [];
  for (const run of runs) {
    if (heard.has(run) || run.mode === 3 || silent.length >= maxSilentRuns) continue;
    const box = boundsOf(run);
    // Spaces alone have no extent.
    if (box && box[2] - box[0] > 1) silent.push({ run, box });
  }
  if (silent.length === 0) return;
  const rows = new Map<number, { run: TextRun; box: Box }[]>();
  for (const run of heard) {
    const box = run && boundsOf(run);
    if (!box) continue;
    const row = Math.round(box[1] / cellPt);
    rows.set(row, [...(rows.get(row) ?? []), { run: run!, box }]);
  }
  const bold = new Set<TextRun>();
  for (const { run, box } of silent) {
    const row = Math.round(box[1] / cellPt);
    for (const near of [row - 1, row, row + 1]) {
      for (const twin of rows.get(near) ?? []) if (isThickened(twin, { run, box })) bold.add(twin.run);
    }
  }
  const twins = new Map<number, number>();
  for (let i = 0; i < glyphs.length; i++) {
    const owner = owners[i];
    if (owner && bold.has(owner)) useBoldTwin(glyphs[i]!, fonts, twins);
  }
}

function isThickened(first: { run: TextRun; box: Box }, second: { run: TextRun; box: Box }): boolean {
  const height = first.box[3] - first.box[1];
  const shift = Math.max(...first.box.map((edge, index) => Math.abs(edge - second.box[index]!)));
  return first.run.color === second.run.color && first.box[0] !== second.box[0] && shift <= 2 * shiftEm * height;
}
