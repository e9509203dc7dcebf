/** Diagrams on scanned pages: boxes that stand apart, with lines from one to another. Forms and tables have boxes, but nothing between them. */
import type { Box } from "@knowhere/contract";
import { heightOf, holdsCenter, unionOf, widthOf } from "../../layout/boxes.ts";
import type { Glyph, Ruling } from "../../layout/facts.ts";

/** Corners of a box meet this nearly (points). */
const cornerPt = 4;
/** A line between boxes ends this near to them: heads of arrows are read as no line. */
const arrowPt = 12;
const leastSidePt = 15;
const leastBoxes = 3;
const leastConnectors = 2;
/** More words are running text. */
const mostWordsOfBox = 20;
/** Looked at on one page: pages with more lines are drawings of another kind, or noise. */
const mostRulings = 600;

/** Boxes around the diagrams of a page, in points. */
export function findDiagrams(rulings: readonly Ruling[], glyphs: readonly Glyph[]): Box[] {
  if (rulings.length > mostRulings) return [];
  const boxes = findBoxes(rulings).filter(
    (box) => glyphs.filter((glyph) => holdsCenter(box, glyph.box)).length <= mostWordsOfBox,
  );
  if (boxes.length < leastBoxes) return [];
  const groups = boxes.map((box) => ({ boxes: new Set([box]), lines: [] as Box[] }));
  for (const { box: line, vertical } of rulings) {
    const ends: [number, number][] = [
      [line[0], line[1]],
      [line[2], line[3]],
    ];
    const [from, to] = ends.map(([x, y]) => boxes.find((box) => isBeside(box, x, y, vertical)));
    if (!from || !to || from === to) continue;
    const one = groups.find((group) => group.boxes.has(from))!;
    const other = groups.find((group) => group.boxes.has(to))!;
    one.lines.push(line);
    if (one === other) continue;
    for (const box of other.boxes) one.boxes.add(box);
    one.lines.push(...other.lines);
    groups.splice(groups.indexOf(other), 1);
  }
  return groups
    .filter((group) => group.boxes.size >= leastBoxes && group.lines.length >= leastConnectors)
    .map((group) => unionOf([...group.boxes, ...group.lines]));
}

/** Rectangles of four rulings, those that hold others left out. */
function findBoxes(rulings: readonly Ruling[]): Box[] {
  const level = rulings.filter(({ vertical, box }) => !vertical && widthOf(box) >= leastSidePt).map(({ box }) => box);
  const upright = rulings.filter(({ vertical, box }) => vertical && heightOf(box) >= leastSidePt).map(({ box }) => box);
  const isNear = (one: number, other: number) => Math.abs(one - other) <= cornerPt;
  const found: Box[] = [];
  for (const top of level) {
    for (const bottom of level) {
      if (bottom[1] - top[1] < leastSidePt || !isNear(top[0], bottom[0]) || !isNear(top[2], bottom[2])) continue;
      const box: Box = [top[0], top[1], top[2], bottom[1]];
      const hasSide = (x: number) =>
        upright.some((side) => isNear(side[0], x) && isNear(side[1], box[1]) && isNear(side[3], box[3]));
      if (!hasSide(box[0]) || !hasSide(box[2])) continue;
      // Each stroke may be seen as two lines.
      if (!found.some((other) => box.every((value, at) => Math.abs(value - other[at]!) <= cornerPt))) found.push(box);
    }
  }
  return found.filter((box) => !found.some((other) => other !== box && holdsCenter(box, other)));
}

/** A line that ends at the point, in its direction, ends at a side of the box. */
function isBeside([x0, y0, x1, y1]: Box, x: number, y: number, vertical: boolean): boolean {
  const along = vertical ? y : x;
  const [near, far] = vertical ? [y0, y1] : [x0, x1];
  const [across, low, high] = vertical ? [x, x0, x1] : [y, y0, y1];
  // Not along a side of the box: that is part of it.
  if (across < low + cornerPt || across > high - cornerPt) return false;
  return Math.abs(along - near) <= arrowPt || Math.abs(along - far) <= arrowPt;
}
