import { expect, it } from "vitest";
import { findLetterHeight } from "./letter-height.ts";
import type { GrayImage } from "./pixels.ts";

/** White, with the given black boxes. */
function draw(boxes: readonly [x: number, y: number, wide: number, high: number][]): GrayImage {
  const [width, height] = [600, 400];
  const data = new Uint8Array(width * height).fill(255);
  for (const [x, y, wide, high] of boxes)
    for (let row = y; row < y + high; row++) data.fill(0, row * width + x, row * width + x + wide);
  return { data, width, height };
}
const letters = (high: number) =>
  Array.from({ length: 40 }, (_, at): [number, number, number, number] => [
    10 + (at % 20) * 25,
    20 + Math.floor(at / 20) * 40,
    8,
    high,
  ]);

it("is the height of most pieces of ink; rules, dirt and a picture do not count", () => {
  const page = draw([...letters(14), [10, 150, 500, 2], [300, 200, 200, 180], [550, 20, 2, 2], [550, 30, 2, 2]]);
  expect(findLetterHeight(page, 128)).toBe(14);
});

it("joins the parts of a letter that meet lower down", () => {
  // Each is a u: two stems and a bar below.
  const shapes = letters(14).flatMap(([x, y]): [number, number, number, number][] => [
    [x, y, 2, 14],
    [x + 6, y, 2, 14],
    [x, y + 12, 8, 2],
  ]);
  expect(findLetterHeight(draw(shapes), 128)).toBe(14);
});

it("is not known with hardly any letters", () => {
  expect(findLetterHeight(draw(letters(14).slice(0, 5)), 128)).toBeUndefined();
});
