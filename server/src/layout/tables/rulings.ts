/**
 * Strokes and fill edges as a few clean rules: snapped to common positions, collinear pieces joined, double lines made one.
 */
import type { Fill, PageFacts } from "../facts.ts";
import { visibleEdges } from "./fill-edges.ts";

/** A straight rule after snapping. A vertical one has `at` = x and runs from y `from` to y `to`. */
export interface Rule {
  at: number;
  from: number;
  to: number;
  /** Painted as a stroke; false for the border between two fills. */
  stroke: boolean;
}

export interface PageRules {
  /** Sorted by y, then x. */
  horizontals: Rule[];
  /** Sorted by x, then y. */
  verticals: Rule[];
}

/** Parallel rules nearer than this are one (double lines, rules drawn as two edges of a thin box). */
const snapPt = 2.6;
/** Collinear pieces with a smaller hole are one rule. */
const joinPt = 3;
/** Shorter pieces are ticks, letters or dashes. They still count while collinear neighbours touch them. */
const minLengthPt = 5;
/** Rules kept of each direction, the longest first: bounds every later step on pages of plots and maps. */
const maxRules = 1500;
/** Raw segments looked at in each direction. */
const maxSegments = 400_000;

const white = 0xffffff;

function isLight(color: number): boolean {
  return ((color >> 16) & 255) > 250 && ((color >> 8) & 255) > 250 && (color & 255) > 250;
}

/** Fills that may be cell or row backgrounds: not white, not the page, not a dot. */
export function backgroundFills(page: PageFacts): Fill[] {
  const pageArea = page.width * page.height;
  const out: Fill[] = [];
  for (const fill of page.fills) {
    const width = fill.box[2] - fill.box[0];
    const height = fill.box[3] - fill.box[1];
    if (width < 8 || height < 5 || width * height > 0.7 * pageArea) continue;
    if (fill.color === white && !fill.stroked) continue;
    out.push(fill);
    if (out.length >= 4000) break;
  }
  return out;
}

/** Rules of a page. `fills` are its background fills; their borders count as rules that no stroke painted. */
export function collectRules(page: PageFacts, fills: Fill[]): PageRules {
  const horizontals: Rule[] = [];
  const verticals: Rule[] = [];
  for (const ruling of page.rulings) {
    const [x0, y0, x1, y1] = ruling.box;
    const target = ruling.vertical ? verticals : horizontals;
    if (target.length >= maxSegments) continue;
    if (isLight(ruling.color) && !liesOnPaint(ruling.box, fills, page)) continue;
    if (ruling.vertical) verticals.push({ at: (x0 + x1) / 2, from: y0, to: y1, stroke: true });
    else horizontals.push({ at: (y0 + y1) / 2, from: x0, to: x1, stroke: true });
  }
  const edges = visibleEdges(fills, cleanRules(verticals));
  horizontals.push(...edges.horizontals);
  verticals.push(...edges.verticals);
  return { horizontals: cleanRules(horizontals), verticals: cleanRules(verticals) };
}

/** A white rule can be seen only on a fill or a picture. */
function liesOnPaint(box: readonly number[], fills: Fill[], page: PageFacts): boolean {
  const x = (box[0]! + box[2]!) / 2;
  const y = (box[1]! + box[3]!) / 2;
  const inside = (other: readonly number[]) =>
    x >= other[0]! - 2 && x <= other[2]! + 2 && y >= other[1]! - 2 && y <= other[3]! + 2;
  // Bounded: a page with thousands of fills is a drawing, where white rules mean nothing.
  if (fills.length > 1000) return false;
  return (
    fills.some((fill) => fill.color !== white && inside(fill.box)) ||
    page.pictures.some((picture) => inside(picture.box))
  );
}

/** Snap, join and thin out rules of one direction. O(n log n). */
export function cleanRules(raw: Rule[]): Rule[] {
  const sorted = raw.slice().sort((a, b) => a.at - b.at || a.from - b.from);
  const groups: Rule[][] = [];
  let start = Number.NEGATIVE_INFINITY;
  for (const rule of sorted) {
    const group = groups[groups.length - 1];
    if (group && rule.at - start <= snapPt) group.push(rule);
    else {
      groups.push([rule]);
      start = rule.at;
    }
  }
  const out: Rule[] = [];
  for (const group of groups) {
    group.sort((a, b) => a.from - b.from || a.at - b.at);
    let current: Rule | undefined;
    let weight = 0;
    for (const rule of group) {
      const length = rule.to - rule.from + 0.1;
      if (current && rule.from <= current.to + joinPt) {
        current.at = (current.at * weight + rule.at * length) / (weight + length);
        current.to = Math.max(current.to, rule.to);
        current.stroke ||= rule.stroke;
        weight += length;
      } else {
        current = { ...rule };
        weight = length;
        out.push(current);
      }
    }
  }
  let kept = out.filter((rule) => rule.to - rule.from >= minLengthPt);
  if (kept.length > maxRules) {
    kept.sort((a, b) => b.to - b.from - (a.to - a.from));
    kept = kept.slice(0, maxRules);
  }
  return kept.sort((a, b) => a.at - b.at || a.from - b.from);
}

/** Pieces of a printed rule that are missing in its scan are shorter, together, than this share of it. */
const leastInkShare = 0.65;
/** It begins and ends this near to the edges, as a share of the width. */
const edgeShare = 0.1;

/** Horizontal rules of a scan with those made whole that were printed from `left` to `right` and are seen in pieces. */
export function mendBroken(rules: readonly Rule[], left: number, right: number): Rule[] {
  const width = right - left;
  const groups: Rule[][] = [];
  for (const rule of [...rules].sort((a, b) => a.at - b.at)) {
    const group = groups.at(-1);
    if (group && rule.at - group[0]!.at <= snapPt) group.push(rule);
    else groups.push([rule]);
  }
  return groups.flatMap((group) => {
    const ink = group.reduce((sum, rule) => sum + rule.to - rule.from, 0);
    const from = Math.min(...group.map((rule) => rule.from));
    const to = Math.max(...group.map((rule) => rule.to));
    const whole = from <= left + edgeShare * width && to >= right - edgeShare * width && ink >= leastInkShare * width;
    return group.length > 1 && whole ? [{ at: group[0]!.at, from, to, stroke: true }] : group;
  });
}
