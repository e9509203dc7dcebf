/** Superscripts and subscripts: small words beside a larger one whose baseline lies lower or higher. */
import type { PageFacts, Word } from "./facts.ts";
import { findOperator, isBigOperator, levelHangingSigns } from "./operators.ts";

/** A script is at most this share of its neighbour's size… */
const scriptSizeShare = 0.86;
/** …and at least this: what stands beside a drop cap or a large numeral is no script. */
const minSizeShare = 0.42;
/** …and its baseline is off by this share of it, at least and at most: a superscript of the next line is no subscript. */
const minShiftEm = 0.08;
const maxRiseEm = 0.75;
const maxDropEm = 0.5;
/** Up to here it is an ordinary script; further off, another word may be the one that it hangs on. */
const usualRiseEm = 0.5;
const usualDropEm = 0.32;
/** A script this close to its neighbour belongs to the same word: TeX sets scripts half a point apart… */
const gluedGapEm = 0.17;
/** …but less where a space is stated between them… */
const gluedSpaceEm = 0.12;
/** …and more before a mark that ends something: its ink stands apart, and no word begins with it. */
const gluedMarkGapEm = 0.3;
const endsSomething = /^[,.;:)\]}]/;

/** Sets `shift` on scripts, and `glued` on those (and on what follows them) that touch their neighbour. */
export function markShifts(words: Word[], facts: PageFacts): void {
  const { glyphs } = facts;
  levelHangingSigns(words, facts);
  const operators = words.filter(isBigOperator);
  const rowHeight = 12;
  const rows = new Map<number, number[]>();
  const level: number[] = [];
  words.forEach((word, index) => {
    if (word.angle !== 0) return;
    level.push(index);
    const row = Math.floor(word.baseline / rowHeight);
    const list = rows.get(row);
    if (list) list.push(index);
    else rows.set(row, [index]);
  });
  const largest = new Map<number, number>();
  for (const [row, list] of rows) {
    list.sort((a, b) => words[a]!.box[0] - words[b]!.box[0]);
    let most = 0;
    for (const index of list) if (!isBigOperator(words[index]!)) most = Math.max(most, words[index]!.size);
    largest.set(row, most);
  }
  const bases = new Map<Word, Word>();
  for (const index of level) {
    const word = words[index]!;
    const operator = findOperator(word, operators);
    if (operator) {
      word.shift = word.baseline > operator.baseline ? "sub" : "super";
      word.limitOf = operator;
      word.glued = true;
      continue;
    }
    if (word.text.length > 12 || !standsBesideLarger(word, largest, rowHeight)) continue;
    const left = findNeighbour(word, words, rows, rowHeight, "left");
    const right = findNeighbour(word, words, rows, rowHeight, "right");
    const base = left ?? right;
    if (!base) continue;
    bases.set(word, base);
    const rise = base.baseline - word.baseline;
    word.shift = rise > 0 ? "super" : "sub";
    const before = glyphs[word.glyphs[0]!]?.spaceBefore ? gluedSpaceEm : gluedGapEm;
    if (left && word.box[0] - left.box[2] < before * left.size) word.glued = true;
    // "H₂O": what follows the script without a space belongs to the same word. A raised mark before a word stays apart.
    if (!right || right.glued || glyphs[right.glyphs[0]!]?.spaceBefore) continue;
    const after = endsSomething.test(right.text) ? gluedMarkGapEm : gluedGapEm;
    if ((left || rise < 0) && right.box[0] - word.box[2] < after * right.size) right.glued = true;
  }
  for (const [word, base] of bases) {
    // The prime of an index is no exponent: it stands below the line.
    let root = base;
    for (let up = bases.get(root); up && up !== word; up = bases.get(root)) root = up;
    if (root !== base) word.shift = root.baseline > word.baseline ? "super" : "sub";
  }
  spreadShift(rows, words);
}

/** "2 3" raised together: a small word beside a script on its baseline is one as well. */
function spreadShift(rows: Map<number, number[]>, words: Word[]): void {
  for (const list of rows.values()) {
    for (let i = 1; i < list.length; i++) {
      const word = words[list[i]!]!;
      // "kk′nn′": what hangs on the first is passed over.
      const last = words[list[i - 1]!]!;
      const before = i > 1 && last.shift && last.size <= scriptSizeShare * word.size ? words[list[i - 2]!]! : last;
      for (const [from, to] of [
        [before, word],
        [word, before],
      ] as const) {
        if (!from.shift || to.shift || to.text.length > 12) continue;
        if (Math.abs(from.baseline - to.baseline) > 0.1 * to.size || Math.abs(from.size - to.size) > 0.15 * to.size)
          continue;
        const gap = word.box[0] - before.box[2];
        if (gap < 0.9 * to.size && gap > -0.3 * to.size) {
          to.shift = from.shift;
          to.limitOf = from.limitOf;
        }
      }
    }
  }
}

/** Most words are as large as any around them: told by the largest of the rows near, without a look at each neighbour. */
function standsBesideLarger(word: Word, largest: Map<number, number>, rowHeight: number): boolean {
  const row = Math.floor(word.baseline / rowHeight);
  for (let r = row - 2; r <= row + 2; r++) if (word.size <= scriptSizeShare * (largest.get(r) ?? 0)) return true;
  return false;
}

/** The nearest larger word at one side of a script on the line it belongs to. */
function findNeighbour(
  word: Word,
  words: Word[],
  rows: Map<number, number[]>,
  rowHeight: number,
  side: "left" | "right",
): Word | undefined {
  let best: Word | undefined;
  let bestCost = Number.POSITIVE_INFINITY;
  const row = Math.floor(word.baseline / rowHeight);
  for (let r = row - 2; r <= row + 2; r++) {
    const list = rows.get(r);
    if (!list) continue;
    // Neighbours in x are neighbours in the list: a few on each side of the place are enough.
    const at = lowerBound(list, words, word.box[0]);
    for (let k = Math.max(0, at - 6); k < Math.min(list.length, at + 6); k++) {
      const other = words[list[k]!]!;
      if (other === word || word.size > scriptSizeShare * other.size || word.size < minSizeShare * other.size) continue;
      const rise = (other.baseline - word.baseline) / other.size;
      if (Math.abs(rise) < minShiftEm || rise > maxRiseEm || rise < -maxDropEm) continue;
      const gap = (side === "left" ? word.box[0] - other.box[2] : other.box[0] - word.box[2]) / other.size;
      // A sign above the point of a number ("5°.36") stands inside it.
      const inside = side === "left" && gap < 0 && word.box[0] > other.box[0] && rise > 0.2;
      if ((gap < -0.35 && !inside) || gap > 0.35) continue;
      const strain = Math.max(0, rise > 0 ? rise - usualRiseEm : -rise - usualDropEm);
      const cost = gap + 2 * strain;
      if (cost >= bestCost) continue;
      best = other;
      bestCost = cost;
    }
  }
  return best;
}

function lowerBound(list: number[], words: Word[], x: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (words[list[middle]!]!.box[0] < x) low = middle + 1;
    else high = middle;
  }
  return low;
}
