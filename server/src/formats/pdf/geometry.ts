/** Affine maps from PDF user space (y up, origin anywhere) to the page as shown (y down, origin top left, rotation applied). */
import type { Box } from "@knowhere/contract";
import type { PdfEngine } from "./engine.ts";

/** [a b c d e f]: x' = a·x + c·y + e, y' = b·x + d·y + f (ISO 32000-1, 8.3.3). */
export type Matrix = readonly [number, number, number, number, number, number];

export const identity: Matrix = [1, 0, 0, 1, 0, 0];

/** First `inner`, then `outer`. */
export function multiply(inner: Matrix, outer: Matrix): Matrix {
  const [a, b, c, d, e, f] = inner;
  const [A, B, C, D, E, F] = outer;
  return [a * A + b * C, a * B + b * D, c * A + d * C, c * B + d * D, e * A + f * C + E, e * B + f * D + F];
}

/** The upright box around the image of [left, bottom, right, top]. */
export function mapBox(m: Matrix, x0: number, y0: number, x1: number, y1: number): Box {
  if (m[1] === 0 && m[2] === 0) {
    const ax = m[0] * x0 + m[4];
    const bx = m[0] * x1 + m[4];
    const ay = m[3] * y0 + m[5];
    const by = m[3] * y1 + m[5];
    return [Math.min(ax, bx), Math.min(ay, by), Math.max(ax, bx), Math.max(ay, by)];
  }
  const ax = m[0] * x0;
  const bx = m[0] * x1;
  const cx = m[2] * y0;
  const dx = m[2] * y1;
  const ay = m[1] * x0;
  const by = m[1] * x1;
  const cy = m[3] * y0;
  const dy = m[3] * y1;
  return [
    Math.min(ax, bx) + Math.min(cx, dx) + m[4],
    Math.min(ay, by) + Math.min(cy, dy) + m[5],
    Math.max(ax, bx) + Math.max(cx, dx) + m[4],
    Math.max(ay, by) + Math.max(cy, dy) + m[5],
  ];
}

/** What both boxes cover; null when they do not meet. */
export function intersect(a: Box, b: Box): Box | null {
  const x0 = Math.max(a[0], b[0]);
  const y0 = Math.max(a[1], b[1]);
  const x1 = Math.min(a[2], b[2]);
  const y1 = Math.min(a[3], b[3]);
  return x0 <= x1 && y0 <= y1 ? [x0, y0, x1, y1] : null;
}

export interface PageGeometry {
  width: number;
  height: number;
  /** Quarter turns clockwise: 0–3. */
  rotation: number;
  toPage: Matrix;
}

/** Size and map of a loaded page: crop box within media box, page rotation applied. */
export function readGeometry(engine: PdfEngine, page: number): PageGeometry {
  const { calls, scratch } = engine;
  const shown = { width: calls.FPDF_GetPageWidthF(page), height: calls.FPDF_GetPageHeightF(page) };
  const rotation = calls.FPDFPage_GetRotation(page) & 3;
  const sideways = rotation % 2 === 1;
  let left = 0;
  let bottom = 0;
  let right = sideways ? shown.height : shown.width;
  let top = sideways ? shown.width : shown.height;
  if (calls.FPDF_GetPageBoundingBox(page, scratch)) {
    const at = scratch >> 2;
    const f32 = engine.f32;
    left = f32[at]!;
    top = f32[at + 1]!;
    right = f32[at + 2]!;
    bottom = f32[at + 3]!;
  }
  const maps: Matrix[] = [
    [1, 0, 0, -1, -left, top],
    [0, 1, 1, 0, -bottom, -left],
    [-1, 0, 0, 1, right, -bottom],
    [0, -1, -1, 0, top, right],
  ];
  return { width: shown.width, height: shown.height, rotation, toPage: maps[rotation]! };
}
