import type { Box } from "@knowhere/contract";
import { describe, expect, it } from "vitest";
import { inkOn } from "../../testing/ink.ts";
import { findDensePart } from "./dense-part.ts";

describe("the part of a page with most letters", () => {
  it("is where lines of it alternate with white, not where most ink is", () => {
    const branches = Array.from({ length: 60 }, (_, at): Box => [50 + 10 * at, 50, 54 + 10 * at, 950]);
    const letters = Array.from({ length: 400 }, (_, at): Box => {
      const [x, y] = [1340 + (at % 30) * 20, 1550 + Math.floor(at / 30) * 15];
      return [x, y, x + 10, y + 12];
    });
    const found = findDensePart(inkOn(2000, 2000, [...branches, ...letters]))!;
    expect(found.box).toEqual([1332, 1500, 1998, 1750]);
    expect([found.part.width, found.part.height]).toEqual([666, 250]);
    // The letter at 1340, 1550.
    expect(found.part.data[50 * 666 + 8]).toBe(0);
  });

  it("is not looked for in a small picture", () => {
    expect(findDensePart(inkOn(1000, 1000, []))).toBeNull();
  });
});
