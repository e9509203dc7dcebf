import { describe, expect, it } from "vitest";
import { mendBroken, type Rule } from "./rulings.ts";

const rule = (at: number, from: number, to: number): Rule => ({ at, from, to, stroke: true });

describe("rules of a scan that are seen in pieces", () => {
  it("are made whole where they run from edge to edge", () => {
    expect(mendBroken([rule(50, 12, 80), rule(51, 150, 305)], 10, 310)).toEqual([rule(50, 12, 305)]);
  });

  it("are left apart where they stand over some of the columns", () => {
    const spanning = [rule(50, 110, 200), rule(50, 215, 308)];
    expect(mendBroken(spanning, 10, 310)).toEqual(spanning);
  });
});
