/** Sizes of recognised text. The engine gives boxes around ink; how high an em is follows from which letters are in a box. */
import { isCjk } from "../../layout/scripts.ts";
import type { OcrWord } from "../../ports/ocr.ts";

/** Heights over the baseline and depths under it, in em, of usual text faces. */
const capitalEm = 0.7;
const smallEm = 0.48;
const descenderEm = 0.21;
const commaEm = 0.12;
/** An ideograph's ink fills nearly its em, and hangs under the baseline of Latin text. */
const ideographEm = 0.93;
const ideographDepthEm = 0.09;
/** Of a whole line's ink when its letters say nothing (digits only are as high as capitals, dashes are not). */
const lineEm = 0.9;
const lineDepthEm = 0.2;

const tall = /[\p{Lu}\p{N}bdfhijklt()[\]{}|/!?"'‘’“”$%&§£€#@\\]/u;
const deep = /[gjpqyQ()[\]{}|ß§þµ]/u;
const hanging = /[,;]/u;
const letter = /[\p{L}\p{N}]/u;

export interface LineMetrics {
  /** Em, in the unit of the boxes. */
  size: number;
  baseline: number;
}

/** Size and baseline of a line: the median of what its words say, each weighing its letters. */
export function measureLine(words: readonly OcrWord[]): LineMetrics {
  const top = Math.min(...words.map(({ box }) => box[1]));
  const bottom = Math.max(...words.map(({ box }) => box[3]));
  const measured = words.flatMap((word) => {
    const metrics = measureWord(word);
    return metrics ? [{ ...metrics, weight: [...word.text].length }] : [];
  });
  const letters = measured.reduce((sum, { weight }) => sum + weight, 0);
  if (letters < 3) {
    const size = (bottom - top) / lineEm;
    return { size, baseline: bottom - lineDepthEm * size };
  }
  const size = weightedMedian(measured.map((one) => ({ value: one.size, weight: one.weight })));
  const near = measured.filter((one) => Math.abs(one.size - size) <= 0.25 * size);
  const baseline = weightedMedian(near.map((one) => ({ value: one.baseline, weight: one.weight })));
  return { size, baseline };
}

function measureWord({ text, box }: OcrWord): LineMetrics | undefined {
  const height = box[3] - box[1];
  if (isCjk(text)) {
    // Punctuation and flat signs (一, 、) do not fill their em. Several signs may be in one box.
    if (height < (0.6 * (box[2] - box[0])) / [...text].length || !letter.test(text)) return undefined;
    const size = height / ideographEm;
    return { size, baseline: box[3] - ideographDepthEm * size };
  }
  if (!letter.test(text)) return undefined;
  const over = tall.test(text) ? capitalEm : smallEm;
  const under = deep.test(text) ? descenderEm : hanging.test(text) ? commaEm : 0;
  const size = height / (over + under);
  return { size, baseline: box[3] - under * size };
}

export function weightedMedian(values: readonly { value: number; weight: number }[]): number {
  const sorted = [...values].sort((a, b) => a.value - b.value);
  const half = sorted.reduce((sum, { weight }) => sum + weight, 0) / 2;
  let sum = 0;
  for (const { value, weight } of sorted) if ((sum += weight) >= half) return value;
  return sorted.at(-1)?.value ?? 0;
}

/** Lines within this share of each other are set in one size: measuring is no finer. */
const sameSize = 0.1;

/** Takes nearly equal sizes for one, the commonest of them by letters, so that noise makes no new style. */
export function snapSizes(lines: readonly { size: number; letters: number }[]): number[] {
  const snapped = lines.map(({ size }) => size);
  const open = new Set(lines.keys());
  while (open.size > 0) {
    let best = -1;
    let most = -1;
    for (const at of open) {
      let letters = 0;
      for (const other of open) if (isNear(lines[at]!.size, lines[other]!.size)) letters += lines[other]!.letters;
      if (letters > most) [best, most] = [at, letters];
    }
    const near = [...open].filter((at) => isNear(lines[best]!.size, lines[at]!.size));
    const size = weightedMedian(near.map((at) => ({ value: lines[at]!.size, weight: lines[at]!.letters })));
    for (const at of near) {
      snapped[at] = size;
      open.delete(at);
    }
  }
  return snapped;
}

const isNear = (one: number, other: number) => Math.abs(one - other) <= sameSize * Math.max(one, other);
