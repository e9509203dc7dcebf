/** Column gutters: the empty strips between rows, cut to the rows they divide, and what each is worth. */
import { centerX, heightOf, medianOf, overlapY } from "./boxes.ts";
import type { OrderHints, OrderItem } from "./order.ts";

/** Words on one baseline, or a block or a horizontal ruling alone. */
export interface Row {
  top: number;
  bottom: number;
  baseline: number;
  items: OrderItem[];
  /** Occupied intervals, sorted, merged. */
  taken: [number, number][];
  /** A horizontal ruling: blocks a strip but is no text. */
  rule: boolean;
}

/** A rectangle without text that may be a column gutter. */
export interface Strip {
  x0: number;
  x1: number;
  /** Rows it is empty in, both inclusive. */
  from: number;
  to: number;
}

const maxStrips = 250;
/** Sizes this many times apart are two: what is measured from ink varies with the letters. */
const otherSize = 1.15;
const otherMeasuredSize = 1.4;

/** Every maximal strip that stays empty over at least two rows and is at least `minWidth` wide. */
export function findStrips(rows: Row[], minWidth: number): Strip[] {
  const found: Strip[] = [];
  let active = new Map<string, Strip>();
  const left = Math.min(...rows.map((row) => row.taken[0]?.[0] ?? Number.POSITIVE_INFINITY));
  const right = Math.max(...rows.map((row) => row.taken.at(-1)?.[1] ?? Number.NEGATIVE_INFINITY));
  rows.forEach((row, at) => {
    const gaps: [number, number][] = [];
    let from = left;
    for (const [x0, x1] of row.taken) {
      if (x0 - from >= minWidth) gaps.push([from, x0]);
      from = Math.max(from, x1);
    }
    if (right - from >= minWidth) gaps.push([from, right]);
    const next = new Map<string, Strip>();
    const keep = (x0: number, x1: number, start: number) => {
      const key = `${x0.toFixed(1)}|${x1.toFixed(1)}`;
      const known = next.get(key);
      if (!known || start < known.from) next.set(key, { x0, x1, from: start, to: at });
    };
    for (const strip of active.values()) {
      let whole = false;
      for (const gap of gaps) {
        const x0 = Math.max(strip.x0, gap[0]);
        const x1 = Math.min(strip.x1, gap[1]);
        if (x1 - x0 < minWidth) continue;
        keep(x0, x1, strip.from);
        whole ||= x0 === strip.x0 && x1 === strip.x1;
      }
      if (!whole && at - 1 > strip.from) found.push({ ...strip, to: at - 1 });
    }
    for (const gap of gaps) keep(gap[0], gap[1], at);
    active =
      next.size <= maxStrips ? next : new Map([...next].sort((a, b) => a[1].from - b[1].from).slice(0, maxStrips));
  });
  for (const strip of active.values()) if (strip.to > strip.from) found.push(strip);
  return found;
}

/** Where what stands at one side of a strip begins and ends; undefined when nothing stands there. */
function extentOf(
  rows: Row[],
  from: number,
  to: number,
  strip: Strip,
  onLeft: boolean,
): { top: number; bottom: number } | undefined {
  let top = Number.POSITIVE_INFINITY;
  let bottom = Number.NEGATIVE_INFINITY;
  for (let at = from; at <= to; at++) {
    for (const { box } of rows[at]!.items) {
      if (centerX(box) < (strip.x0 + strip.x1) / 2 !== onLeft) continue;
      top = Math.min(top, box[1]);
      bottom = Math.max(bottom, box[3]);
    }
  }
  return bottom < top ? undefined : { top, bottom };
}

/**
 * Cuts off, at both ends of a strip, rows that belong to what is above or below the columns: rows of one side that stand
 * apart by white space, and a running header or footer whose parts merely happen to leave the gutter free.
 */
