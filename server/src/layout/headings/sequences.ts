/**
 * Steps or sections? "1. Open the lid  2. Press the button" in a row are a list; "1. Introduction … 2. Methods" with text in
 * between are sections. The sibling test looks at what stands between two members of one numbered sequence.
 */
import type { Candidate } from "./evidence.ts";
import { follows } from "./numbering.ts";
import type { BodyStyle } from "./styles.ts";

/** Lowers the score of list-like runs and raises that of sections that go on over the document. */
export function markSteps(candidates: Candidate[], body: BodyStyle): void {
  /** By step: the one before it. */
  const before = new Map<Candidate, Candidate>();
  for (let i = 0; i < candidates.length; i++) {
    const first = candidates[i]!;
    if (!first.numbering || first.numbering.kind === "paren") continue;
    const next = nextSibling(candidates, i);
    if (!next) continue;
    const adjacent = areAdjacent(first, next);
    const plain = Math.abs(first.block.size - body.size) <= 0.6 && first.block.bold === body.bold && !first.block.caps;
    if (adjacent && plain) {
      first.score -= 2;
      next.score -= 2;
      // Three in a row are a list, even if the first of them is called "Results".
      const opener = before.get(first);
      if (opener) next.score -= 2;
      if (opener && !before.has(opener)) opener.score -= 2;
      before.set(next, first);
    } else if (!adjacent && !plain) {
      first.score += 0.4;
      next.score += 0.4;
    }
  }
}

const reach = 60;

/** The candidate that carries the next number, within reach. */
function nextSibling(candidates: Candidate[], at: number): Candidate | undefined {
  const { numbering } = candidates[at]!;
  for (let i = at + 1; i < Math.min(candidates.length, at + reach); i++) {
    const other = candidates[i]!;
    if (
      other.numbering &&
      other.numbering.path.length === numbering!.path.length &&
      follows(numbering!, other.numbering)
    )
      return other;
  }
  return undefined;
}

/** Nothing stands between them in reading order. */
function areAdjacent(a: Candidate, b: Candidate): boolean {
  if (a.page !== b.page) return false;
  const blocks = a.page.blocks;
  return Math.abs(blocks.indexOf(b.block) - blocks.indexOf(a.block)) <= 1;
}
