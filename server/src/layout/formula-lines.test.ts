import { describe, expect, it } from "vitest";
import { PageBuilder } from "../testing/page-builder.ts";
import { buildLines } from "./lines.ts";
import { joinWords } from "./text.ts";
import { buildWords } from "./words.ts";

const linesOf = (page: PageBuilder) => buildLines(buildWords(page.facts), false).map(({ words }) => joinWords(words));

/** A sign as TeX's extension fonts draw it: it hangs from its baseline, centred on the axis of the line at y. */
function hang(page: PageBuilder, x: number, y: number, sign: string, height = 14): void {
  page.text(x, y - 2.5 - height / 2, sign, { font: "CMEX10", widthEm: 1 });
  const glyph = page.facts.glyphs.at(-1)!;
  glyph.box = [x, glyph.baseline, x + 10, glyph.baseline + height];
}

describe("the lines of formulas", () => {
  it("hold the signs that hang below their baseline, with their limits behind them", () => {
    const page = new PageBuilder().text(50, 100, "v =");
    hang(page, 70, 100, "\u2211");
    page.text(67, 112, "i=1", { size: 6 }).text(73, 87, "n", { size: 6 }).text(84, 100, "P");
    expect(linesOf(page)).toEqual(["v = \u2211i=1n P"]);
  });

  it("hold tall brackets, but letters of a font that hangs as a whole stay where they are", () => {
    const page = new PageBuilder().text(60, 100, "a + b");
    hang(page, 50, 100, "(", 18);
    hang(page, 90, 100, ")", 18);
    expect(linesOf(page)).toEqual(["( a + b )"]);
    const hung = new PageBuilder().text(70, 100, "b");
    hang(hung, 50, 100, "(", 10);
    hang(hung, 60, 100, "A", 10);
    expect(linesOf(hung)).toEqual(["(A", "b"]);
  });

  it("are not raised beside a sum larger than they are", () => {
    const page = new PageBuilder().text(50, 100, "v =").text(70, 101, "\u2211", { size: 14 });
    page.text(page.penX + 1, 100, "EM holds");
    expect(buildWords(page.facts).every((word) => word.shift === undefined)).toBe(true);
  });

  it("keep the prime of an index below the line", () => {
    const page = new PageBuilder().text(50, 100, "H");
    page.text(page.penX, 102.5, "kk", { size: 7 });
    page.text(page.penX, 100.5, "\u2032", { size: 5 });
    page.text(page.penX + 0.5, 102.5, "nn", { size: 7 });
    page.text(page.penX + 4, 100, "stands");
    const words = buildWords(page.facts);
    expect(words.map(({ shift }) => shift)).toEqual([undefined, "sub", "sub", "sub", undefined]);
    expect(linesOf(page)).toEqual(["Hkk\u2032nn stands"]);
  });

  it("take small fractions into the hole between their words, the numerator first", () => {
    const page = new PageBuilder().text(50, 100, "where the mean").text(130, 100, "implies the average");
    page.text(122, 96, "1", { size: 7 }).text(122, 104.5, "Q", { size: 7 }).text(50, 112, "over all.");
    expect(linesOf(page)).toEqual(["where the mean 1 Q implies the average", "over all."]);
  });

  it("leave small lines that stand below words, and those beyond the end", () => {
    const page = new PageBuilder().text(50, 100, "a line without a hole");
    page.text(90, 108, "note", { size: 7 }).text(250, 104, "end", { size: 7 });
    expect(linesOf(page)).toHaveLength(3);
  });
});
