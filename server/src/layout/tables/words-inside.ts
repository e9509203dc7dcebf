/** Free words of a view by place. */
import type { Claims } from "./find.ts";
import { buildTextLines, type TextLine } from "./text-lines.ts";
import type { PageView } from "./view.ts";

/** Upright words nobody has claimed whose centre lies in the box. */
export function wordsInside(view: PageView, claims: Claims, x0: number, y0: number, x1: number, y1: number): number[] {
  const out: number[] = [];
  for (const index of view.upright) {
    if (claims.taken[index] === 1) continue;
    const box = view.words[index]!.box;
    const x = (box[0] + box[2]) / 2;
    const y = (box[1] + box[3]) / 2;
    if (x >= x0 && x <= x1 && y >= y0 && y <= y1) out.push(index);
  }
  return out;
}

/** Lines of all words nobody has claimed; built once for the methods that find nothing in between. */
export function freeLines(view: PageView, claims: Claims): readonly TextLine[] {
  const known = claims.free;
  if (known && known.view === view && known.tables === claims.boxes.length) return known.lines;
  const free = view.upright.filter((index) => claims.taken[index] === 0);
  const lines = buildTextLines(view.words, free, view.rules.verticals);
  claims.free = { view, tables: claims.boxes.length, lines };
  return lines;
}
