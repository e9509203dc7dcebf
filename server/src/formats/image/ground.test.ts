import { describe, expect, it } from "vitest";
import { flattenGround } from "./ground.ts";
import type { GrayImage } from "./pixels.ts";

const width = 800;
const height = 600;
/** Paper as `ground` says, with rows of strokes as dark as `ink` says of the paper there. */
function page(ground: (x: number, y: number) => number, ink: (paper: number) => number): GrayImage {
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const paper = ground(x, y);
      const stroke = y % 40 < 12 && x % 16 < 4;
      data[y * width + x] = stroke ? ink(paper) : paper;
    }
  }
  return { data, width, height };
}
const isStroke = (x: number, y: number) => y % 40 < 12 && x % 16 < 4;

describe("the ground of a picture", () => {
  it("is left alone where the paper is bright, also when it is shaded", () => {
    const shaded = page(
      (x) => 255 - Math.round(x / 16),
      () => 20,
    );
    expect(flattenGround(shaded)).toEqual({ image: shaded, darkAreas: false });
    expect(flattenGround(shaded).image).toBe(shaded);
  });

  it("becomes even where a gradient would lose letters to one threshold", () => {
    const gradient = page(
      (x) => 230 - Math.round(x / 7),
      (paper) => Math.round(paper * 0.45),
    );
    const flat = flattenGround(gradient).image;
    for (let y = 2; y < height; y += 7) {
      for (let x = 1; x < width; x += 3) {
        const value = flat.data[y * width + x]!;
        if (isStroke(x, y)) expect(value).toBeLessThan(140);
        else expect(value).toBeGreaterThan(225);
      }
    }
  });

  it("turns light letters on a dark page into dark ones on a light page", () => {
    const { image, darkAreas } = flattenGround(
      page(
        () => 30,
        () => 240,
      ),
    );
    expect([image.data[0]! < 100, image.data[20 * width]! > 200, darkAreas]).toEqual([true, true, false]);
  });

  it("is found of pictures half black and half white, which look dark either way", () => {
    const checked = { data: Uint8Array.from({ length: 64 * 64 }, (_, at) => (at % 2) * 255), width: 64, height: 64 };
    expect(flattenGround(checked).image.data).toHaveLength(64 * 64);
  });

  it("stays in dark boxes of a light page, which the recogniser reads both ways", () => {
    const boxed = page(
      (x, y) => (x < 200 && y < 200 ? 40 : 250),
      (paper) => (paper < 100 ? 240 : 20),
    );
    const { image, darkAreas } = flattenGround(boxed);
    expect(image).toBe(boxed);
    expect(darkAreas).toBe(true);
  });

  it("has no light letters on a blot that is too narrow for a word", () => {
    const blotted = page(
      (x, y) => (x < 30 && y < 200 ? 40 : 250),
      (paper) => (paper < 100 ? 240 : 20),
    );
    expect(flattenGround(blotted).darkAreas).toBe(false);
  });
});
