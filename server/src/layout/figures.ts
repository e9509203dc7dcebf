/**
 * Figures: pictures, and clusters of drawn paths. Words that stand inside are their labels.
 *
 * Paths are clustered on a raster of the page (connected cells), so that a plot of 200,000 segments costs as much as its
 * page has cells and not the square of its paths.
 */
import type { Box } from "@knowhere/contract";
import { areaOf, centerY, growBox, heightOf, holds, holdsCenter, intersectionArea, widthOf } from "./boxes.ts";
import type { PageFacts, PictureFact, TableRegion, Word } from "./facts.ts";

export interface FigureRegion {
  box: Box;
  /** A single picture whose own bytes are the figure; otherwise the page is cropped. */
  picture?: PictureFact | undefined;
  /** Indices of the words inside. */
  words: number[];
  mcid: number;
  /** Bars, sectors or curves with axes: its labels are read row by row. */
  chart?: boolean | undefined;
  /** Text is set over the picture as over a background: it flows as text, and the picture stands before it. */
  behind?: boolean | undefined;
}

/** Raster cell in points: paths closer than about this are one drawing. */
const cellPt = 7;
/** Pictures and drawings smaller than this (at 96 dpi, 24 px) are decoration. */
const minSidePt = 18;
const minPixels = 24;
/** Smaller type on a picture is part of it. */
const minReadingSize = 7.5;

/** Finds the figures of a page outside its tables. */
export function findFigures(
  facts: PageFacts,
  words: readonly Word[],
  tables: readonly TableRegion[],
  charts: readonly Box[],
  free: (index: number) => boolean,
): FigureRegion[] {
  const index = new WordIndex(words, free);
  const figures = findPictures(facts, index, tables);
  for (const box of charts) figures.push({ box: [...box], words: index.within(box), mcid: -1, chart: true });
  for (const box of clusterDrawings(facts, tables)) {
    if (figures.some((figure) => holds(figure.box, box, 4))) continue;
    const inside = index.within(box);
    if (!looksDrawn(facts, box, inside, words)) continue;
    const behind = isBanner(facts, box) && isTextOver(inside, words);
    figures.push({ box, words: behind ? [] : inside, mcid: -1, ...(behind ? { behind } : {}) });
  }
  return mergeFigures(figures, index);
}

/** Words by coarse cells, to ask for those in a box. */
class WordIndex {
  private readonly cells = new Map<number, number[]>();
  readonly words: readonly Word[];
  constructor(words: readonly Word[], free: (index: number) => boolean) {
    this.words = words;
    words.forEach((word, i) => {
      if (!free(i)) return;
      const row = Math.floor(centerY(word.box) / 20);
      const list = this.cells.get(row);
      if (list) list.push(i);
      else this.cells.set(row, [i]);
    });
  }
  within(box: Box): number[] {
    const found: number[] = [];
    for (let row = Math.floor(box[1] / 20); row <= Math.floor(box[3] / 20); row++) {
      for (const i of this.cells.get(row) ?? []) if (holdsCenter(box, this.words[i]!.box)) found.push(i);
    }
    return found;
  }
}

function findPictures(facts: PageFacts, index: WordIndex, tables: readonly TableRegion[]): FigureRegion[] {
  const page: Box = [0, 0, facts.width, facts.height];
  const figures: FigureRegion[] = [];
  for (const picture of facts.pictures) {
    const box = clip(picture.box, page);
    if (Math.min(picture.pixelWidth, picture.pixelHeight) < minPixels) continue;
    if (Math.min(widthOf(box), heightOf(box)) < minSidePt) continue;
    if (tables.some((table) => holdsCenter(table.box, box))) continue;
    const inside = index.within(box);
    const background = areaOf(box) > 0.75 * areaOf(page);
    if (background && inside.length > 0) continue;
    const behind = isTextOver(inside, index.words);
    figures.push({ box, picture, words: behind ? [] : inside, mcid: picture.mcid, ...(behind ? { behind } : {}) });
  }
  return figures;
}

/**
 * Text over a picture that is no label on it: lines of several words, or type larger than the page's small print. Labels
 * are short and small.
 */
