/** Glyphs in the frame of their baselines: `u` along it, `v` across, so that turned text needs no second path. */
import type { Glyph } from "./facts.ts";
import { endOf, startOf } from "./overhangs.ts";
import { isRtl } from "./scripts.ts";

/** A glyph in the frame of its baseline; `u` grows in the direction of writing of left-to-right text. */
export interface Piece {
  index: number;
  u0: number;
  u1: number;
  v: number;
  glyph: Glyph;
  rtl: boolean;
}

/** A glyph in the frame of its baseline. `advances`: where letters whose ink hangs over end (`measureOverhangs`). */
export function toPiece(glyph: Glyph, index: number, advances: ReadonlyMap<number, number>): Piece {
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
