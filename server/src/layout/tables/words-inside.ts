/** Free words of a view by place. */
import type { Claims } from "./find.ts";
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
