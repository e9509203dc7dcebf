/** Whether a grid that was found on a scan holds words at all: edges in photographs cross like rulings, and what is read between them is noise. */
import type { Word } from "../facts.ts";

const sureConfidence = 0.6;
/** Of the letters. Tables in the smallest print that is read at all have a quarter, grids in photographs less than an eighth. */
const leastSure = 0.2;

/** True for words that were not recognised, which are sure. */
export function isLegible(words: readonly Pick<Word, "text" | "confidence">[]): boolean {
  let letters = 0;
  let sure = 0;
  for (const { text, confidence = 1 } of words) {
    letters += text.length;
    if (confidence >= sureConfidence) sure += text.length;
  }
  return sure >= leastSure * letters;
}
