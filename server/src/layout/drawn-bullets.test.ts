import type { Box } from "@knowhere/contract";
import { describe, expect, it } from "vitest";
import { readDrawnBullets } from "./drawn-bullets.ts";
import type { Drawing, Glyph, PageFacts } from "./facts.ts";

const line = (text: string, x: number, baseline: number): Glyph[] =>
  [...text].map((sign, at) => ({
    text: sign,
    box: [x + at * 5, baseline - 7, x + at * 5 + 5, baseline],
    x: x + at * 5,
    baseline,
    end: x + at * 5 + 5,
    size: 10,
    font: 0,
    color: 0,
    angle: 0,
    mcid: -1,
    run: 0,
    spaceBefore: false,
  }));
const dot = (x: number, y: number, size = 3): Drawing => ({
  box: [x, y, x + size, y + size] as Box,
  segments: 12,
  filled: true,
  color: 0x444444,
});
const page = (glyphs: Glyph[], drawings: Drawing[]): PageFacts => ({
  page: 1,
  width: 300,
  height: 300,
  fonts: [{ name: "", bold: false, italic: false, monospace: false, serif: false }],
  glyphs,
  rulings: [],
  fills: [],
  drawings,
  pictures: [],
  links: [],
  tags: null,
  fields: [],
  origin: "text_layer",
});
const textOf = (facts: PageFacts) => facts.glyphs.map((glyph) => glyph.text).join("");

describe("drawn bullets", () => {
  it("become glyphs before their lines, and are no drawings any more", () => {
    const facts = readDrawnBullets(
      page([...line("one", 30, 100), ...line("two", 30, 114)], [dot(20, 94), dot(20, 108)]),
    );
    expect(textOf(facts)).toBe("•one•two");
    expect(facts.drawings).toEqual([]);
    expect(facts.glyphs[0]).toMatchObject({ baseline: 100, size: 10, color: 0x444444 });
  });

  it("are left alone when there is only one, or none beside a line", () => {
    for (const drawings of [[dot(20, 94)], [dot(20, 200), dot(20, 220)]]) {
      const facts = page([...line("one", 30, 100), ...line("two", 30, 114)], drawings);
      expect(readDrawnBullets(facts)).toBe(facts);
    }
  });

  it("are not dots in the middle of a line, large shapes, or the points of a chart", () => {
    const glyphs = [...line("one two", 30, 100), ...line("one two", 30, 114)];
    for (const drawings of [
      [dot(46, 94), dot(46, 108)],
      [dot(15, 90, 12), dot(15, 104, 12)],
      Array.from({ length: 4000 }, (_, at) => dot(20, 94 + at / 100)),
    ]) {
      const facts = page(glyphs, drawings);
      expect(readDrawnBullets(facts)).toBe(facts);
    }
  });
});
