/**
 * Fake bold and drop shadows: the same letters painted again a fraction of a point away. The second copy is dropped; when it is
 * as dark as the first, the text was meant to look bold.
 */
import type { FontFact, Glyph } from "../../layout/facts.ts";

/** A copy lies within this part of the size… */
const shiftEm = 0.12;

export interface Deduplicated {
  /** Indices of the glyphs to keep, in order. */
  keep: number[];
  dropped: number;
}

/**
 * Finds copies: same text and size, another run, both offsets within 0.12 em. Kept glyphs of fake-bold text get a bold twin of
 * their font, added to `fonts`.
 */
export function dropDuplicates(glyphs: Glyph[], fonts: FontFact[]): Deduplicated {
  const keep: number[] = [];
  const cells = new Map<string, number[]>();
  const twins = new Map<number, number>();
  let dropped = 0;
  for (let i = 0; i < glyphs.length; i++) {
    const glyph = glyphs[i]!;
    const step = Math.max(1, glyph.size * shiftEm);
    const cx = Math.floor(glyph.x / step);
    const cy = Math.floor(glyph.baseline / step);
    let twin = -1;
    for (let dx = -1; dx <= 1 && twin < 0; dx++) {
      for (let dy = -1; dy <= 1 && twin < 0; dy++) {
        for (const j of cells.get(`${glyph.text}|${cx + dx}|${cy + dy}`) ?? []) if (isCopy(glyphs[j]!, glyph)) twin = j;
      }
    }
    if (twin >= 0) {
      dropped++;
      embolden(glyphs[twin]!, glyph, fonts, twins);
      continue;
    }
    keep.push(i);
    const key = `${glyph.text}|${cx}|${cy}`;
    const cell = cells.get(key);
    if (cell) cell.push(i);
    else cells.set(key, [i]);
  }
  return { keep, dropped };
}

function isCopy(first: Glyph, second: Glyph): boolean {
  const reach = shiftEm * second.size;
  return (
    first.run !== second.run &&
    Math.abs(first.size - second.size) <= 0.1 * second.size &&
    Math.abs(first.x - second.x) <= reach &&
    Math.abs(first.baseline - second.baseline) <= reach
  );
}

/** A copy shifted sideways in the same colour thickens the strokes; one in another colour is a shadow, and the later one is on top. */
function embolden(kept: Glyph, copy: Glyph, fonts: FontFact[], twins: Map<number, number>): void {
  if (kept.color !== copy.color) {
    kept.color = copy.color;
    return;
  }
  const font = fonts[kept.font];
  if (!font || font.bold || kept.x === copy.x) return;
  let twin = twins.get(kept.font);
  if (twin === undefined) {
    twin = fonts.length;
    fonts.push({ ...font, bold: true });
    twins.set(kept.font, twin);
  }
  kept.font = twin;
}
