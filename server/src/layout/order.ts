/**
 * Reading order by white space, after XY-cut++ (page-wide items are masks between which columns are cut).
 *
 * The idea: a column gutter is a tall empty rectangle with several lines on both sides. Rows are scanned from the top,
 * keeping every strip that has stayed empty so far; where a strip is crossed (by a page-wide title, table, figure or
 * rule) it ends. The best strip cuts its region into what is above it, left of it, right of it and below it, and each
 * of those is cut again. What has no gutter is one region, read line by line.
 */
import type { Box } from "@knowhere/contract";
import { centerX, centerY, heightOf, medianOf, overlapY, unionOf } from "./boxes.ts";
import { findStrips, type Row, type Strip, scoreStrip, trimStrip } from "./strips.ts";

/** A word, or a block that is ordered as a whole (table, figure, filled box). */
export interface OrderItem {
  box: Box;
  baseline: number;
  size: number;
  /** Characters; 0 for a block. */
  chars: number;
  block: boolean;
  /** Raised or lowered words do not make rows of their own. */
  shifted: boolean;
  /** Index in the caller's list. */
  index: number;
}

export interface OrderHints {
  rtl: boolean;
  /** Horizontal rulings that are no part of a table or figure: bands end at those that cross a gutter. */
  rules: readonly Box[];
  /** Vertical rulings outside tables and figures: a gutter that holds one may be narrow. */
  dividers: readonly Box[];
  /** Extent of the page, to know its margins. */
  page: Box;
  /** Sizes were measured from the ink of recognised words, not stated. */
  measured?: boolean;
}

/** A stretch of the page that is read line by line. */
export interface Region {
  box: Box;
  items: OrderItem[];
}

const maxDepth = 24;

/** Cuts a page or box into regions in reading order. Every item is in exactly one region. */
export function orderRegions(items: readonly OrderItem[], hints: OrderHints): Region[] {
  const regions: Region[] = [];
  // A stack instead of recursion: parts are pushed last to first.
  const open: { items: OrderItem[]; depth: number }[] = [{ items: [...items], depth: 0 }];
  for (let next = open.pop(); next; next = open.pop()) {
    if (next.items.length === 0) continue;
    const parts = next.depth < maxDepth ? cutRegion(next.items, hints) : undefined;
    if (!parts) {
      regions.push({ box: unionOf(next.items.map((item) => item.box)), items: next.items });
      continue;
    }
    for (let i = parts.length - 1; i >= 0; i--) open.push({ items: parts[i]!, depth: next.depth + 1 });
  }
  return regions;
}

/** Above, first column, second column, below; undefined when the region has no gutter. */
function cutRegion(items: OrderItem[], hints: OrderHints): OrderItem[][] | undefined {
  if (items.length < 2) return undefined;
  const rows = buildRows(items, hints);
  if (rows.length < 2) return undefined;
  const sizes: number[] = [];
  for (const item of items) if (item.chars > 0) sizes.push(item.size);
  const em = medianOf(sizes) || 10;
  let best: { strip: Strip; score: number } | undefined;
  for (const strip of findStrips(rows, 0.5 * em)) {
    const trimmed = trimStrip(strip, rows, em, hints);
    if (!trimmed) continue;
    const score = scoreStrip(trimmed, rows, em, hints);
    if (score > 0 && (!best || score > best.score)) best = { strip: trimmed, score };
  }
  if (!best) return undefined;
  return distribute(items, rows, best.strip, hints.rtl);
}

