/**
 * Paths -> rulings, fills and drawings. A table border may be a stroked line, a stroked rectangle, or a rectangle a fraction of
 * a point thick that is filled; all three become rulings. A stroke as thick as a bar is a fill.
 */
import type { Box } from "@knowhere/contract";
import type { Drawing, Fill, Ruling } from "../../layout/facts.ts";
import type { PdfEngine } from "./engine.ts";
import { intersect, type Matrix } from "./geometry.ts";

/** A filled rectangle thinner than this is a line (pt). */
const thinPt = 3;
/** A line may slant by this much over its whole length and still be straight (pt). */
const slantPt = 0.6;
/** Shorter strokes are specks of drawings, not rulings (pt). */
const shortPt = 2;

export interface PathSink {
  rulings: Ruling[];
  fills: OrderedFill[];
  drawings: Drawing[];
  /** Segments read so far on this page. */
  segments: number;
}
/** A fill with its place in the painting order, for telling what lies behind a glyph. */
export interface OrderedFill extends Fill {
  order: number;
}
export interface PathStyle {
  /** null when not painted. */
  fill: number | null;
  stroke: number | null;
  /** In points of the page as shown. */
  strokeWidth: number;
  clip: Box | null;
  order: number;
}

const move = 2;
const bezier = 1;

/** Reads one path object; `matrix` maps its points to the page. At most `maxSegments` are looked at one by one. */
export function readPath(
  engine: PdfEngine,
  path: number,
  matrix: Matrix,
  style: PathStyle,
  bounds: Box,
  sink: PathSink,
  maxSegments: number,
): void {
  const { calls, scratch } = engine;
  const count = calls.FPDFPath_CountSegments(path);
  if (count <= 0) return;
  if (sink.segments + count > maxSegments) {
    addDrawing(bounds, count, style, sink);
    return;
  }
  sink.segments += count;
  const [a, b, c, d, e, f] = matrix;
  const at = scratch >> 2;
  let xs: number[] = [];
  let ys: number[] = [];
  let curves = 0;
  let closed = false;
  for (let i = 0; i < count; i++) {
    const segment = calls.FPDFPath_GetPathSegment(path, i);
    if (segment === 0) continue;
    const type = calls.FPDFPathSegment_GetType(segment);
    if (!calls.FPDFPathSegment_GetPoint(segment, scratch, scratch + 4)) continue;
    const f32 = engine.f32;
    const x = f32[at]!;
    const y = f32[at + 1]!;
    if (type === move && xs.length > 0) {
      if (xs.length > 1) addSubpath(xs, ys, curves, closed, style, sink);
      xs = [];
      ys = [];
      curves = 0;
      closed = false;
    }
    xs.push(a * x + c * y + e);
    ys.push(b * x + d * y + f);
    if (type === bezier) curves++;
    if (calls.FPDFPathSegment_GetClose(segment)) closed = true;
  }
  if (xs.length > 1) addSubpath(xs, ys, curves, closed, style, sink);
}

function boundsOf(xs: number[], ys: number[]): Box {
  let x0 = Infinity;
  let y0 = Infinity;
  let x1 = -Infinity;
  let y1 = -Infinity;
  for (let i = 0; i < xs.length; i++) {
    const x = xs[i]!;
    const y = ys[i]!;
    if (x < x0) x0 = x;
    if (x > x1) x1 = x;
    if (y < y0) y0 = y;
    if (y > y1) y1 = y;
  }
  return [x0, y0, x1, y1];
}

function addSubpath(
  xs: number[],
  ys: number[],
  curves: number,
  closed: boolean,
  style: PathStyle,
  sink: PathSink,
): void {
  const box = boundsOf(xs, ys);
  if (!Number.isFinite(box[0] + box[1] + box[2] + box[3])) return;
  const rectangle = isRectangle(xs, ys, box, curves);
  if (style.fill !== null) addFilled(box, rectangle, xs.length, style.fill, style, sink);
  if (style.stroke === null) return;
  if (curves > 0) {
    if (isRoundedRectangle(xs, ys, box)) for (const side of sidesOf(box)) addLine(side, style.stroke, style, sink);
    else addDrawing(box, xs.length, style, sink);
    return;
  }
  let slanted = 0;
  const last = closed ? xs.length : xs.length - 1;
  for (let i = 0; i < last; i++) {
    const j = (i + 1) % xs.length;
    const line: Box = [
      Math.min(xs[i]!, xs[j]!),
      Math.min(ys[i]!, ys[j]!),
      Math.max(xs[i]!, xs[j]!),
      Math.max(ys[i]!, ys[j]!),
    ];
    const width = line[2] - line[0];
    const height = line[3] - line[1];
    if (width <= slantPt || height <= slantPt) {
      if (Math.max(width, height) >= shortPt) addLine(line, style.stroke, style, sink);
    } else slanted++;
  }
  if (slanted > 0) addDrawing(box, xs.length, style, sink);
}

