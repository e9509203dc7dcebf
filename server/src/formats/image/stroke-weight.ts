/** Bold type by its strokes: twice the area of ink over the length of its edge is about the width of a stroke. */
import type { OcrWord } from "../../ports/ocr.ts";
import type { GrayImage } from "./pixels.ts";

/** Strokes this much thicker than those of most text on the page are bold. */
const boldRatio = 1.28;
/** Blur adds to the strokes of small print: it is not compared. */
const leastSizeShare = 0.85;
const fewLetters = 3;

export interface StrokedLine {
  words: readonly OcrWord[];
  /** Em in pixels. */
  size: number;
  letters: number;
}

/** Which lines are bold. Of a page that is one weight throughout, none is. */
export function findBoldLines(image: GrayImage, threshold: number, lines: readonly StrokedLine[]): boolean[] {
  const weights = lines.map((line) => measureStroke(image, threshold, line));
  const body = commonestOf(lines);
  const usual = medianOf(
    lines.flatMap((line, at) =>
      weights[at]! > 0 && Math.abs(line.size - body) <= 0.12 * body
        ? [{ value: weights[at]!, letters: line.letters }]
        : [],
    ),
  );
  return lines.map(
    (line, at) => line.letters >= fewLetters && line.size >= leastSizeShare * body && weights[at]! > boldRatio * usual,
  );
}

/** Stroke width in em. */
function measureStroke({ data, width, height }: GrayImage, threshold: number, { words, size }: StrokedLine): number {
  let area = 0;
  let edge = 0;
  for (const { box, text } of words) {
    if (!/[\p{L}\p{N}]/u.test(text)) continue;
    const [x0, y0, x1, y1] = [
      Math.max(1, box[0]),
      Math.max(1, box[1]),
      Math.min(width, box[2]),
      Math.min(height, box[3]),
    ];
    for (let y = y0; y < y1; y++) {
      for (let x = x0; x < x1; x++) {
        const at = y * width + x;
        const ink = data[at]! < threshold;
        if (ink) area++;
        if (ink !== data[at - 1]! < threshold) edge++;
        if (ink !== data[at - width]! < threshold) edge++;
      }
    }
  }
  return edge === 0 ? 0 : (2 * area) / edge / size;
}

function commonestOf(lines: readonly StrokedLine[]): number {
  const counts = new Map<number, number>();
  for (const { size, letters } of lines) counts.set(size, (counts.get(size) ?? 0) + letters);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 0;
}

function medianOf(values: readonly { value: number; letters: number }[]): number {
  const sorted = [...values].sort((a, b) => a.value - b.value);
  const half = sorted.reduce((sum, { letters }) => sum + letters, 0) / 2;
  let sum = 0;
  for (const { value, letters } of sorted) if ((sum += letters) >= half) return value;
  return Number.POSITIVE_INFINITY;
}
