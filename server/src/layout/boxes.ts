/** Small geometry on boxes [x0, y0, x1, y1]. */
import type { Box } from "@knowhere/contract";

export const widthOf = (box: Box): number => box[2] - box[0];
export const heightOf = (box: Box): number => box[3] - box[1];
export const areaOf = (box: Box): number => Math.max(0, widthOf(box)) * Math.max(0, heightOf(box));
export const centerX = (box: Box): number => (box[0] + box[2]) / 2;
export const centerY = (box: Box): number => (box[1] + box[3]) / 2;

/** The smallest box around all; a zero box when there are none. */
export function unionOf(boxes: Iterable<Box>): Box {
  const union: Box = [
    Number.POSITIVE_INFINITY,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ];
  for (const box of boxes) growBox(union, box);
  return union[0] <= union[2] ? union : [0, 0, 0, 0];
}

/** Widens `box` in place until it holds `other`. */
export function growBox(box: Box, other: Box): void {
  if (other[0] < box[0]) box[0] = other[0];
  if (other[1] < box[1]) box[1] = other[1];
  if (other[2] > box[2]) box[2] = other[2];
  if (other[3] > box[3]) box[3] = other[3];
}

/** Length shared by two intervals; negative when they are apart. */
export const overlap = (a0: number, a1: number, b0: number, b1: number): number => Math.min(a1, b1) - Math.max(a0, b0);
export const overlapX = (a: Box, b: Box): number => overlap(a[0], a[2], b[0], b[2]);
export const overlapY = (a: Box, b: Box): number => overlap(a[1], a[3], b[1], b[3]);

export const intersectionArea = (a: Box, b: Box): number => Math.max(0, overlapX(a, b)) * Math.max(0, overlapY(a, b));

/** True when the centre of `inner` lies in `outer` (grown by `slack` points). */
export function holdsCenter(outer: Box, inner: Box, slack = 0): boolean {
  const x = centerX(inner);
  const y = centerY(inner);
  return x >= outer[0] - slack && x <= outer[2] + slack && y >= outer[1] - slack && y <= outer[3] + slack;
}

/** True when `inner` lies in `outer` (grown by `slack` points). */
export function holds(outer: Box, inner: Box, slack = 0): boolean {
  return (
    inner[0] >= outer[0] - slack &&
    inner[1] >= outer[1] - slack &&
    inner[2] <= outer[2] + slack &&
    inner[3] <= outer[3] + slack
  );
}

/** The middle value; 0 of nothing. Does not change its argument. */
export function medianOf(values: readonly number[]): number {
  if (values.length === 0) return 0;
  // Typed arrays sort numbers without asking a function for every pair.
  return Float64Array.from(values).sort()[values.length >> 1]!;
}
