import { expect, it } from "vitest";
import type { OcrWord } from "../../ports/ocr.ts";
import type { GrayImage } from "./pixels.ts";
import { findBoldLines } from "./stroke-weight.ts";

const size = 40;
/** Lines of upright strokes as wide as given, one line for each. */
function page(strokes: readonly number[]) {
  const [width, height] = [600, strokes.length * 60];
  const data = new Uint8Array(width * height).fill(255);
  const lines = strokes.map((stroke, at) => {
    for (let x = 20; x < 560; x += 24)
      for (let y = at * 60 + 10; y < at * 60 + 38; y++) data.fill(0, y * width + x, y * width + x + stroke);
    const word: OcrWord = {
      text: "illicit",
      box: [18, at * 60 + 8, 570, at * 60 + 40],
      confidence: 1,
      line: at,
      block: 0,
    };
    return { words: [word], size, letters: 20 };
  });
  const image: GrayImage = { data, width, height };
  return findBoldLines(image, 128, lines);
}

it("finds the lines whose strokes are thicker than most", () => {
  expect(page([4, 7, 4, 4, 4])).toEqual([false, true, false, false, false]);
});

it("finds none on a page of one weight, heavy or not", () => {
  expect(page([7, 7, 7])).toEqual([false, false, false]);
  expect(page([4, 4.4, 4])).toEqual([false, false, false]);
});
