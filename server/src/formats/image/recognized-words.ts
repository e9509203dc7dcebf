/** What the engine read as page facts: one glyph a word, with the size and baseline that its letters tell, and ink lines as rulings. */
import type { Box } from "@knowhere/contract";
import { unionOf } from "../../layout/boxes.ts";
import type { Glyph, PageFacts, Ruling } from "../../layout/facts.ts";
import { isIdeograph } from "../../layout/scripts.ts";
import type { OcrPage, OcrWord } from "../../ports/ocr.ts";
import { spaceLine } from "./chinese-spacing.ts";
import { findInkLines } from "./ink-lines.ts";
import { measureLine, snapSizes } from "./letter-metrics.ts";
import type { GrayImage } from "./pixels.ts";
import { findBoldLines } from "./stroke-weight.ts";

/** Words under this confidence are specks and lines read as letters. */
const noiseConfidence = 0.15;
const sureConfidence = 0.6;
const leastSureWords = 3;

/**
 * Boxes whose strokes are letters: lines of text as high as their sure words. Rulings are read as bars, dashes or an l, which are
 * not sure, and reach over the height of the text; letters of display type are as long as rulings and not always read.
 */
function boxesOfLetters(words: readonly OcrWord[]): Box[] {
  const lines = new Map<number, OcrWord[]>();
  for (const word of words) lines.set(word.line, [...(lines.get(word.line) ?? []), word]);
  return [...lines.values()].flatMap((line): Box[] => {
    const sure = line.filter(
      ({ text, confidence }) => confidence >= sureConfidence && (lettersOf(text) >= 2 || isIdeograph(text)),
    );
    if (sure.length === 0) return [];
    const [, top, , bottom] = unionOf(sure.map(({ box }) => box));
    const [left, , right] = unionOf(line.map(({ box }) => box));
    return [...sure.map(({ box }) => box), [left, top, right, bottom]];
  });
}

/**
 * The words without specks and strokes that were read as letters. A word that the engine is not sure of at all stays where it is a
 * word by its form, as high as its line, and most of the line is sure: letters of another language (accents) look like this.
 */
export function withoutNoise(words: readonly OcrWord[]): OcrWord[] {
  const sure = new Map<number, OcrWord[]>();
  for (const word of words)
    if (word.confidence >= sureConfidence && lettersOf(word.text) >= 2)
      sure.set(word.line, [...(sure.get(word.line) ?? []), word]);
  return words.filter(({ confidence, text, box, line }) => {
    if (confidence >= noiseConfidence) return /[\p{L}\p{N}\p{P}\p{S}]/u.test(text);
    const others = sure.get(line) ?? [];
    if (others.length < leastSureWords || !/^\p{L}{4,}[.,;:!?]?$/u.test(text)) return false;
    const [, top, , bottom] = unionOf(others.map((other) => other.box));
    return box[1] >= top - (bottom - top) / 4 && box[3] <= bottom + (bottom - top) / 4;
  });
}

/** A bar that is really the upright line it stands on: half its height at least. Bars between words have no line there. */
function isRuling({ text, box }: OcrWord, rulings: readonly Ruling[], scale: number): boolean {
  if (!/^[|¦]+$/.test(text)) return false;
  const [left, top, right, bottom] = box.map((value) => value * scale) as unknown as Box;
  return rulings.some(
    ({ vertical, width, box: [x, y0, , y1] }) =>
      vertical &&
      x >= left - width &&
      x <= right + width &&
      Math.min(y1, bottom) - Math.max(y0, top) >= (bottom - top) / 2,
  );
}

const lettersOf = (text: string): number => text.match(/[\p{L}\p{N}]/gu)?.length ?? 0;

/** The facts of one page; `dpi` is of `image`, whose pixels the words' boxes are in; ink in it is darker than `threshold`. */
export function toFacts(page: OcrPage, image: GrayImage, threshold: number, dpi: number, number: number): PageFacts {
  const scale = 72 / dpi;
  const read = withoutNoise(page.words);
  const rulings = findInkLines(image, threshold, scale, boxesOfLetters(read));
  const words = read.filter((word) => !isRuling(word, rulings, scale));
  return {
    page: number,
    width: image.width * scale,
    height: image.height * scale,
    fonts: [false, true].map((bold) => ({ name: "", bold, italic: false, monospace: false, serif: false })),
    glyphs: toGlyphs(words, image, threshold, scale),
    rulings,
    fills: [],
    drawings: [],
    pictures: [],
    links: [],
    tags: null,
    fields: [],
    origin: "ocr",
  };
}

/** One glyph a word, with its line's size, baseline and weight. */
function toGlyphs(words: readonly OcrWord[], image: GrayImage, threshold: number, scale: number): Glyph[] {
  const members = new Map<number, OcrWord[]>();
  for (const word of words) members.set(word.line, [...(members.get(word.line) ?? []), word]);
  const lines = [...members.values()].map((line) => ({
    words: line,
    ...measureLine(line),
    letters: line.reduce((sum, { text }) => sum + text.length, 0),
  }));
  const sizes = snapSizes(lines);
  const bold = findBoldLines(
    image,
    threshold,
    lines.map((line, at) => ({ ...line, size: sizes[at]! })),
  );
  return lines.flatMap((line, at) =>
    spaceLine(line.words, sizes[at]!).map(({ text, box, confidence, spaceBefore }): Glyph => {
      const points = box.map((value) => value * scale) as unknown as Box;
      return {
        text,
        box: points,
        x: points[0],
        baseline: line.baseline * scale,
        end: points[2],
        size: sizes[at]! * scale,
        font: bold[at] ? 1 : 0,
        color: 0,
        angle: 0,
        mcid: -1,
        run: at,
        spaceBefore,
        confidence,
      };
    }),
  );
}