/** Rows of words on one baseline, with every block that stands beside them, and rulings as rows of their own. */
function buildRows(items: OrderItem[], hints: OrderHints): Row[] {
  const rows: Row[] = [];
  const words = items.filter((item) => !item.block && !item.shifted).sort((a, b) => a.baseline - b.baseline);
  for (const word of words) {
    const last = rows[rows.length - 1];
    if (last && word.baseline - last.baseline <= 0.3 * word.size) {
      last.items.push(word);
      last.top = Math.min(last.top, word.box[1]);
      last.bottom = Math.max(last.bottom, word.box[3]);
    } else {
      rows.push({
        top: word.box[1],
        bottom: word.box[3],
        baseline: word.baseline,
        items: [word],
        taken: [],
        rule: false,
      });
    }
  }
  const blocks = items.filter((item) => item.block);
  for (const block of blocks) {
    rows.push({
      top: block.box[1],
      bottom: block.box[3],
      baseline: centerY(block.box),
      items: [block],
      taken: [],
      rule: false,
    });
  }
  const extent = unionOf(items.map((item) => item.box));
  for (const rule of hints.rules) {
    if (rule[1] <= extent[1] || rule[1] >= extent[3] || rule[2] <= extent[0] || rule[0] >= extent[2]) continue;
    rows.push({ top: rule[1], bottom: rule[1], baseline: rule[1], items: [], taken: [[rule[0], rule[2]]], rule: true });
  }
  rows.sort((a, b) => a.baseline - b.baseline);
  // Scripts make no rows, but where they stand no gutter runs.
  const scripts = new Map<number, Box[]>();
  for (const item of items) {
    const at = item.shifted ? findOwnRow(item, rows) : undefined;
    if (at !== undefined) scripts.set(at, [...(scripts.get(at) ?? []), item.box]);
  }
  for (const [at, row] of rows.entries()) {
    if (row.rule) continue;
    const boxes = [...row.items.map((item) => item.box), ...(scripts.get(at) ?? [])];
    for (const block of blocks) {
      if (overlapY(block.box, [0, row.top, 0, row.bottom]) > 0.3 * Math.min(heightOf(block.box), row.bottom - row.top))
        boxes.push(block.box);
    }
    row.taken = mergeIntervals(boxes.map((box) => [box[0], box[2]]));
  }
  return rows;
}

function mergeIntervals(intervals: [number, number][]): [number, number][] {
  intervals.sort((a, b) => a[0] - b[0]);
  const merged: [number, number][] = [];
  for (const [x0, x1] of intervals) {
    const last = merged[merged.length - 1];
    if (last && x0 <= last[1]) last[1] = Math.max(last[1], x1);
    else merged.push([x0, x1]);
  }
  return merged;
}

function distribute(items: OrderItem[], rows: Row[], strip: Strip, rtl: boolean): OrderItem[][] | undefined {
  const rowOf = new Map<OrderItem, number>();
  rows.forEach((row, at) => {
    for (const item of row.items) rowOf.set(item, at);
  });
  const top = rows[strip.from]!.top;
  const bottom = Math.max(...rows.slice(strip.from, strip.to + 1).map((row) => row.bottom));
  const middle = (strip.x0 + strip.x1) / 2;
  const above: OrderItem[] = [];
  const left: OrderItem[] = [];
  const right: OrderItem[] = [];
  const below: OrderItem[] = [];
  for (const item of items) {
    const row = rowOf.get(item) ?? (item.shifted ? findOwnRow(item, rows) : undefined);
    const y = centerY(item.box);
    const place =
      row !== undefined ? (row < strip.from ? -1 : row > strip.to ? 1 : 0) : y < top ? -1 : y > bottom ? 1 : 0;
    if (place < 0) above.push(item);
    else if (place > 0) below.push(item);
    else if (centerX(item.box) < middle) left.push(item);
    else right.push(item);
  }
  if (left.length === 0 || right.length === 0) return undefined;
  return rtl ? [above, right, left, below] : [above, left, right, below];
}

/** A raised or lowered word lies partly outside the row it belongs to: the one whose words it stands beside. */
function findOwnRow(item: OrderItem, rows: Row[]): number | undefined {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows[middle]!.baseline < item.baseline - 2 * item.size) low = middle + 1;
    else high = middle;
  }
  let best: number | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (let at = low; at < rows.length && rows[at]!.baseline <= item.baseline + 2 * item.size; at++) {
    const away = Math.abs(rows[at]!.baseline - item.baseline);
    for (const { box, size, block } of rows[at]!.items) {
      const gap = Math.max(0, item.box[0] - box[2], box[0] - item.box[2]);
      if (block || away > size || gap > size || gap + away >= least) continue;
      least = gap + away;
      best = at;
    }
  }
  return best;
}
