/** Accents that are painted as glyphs of their own become one character with their letter. */
import type { Piece } from "./pieces.ts";
import { accented, isSpacingAccent } from "./scripts.ts";

/**
 * TeX paints an accent and its letter one over the other, in either order and the accent often raised: they become one
 * character, the accent's glyph listed with the letter's.
 */
export function composeAccents(pieces: Piece[], accentsOf: Map<number, number[]>): Piece[] {
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