export function trimStrip(strip: Strip, rows: Row[], em: number, hints: OrderHints): Strip | undefined {
  let { from, to } = strip;
  while (from < to && rows[from]!.rule) from++;
  while (to > from && rows[to]!.rule) to--;
  const pitch = typicalPitch(rows.slice(from, to + 1), em);
  const gapAfter = (at: number) => rows[at + 1]!.top - rows[at]!.bottom;
  const pageTop = hints.page[1] + 0.12 * heightOf(hints.page);
  const pageBottom = hints.page[3] - 0.12 * heightOf(hints.page);
  // Margins of the page: at most two rows.
  const goesOn = (until: number) =>
    !hints.rtl && beginsColumn(rows.slice(from, until), rows.slice(until, to + 1), strip);
  for (let n = 2; n >= 1; n--) {
    const last = from + n - 1;
    if (last >= to || rows[last]!.bottom > pageTop || strip.from !== 0) continue;
    if (gapAfter(last) > Math.max(0.75 * em, 1.2 * pitch) && !goesOn(last + 1)) {
      from = last + 1;
      break;
    }
  }
  for (let n = 2; n >= 1; n--) {
    const first = to - n + 1;
    if (first <= from || rows[first]!.top < pageBottom || strip.to !== rows.length - 1) continue;
    if (gapAfter(first - 1) > Math.max(0.75 * em, 1.2 * pitch)) {
      to = first - 1;
      break;
    }
  }
  const left = extentOf(rows, from, to, strip, true);
  const right = extentOf(rows, from, to, strip, false);
  if (!left || !right) return undefined;
  // One-sided rows above the other column's start, set apart from what follows. A table or figure starts at its top.
  const start = Math.max(left.top, right.top);
  const begin = rows.findIndex((row, at) => at >= from && !row.rule && row.bottom > start);
  for (let at = begin; at > from; at--) {
    if (rows[at]!.top - Math.max(...rows.slice(from, at).map((row) => row.bottom)) > Math.max(em, 1.6 * pitch)) {
      if (!(right.top < left.top && goesOn(begin))) from = at;
      break;
    }
  }
  if (strip.to < rows.length - 1) {
    const end = Math.min(left.bottom, right.bottom);
    for (let at = rows.findLastIndex((row, i) => i <= to && !row.rule && row.top < end) + 1; at <= to; at++) {
      if (at <= from) continue;
      if (rows[at]!.top - Math.max(...rows.slice(from, at).map((row) => row.bottom)) > Math.max(em, 1.2 * pitch)) {
        to = at - 1;
        break;
      }
    }
  }
  return to > from ? { ...strip, from, to } : undefined;
}

/**
 * The rows above are the first lines of the right column, where a paragraph of the left one goes on: they begin at its edge,
 * are set like the rest of it and fill it. A heading or a title above columns stands at the left or over both.
 */
function beginsColumn(above: readonly Row[], rest: readonly Row[], strip: Strip): boolean {
  const middle = (strip.x0 + strip.x1) / 2;
  const starts = linesOf(above, (x) => x > middle);
  const column = linesOf(rest, (x) => x > middle);
  const beside = linesOf(rest, (x) => x < middle);
  if (starts.length === 0 || column.length < 3 || beside.length < 3) return false;
  const left = Math.min(...column.map((line) => line.x0));
  const width = Math.max(...column.map((line) => line.x1)) - left;
  // Markers and labels at the left are no column that a paragraph could come from.
  if (medianOf(beside.map((line) => line.x1 - line.x0)) < 0.4 * width) return false;
  const size = medianOf(column.map((line) => line.size));
  const fits = starts.every((line) => line.x0 - left < 2.5 * size && Math.abs(line.size - size) <= 0.05 * size);
  return fits && starts.some((line) => line.x1 > left + 0.7 * width);
}

/** What stands at one side of a gutter, row by row. */
function linesOf(rows: readonly Row[], isOnSide: (x: number) => boolean): { x0: number; x1: number; size: number }[] {
  return rows.flatMap((row) => {
    const items = row.items.filter((item) => !item.block && isOnSide(centerX(item.box)));
    if (items.length === 0) return [];
    const x0 = Math.min(...items.map(({ box }) => box[0]));
    const x1 = Math.max(...items.map(({ box }) => box[2]));
    return [{ x0, x1, size: items[0]!.size }];
  });
}

