import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { drawPage, letterLines, letterOf } from "../../testing/drawn-pages.ts";
import { findThreshold, type GrayImage, readGray } from "./pixels.ts";
import { estimateSkew } from "./skew.ts";

async function pageTurnedBy(degrees: number): Promise<GrayImage> {
  const turned = sharp(await drawPage(letterOf(letterLines))).rotate(degrees, { background: "#ffffff" });
  return readGray(sharp(await turned.png().toBuffer()), 800);
}
const skewOf = (image: GrayImage) => estimateSkew(image, findThreshold(image));

describe("the skew of a page", () => {
  it.each([3, -2, 5.5])("finds the turn that levels a page which lies at %s degrees", async (degrees) => {
    expect(Math.abs(skewOf(await pageTurnedBy(degrees)) + degrees)).toBeLessThanOrEqual(0.2);
  });

  it("leaves a straight page alone", async () => {
    expect(skewOf(await pageTurnedBy(0))).toBe(0);
  });

  it("says nothing about an empty and a mostly dark page", () => {
    const even = (value: number): GrayImage => ({
      data: new Uint8Array(400 * 400).fill(value),
      width: 400,
      height: 400,
    });
    expect(estimateSkew(even(255), 128)).toBe(0);
    expect(estimateSkew(even(0), 128)).toBe(0);
  });
});
