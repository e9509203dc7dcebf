/** Where the advance of a glyph starts and ends, when its ink reaches further. */
import type { Glyph } from "./facts.ts";

/** Overhangs are measured on glyphs whose ink reaches the end reported for them, to so many points. */
const overhangTolerancePt = 0.01;
/** An overhang is at most this wide; more is kerning. */
const maxOverhangEm = 0.13;

const overhangs = (glyph: Glyph): boolean => Math.abs(glyph.end - glyph.box[2]) < overhangTolerancePt;
/** Small capitals map to the same letters as the lower case of their font: they are told apart by the width of their ink. */
function overhangKey({ font, text, box, size }: Glyph): number {
  const ink = Math.min(63, Math.max(0, Math.round((40 * (box[2] - box[0])) / size)));
  return (font * 0x11_0000 + text.codePointAt(0)!) * 64 + ink;
}

/**
 * The ink of an "f" reaches over its advance, and the end that is reported then is the ink's: in tight lines the space after
 * it looks too narrow. Its true advance in em is the least that the next glyph of the run stands away from it.
 */
export function measureOverhangs(glyphs: readonly Glyph[]): Map<number, number> {
  const advances = new Map<number, number>();
  for (let i = 0; i + 1 < glyphs.length; i++) {
    const glyph = glyphs[i]!;
    if (!overhangs(glyph) || glyph.angle !== 0) continue;
    const next = glyphs[i + 1]!;
    if (next.run !== glyph.run || next.spaceBefore || next.baseline !== glyph.baseline) continue;
    const advance = (next.x - glyph.x) / glyph.size;
    const key = overhangKey(glyph);
    if (advance > 0.15 && advance < (advances.get(key) ?? Number.POSITIVE_INFINITY)) advances.set(key, advance);
  }
  return advances;
}

/** Where the advance of a level glyph ends. */
export function endOf(glyph: Glyph, advances: ReadonlyMap<number, number>): number {
  const start = startOf(glyph);
  if (advances.size === 0 || start !== glyph.x || !overhangs(glyph)) return Math.max(glyph.end, start);
  const advance = advances.get(overhangKey(glyph));
  if (advance === undefined) return Math.max(glyph.end, start);
  return Math.min(glyph.end, Math.max(start + advance * glyph.size, glyph.end - maxOverhangEm * glyph.size));
}

/** PDFium reports the origin of a whole run for each of its glyphs now and then: the box is right then. */
export function startOf(glyph: Glyph): number {
  return Math.abs(glyph.x - glyph.box[0]) > 0.6 * glyph.size ? glyph.box[0] : glyph.x;
}
