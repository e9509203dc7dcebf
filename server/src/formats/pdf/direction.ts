/**
 * Logical order of right-to-left text. PDF says nothing about it: most producers paint letters in reading order, some paint a
 * line from left to right as it looks ("visual order"). On the page a right-to-left run always goes leftwards, so a run of
 * Hebrew or Arabic letters whose positions go rightwards is stored the wrong way round and is turned.
 */
import type { Glyph } from "../../layout/facts.ts";

const rtlLetter = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

export function isRtl(text: string): boolean {
  const code = text.codePointAt(0)!;
  return code >= 0x590 && rtlLetter.test(text);
}

/** Turns runs of right-to-left letters that are stored in visual order. Works in place; returns how many runs were turned. */
export function restoreLogicalOrder(glyphs: Glyph[]): number {
  let turned = 0;
  let start = 0;
  while (start < glyphs.length) {
    if (!isRtl(glyphs[start]!.text)) {
      start++;
      continue;
    }
    let end = start + 1;
    while (end < glyphs.length && isRtl(glyphs[end]!.text) && sameLine(glyphs[end - 1]!, glyphs[end]!)) end++;
    if (goesRightwards(glyphs, start, end)) {
      turn(glyphs, start, end);
      turned++;
    }
    start = end;
  }
  return turned;
}

function sameLine(a: Glyph, b: Glyph): boolean {
  return a.angle === b.angle && Math.abs(a.baseline - b.baseline) <= 0.5 * Math.max(a.size, b.size);
}

/** Most steps between letters go right. Marks stand on their letter and do not vote. */
function goesRightwards(glyphs: Glyph[], start: number, end: number): boolean {
  let right = 0;
  let left = 0;
  for (let i = start + 1; i < end; i++) {
    const step = middle(glyphs[i]!) - middle(glyphs[i - 1]!);
    const least = 0.08 * glyphs[i]!.size;
    if (step > least) right++;
    else if (step < -least) left++;
  }
  return right > left && right >= 2;
}

function middle(glyph: Glyph): number {
  return (glyph.box[0] + glyph.box[2]) / 2;
}

/** Reverses [start, end); the spaces between letters move to the other side of their gap. */
function turn(glyphs: Glyph[], start: number, end: number): void {
  const part = glyphs.slice(start, end).reverse();
  const spaces = part.map((glyph) => glyph.spaceBefore);
  for (let i = 0; i < part.length; i++) {
    const glyph = part[i]!;
    glyph.spaceBefore = i === 0 ? spaces[spaces.length - 1]! : spaces[i - 1]!;
    glyphs[start + i] = glyph;
  }
}
