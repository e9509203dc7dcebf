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
import type { Glyph, PageFacts, Word } from "./facts.ts";
import { endOf, measureOverhangs, startOf } from "./overhangs.ts";
import { accented, cleanText, isCjk, isCombining, isRtl, isSpacingAccent, orderRtl } from "./scripts.ts";
import { markShifts } from "./shifts.ts";

/** A glyph in the frame of its baseline; `u` grows in the direction of writing of left-to-right text. */
interface Piece {
  index: number;
  u0: number;
  u1: number;
  v: number;
  glyph: Glyph;
  rtl: boolean;
}

/** Glyphs that form one word so far. */
interface Chain {
  pieces: Piece[];
  u0: number;
  u1: number;
  v: number;
  size: number;
  angle: number;
  /** A space stood before the first glyph. */
  spaced: boolean;
  rtl: boolean;
  accents: number[];
  dead: boolean;
}

/** Smallest gap, in em, that may separate words when the file has no space there. */
const minGapEm = 0.15;
const minMovedGapEm = 0.11;
/** Ideographs are set apart by up to this much in justified lines without a word ending. */
const minGapCjkEm = 0.5;
/** A space the file states is believed unless the glyphs on both sides overlap by more (slanted ones overhang a little). */
const overlapEm = -0.2;

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
  markShifts(words, facts.glyphs);
  return words;
}

function toPiece(glyph: Glyph, index: number, advances: ReadonlyMap<number, number>): Piece {
  const rtl = isRtl(glyph.text);
  const angle = normalizeAngle(glyph.angle);
  if (angle === 0) return { index, u0: startOf(glyph), u1: endOf(glyph, advances), v: glyph.baseline, glyph, rtl };
  const [x0, y0, x1, y1] = glyph.box;
  if (angle === 90) return { index, u0: -y1, u1: -y0, v: glyph.x, glyph, rtl };
  if (angle === 270) return { index, u0: y0, u1: y1, v: -glyph.x, glyph, rtl };
  if (angle === 180) return { index, u0: -x1, u1: -x0, v: -glyph.baseline, glyph, rtl };
  const cos = Math.cos((angle * Math.PI) / 180);
  const sin = Math.sin((angle * Math.PI) / 180);
  // The box of a slanted glyph is upright and too wide: half an em is the better guess for its advance.
  const u0 = glyph.x * cos - glyph.baseline * sin;
  return { index, u0, u1: u0 + glyph.size * 0.5, v: glyph.x * sin + glyph.baseline * cos, glyph, rtl };
}

/** 0–359 in whole degrees, with slight slants (scans, fake italics) taken for straight. */
export function normalizeAngle(degrees: number): number {
  if (degrees === 0) return 0;
  const angle = ((Math.round(degrees) % 360) + 360) % 360;
  for (const right of [0, 90, 180, 270, 360]) if (Math.abs(angle - right) <= 3) return right % 360;
  return angle;
}

/**
 * TeX paints an accent and its letter one over the other, in either order and the accent often raised: they become one
 * character, the accent's glyph listed with the letter's.
 */
function composeAccents(pieces: Piece[], accentsOf: Map<number, number[]>): Piece[] {
  if (!pieces.some((piece) => isSpacingAccent(piece.glyph.text))) return pieces;
  const cell = 8;
  const keyOf = (x: number, y: number) => Math.round(x / cell) * 100_003 + Math.round(y / cell);
  const letters = new Map<number, number[]>();
  pieces.forEach((piece, i) => {
    if (!/^\p{L}$/u.test(piece.glyph.text)) return;
    const { box, baseline } = piece.glyph;
    const key = keyOf((box[0] + box[2]) / 2, baseline);
    const list = letters.get(key);
    if (list) list.push(i);
    else letters.set(key, [i]);
  });
  const result: (Piece | undefined)[] = [...pieces];
  pieces.forEach((piece, i) => {
    if (!isSpacingAccent(piece.glyph.text)) return;
    const { box, baseline } = piece.glyph;
    for (const dx of [0, -cell, cell]) {
      for (const dy of [0, -cell, cell]) {
        for (const k of letters.get(keyOf((box[0] + box[2]) / 2 + dx, baseline + dy)) ?? []) {
          const host = result[k];
          const text = host && sitsOn(piece, host) ? accented(host.glyph.text, piece.glyph.text) : undefined;
          if (!host || !text) continue;
          const spaceBefore = host.glyph.spaceBefore || (k === i + 1 && piece.glyph.spaceBefore);
          result[k] = { ...host, glyph: { ...host.glyph, text, spaceBefore } };
          const list = accentsOf.get(host.index);
          if (list) list.push(piece.index);
          else accentsOf.set(host.index, [piece.index]);
          result[i] = undefined;
          return;
        }
      }
    }
  });
  return result.filter((piece) => piece !== undefined);
}

function sitsOn(accent: Piece, letter: Piece): boolean {
  const [x0, , x1] = accent.glyph.box;
  const { box, size } = letter.glyph;
  const middle = (x0 + x1) / 2;
  return middle > box[0] - 0.05 * size && middle < box[2] + 0.05 * size && Math.abs(accent.v - letter.v) < 0.6 * size;
}

/**
 * Per font the gap in em that ends a word: half the median space, never less than 0.15. Fonts of files that move the pen
 * instead of stating spaces are measured by their gaps.
 */
