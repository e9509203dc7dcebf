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
      const facts = page([...line("One", 30, 100), ...line("Two", 30, 114)], drawings);
      expect(readDrawnBullets(facts)).toBe(facts);
    }
  });

  it("are told from a lone dot by a line that goes on where the dot's text begins", () => {
    const glyphs = [...line("One goes", 30, 100), ...line("on", 30, 114), ...line("Text", 18, 128)];
    expect(textOf(readDrawnBullets(page(glyphs, [dot(20, 94)])))).toBe("•One goesonText");
    const flush = page([...line("One goes", 30, 100), ...line("on", 18, 114)], [dot(20, 94)]);
    expect(readDrawnBullets(flush)).toBe(flush);
  });

  it("may be rings", () => {
    const ring = (y: number): Drawing => ({ ...dot(20, y), filled: false });
    const facts = page([...line("One", 30, 100), ...line("Two", 30, 114)], [ring(94), ring(108)]);
    expect(textOf(readDrawnBullets(facts))).toBe("•One•Two");
  });

  it("stand at the right of Hebrew", () => {
    const glyphs = [...line("\u05d0", 200, 100), ...line("\u05d1", 200, 114)];
    expect(textOf(readDrawnBullets(page(glyphs, [dot(212, 94), dot(212, 108)])))).toBe("•\u05d0•\u05d1");
    const latin = page([...line("a", 200, 100), ...line("b", 200, 114)], [dot(212, 94), dot(212, 108)]);
    expect(readDrawnBullets(latin)).toBe(latin);
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