function isTextOver(inside: readonly number[], words: readonly Word[]): boolean {
  const rows = new Map<number, { count: number; letters: number; size: number }>();
  for (const i of inside) {
    const word = words[i]!;
    const row = Math.round(word.baseline / 2);
    const known = rows.get(row) ?? { count: 0, letters: 0, size: 0 };
    known.count++;
    known.letters += word.text.replace(/[^\p{L}]/gu, "").length;
    known.size = Math.max(known.size, word.size);
    rows.set(row, known);
  }
  const lines = [...rows.values()];
  return (
    lines.filter((row) => row.count >= 5 && row.letters >= 20 && row.size >= minReadingSize).length >= 2 ||
    lines.some((row) => row.size >= 14 && row.letters >= 3)
  );
}

/** Decoration that spans the page: what stands on it in reading size are titles, not labels. */
const isBanner = (facts: PageFacts, box: Box): boolean => widthOf(box) >= 0.95 * facts.width;

/** Boxes of connected drawings. */
export function clusterDrawings(facts: PageFacts, tables: readonly TableRegion[]): Box[] {
  const columns = Math.max(1, Math.min(2000, Math.ceil(facts.width / cellPt)));
  const rows = Math.max(1, Math.min(2000, Math.ceil(facts.height / cellPt)));
  const page: Box = [0, 0, facts.width, facts.height];
  // Differences of a two-dimensional running sum: marking a box costs four additions however large it is.
  const sum = new Int32Array((columns + 1) * (rows + 1));
  const mark = (box: Box): void => {
    const x0 = Math.max(0, Math.min(columns - 1, Math.floor(box[0] / cellPt)));
    const x1 = Math.max(0, Math.min(columns - 1, Math.floor(box[2] / cellPt)));
    const y0 = Math.max(0, Math.min(rows - 1, Math.floor(box[1] / cellPt)));
    const y1 = Math.max(0, Math.min(rows - 1, Math.floor(box[3] / cellPt)));
    const w = columns + 1;
    sum[y0 * w + x0]!++;
    sum[y0 * w + x1 + 1]!--;
    sum[(y1 + 1) * w + x0]!--;
    sum[(y1 + 1) * w + x1 + 1]!++;
  };
  const usable = (box: Box): boolean => {
    if (areaOf(box) > 0.6 * areaOf(page) || (intersectionArea(box, page) <= 0 && areaOf(box) > 0)) return false;
    return !tables.some((table) => holdsCenter(table.box, box, 2));
  };
  let marked = 0;
  for (const drawing of facts.drawings) {
    if (!usable(drawing.box)) continue;
    mark(drawing.box);
    marked++;
  }
  for (const fill of facts.fills) {
    // Large fills are backgrounds; bars and sectors of charts are small.
    if (areaOf(fill.box) > 0.06 * areaOf(page) || !usable(fill.box)) continue;
    mark(fill.box);
    marked++;
  }
  if (marked === 0) return [];
  for (const ruling of facts.rulings) {
    if (widthOf(ruling.box) < 0.5 * facts.width && usable(ruling.box)) mark(ruling.box);
  }
  const w = columns + 1;
  for (let y = 0; y < rows; y++) for (let x = 1; x < columns; x++) sum[y * w + x]! += sum[y * w + x - 1]!;
  for (let x = 0; x < columns; x++) for (let y = 1; y < rows; y++) sum[y * w + x]! += sum[(y - 1) * w + x]!;
  return connectCells(sum, columns, rows).filter((box) => Math.min(widthOf(box), heightOf(box)) >= minSidePt);
}

