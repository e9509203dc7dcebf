import { describe, expect, it } from "vitest";
import { isLegible } from "./legible.ts";

const word = (text: string, confidence?: number) => ({ text, confidence });

describe("words in a grid on a scan", () => {
  it("are noise where hardly a letter is sure: edges in a photograph", () => {
    expect(isLegible([word("Ee", 0.3), word("|", 0.7), word("ANA)ZNat", 0.2), word("ORS,", 0.4)])).toBe(false);
  });

  it("make a table also where small print leaves most of them unsure", () => {
    expect(isLegible([word("Primer", 0.9), word("GACCTCAGTT", 0.3), word("TTGACCGATA", 0.35)])).toBe(true);
  });

  it("are sure where they were not recognised, and need not be there", () => {
    expect([isLegible([word("Total")]), isLegible([])]).toEqual([true, true]);
  });
});
