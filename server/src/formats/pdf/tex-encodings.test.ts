import { describe, expect, it } from "vitest";
import { texSign } from "./tex-encodings.ts";

describe("texSign", () => {
  it.each([
    ["CMSY10", 0x00, "−"],
    ["txsy", 0x30, "′"],
    ["CMSY8", 0x6a, "|"],
    ["CMSY10", 0x7b, "¶"],
    ["CMMI12", 0x0b, "α"],
    ["rtxmi", 0x3f, "⋆"],
    ["CMMI10", 0x60, "ℓ"],
    ["CMEX10", 0x50, "∑"],
    ["CMEX10", 0x70, "√"],
  ])("knows %s %i", (font, code, sign) => {
    expect(texSign(font, code)).toBe(sign);
  });

  it("leaves text fonts alone", () => {
    expect(texSign("CMR10", 0x30)).toBeUndefined();
    expect(texSign("SymbolMT", 0x30)).toBeUndefined();
  });
});
