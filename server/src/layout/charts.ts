/**
 * Charts drawn with paths: bars, pies, lines over a grid. They are found before tables, because their grid lines and the
 * numbers on them look like one.
 */
import type { Box } from "@knowhere/contract";
import {
  areaOf,
  growBox,
  heightOf,
  holds,
  holdsCenter,
  overlap,
  overlapX,
  overlapY,
  unionOf,
  widthOf,
} from "./boxes.ts";
import { findCaptionedDrawings, mayCaptionDrawings } from "./captioned-drawings.ts";
import type { PageFacts, Word } from "./facts.ts";
import { captionStart } from "./paragraphs.ts";
import { groupRows, type TextRow } from "./text-rows.ts";

/** Bars, sectors and lines are looked for among this many paths at most. */
const maxShapes = 4000;
const minBars = 3;

/** Boxes of the charts of a page, with their axes, legends and labels. */
export function findCharts(facts: PageFacts, words: readonly Word[]): Box[] {
  const seeds = mergeNear([...findBars(facts), ...findPies(facts), ...findPlots(facts)], 40);
  if (seeds.length === 0 && !mayCaptionDrawings(facts, words)) return [];
  const rows = groupRows(words);
  const charts = mergeNear(
    [...seeds.map((seed) => growChart(seed, facts, rows)), ...findCaptionedDrawings(facts, words, rows)],
    0,
  );
  return charts.filter((box) => !holdsProse(box, rows));
}

/** Running text has no place in a chart: what looks like bars are then cells, stripes or boxes around it. */
function holdsProse(box: Box, rows: readonly TextRow[]): boolean {
  return rows.filter((row) => row.words.length >= 7 && holdsCenter(box, row.box)).length >= 3;
}

/** Three or more bars of one thickness on a common line, of different lengths. */
function findBars(facts: PageFacts): Box[] {
  const page = facts.width * facts.height;
  const fills = facts.fills.slice(0, maxShapes).filter((fill) => !isPale(fill.color) && areaOf(fill.box) < 0.15 * page);
  const found: Box[] = [];
  for (const upright of [true, false]) {
    const groups = new Map<string, Box[]>();
    for (const { box } of fills) {
      const thickness = upright ? widthOf(box) : heightOf(box);
      if (thickness < 3 || thickness > 90) continue;
      const [near, far] = upright ? [box[1], box[3]] : [box[0], box[2]];
      for (const edge of upright ? [`t${Math.round(near)}`, `b${Math.round(far)}`] : [`l${Math.round(near)}`]) {
        const key = `${Math.round(thickness)}|${edge}`;
        const list = groups.get(key);
        if (list) list.push(box);
        else groups.set(key, [box]);
      }
    }
    for (const bars of groups.values()) if (areBars(bars, upright)) found.push(unionOf(bars));
  }
  return found;
}

function areBars(bars: Box[], upright: boolean): boolean {
  if (bars.length < minBars) return false;
  const lengths = new Set(bars.map((box) => Math.round((upright ? heightOf(box) : widthOf(box)) / 2)));
  if (lengths.size < minBars) return false;
  const sorted = [...bars].sort((a, b) => (upright ? a[0] - b[0] : a[1] - b[1]));
  // Shaded cells of a table touch each other; bars stand apart.
  return sorted.every((box, i) => i === 0 || (upright ? box[0] - sorted[i - 1]![2] : box[1] - sorted[i - 1]![3]) > 1);
}

/** Filled sectors of several colours that make up one round shape. */
function findPies(facts: PageFacts): Box[] {
  const sectors = facts.drawings
    .slice(0, maxShapes)
    .filter(
      (drawing) =>
        drawing.filled &&
        drawing.segments >= 3 &&
        drawing.segments <= 80 &&
        Math.min(widthOf(drawing.box), heightOf(drawing.box)) > 10,
    );
  const groups: { box: Box; colors: Set<number>; count: number }[] = [];
  for (const { box, color } of sectors.slice(0, 400)) {
    const group = groups.find((other) => overlapX(other.box, box) > -2 && overlapY(other.box, box) > -2);
    if (group) {
      growBox(group.box, box);
      group.colors.add(color);
      group.count++;
    } else groups.push({ box: [...box], colors: new Set([color]), count: 1 });
  }
  return groups
    .filter(({ box, colors, count }) => {
      const aspect = widthOf(box) / heightOf(box);
      return count >= 3 && colors.size >= 3 && aspect > 0.6 && aspect < 1.7 && widthOf(box) > 50;
    })
    .map((group) => group.box);
}

/** A line of many segments over at least two parallel grid lines. */
function findPlots(facts: PageFacts): Box[] {
  const found: Box[] = [];
  for (const drawing of facts.drawings.slice(0, maxShapes)) {
    const { box } = drawing;
    if (drawing.filled || drawing.segments < 4 || widthOf(box) < 80 || heightOf(box) < 12) continue;
    const grid = facts.rulings.filter(
      (rule) =>
        !rule.vertical &&
        overlapX(rule.box, box) > 0.8 * widthOf(box) &&
        rule.box[1] > box[1] - 150 &&
        rule.box[1] < box[3] + 150,
    );
    if (grid.length >= 2) found.push(box);
  }
  return found;
}

