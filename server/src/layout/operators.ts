/**
 * Signs of large formulas (∑, ∫, tall brackets) that hang below their baseline, as TeX's extension fonts draw them: centred
 * on the axis of the formula, with limits above and below.
 */
import { centerX, centerY, heightOf } from "./boxes.ts";
import type { PageFacts, Word } from "./facts.ts";

/** The axis of a formula, which large signs are centred on, is so far above the baseline (plain TeX: a quad's quarter). */
const axisEm = 0.25;
/** A sign hangs whose ink begins no further above its baseline… */
const hangsEm = 0.15;
/** …and is so tall: commas hang as well. */
const tallEm = 0.9;
/** White space of so many em is between an operator and its limits, at most. */
const limitGapEm = 0.45;

/** A limit is at most this share of its operator's size. */
const limitSizeShare = 0.86;

const bigOperator = /^[\u220f-\u2211\u222b-\u2233\u22c0-\u22c3\u2a00-\u2a1c]$/;

/** A sum, product, union or integral: larger than its line, with limits above and below or beside it. */
export const isBigOperator = (word: Word): boolean => bigOperator.test(word.text);

/** Gives hanging signs the baseline of the line whose axis they are centred on. */
export function levelHangingSigns(words: readonly Word[], facts: PageFacts): void {
  const hanging = words.filter(
    (word) =>
      word.angle === 0 &&
      word.glyphs.length === 1 &&
      word.box[1] >= word.baseline - hangsEm * word.size &&
      heightOf(word.box) >= tallEm * word.size &&
      !/[\p{L}\p{N}]/u.test(word.text),
  );
  if (hanging.length === 0) return;
  // A font whose letters hang as well only counts from another line.
  const lettered = new Set(facts.glyphs.filter(({ text }) => /[\p{L}\p{N}]/u.test(text)).map(({ font }) => font));
  for (const word of hanging) if (!lettered.has(word.font)) word.baseline = centerY(word.box) + axisEm * word.size;
}

/** The operator that a small word is a limit of: it stands right below or above it. */
export function findOperator(word: Word, operators: readonly Word[]): Word | undefined {
  return operators.find((operator) => {
    const gap = Math.max(word.box[1] - operator.box[3], operator.box[1] - word.box[3]);
    return (
      Math.abs(gap) <= limitGapEm * operator.size &&
      word.size <= limitSizeShare * operator.size &&
      Math.abs(centerX(word.box) - centerX(operator.box)) <= 0.5 * (operator.box[2] - operator.box[0])
    );
  });
}
