/** Ruling lines of a scanned page: long straight runs of ink, horizontal and vertical, as page facts. */
import type { Box } from "@knowhere/contract";
import type { Ruling } from "../../layout/facts.ts";
import type { GrayImage } from "./pixels.ts";

interface Run {
  /** Along the line. */
  from: number;
  to: number;
  /** Across the line. */
  first: number;
  last: number;
}

/** Shortest line, as a share of the page's shorter side; letters and dashes are shorter. */
const shortestShare = 0.03;
const shortestPx = 24;
/** Lines thicker than this share of the longer side are bars or the scanner's shadow. */
const thickestShare = 0.006;
/** Most lines taken from one page; a halftone picture has more and is no table. */
const maxLines = 5000;
/** A scanned line has holes of a pixel or two. */
const holePx = 2;
/** Ink of a line, as a share of its length: speckles of a grey ground lie close to each other but are not this dense. */
const leastInk = 0.8;
/** Pale lines: this much darker than the ground on both sides, seen from a little way off. */
const leastContrast = 28;
const sideShare = 0.002;
const leastSidePx = 4;
/** A line this deep inside a word is a stroke of its letters. */
const insidePx = 2;
/** Level strokes of letters are shorter than this, in heights of their line; longer ones lead from one word of the line to another. */
const widestStroke = 2;

/**
 * Finds the lines of a page that stands upright and level.
 * Cost is at most linear in the pixels: rows and columns are walked once, blank stretches in steps of the shortest line, and runs are
 * merged only with runs of the row before.
 * `scale` is points per pixel of the result; `words` are boxes of sure words in pixels, whose strokes are no lines.
 */
export function findInkLines(image: GrayImage, threshold: number, scale: number, words: readonly Box[] = []): Ruling[] {
  const horizontal = dropStrokes(findRuns(image, threshold, false), words, false);
  const vertical = dropStrokes(findRuns(image, threshold, true), words, true);
  return [...toRulings(horizontal, false, scale), ...toRulings(vertical, true, scale)];
}

function findRuns({ data, width, height }: GrayImage, threshold: number, vertical: boolean): Run[] {
  const [along, across] = vertical ? [height, width] : [width, height];
  const [stepAlong, stepAcross] = vertical ? [width, 1] : [1, width];
  const shortest = Math.max(shortestPx, Math.min(width, height) * shortestShare);
  const leastLength = Math.ceil(shortest);
  const thickest = Math.max(4, Math.max(width, height) * thickestShare);
  const side = Math.max(leastSidePx, Math.round(Math.max(width, height) * sideShare)) * stepAcross;
  const isInk = (at: number): boolean => {
    const value = data[at]!;
    if (value < threshold) return true;
    if (value >= 255 - leastContrast) return false;
    return value + leastContrast < (data[at - side] ?? 0) && value + leastContrast < (data[at + side] ?? 0);
  };
  const done: Run[] = [];
  let open: Run[] = [];
  for (let a = 0; a < across; a++) {
    const next: Run[] = [];
    const row = a * stepAcross;
    for (let i = 0; i < along; ) {
      // A run from here on that is long enough has ink in this window, as its holes are smaller; most of a page is passed over so.
      const windowEnd = Math.min(along, i + leastLength);
      let inside = windowEnd - 1;
      while (inside >= windowEnd - holePx - 1 && !isInk(row + inside * stepAlong)) inside--;
      if (inside < windowEnd - holePx - 1) {
        i = windowEnd;
        continue;
      }
      let start = inside;
      let inked = 1;
      for (let at = inside - 1; at >= i && start - at <= holePx + 1; at--) {
        if (!isInk(row + at * stepAlong)) continue;
        start = at;
        inked++;
      }
      let last = inside;
      for (let at = inside + 1; at < along && at - last <= holePx + 1; at++) {
        if (!isInk(row + at * stepAlong)) continue;
        last = at;
        inked++;
      }
      const end = last + 1;
      i = end + holePx + 1;
      if (end - start < shortest || inked < leastInk * (end - start)) continue;
      const same = open.find(
        (run) =>
          run.last === a - 1 &&
          Math.min(run.to, end) - Math.max(run.from, start) > 0.5 * Math.min(run.to - run.from, end - start),
      );
      if (same) {
        same.last = a;
        same.from = Math.min(same.from, start);
        same.to = Math.max(same.to, end);
        if (!next.includes(same)) next.push(same);
      } else next.push({ from: start, to: end, first: a, last: a });
    }
    for (const run of open) if (run.last < a) done.push(run);
    open = next;
    if (done.length > maxLines * 4) return [];
  }
  done.push(...open);
  return done.filter((run) => run.last - run.first + 1 <= thickest).slice(0, maxLines);
}

/** Leaves out lines that begin and end inside one word. Words are looked up by bands of rows, so the cost stays near linear. */
function dropStrokes(runs: Run[], words: readonly Box[], vertical: boolean): Run[] {
  const bandPx = 64;
  const bands = new Map<number, Box[]>();
  for (const word of words) {
    for (let band = Math.floor(word[1] / bandPx); band <= Math.floor(word[3] / bandPx); band++)
      bands.set(band, [...(bands.get(band) ?? []), word]);
  }
  return runs.filter(({ from, to, first, last }) => {
    const [x0, y0, x1, y1] = vertical ? [first, from, last + 1, to] : [from, first, to, last + 1];
    const near = bands.get(Math.floor(y0 / bandPx)) ?? [];
    const around = near.filter(
      (word) =>
        x0 >= word[0] - insidePx &&
        x1 <= word[2] + insidePx &&
        // An underline lies at the lower edge of its word or below.
        y0 >= word[1] - insidePx &&
        y1 <= word[3] - (vertical ? -insidePx : insidePx),
    );
    if (around.length === 0) return true;
    if (vertical || around.some((word) => to - from <= widestStroke * (word[3] - word[1]))) return false;
    // In a line of text, but beside all its words: a line that leads from one to the next.
    return near.every((word) => around.includes(word) || word[2] <= x0 || word[0] >= x1);
  });
}

function toRulings(runs: Run[], vertical: boolean, scale: number): Ruling[] {
  return runs.map(({ from, to, first, last }) => {
    const middle = ((first + last + 1) / 2) * scale;
    const width = (last - first + 1) * scale;
    return vertical
      ? { box: [middle, from * scale, middle, to * scale], vertical, width, color: 0 }
      : { box: [from * scale, middle, to * scale, middle], vertical, width, color: 0 };
  });
}
