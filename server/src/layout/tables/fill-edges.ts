/**
 * The borders of fills that can be seen: where the colour on the other side differs. Producers shade a cell with a fill
 * for the cell and more for its margins and paragraphs; the seams between fills of one colour are no borders.
 */
import type { Fill } from "../facts.ts";
import type { Rule } from "./rulings.ts";

/** Height of a bucket of the index in points. */
const bucketPt = 16;
/** How far outside an edge the other colour is read. */
const probePt = 0.8;

export interface FillEdges {
  horizontals: Rule[];
  verticals: Rule[];
}

/** Shading inside a ruled cell keeps at most this far from the cell's sides. */
const insetPt = 9;

/** Visible edges of the fills, which are in painting order. `strokes` are the vertical rules that were drawn, by x. */
export function visibleEdges(fills: readonly Fill[], strokes: readonly Rule[]): FillEdges {
  const index = new FillIndex(fills);
  const horizontals: Rule[] = [];
  const verticals: Rule[] = [];
  for (const fill of fills) {
    const [x0, y0, x1, y1] = fill.box;
    const stroke = fill.stroked;
    const isSeen = (x: (share: number) => number, y: (share: number) => number): boolean => {
      if (stroke) return true;
      let seen = 0;
      for (const share of [0.2, 0.5, 0.8]) if (index.colorAt(x(share), y(share)) !== fill.color) seen++;
      return seen >= 2;
    };
    const alongX = (share: number) => x0 + share * (x1 - x0);
    const alongY = (share: number) => y0 + share * (y1 - y0);
    if (index.isBuried(fill) || (!stroke && isInset(fill, strokes))) continue;
    if (isSeen(alongX, () => y0 - probePt)) horizontals.push({ at: y0, from: x0, to: x1, stroke });
    if (isSeen(alongX, () => y1 + probePt)) horizontals.push({ at: y1, from: x0, to: x1, stroke });
    if (isSeen(() => x0 - probePt, alongY)) verticals.push({ at: x0, from: y0, to: y1, stroke });
    if (isSeen(() => x1 + probePt, alongY)) verticals.push({ at: x1, from: y0, to: y1, stroke });
  }
  return { horizontals, verticals };
}

/** Both sides of the fill stand close inside drawn verticals but not on them: paragraph shading of a ruled cell. */
function isInset(fill: Fill, strokes: readonly Rule[]): boolean {
  const [x0, y0, x1, y1] = fill.box;
  const middle = (y0 + y1) / 2;
  const left = nearestStroke(strokes, x0 - insetPt, x0 + 2, middle);
  const right = nearestStroke(strokes, x1 - 2, x1 + insetPt, middle);
  return left !== undefined && right !== undefined && (x0 - left > 2.6 || right - x1 > 2.6);
}

/** The drawn vertical between two x that passes a height, the outermost from the fill's side not preferred. */
function nearestStroke(strokes: readonly Rule[], from: number, to: number, y: number): number | undefined {
  let low = 0;
  let high = strokes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (strokes[middle]!.at < from) low = middle + 1;
    else high = middle;
  }
  for (let at = low; at < strokes.length && strokes[at]!.at <= to; at++) {
    const rule = strokes[at]!;
    if (rule.from <= y && rule.to >= y) return rule.at;
  }
  return undefined;
}

class FillIndex {
  readonly #buckets = new Map<number, Fill[]>();

  constructor(fills: readonly Fill[]) {
    for (const fill of fills) {
      const last = Math.min(Math.floor(fill.box[3] / bucketPt), Math.floor(fill.box[1] / bucketPt) + 400);
      for (let bucket = Math.floor(fill.box[1] / bucketPt); bucket <= last; bucket++) {
        const list = this.#buckets.get(bucket);
        if (list) list.push(fill);
        else this.#buckets.set(bucket, [fill]);
      }
    }
  }

  /** Colour of the last fill painted over a point, white where there is none. */
  colorAt(x: number, y: number): number {
    const list = this.#buckets.get(Math.floor(y / bucketPt));
    if (list) {
      for (let at = list.length - 1; at >= 0; at--) {
        const { box, color } = list[at]!;
        if (x >= box[0] && x <= box[2] && y >= box[1] && y <= box[3]) return color;
      }
    }
    return 0xffffff;
  }

  /** The fill is painted over by another colour, or the same colour is all around it. */
  isBuried(fill: Fill): boolean {
    const [x0, y0, x1, y1] = fill.box;
    return this.colorAt((x0 + x1) / 2, (y0 + y1) / 2) !== fill.color;
  }
}
