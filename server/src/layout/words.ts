/**
 * Glyphs to words.
 *
 * The idea: glyphs of a word nearly always follow each other in the file, so they are first chained in file order while
 * the pen moves on along one baseline by less than a word gap; pieces that touch but were painted apart are then joined.
 * What counts as a word gap is measured per font, because a constant splits words of one producer and glues those of
 * another. All tests run in the frame of the baseline (`u` along it, `v` across), so rotated text needs no second path.
 *
 * Promise: every glyph that is not hidden is in exactly one word. Copies of fake bold text are gone before (the reader of
 * the format drops them).
 */
import type { Box } from "@knowhere/contract";
import { composeAccents } from "./accents.ts";
import { type Chain, chainGlyphs, joinTouching, measureGaps } from "./chains.ts";
import type { Glyph, PageFacts, Word } from "./facts.ts";
import { joinLetterSpaced } from "./letter-spacing.ts";
import { measureOverhangs } from "./overhangs.ts";
import { normalizeAngle, type Piece, toPiece } from "./pieces.ts";
import { cleanText, isCombining, orderRtl } from "./scripts.ts";
import { markShifts } from "./shifts.ts";

/** Joins the visible glyphs of a page to words, in the order of the file. */
export function buildWords(facts: PageFacts): Word[] {
  const pieces: Piece[] = [];
  const advances = measureOverhangs(facts.glyphs);
  for (let index = 0; index < facts.glyphs.length; index++) {
    const glyph = facts.glyphs[index]!;
    if (!glyph.hidden) pieces.push(toPiece(glyph, index, advances));
  }
  if (facts.origin === "ocr")
    return pieces.map(({ glyph }, at) => finishWord(pieces, at, at + 1, [], facts, !glyph.spaceBefore));
  const accentsOf = new Map<number, number[]>();
  const kept = composeAccents(pieces, accentsOf);
  const gapEm = measureGaps(kept, facts.fonts.length);
  const chains = chainGlyphs(kept, gapEm);
  joinTouching(chains);
  joinLetterSpaced(chains);
  const words: Word[] = [];
  for (const chain of chains) {
    if (chain.dead) continue;
    if (accentsOf.size > 0)
      for (const piece of chain.pieces)
        for (const accent of accentsOf.get(piece.index) ?? []) chain.accents.push(accent);
    splitStyles(chain, facts, words);
  }
  markShifts(words, facts);
  // Last, because these stand on the baseline of their neighbours, which are no scripts.
  for (const word of words)
    if (word.glyphs.every((index) => isSuperior(facts.glyphs[index]!)) && /^\d+$/.test(word.text)) word.shift = "super";
  return words;
}

/** Cuts a chain where weight, slant, size or colour change, so that each word has one style; the parts stay glued. */
function splitStyles(chain: Chain, facts: PageFacts, words: Word[]): void {
  const pieces = chain.rtl
    ? orderRtl(
        chain.pieces,
        (p) => p.glyph,
        (p) => p.u0,
      )
    : chain.pieces;
  let from = 0;
  for (let i = 1; i <= pieces.length; i++) {
    if (i < pieces.length && sameStyle(pieces[i - 1]!.glyph, pieces[i]!.glyph, facts)) continue;
    words.push(finishWord(pieces, from, i, i === pieces.length ? chain.accents : [], facts, from > 0));
    from = i;
  }
}

/**
 * A superior figure: drawn small and high by the font itself ("34" behind a word), while its baseline and size are those of
 * the text. No other figure stands clear of its baseline.
 */
function isSuperior(glyph: Glyph): boolean {
  return glyph.baseline - glyph.box[3] > 0.2 * glyph.size && glyph.angle === 0 && /^\d$/.test(glyph.text);
}

function sameStyle(a: Glyph, b: Glyph, facts: PageFacts): boolean {
  if (isCombining(b.text)) return true;
  // The figure above the bar of a fraction belongs to it.
  if (isSuperior(a) !== isSuperior(b) && !/[/\u2044]/.test(a.text + b.text)) return false;
  if (a.color !== b.color || Math.abs(a.size - b.size) > 0.12 * Math.max(a.size, b.size)) return false;
  if (a.font === b.font) return true;
  const first = facts.fonts[a.font];
  const second = facts.fonts[b.font];
  return first?.bold === second?.bold && first?.italic === second?.italic && first?.monospace === second?.monospace;
}

/** The word of `pieces[from]` to `pieces[to - 1]`. */
function finishWord(
  pieces: readonly Piece[],
  from: number,
  to: number,
  accents: readonly number[],
  facts: PageFacts,
  glued: boolean,
): Word {
  const first = pieces[from]!.glyph;
  let [x0, y0, x1, y1] = first.box;
  let confidence = 1;
  let raw = "";
  let mixed = false;
  const glyphs: number[] = [];
  for (let i = from; i < to; i++) {
    const { glyph, index } = pieces[i]!;
    const { box, text } = glyph;
    glyphs.push(index);
    if (box[0] < x0) x0 = box[0];
    if (box[1] < y0) y0 = box[1];
    if (box[2] > x1) x1 = box[2];
    if (box[3] > y1) y1 = box[3];
    if (glyph.font !== first.font) mixed = true;
    if (glyph.confidence !== undefined && glyph.confidence < confidence) confidence = glyph.confidence;
    // The prime of Computer Modern's symbols comes without a mapping, as the digit at its place.
    raw += text === "0" && /^CMSY\d/.test(facts.fonts[glyph.font]?.name ?? "") ? "\u2032" : text;
  }
  for (const accent of accents) glyphs.push(accent);
  const box: Box = [x0, y0, x1, y1];
  const font = mixed ? commonestFont(pieces.slice(from, to)) : first.font;
  const fact = facts.fonts[font];
  const word: Word = {
    text: cleanText(raw),
    box,
    baseline: first.baseline,
    size: first.size,
    font,
    bold: fact?.bold ?? false,
    italic: fact?.italic ?? false,
    color: first.color,
    angle: normalizeAngle(first.angle),
    mcid: first.mcid,
    glyphs,
  };
  if (glued) word.glued = true;
  if (first.confidence !== undefined) word.confidence = confidence;
  return word;
}

/** The font of most characters, the first of equals. */
function commonestFont(pieces: readonly Piece[]): number {
  const counts = new Map<number, number>();
  for (const { glyph } of pieces) counts.set(glyph.font, (counts.get(glyph.font) ?? 0) + glyph.text.length);
  let best = pieces[0]!.glyph.font;
  for (const [font, count] of counts) if (count > counts.get(best)!) best = font;
  return best;
}
