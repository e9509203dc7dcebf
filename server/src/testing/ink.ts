/** Grey pages made of black rectangles, for tests that count pixels. */
import type { Box } from "@knowhere/contract";
import type { GrayImage } from "../formats/image/pixels.ts";

/** White paper with ink in the boxes (right and lower edge not included). */
export function inkOn(width: number, height: number, boxes: readonly Box[]): GrayImage {
  const data = new Uint8Array(width * height).fill(255);
  for (const [x0, y0, x1, y1] of boxes) for (let y = y0; y < y1; y++) data.fill(0, y * width + x0, y * width + x1);
  return { data, width, height };
}
