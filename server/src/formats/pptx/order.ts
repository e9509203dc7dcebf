/**
 * Reading order of the shapes of a slide. Two readings are tried: rows first and columns first, each by cutting the slide
 * along empty bands (XY-cut). The one that disagrees less with the order in which the author made the shapes wins; slides
 * carry that order and it is a good witness, but not a reliable reading by itself.
 */

export type SlideBox = readonly [number, number, number, number];
interface Ordered {
  readonly box: SlideBox | undefined;
}
/** Past this many shapes a slide is a drawing, and the cuts (quadratic at worst) are not worth it. */
const maxShapes = 400;

/** The same items in reading order; items without a box keep the order of the file. */
export function orderShapes<T extends Ordered>(items: readonly T[]): T[] {
  if (items.length < 2 || items.length > maxShapes || items.some((item) => !item.box)) return [...items];
  const rows = cut(items, "y", 0);
  const columns = cut(items, "x", 0);
  return inversions(rows, items) <= inversions(columns, items) ? rows : columns;
}

/** Cuts along `axis` first; inside each band along the other one. */
function cut<T extends Ordered>(items: readonly T[], axis: "x" | "y", failures: number): T[] {
  if (items.length < 2) return [...items];
  if (failures === 2) return [...items].sort((a, b) => a.box![1] - b.box![1] || a.box![0] - b.box![0]);
  const low = axis === "x" ? 0 : 1;
  const other = axis === "x" ? "y" : "x";
  const sorted = [...items].sort((a, b) => a.box![low]! - b.box![low]!);
  const bands: T[][] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const item of sorted) {
    const start = item.box![low]!;
    // Shapes that only touch or overlap by a hair are apart.
    const slack = Math.min(6, (item.box![low + 2]! - start) * 0.15);
    if (start + slack >= end) bands.push([]);
    bands[bands.length - 1]!.push(item);
    end = Math.max(end, item.box![low + 2]!);
  }
  if (bands.length === 1) return cut(items, other, failures + 1);
  return bands.flatMap((band) => cut(band, other, 0));
}

/** Pairs that stand in another order than in the file. */
function inversions<T>(order: readonly T[], file: readonly T[]): number {
  const rank = new Map(file.map((item, at) => [item, at]));
  let count = 0;
  for (let i = 0; i < order.length; i++) {
    for (let j = i + 1; j < order.length; j++) if (rank.get(order[i]!)! > rank.get(order[j]!)!) count += 1;
  }
  return count;
}
