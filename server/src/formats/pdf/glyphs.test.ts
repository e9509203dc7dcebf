import type { Box } from "@knowhere/contract";
import { describe, expect, it } from "vitest";
import { isSplitLigature } from "./glyphs.ts";

const box = (x0: number, x1: number, top = 10): Box => [x0, top, x1, 20];

describe("letters of one right-to-left ligature", () => {
  it("share its box out among them, the one at the left told first", () => {
    const alef = { text: "\u0623", box: box(100, 102.5) };
    expect(isSplitLigature(alef, box(102.5, 105), "\u0644")).toBe(true);
  });

  it("are no letters that only stand side by side, and no Latin ones", () => {
    const alef = { text: "\u0623", box: box(100, 102.5) };
    expect(isSplitLigature(alef, box(102.5, 105, 8), "\u0644")).toBe(false);
    expect(isSplitLigature(alef, box(103, 105), "\u0644")).toBe(false);
    expect(isSplitLigature({ text: "f", box: box(100, 102.5) }, box(102.5, 105), "i")).toBe(false);
  });
});