/** Adds the frame, or else axes, grid, legend and labels that stand next to what was found. */
function growChart(seed: Box, facts: PageFacts, rows: readonly TextRow[]): Box {
  const frame = findFrame(seed, facts);
  if (frame) return frame;
  const box: Box = [...seed];
  const limit: Box = [seed[0] - 110, seed[1] - 70, seed[2] + 160, seed[3] + 90];
  const grown = (reach: number, other: Box): boolean =>
    overlapX(box, other) > -reach && overlapY(box, other) > -reach && !holds(box, other) && holds(limit, other, 1);
  for (let round = 0; round < 4; round++) {
    let changed = false;
    const take = (other: Box): void => {
      growBox(box, other);
      changed = true;
    };
    for (const { box: other, vertical } of facts.rulings) {
      const parallel = vertical
        ? overlapY(other, seed) > 0.3 * heightOf(seed)
        : overlapX(other, seed) > 0.3 * widthOf(seed);
      if (parallel && grown(24, other)) take(other);
    }
    for (const { box: other } of facts.drawings.slice(0, maxShapes)) if (grown(12, other)) take(other);
    for (const { box: other } of facts.fills.slice(0, maxShapes)) {
      if (areaOf(other) < 2 * areaOf(box) && grown(Math.max(widthOf(other), heightOf(other)) < 14 ? 30 : 6, other))
        take(other);
    }
    for (const row of rows) {
      if (captionStart.test(row.text) || /^(?:source|note)s?\b/i.test(row.text)) continue;
      const running = row.words.length > 5 && widthOf(row.box) > 0.6 * widthOf(box);
      if (!running && grown(14, row.box)) take(row.box);
    }
    if (!changed) break;
  }
  return box;
}

/** The smallest box, not much larger than the chart, that is drawn around it. */
function findFrame(seed: Box, facts: PageFacts): Box | undefined {
  let best: Box | undefined;
  const consider = (box: Box): void => {
    if (!holds(box, seed, 1) || areaOf(box) > 6 * areaOf(seed) || areaOf(box) > 0.6 * facts.width * facts.height)
      return;
    if (widthOf(box) < widthOf(seed) + 12 || heightOf(box) < heightOf(seed) + 12) return;
    if (!best || areaOf(box) < areaOf(best)) best = box;
  };
  for (const fill of facts.fills.slice(0, maxShapes)) consider(fill.box);
  for (const drawing of facts.drawings.slice(0, maxShapes)) if (drawing.segments <= 20) consider(drawing.box);
  const horizontal = facts.rulings.filter((rule) => !rule.vertical && widthOf(rule.box) >= widthOf(seed)).slice(0, 200);
  const upright = facts.rulings.filter((rule) => rule.vertical && heightOf(rule.box) >= heightOf(seed)).slice(0, 200);
  const has = (x: number, y0: number, y1: number) =>
    upright.some(
      (rule) => Math.abs(rule.box[0] - x) < 2 && overlap(rule.box[1], rule.box[3], y0, y1) > 0.9 * (y1 - y0),
    );
  for (const top of horizontal) {
    for (const bottom of horizontal) {
      if (
        bottom.box[1] <= top.box[1] ||
        Math.abs(top.box[0] - bottom.box[0]) > 2 ||
        Math.abs(top.box[2] - bottom.box[2]) > 2
      )
        continue;
      if (has(top.box[0], top.box[1], bottom.box[1]) && has(top.box[2], top.box[1], bottom.box[1])) {
        consider([top.box[0], top.box[1], top.box[2], bottom.box[1]]);
      }
    }
  }
  return best;
}

/** Joins boxes that overlap or stand closer than `reach` beside each other. */
function mergeNear(boxes: Box[], reach: number): Box[] {
  const merged: Box[] = [];
  for (const box of boxes.slice(0, 200)) {
    const next: Box = [...box];
    for (let i = merged.length - 1; i >= 0; i--) {
      const other = merged[i]!;
      const near =
        overlapY(other, next) > 0.5 * Math.min(heightOf(other), heightOf(next)) && overlapX(other, next) > -reach;
      const over = overlapX(other, next) > 0 && overlapY(other, next) > 0;
      if (!near && !over) continue;
      growBox(next, other);
      merged.splice(i, 1);
    }
    merged.push(next);
  }
  return merged;
}

function isPale(color: number): boolean {
  const channels = [color >> 16, (color >> 8) & 255, color & 255];
  return Math.min(...channels) > 225;
}

/** Words that stand in a chart. */
export function wordsInCharts(charts: readonly Box[], words: readonly Word[]): Set<number> {
  const inside = new Set<number>();
  if (charts.length === 0) return inside;
  words.forEach((word, i) => {
    if (charts.some((box) => holdsCenter(box, word.box))) inside.add(i);
  });
  return inside;
}
