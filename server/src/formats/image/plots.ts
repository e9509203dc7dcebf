/**
 * Line plots on scanned pages: a frame or grid of rulings from one axis on, a curve across it, hardly a word inside, and numbers along
 * the axis outside. Tables have their words inside and no numbers beside their frame.
 */
import type { Box } from "@knowhere/contract";
import { heightOf, holdsCenter, unionOf, widthOf } from "../../layout/boxes.ts";
import type { Glyph, Ruling } from "../../layout/facts.ts";
import type { GrayImage } from "./pixels.ts";

/** Ends of grid lines and axes lie this near to each other (points). */
const nearPt = 4;
/** A plot is this wide and high at least, and has so many grid lines and numbers beside its axis. */
const leastSidePt = 60;
const leastLines = 2;
const leastNumbers = 3;
/** Numbers stand this near to the axis, in heights of them. */
const labelReach = 3;
/** A title of the axis stands this near below, in its own heights; numbers that were not read may be between. */
const titleReach = 2.6;
/** Legends and labels inside a plot are few, and small beside it. */
const mostWords = 16;
const mostWordShare = 0.08;
/** A curve has ink in this share of the plot's columns, away from rulings and words. */
const leastCurveShare = 0.5;

export interface PageInk {
  image: GrayImage;
  threshold: number;
  /** Points per pixel. */
  scale: number;
  glyphs: readonly Glyph[];
  rulings: readonly Ruling[];
}

/** Boxes of the plots of a page, in points, with the numbers and titles of their axes. */
export function findPlots(page: PageInk): Box[] {
  const found: Box[] = [];
  for (const frame of findFrames(page.rulings)) {
    if (found.some((other) => holdsCenter(other, frame))) continue;
    const inside = page.glyphs.filter(({ box }) => holdsCenter(frame, box));
    const area = inside.reduce((sum, { box }) => sum + widthOf(box) * heightOf(box), 0);
    if (inside.length > mostWords || area > mostWordShare * widthOf(frame) * heightOf(frame)) continue;
    const numbers = page.glyphs.filter((glyph) => isAxisNumber(glyph, frame));
    if (numbers.length < leastNumbers || !hasCurve(frame, page)) continue;
    const labelled = unionOf([frame, ...numbers.map(({ box }) => box)]);
    found.push(unionOf([labelled, ...axisTitles(labelled, frame, page.glyphs)]));
  }
  return found;
}

/** Areas between grid lines of one extent that begin at one upright line, the largest first. */
function findFrames(rulings: readonly Ruling[]): Box[] {
  const frames: Box[] = [];
  for (const { box: axis, vertical } of rulings) {
    if (!vertical || heightOf(axis) < leastSidePt) continue;
    const lines = rulings.filter(
      ({ box, vertical: upright }) =>
        !upright &&
        Math.abs(box[0] - axis[0]) < nearPt &&
        box[1] > axis[1] - nearPt &&
        box[1] < axis[3] + nearPt &&
        widthOf(box) >= leastSidePt,
    );
    const longest = Math.max(0, ...lines.map(({ box }) => widthOf(box)));
    const grid = lines.filter(({ box }) => widthOf(box) > longest - nearPt);
    const heights = new Set(grid.map(({ box }) => Math.round(box[1] / nearPt)));
    if (heights.size >= leastLines) frames.push([axis[0], axis[1], axis[0] + longest, axis[3]]);
  }
  return frames.sort((a, b) => widthOf(b) * heightOf(b) - widthOf(a) * heightOf(a));
}

/** A number left of the plot or below it, near its edge. */
function isAxisNumber({ text, box }: Glyph, [x0, y0, x1, y1]: Box): boolean {
  if (!/^[-−–+]?[\d.,]+%?$/u.test(text) || !/\d/.test(text)) return false;
  const high = heightOf(box);
  const [x, y] = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
  const left = box[2] <= x0 + nearPt && x0 - box[2] < labelReach * high && y > y0 - high && y < y1 + high;
  const below = box[1] >= y1 - nearPt && box[1] - y1 < labelReach * high && x > x0 - high && x < x1 + high;
  return left || below;
}

/** Words close below the numbers, in the middle of the plot; a caption stands further off, or begins with its label. */
function axisTitles(labelled: Box, frame: Box, glyphs: readonly Glyph[]): Box[] {
  const below = glyphs.filter(
    ({ box }) =>
      box[1] >= labelled[3] - nearPt &&
      box[1] - labelled[3] < titleReach * heightOf(box) &&
      box[0] > frame[0] &&
      box[2] < frame[2],
  );
  const lines = new Map<number, Glyph[]>();
  for (const glyph of below) lines.set(glyph.run, [...(lines.get(glyph.run) ?? []), glyph]);
  return [...lines.values()]
    .filter(
      (line) =>
        line.length <= 6 &&
        !/\d/.test(line.map(({ text }) => text).join("")) &&
        line.length === glyphs.filter(({ run }) => run === line[0]!.run).length,
    )
    .map((line) => unionOf(line.map(({ box }) => box)));
}

/** Most columns of the plot have ink that is neither of a ruling nor of a word. */
function hasCurve(frame: Box, { image, threshold, scale, glyphs, rulings }: PageInk): boolean {
  const { data, width, height } = image;
  const [x0, y0, x1, y1] = frame.map((value) => Math.round(value / scale)) as unknown as Box;
  const margin = Math.max(3, Math.round(nearPt / scale / 2));
  const explained = [...glyphs.map(({ box }) => box), ...rulings.map(({ box }) => box)]
    .filter((box) => box[0] < frame[2] && box[2] > frame[0] && box[1] < frame[3] && box[3] > frame[1])
    .map((box) => box.map((value) => Math.round(value / scale)) as unknown as Box);
  let columns = 0;
  let curved = 0;
  for (let x = x0 + margin; x < Math.min(x1 - margin, width); x += 2) {
    columns++;
    const over = explained.filter((box) => x >= box[0] - margin && x <= box[2] + margin);
    for (let y = y0 + margin; y < Math.min(y1 - margin, height); y++) {
      if (data[y * width + x]! >= threshold) continue;
      const known = over.find((box) => y >= box[1] - margin && y <= box[3] + margin);
      if (known) {
        y = known[3] + margin;
        continue;
      }
      curved++;
      break;
    }
  }
  return columns > 0 && curved >= leastCurveShare * columns;
}
