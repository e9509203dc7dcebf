/** Type of one width on recognised pages (tills print so): a space there is as wide as a letter, which elsewhere parts columns. */
import type { Word } from "../facts.ts";

/** Shorter words tell the width of a letter badly; so do too few of them. */
const leastLetters = 4;
const leastWords = 8;
/** Ink of a word lacks this much of its letters' advances. */
const bearingsEm = 0.08;
/** Letters are of one width where this share of the words is within this much of the median. */
const oneWidthShare = 0.75;
const tolerance = 0.06;

/** Advance of a letter in ems; undefined where widths differ or words are few, and for text that was not recognised. */
export function findLetterPitch(words: readonly Word[], members: readonly number[]): number | undefined {
  const pitches: number[] = [];
  for (const index of members) {
    const { text, box, size, confidence } = words[index]!;
    if (confidence === undefined) return undefined;
    if (text.length >= leastLetters && size > 0) pitches.push(((box[2] - box[0]) / size + bearingsEm) / text.length);
  }
  if (pitches.length < leastWords) return undefined;
  const median = pitches.sort((a, b) => a - b)[pitches.length >> 1]!;
  const near = pitches.filter((pitch) => Math.abs(pitch - median) <= tolerance * median);
  return near.length >= oneWidthShare * pitches.length ? median : undefined;
}