/** Usual white space between the rows of one column. */
function typicalPitch(rows: Row[], em: number): number {
  const gaps: number[] = [];
  for (let i = 1; i < rows.length; i++) {
    const gap = rows[i]!.top - rows[i - 1]!.bottom;
    if (gap > 0 && gap < 3 * em) gaps.push(gap);
  }
  return medianOf(gaps);
}

interface SizeRange {
  least: number;
  most: number;
}

/** How good a column gutter is; 0 when it is none. */
export function scoreStrip(strip: Strip, rows: Row[], em: number, hints: OrderHints): number {
  let leftRows = 0;
  let rightRows = 0;
  let both = 0;
  let flush = 0;
  const sizes: [SizeRange, SizeRange] = [
    { least: Number.POSITIVE_INFINITY, most: 0 },
    { least: Number.POSITIVE_INFINITY, most: 0 },
  ];
  const leftChars: number[] = [];
  const rightChars: number[] = [];
  const middle = (strip.x0 + strip.x1) / 2;
  let leftHasBlock = false;
  let rightHasBlock = false;
  for (let at = strip.from; at <= strip.to; at++) {
    const row = rows[at]!;
    if (row.rule) continue;
    let l = 0;
    let r = 0;
    let start = Number.POSITIVE_INFINITY;
    for (const item of row.items) {
      const onLeft = centerX(item.box) < middle;
      if (item.block) {
        // A block counts for as many rows as its height would hold.
        const worth = Math.max(1, Math.round(heightOf(item.box) / (1.2 * em)));
        if (onLeft) {
          leftRows += worth;
          leftHasBlock = true;
        } else {
          rightRows += worth;
          rightHasBlock = true;
        }
      } else {
        const range = sizes[onLeft ? 0 : 1];
        range.least = Math.min(range.least, item.size);
        range.most = Math.max(range.most, item.size);
        if (onLeft) l += item.chars + 1;
        else {
          r += item.chars + 1;
          start = Math.min(start, item.box[0]);
        }
      }
    }
    if (r > 0 && start - strip.x1 < 1.5) flush++;
    if (l > 0) {
      leftRows++;
      leftChars.push(l);
    }
    if (r > 0) {
      rightRows++;
      rightChars.push(r);
    }
    if (l > 0 && r > 0) both++;
  }
  const fewer = Math.min(leftRows, rightRows);
  if (fewer < 2 || Math.max(leftRows, rightRows) < 3) return 0;
  const width = strip.x1 - strip.x0;
  const top = rows[strip.from]!.top;
  const bottom = rows[strip.to]!.bottom;
  const divided = hints.dividers.some(
    (box) =>
      box[0] >= strip.x0 - 2 && box[0] <= strip.x1 + 2 && overlapY(box, [0, top, 0, bottom]) > 0.5 * (bottom - top),
  );
  // A river through justified text has no straight edge: lines that all begin at the strip's right edge make it a gutter.
  const straight = rightChars.length >= 3 && flush >= 0.6 * rightChars.length;
  const needed = divided ? 0.5 : fewer >= 8 || (straight && fewer >= 4) ? 0.6 : fewer >= 4 || straight ? 1 : 1.8;
  if (width < needed * em) return 0;
  // Panels have a label and a text of different sizes on both sides; labels with values have one size down a column.
  const other = hints.measured ? otherMeasuredSize : otherSize;
  const panels = sizes.every(({ least, most }) => most > other * least) && width > 2 * em;
  if (!leftHasBlock && !rightHasBlock && !panels && isTabular(leftChars, rightChars, both)) return 0;
  return (fewer + 0.25 * Math.max(leftRows, rightRows)) * (0.5 + Math.min(1, width / (2.5 * em)));
}

/** Rows of labels and values, markers and texts, titles and page numbers are read across. */
function isTabular(leftChars: number[], rightChars: number[], both: number): boolean {
  const aligned = both / Math.max(1, Math.min(leftChars.length, rightChars.length));
  const left = medianOf(leftChars);
  const right = medianOf(rightChars);
  if (left <= 4 || right <= 4) return aligned >= 0.5;
  return aligned >= 0.7 && Math.min(left, right) <= 14;
}
