/** Letter-spaced words: letters at one constant distance are chained to the words they make. */
import type { Chain } from "./chains.ts";
import { isCjk } from "./scripts.ts";

/**
 * "H O W  C A N": single letters at one constant distance are a word, the wider gaps among them end it. Column heads
 * ("A   B   C") stand further apart than an em and stay words.
 */
export function joinLetterSpaced(chains: Chain[]): void {
  const live = chains.filter((chain) => !chain.dead);
  for (let start = 0; start < live.length; ) {
    let end = start + 1;
    while (end < live.length && continuesLetters(live[end - 1]!, live[end]!)) end++;
    if (end - start >= 4) joinLetters(live.slice(start, end));
    start = end;
  }
}

const isLetterLike = (chain: Chain) =>
  chain.pieces.length <= 2 && chain.pieces.every((piece) => !isCjk(piece.glyph.text) && !piece.rtl);

function continuesLetters(before: Chain, after: Chain): boolean {
  if (!isLetterLike(before) || !isLetterLike(after) || before.angle !== after.angle) return false;
  if (Math.abs(before.v - after.v) > 0.05 * before.size || Math.abs(before.size - after.size) > 0.05 * before.size)
    return false;
  const gap = (after.u0 - before.u1) / before.size;
  return gap > 0 && gap < 2.2;
}

function joinLetters(run: Chain[]): void {
  const letters = run.filter((chain) => /^\p{L}{1,2}$/u.test(chain.pieces.map((piece) => piece.glyph.text).join("")));
  const single = run.filter((chain) => chain.pieces.length === 1);
  if (letters.length < 0.7 * run.length || single.length < 0.7 * run.length) return;
  const size = run[0]!.size;
  const gaps = run.slice(1).map((chain, i) => (chain.u0 - run[i]!.u1) / size);
  const median = [...gaps].sort((a, b) => a - b)[gaps.length >> 1]!;
  const constant = gaps.filter((gap) => Math.abs(gap - median) <= Math.max(0.06, 0.15 * median)).length;
  if (median > 0.8 || constant < 0.6 * gaps.length) return;
  // A stated space that is no wider than the others is part of the spacing.
  const wordGap = median + Math.max(0.12, 0.3 * median);
  let head = run[0]!;
  for (let i = 1; i < run.length; i++) {
    const next = run[i]!;
    if (gaps[i - 1]! > wordGap) {
      head = next;
      continue;
    }
    head.pieces.push(...next.pieces);
    head.u1 = next.u1;
    next.dead = true;
  }
}
