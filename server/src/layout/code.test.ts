import { describe, expect, it } from "vitest";
import { PageBuilder } from "../testing/page-builder.ts";
import { readCode } from "./code.ts";
import { buildWords } from "./words.ts";

/** Words of lines whose ink is narrower than their cells, as that of most letters is. */
function wordsOf(page: PageBuilder) {
  for (const glyph of page.facts.glyphs) glyph.box = [glyph.box[0] + 1, glyph.box[1], glyph.box[2] - 1, glyph.box[3]];
  return buildWords(page.facts);
}

describe("lines of code", () => {
  it("keep their white space as counted in cells, not as the ink tells", () => {
    const style = { font: "Mono", widthEm: 0.6, spaceEm: 0.6 };
    const page = new PageBuilder().text(50, 100, "if  a, b:   c", style);
    expect(readCode({ words: wordsOf(page) }, page.facts.glyphs)).toEqual({ text: "if  a, b:   c", x: 50, cell: 6 });
  });
});