function measureGaps(pieces: Piece[], fonts: number): Float64Array {
  const stated: number[][] = Array.from({ length: fonts }, () => []);
  const moved: number[][] = Array.from({ length: fonts }, () => []);
  const glyphs = new Int32Array(fonts);
  for (let i = 1; i < pieces.length; i++) {
    const before = pieces[i - 1]!;
    const after = pieces[i]!;
    const { font, size, angle, spaceBefore } = after.glyph;
    if (before.glyph.font !== font || before.glyph.angle !== angle || font >= fonts) continue;
    glyphs[font]!++;
    if (Math.abs(before.v - after.v) > 0.1 * size) continue;
    const gap = (after.rtl ? before.u0 - after.u1 : after.u0 - before.u1) / size;
    if (spaceBefore && gap > 0.02 && gap < 1.5) stated[font]!.push(gap);
    else if (gap > minGapEm && gap < 1) moved[font]!.push(gap);
  }
  return Float64Array.from(stated, (gaps, font) => {
    const states = gaps.length >= 0.04 * glyphs[font]!;
    const samples = states ? gaps : [...gaps, ...moved[font]!];
    if (samples.length < 5) return minGapEm;
    samples.sort((a, b) => a - b);
    // Tight lines of such files have spaces of 0.13 em; their letters are placed exactly.
    return Math.max(states ? minGapEm : minMovedGapEm, 0.5 * samples[samples.length >> 1]!);
  });
}

function chainGlyphs(pieces: Piece[], gapEm: Float64Array): Chain[] {
  const chains: Chain[] = [];
  let chain: Chain | undefined;
  for (const piece of pieces) {
    if (chain && follows(chain, piece, gapEm)) {
      chain.pieces.push(piece);
      chain.rtl ||= piece.rtl;
      chain.u0 = Math.min(chain.u0, piece.u0);
      chain.u1 = Math.max(chain.u1, piece.u1);
      continue;
    }
    chain = {
      pieces: [piece],
      u0: piece.u0,
      u1: piece.u1,
      v: piece.v,
      size: piece.glyph.size,
      angle: normalizeAngle(piece.glyph.angle),
      spaced: piece.glyph.spaceBefore,
      rtl: piece.rtl,
      accents: [],
      dead: false,
    };
    chains.push(chain);
  }
  return chains;
}

function follows(chain: Chain, piece: Piece, gapEm: Float64Array): boolean {
  const last = chain.pieces[chain.pieces.length - 1]!;
  const { glyph } = piece;
  if (normalizeAngle(glyph.angle) !== chain.angle) return false;
  const larger = Math.max(glyph.size, last.glyph.size);
  const smaller = Math.min(glyph.size, last.glyph.size);
  if (Math.abs(piece.v - last.v) > 0.12 * smaller)
    return isCombining(glyph.text) && Math.abs(piece.v - last.v) < 0.5 * larger;
  if (smaller < 0.6 * larger) return false;
  const anyRtl = piece.rtl || last.rtl;
  const forward = piece.u0 - last.u1;
  const backward = last.u0 - piece.u1;
  // In right-to-left text the pen moves left; some files paint it left to right all the same.
  const gap = anyRtl && Math.abs(backward) < Math.abs(forward) ? backward : forward;
  if (gap < -0.6 * larger && !isCombining(glyph.text)) return false;
  const gapInEm = gap / larger;
  if (glyph.spaceBefore && gapInEm > overlapEm) return false;
  const ideographs = isCjk(glyph.text) && isCjk(last.glyph.text);
  const limit = ideographs ? minGapCjkEm : (gapEm[glyph.font] ?? minGapEm);
  return gapInEm <= limit;
}

/** Joins chains that were painted apart but whose ends touch on one baseline. */
function joinTouching(chains: Chain[]): void {
  // Cells by the start of a chain, hashed: `touches` tells what merely shares a hash.
  const starts = new Map<number, Chain[]>();
  for (const chain of chains) {
    if (chain.spaced) continue;
    const key = hashCell(chain.angle, Math.round(chain.u0 / touchCellPt), Math.round(chain.v / touchCellPt));
    const list = starts.get(key);
    if (list) list.push(chain);
    else starts.set(key, [chain]);
  }
  if (starts.size === 0) return;
  for (const chain of chains) {
    if (chain.dead || chain.rtl) continue;
    for (let next = findTouching(chain, starts); next; next = findTouching(chain, starts)) {
      for (const piece of next.pieces) chain.pieces.push(piece);
      chain.u1 = Math.max(chain.u1, next.u1);
      next.dead = true;
    }
  }
}

const touchCellPt = 4;

function hashCell(angle: number, u: number, v: number): number {
  return Math.imul(u, 73856093) ^ Math.imul(v, 19349663) ^ Math.imul(angle, 83492791);
}

function findTouching(chain: Chain, starts: Map<number, Chain[]>): Chain | undefined {
  const u = Math.round(chain.u1 / touchCellPt);
  const v = Math.round(chain.v / touchCellPt);
  for (let du = -1; du <= 1; du++) {
    for (let dv = -1; dv <= 1; dv++) {
      const near = starts.get(hashCell(chain.angle, u + du, v + dv));
      if (near === undefined) continue;
      for (const other of near) if (other !== chain && !other.dead && touches(chain, other)) return other;
    }
  }
  return undefined;
}

function touches(left: Chain, right: Chain): boolean {
  if (left.angle !== right.angle) return false;
  const size = Math.max(left.size, right.size);
  if (Math.min(left.size, right.size) < 0.85 * size || Math.abs(left.v - right.v) > 0.08 * size) return false;
  if (right.rtl || right.u1 <= left.u1) return false;
  return Math.abs(right.u0 - left.u1) < 0.06 * size;
}

/**
 * "H O W  C A N": single letters at one constant distance are a word, the wider gaps among them end it. Column heads
 * ("A   B   C") stand further apart than an em and stay words.
 */
function joinLetterSpaced(chains: Chain[]): void {
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

function sameStyle(a: Glyph, b: Glyph, facts: PageFacts): boolean {
  if (isCombining(b.text)) return true;
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
