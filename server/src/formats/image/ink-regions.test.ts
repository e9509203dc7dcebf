import type { Box } from "@knowhere/contract";
import { describe, expect, it } from "vitest";
import { inkOn } from "../../testing/ink.ts";
import { findInkRegions } from "./ink-regions.ts";

const photo: Box = [200, 300, 600, 600];
const near = (box: Box, other: Box) => box.every((value, at) => Math.abs(value - other[at]!) <= 10);

describe("pictures on a scanned page", () => {
  it("finds a dense area of ink, to about the size of a grid cell", () => {
    const found = findInkRegions(inkOn(800, 1000, [photo]), 128, [], []);
    expect(found).toHaveLength(1);
    expect(near(found[0]!, photo)).toBe(true);
  });

  it("leaves out what the words and lines explain", () => {
    const image = inkOn(800, 1000, [photo]);
    expect(findInkRegions(image, 128, [photo], [])).toEqual([]);
    expect(findInkRegions(image, 128, [], [photo])).toEqual([]);
  });

  it("takes neither a speck nor a frame for a picture", () => {
    const frame: Box[] = [
      [100, 100, 700, 104],
      [100, 896, 700, 900],
      [100, 100, 104, 900],
      [696, 100, 700, 900],
    ];
    expect(findInkRegions(inkOn(800, 1000, [[50, 50, 80, 80]]), 128, [], [])).toEqual([]);
    expect(findInkRegions(inkOn(800, 1000, frame), 128, [], [])).toEqual([]);
  });

  it("leaves out the dark glass beside the paper, but no picture at the edge", () => {
    const glass: Box = [0, 0, 100, 950];
    expect(findInkRegions(inkOn(800, 1000, [glass]), 128, [], [])).toEqual([]);
    expect(findInkRegions(inkOn(800, 1000, [[0, 0, 300, 400]]), 128, [], [])).toHaveLength(1);
  });

  it("keeps two pictures with paper between them apart", () => {
    const two: Box[] = [
      [50, 100, 350, 400],
      [450, 100, 750, 400],
    ];
    expect(findInkRegions(inkOn(800, 1000, two), 128, [], [])).toHaveLength(2);
  });
});
