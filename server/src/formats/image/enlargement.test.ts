import { describe, expect, it } from "vitest";
import { inkOn } from "../../testing/ink.ts";
import { enlarge } from "./enlargement.ts";

/** A page of 600 x 800 with forty letters of that height. */
function pageOf(letterPx: number) {
  const boxes = Array.from({ length: 40 }, (_, at): [number, number, number, number] => {
    const [x, y] = [20 + (at % 8) * 40, 20 + Math.floor(at / 8) * 40];
    return [x, y, x + letterPx, y + letterPx];
  });
  return inkOn(600, 800, boxes);
}

describe("enlarging small print", () => {
  it("makes its letters twelve pixels high and tells the engine of a finer resolution", async () => {
    const { image, factor, statedShare } = await enlarge(pageOf(8));
    expect([image.width, image.height, factor, statedShare]).toEqual([900, 1200, 1.5, 1.5]);
  });

  it("makes tiny letters eighteen pixels high, up to four times as large, at the true resolution", async () => {
    expect(await enlarge(pageOf(6))).toMatchObject({ factor: 3, statedShare: 1 });
    expect(await enlarge(pageOf(4))).toMatchObject({ factor: 4, statedShare: 1 });
  });

  it("leaves a picture alone whose letters are high enough", async () => {
    const page = pageOf(11);
    expect(await enlarge(page)).toEqual({ image: page, factor: 1, statedShare: 1 });
  });
});
