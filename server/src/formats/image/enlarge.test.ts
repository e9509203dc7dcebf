import { describe, expect, it } from "vitest";
import { enlargeTo } from "./enlarge.ts";
import type { GrayImage } from "./pixels.ts";

const width = 90;
const height = 60;
const draw = (value: (x: number, y: number) => number): GrayImage => ({
  data: Uint8Array.from({ length: width * height }, (_, at) => value(at % width, Math.floor(at / width))),
  width,
  height,
});

describe("enlarging a picture", () => {
  it("keeps an even ground even, and its proportions", () => {
    for (const value of [0, 128, 255]) {
      const large = enlargeTo(
        draw(() => value),
        217,
      );
      expect([large.width, large.height]).toEqual([217, 145]);
      expect(new Set(large.data)).toEqual(new Set([value]));
    }
  });

  it("keeps edges where they are", () => {
    const { data } = enlargeTo(
      draw((x) => (x < 30 ? 0 : 255)),
      180,
    );
    const row = [...data.subarray(20 * 180, 21 * 180)];
    expect(row.findIndex((value) => value >= 128)).toBe(60);
    expect([row[40], row[100]]).toEqual([0, 255]);
  });
});
