/** The part of a page with most letters, for trying on it what would take minutes on the whole. */
import type { Box } from "@knowhere/contract";
import { findThreshold, type GrayImage } from "./pixels.ts";

/** A page is looked at in so many parts across and down. */
const across = 3;
const down = 8;
/** Smaller pictures are read as a whole as fast. */
const largePixels = 3_000_000;
/** Every so many rows tell as much. */
const rowStep = 3;

/**
 * A small part of a large picture: the one where rows full of changes between ink and paper alternate with empty ones, as lines of text do
 * and photographs do not. Null for small pictures.
 */
export function findDensePart(image: GrayImage): { part: GrayImage; box: Box } | null {
  const { data, width, height } = image;
  if (width * height < largePixels) return null;
  const threshold = findThreshold(image);
  const [wide, high] = [Math.floor(width / across), Math.floor(height / down)];
  const alternation = new Uint32Array(across * down);
  const above = new Uint32Array(across);
  for (let y = 0; y < high * down; y += rowStep) {
    const row = Math.floor(y / high) * across;
    for (let column = 0; column < across; column++) {
      let count = 0;
      let before = data[y * width + column * wide]! < threshold;
      for (let x = column * wide + 1; x < (column + 1) * wide; x++) {
        const ink = data[y * width + x]! < threshold;
        if (ink !== before) count++;
        before = ink;
      }
      alternation[row + column]! += Math.abs(count - above[column]!);
      above[column] = count;
    }
  }
  const best = alternation.indexOf(Math.max(...alternation));
  const [left, top] = [(best % across) * wide, Math.floor(best / across) * high];
  const part = new Uint8Array(wide * high);
  for (let y = 0; y < high; y++)
    part.set(data.subarray((top + y) * width + left, (top + y) * width + left + wide), y * wide);
  return { part: { data: part, width: wide, height: high }, box: [left, top, left + wide, top + high] };
}
