/**
 * Glyphs that follow each other in the file on one baseline become chains, the words to be. What counts as a word gap is
 * measured per font.
 */
import { normalizeAngle, type Piece } from "./pieces.ts";
import { isCjk, isCombining } from "./scripts.ts";

/** Glyphs that form one word so far. */
export interface Chain {
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

/**
 * Per font the gap in em that ends a word: half the median space, never less than 0.15. Fonts of files that move the pen
 * instead of stating spaces are measured by their gaps.
 */
export function measureGaps(pieces: Piece[], fonts: number): Float64Array {
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

/** Chains in the order of the file: the pen moves on by less than the gap that ends a word of the font. */
export function chainGlyphs(pieces: Piece[], gapEm: Float64Array): Chain[] {
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

/**
 * Joins chains that were painted apart but whose ends touch on one baseline. Right-to-left words come in pieces where a file
 * is read from left to right: there the chain at the left goes on from the one at the right.
 */
export function joinTouching(chains: Chain[]): void {
  // Cells by where a chain begins, hashed: `touches` tells what merely shares a hash.
  const starts = new Map<number, Chain[]>();
  for (const chain of chains) {
    if (chain.spaced) continue;
    const begin = chain.rtl ? chain.u1 : chain.u0;
    const key = hashCell(chain.angle, Math.round(begin / touchCellPt), Math.round(chain.v / touchCellPt));
    const list = starts.get(key);
    if (list) list.push(chain);
    else starts.set(key, [chain]);
  }
  if (starts.size === 0) return;
  for (const chain of chains) {
    if (chain.dead) continue;
    for (let next = findTouching(chain, starts); next; next = findTouching(chain, starts)) {
      for (const piece of next.pieces) chain.pieces.push(piece);
      if (chain.rtl) chain.u0 = Math.min(chain.u0, next.u0);
      else chain.u1 = Math.max(chain.u1, next.u1);
      next.dead = true;
    }
  }
}

const touchCellPt = 4;

function hashCell(angle: number, u: number, v: number): number {
  return Math.imul(u, 73856093) ^ Math.imul(v, 19349663) ^ Math.imul(angle, 83492791);
}

function findTouching(chain: Chain, starts: Map<number, Chain[]>): Chain | undefined {
  const u = Math.round((chain.rtl ? chain.u0 : chain.u1) / touchCellPt);
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

function touches(chain: Chain, next: Chain): boolean {
  if (chain.angle !== next.angle || chain.rtl !== next.rtl) return false;
  const size = Math.max(chain.size, next.size);
  if (Math.min(chain.size, next.size) < 0.85 * size || Math.abs(chain.v - next.v) > 0.08 * size) return false;
  if (chain.rtl) return next.u0 < chain.u0 && Math.abs(chain.u0 - next.u1) < 0.06 * size;
  return next.u1 > chain.u1 && Math.abs(next.u0 - chain.u1) < 0.06 * size;
}