function sidesOf(box: Box): Box[] {
  const [x0, y0, x1, y1] = box;
  return [
    [x0, y0, x1, y0],
    [x0, y1, x1, y1],
    [x0, y0, x0, y1],
    [x1, y0, x1, y1],
  ];
}

/** Every corner lies on the box and every edge runs along it. */
function isRectangle(xs: number[], ys: number[], box: Box, curves: number): boolean {
  if (curves > 0 || xs.length < 4 || xs.length > 6) return false;
  for (let i = 0; i < xs.length; i++) {
    const onX = Math.min(Math.abs(xs[i]! - box[0]), Math.abs(xs[i]! - box[2])) <= slantPt;
    const onY = Math.min(Math.abs(ys[i]! - box[1]), Math.abs(ys[i]! - box[3])) <= slantPt;
    if (!onX || !onY) return false;
  }
  return true;
}

/** A box with rounded corners: every point lies on an edge of the box or close to one of its corners. */
function isRoundedRectangle(xs: number[], ys: number[], box: Box): boolean {
  const width = box[2] - box[0];
  const height = box[3] - box[1];
  if (xs.length < 9 || width < 20 || height < 8) return false;
  const radius = Math.min(width, height) * 0.45;
  for (let i = 0; i < xs.length; i++) {
    const dx = Math.min(xs[i]! - box[0], box[2] - xs[i]!);
    const dy = Math.min(ys[i]! - box[1], box[3] - ys[i]!);
    if (Math.min(dx, dy) > slantPt && (dx > radius || dy > radius)) return false;
  }
  return true;
}

function addFilled(
  box: Box,
  rectangle: boolean,
  segments: number,
  color: number,
  style: PathStyle,
  sink: PathSink,
): void {
  const shown = style.clip ? intersect(box, style.clip) : box;
  if (!shown) return;
  const width = shown[2] - shown[0];
  const height = shown[3] - shown[1];
  const thin = Math.min(width, height);
  const long = Math.max(width, height);
  if (thin < thinPt && long >= shortPt && (rectangle || thin < 1.2) && long >= 2 * thin) {
    pushRuling(shown, width < height, thin, color, sink);
    return;
  }
  if (rectangle && thin >= thinPt)
    sink.fills.push({ box: shown, color, stroked: style.stroke !== null, order: style.order });
  else if (long >= 1) sink.drawings.push({ box: shown, segments, filled: true, color });
}

function addLine(line: Box, color: number, style: PathStyle, sink: PathSink): void {
  const vertical = line[2] - line[0] < line[3] - line[1];
  const half = style.strokeWidth / 2;
  if (style.strokeWidth >= 2 * thinPt) {
    const bar: Box = vertical
      ? [line[0] - half, line[1], line[2] + half, line[3]]
      : [line[0], line[1] - half, line[2], line[3] + half];
    const shown = style.clip ? intersect(bar, style.clip) : bar;
    if (shown) sink.fills.push({ box: shown, color, stroked: false, order: style.order });
    return;
  }
  const clip = style.clip;
  const shown = clip ? intersect(line, [clip[0] - 0.5, clip[1] - 0.5, clip[2] + 0.5, clip[3] + 0.5]) : line;
  if (shown) pushRuling(shown, vertical, style.strokeWidth, color, sink);
}

/** A ruling sits on the middle of its stroke. */
function pushRuling(box: Box, vertical: boolean, width: number, color: number, sink: PathSink): void {
  const middleX = (box[0] + box[2]) / 2;
  const middleY = (box[1] + box[3]) / 2;
  sink.rulings.push({
    box: vertical ? [middleX, box[1], middleX, box[3]] : [box[0], middleY, box[2], middleY],
    vertical,
    width,
    color,
  });
}

function addDrawing(box: Box, segments: number, style: PathStyle, sink: PathSink): void {
  const shown = style.clip ? intersect(box, style.clip) : box;
  if (shown)
    sink.drawings.push({ box: shown, segments, filled: style.fill !== null, color: style.stroke ?? style.fill ?? 0 });
}