function connectCells(cells: Int32Array, columns: number, rows: number): Box[] {
  const w = columns + 1;
  const seen = new Uint8Array(cells.length);
  const boxes: Box[] = [];
  const stack: number[] = [];
  for (let start = 0; start < cells.length; start++) {
    if (cells[start]! <= 0 || seen[start] || start % w >= columns) continue;
    let x0 = columns;
    let x1 = 0;
    let y0 = rows;
    let y1 = 0;
    stack.push(start);
    seen[start] = 1;
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      const x = at % w;
      const y = (at - x) / w;
      if (x < x0) x0 = x;
      if (x > x1) x1 = x;
      if (y < y0) y0 = y;
      if (y > y1) y1 = y;
      for (let dy = -1; dy <= 1; dy++) {
        for (let dx = -1; dx <= 1; dx++) {
          const nx = x + dx;
          const ny = y + dy;
          if (nx < 0 || ny < 0 || nx >= columns || ny >= rows) continue;
          const next = ny * w + nx;
          if (cells[next]! > 0 && !seen[next]) {
            seen[next] = 1;
            stack.push(next);
          }
        }
      }
    }
    boxes.push([x0 * cellPt, y0 * cellPt, (x1 + 1) * cellPt, (y1 + 1) * cellPt]);
  }
  return boxes;
}

/** A cluster is a figure when it has shapes that are no boxes around text, and no running text inside. */
function looksDrawn(facts: PageFacts, box: Box, inside: number[], words: readonly Word[]): boolean {
  let shapes = 0;
  let segments = 0;
  for (const drawing of facts.drawings) {
    if (!holds(box, drawing.box, 2)) continue;
    shapes++;
    segments += drawing.segments;
  }
  const fills = facts.fills.filter((fill) => holds(box, fill.box, 2) && areaOf(fill.box) < 0.5 * areaOf(box)).length;
  if (shapes < 2 && segments < 24 && fills < 4) return false;
  if (Math.min(widthOf(box), heightOf(box)) < 30 && inside.length > 0) return false;
  const ink = inside.reduce((area, i) => area + areaOf(words[i]!.box), 0);
  if (ink > 0.35 * areaOf(box)) return false;
  return !holdsProse(inside, words);
}

/** At least three printed lines of eight words: more than labels. */
function holdsProse(inside: number[], words: readonly Word[]): boolean {
  const rows = new Map<number, number>();
  for (const i of inside) {
    const word = words[i]!;
    if (!/\p{L}{2}/u.test(word.text)) continue;
    const row = Math.round(word.baseline / 3);
    rows.set(row, (rows.get(row) ?? 0) + 1);
  }
  let long = 0;
  for (const count of rows.values()) if (count >= 8) long++;
  return long >= 3;
}

/** Figures that overlap for the most part, or whose pieces tile one picture, are one. */
function mergeFigures(figures: FigureRegion[], index: WordIndex): FigureRegion[] {
  const sorted = [...figures].sort((a, b) => areaOf(b.box) - areaOf(a.box));
  const merged: FigureRegion[] = [];
  for (const figure of sorted.slice(0, 2000)) {
    const host = merged.find((other) => belongsTogether(other.box, figure.box));
    if (!host) {
      merged.push({ ...figure, box: [...figure.box] });
      continue;
    }
    const grew = !holds(host.box, figure.box, 2);
    growBox(host.box, figure.box);
    if (grew) host.picture = undefined;
    if (figure.behind) host.behind = true;
  }
  for (const figure of merged) figure.words = figure.behind ? [] : index.within(figure.box);
  // A word belongs to one figure.
  const taken = new Set<number>();
  for (const figure of merged) {
    figure.words = figure.words.filter((i) => !taken.has(i));
    for (const i of figure.words) taken.add(i);
  }
  return merged.sort((a, b) => a.box[1] - b.box[1] || a.box[0] - b.box[0]);
}

function belongsTogether(a: Box, b: Box): boolean {
  if (intersectionArea(a, b) > 0.5 * Math.min(areaOf(a), areaOf(b))) return true;
  const sameColumn = Math.abs(a[0] - b[0]) < 2 && Math.abs(a[2] - b[2]) < 2;
  const sameRow = Math.abs(a[1] - b[1]) < 2 && Math.abs(a[3] - b[3]) < 2;
  const touchY = Math.abs(a[3] - b[1]) < 2 || Math.abs(b[3] - a[1]) < 2;
  const touchX = Math.abs(a[2] - b[0]) < 2 || Math.abs(b[2] - a[0]) < 2;
  return (sameColumn && touchY) || (sameRow && touchX);
}

function clip(box: Box, page: Box): Box {
  return [Math.max(box[0], page[0]), Math.max(box[1], page[1]), Math.min(box[2], page[2]), Math.min(box[3], page[3])];
}
