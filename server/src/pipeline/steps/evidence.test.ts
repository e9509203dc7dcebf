import { describe, expect, it } from "vitest";
import { hasOnlyNumbersOf, shareFound } from "./evidence.ts";

describe("evidence for what a model says", () => {
  it("counts each word as often as it was printed", () => {
    expect(shareFound("a b b", "B a")).toBeCloseTo(2 / 3);
    expect(shareFound("", "x")).toBe(1);
    expect(shareFound("年份", "价格年份")).toBe(1);
  });

  it("wants every number to be printed", () => {
    expect(hasOnlyNumbersOf("It rose to 1,200 in 1999.", "1999: 1,200")).toBe(true);
    expect(hasOnlyNumbersOf("It rose by 20 %.", "from 100 to 120")).toBe(false);
  });
});
