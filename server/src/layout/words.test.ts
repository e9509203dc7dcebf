import { describe, expect, it } from "vitest";
import { PageBuilder } from "../testing/page-builder.ts";
import { joinWords } from "./text.ts";
import { buildWords } from "./words.ts";

const texts = (page: PageBuilder) => buildWords(page.facts).map((word) => word.text);

describe("buildWords", () => {
  it("joins glyphs until a stated space", () => {
    expect(texts(new PageBuilder().text(50, 100, "Plain words here"))).toEqual(["Plain", "words", "here"]);
  });

  it("finds word ends by gaps where the file has no spaces", () => {
    expect(texts(new PageBuilder().text(50, 100, "no spaces stated", { stateSpaces: false }))).toEqual([
      "no",
      "spaces",
      "stated",
    ]);
  });

  it("does not split a word at sloppy kerning below half of the font's own space", () => {
    const page = new PageBuilder().text(50, 100, "one two three four five six seven", { spaceEm: 0.5 });
    page.text(50, 120, "mo").text(page.penX + 0.2 * 10, 120, "del");
    expect(texts(page)).toContain("model");
  });

  it("joins pieces of one word that were painted at different times", () => {
    const page = new PageBuilder();
    page.text(50, 100, "Hel");
    const x = page.penX;
    page.text(50, 300, "other").text(x, 100, "lo");
    expect(texts(page)).toEqual(["Hello", "other"]);
  });

  it("reads letter-spaced titles as words", () => {
    const page = new PageBuilder().text(50, 100, "HOW CAN YOU", { tracking: 4, spaceEm: 0.25 });
    expect(texts(page)).toEqual(["HOW", "CAN", "YOU"]);
  });

  it("reads letter-spaced titles whose every gap is a stated space", () => {
    const page = new PageBuilder().text(50, 100, "H O N E Y", { spaceEm: 0.4 });
    expect(texts(page)).toEqual(["HONEY"]);
  });

  it("raises superior figures, which fonts draw small and high on the baseline of the text, but not those of fractions", () => {
    const page = new PageBuilder().text(50, 100, "elixirs.35 in 1787 and 1/2");
    const raise = (index: number) => {
      const glyph = page.facts.glyphs[index]!;
      glyph.box = [glyph.box[0], glyph.baseline - 6, glyph.box[2], glyph.baseline - 3];
    };
    for (const index of [8, 9, page.facts.glyphs.length - 3]) raise(index);
    expect(buildWords(page.facts).map((word) => [word.text, word.shift ?? "", word.glued ?? false])).toEqual([
      ["elixirs.", "", false],
      ["35", "super", true],
      ["in", "", false],
      ["1787", "", false],
      ["and", "", false],
      ["1/2", "", false],
    ]);
  });

  it("keeps single-letter column heads apart", () => {
    const page = new PageBuilder();
    for (const [i, head] of ["A", "B", "C", "D", "E"].entries()) page.text(50 + i * 40, 100, head);
    expect(texts(page)).toEqual(["A", "B", "C", "D", "E"]);
  });

  it("folds ligatures and presentation forms but keeps superscript characters", () => {
    expect(texts(new PageBuilder().text(50, 100, "con\ufb01g x\u00b2"))).toEqual(["config", "x\u00b2"]);
  });

  it("ends a word after an overhanging letter in a tight line", () => {
    // The ink of the "f" reaches 0.08 em over its advance, and so does the end that is reported for it.
    const page = new PageBuilder();
    page.text(50, 100, "of off fine", { stateSpaces: false, spaceEm: 0.2 });
    for (const glyph of page.facts.glyphs) {
      if (glyph.text !== "f") continue;
      glyph.box[2] += 0.8;
      glyph.end = glyph.box[2];
    }
    expect(texts(page)).toEqual(["of", "off", "fine"]);
  });

  it("does not measure a small capital by the lower-case letter of the same code", () => {
    const page = new PageBuilder();
    page.text(50, 100, "or or or");
    for (const glyph of page.facts.glyphs) if (glyph.text === "r") glyph.end = glyph.box[2];
    const before = page.facts.glyphs.length;
    page.text(50, 120, "figure", { widthEm: 0.7 });
    // The small capital is wider than the letter, and its ink fills its advance as well.
    for (const glyph of page.facts.glyphs.slice(before)) if (glyph.text === "r") glyph.end = glyph.box[2];
    for (const glyph of page.facts.glyphs.slice(before + 5)) {
      glyph.x += 0.4;
      glyph.box[0] += 0.4;
    }
    expect(texts(page)).toContain("figure");
  });

  it("composes TeX accents", () => {
    const page = new PageBuilder().text(50, 100, "caf");
    const x = page.penX;
    page.text(x, 97, "\u00b4").text(x, 100, "e").text(page.penX, 100, " ok");
    expect(texts(page)).toEqual(["caf\u00e9", "ok"]);
  });

  it("marks superscripts and subscripts and glues them to their word", () => {
    const page = new PageBuilder().text(50, 100, "H");
    page.text(page.penX, 103, "2", { size: 6 });
    page.text(page.penX, 100, "O end");
    page.text(page.penX, 96, "18", { size: 6 });
    const words = buildWords(page.facts);
    expect(words.map((word) => word.shift)).toEqual([undefined, "sub", undefined, undefined, "super"]);
    expect(joinWords(words)).toBe("H2O end18");
  });

  it("keeps a script at its word across the gap of slanted letters, and the comma behind it, but not the next word", () => {
    const page = new PageBuilder().text(50, 100, "p", { stateSpaces: false });
    page.text(page.penX + 1.5, 103, "1", { size: 6 });
    page.text(page.penX + 2, 100, ",", { stateSpaces: false });
    page.text(page.penX + 3, 100, "q", { stateSpaces: false });
    page.text(page.penX + 0.5, 103, "2", { size: 6 });
    page.text(page.penX + 2, 100, "holds", { stateSpaces: false });
    expect(joinWords(buildWords(page.facts))).toBe("p1, q2 holds");
  });

  it("raises the second of two marks, and a sign above a decimal point", () => {
    const page = new PageBuilder().text(50, 100, "century.");
    page.text(page.penX, 96, "2", { size: 6 }).text(page.penX + 4.5, 96, "3", { size: 6 });
    page.text(50, 120, "58.79").text(60, 116, "\u25e6", { size: 6 });
    const raised = buildWords(page.facts).filter((word) => word.shift === "super");
    expect(raised.map((word) => word.text)).toEqual(["2", "3", "\u25e6"]);
  });

  it("splits a word where its style changes without putting a space there", () => {
    const page = new PageBuilder().text(50, 100, "Note", { font: "Body-Bold" });
    page.text(page.penX, 100, ": text");
    const words = buildWords(page.facts);
    expect(words.map((word) => [word.text, word.bold])).toEqual([
      ["Note", true],
      [":", false],
      ["text", false],
    ]);
    expect(joinWords(words)).toBe("Note: text");
  });

  it("reads Hebrew painted from the right, and Hebrew painted from the left, alike", () => {
    const logical = [..."\u05e9\u05dc\u05d5\u05dd"];
    const fromRight = new PageBuilder();
    logical.forEach((letter, i) => {
      fromRight.text(100 - i * 5, 100, letter);
    });
    const fromLeft = new PageBuilder();
    [...logical].reverse().forEach((letter, i) => {
      fromLeft.text(85 + i * 5, 100, letter);
    });
    expect(texts(fromRight)).toEqual([logical.join("")]);
    expect(texts(fromLeft)).toEqual([logical.join("")]);
  });

  it("joins pieces of a Hebrew word in a line that was read from left to right", () => {
    // The word's end is painted first, its first letters after a space that belongs before them.
    const page = new PageBuilder().text(85, 100, "\u05dd").text(80, 100, "\u05d9");
    page.text(95, 100, "\u05d9").text(90, 100, "\u05e8").text(70, 100, "\u05d1");
    page.facts.glyphs[2]!.spaceBefore = true;
    expect(texts(page).sort()).toEqual(["\u05d1", "\u05d9\u05e8\u05dd\u05d9"]);
  });

  it("repairs a lam-alef ligature whose letters come swapped in one box", () => {
    const page = new PageBuilder().text(100, 100, "\u0627").text(100, 100, "\u0644");
    expect(texts(page)).toEqual(["\u0644\u0627"]);
  });

  it("keeps a number inside Arabic left to right", () => {
    const page = new PageBuilder().text(110, 100, "\u0645").text(100, 100, "12").text(95, 100, "\u0645");
    expect(texts(page).join("")).toBe("\u064512\u0645");
  });

  it("joins words of rotated text along their own baseline", () => {
    const page = new PageBuilder().text(300, 400, "turned text", { angle: 90 });
    expect(texts(page)).toEqual(["turned", "text"]);
  });

  it("keeps a justified line of ideographs together and joins it without spaces", () => {
    const page = new PageBuilder().text(50, 100, "\u4e2d\u6587\u6587\u5b57", { widthEm: 1, tracking: 2 });
    expect(joinWords(buildWords(page.facts))).toBe("\u4e2d\u6587\u6587\u5b57");
  });

  it("puts every visible glyph into exactly one word and no hidden one", () => {
    const page = new PageBuilder()
      .text(50, 100, "some words and more")
      .text(50, 120, "hidden", { hidden: "invisible" });
    page.text(200, 100, "x").text(206, 97, "2", { size: 6 });
    const seen = buildWords(page.facts).flatMap((word) => word.glyphs);
    const visible = page.facts.glyphs.flatMap((glyph, i) => (glyph.hidden ? [] : [i]));
    expect([...seen].sort((a, b) => a - b)).toEqual(visible);
  });
});

describe("scripts", () => {
  it("belong to the word they hang on, not to one in the line above", () => {
    const page = new PageBuilder().text(50, 100, "shown as").text(100, 111, "km s");
    const x = page.penX;
    page.text(x, 107.3, "-1", { size: 7 });
    // The line above ends a word right over the script.
    page.text(x - 22, 100, "blue").text(x + 8, 100, "line");
    const words = buildWords(page.facts);
    expect(words.find((word) => word.text === "-1")?.shift).toBe("super");
    expect(words.find((word) => word.text === "line")?.glued).toBeUndefined();
  });

  it("keep a word whole that goes on after them at half a point", () => {
    const page = new PageBuilder().text(50, 100, "CH");
    page.text(page.penX + 0.3, 101.5, "3", { size: 7 });
    page.text(page.penX + 1.4, 100, "OH");
    expect(joinWords(buildWords(page.facts))).toBe("CH3OH");
  });
});
