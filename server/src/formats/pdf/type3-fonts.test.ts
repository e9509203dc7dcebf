import { deflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { Glyph } from "../../layout/facts.ts";
import { describeFont, type PdfFont } from "./fonts.ts";
import { readCMap, Type3Fonts } from "./type3-fonts.ts";

const cmap = "1 beginbfchar\n<01> <0061>\nendbfchar\n1 beginbfrange\n<02> <04> <0062>\nendbfrange\n";

/** The objects of one font with the letters a to d, in the form in which browsers write them. */
function fontObjects(first: number, name: string, weight: number, widths: number[], packed = true): Buffer {
  const stream = packed ? deflateSync(cmap) : Buffer.from(cmap);
  const filter = packed ? "/Filter /FlateDecode " : "";
  return Buffer.concat([
    Buffer.from(
      `${first} 0 obj\n<</Type /Font\n/Subtype /Type3\n/FontMatrix [.001 0 0 -.001 0 0]\n/FirstChar 0\n` +
        `/ToUnicode ${first + 1} 0 R\n/FontDescriptor ${first + 2} 0 R\n/Widths [0 ${widths.join(" ")}]>>\nendobj\n` +
        `${first + 2} 0 obj\n<</Type /FontDescriptor\n/FontName /${name}\n/FontWeight ${weight}\n/Flags 4>>\nendobj\n` +
        `${first + 1} 0 obj\n<<${filter}/Length ${stream.length}>> stream\n`,
    ),
    stream,
    Buffer.from("\nendstream\nendobj\n"),
  ]);
}

const glyphsOf = (font: number, advances: Readonly<Record<string, number>>): Glyph[] =>
  Object.entries(advances).map(([text, advance]) => ({
    text,
    box: [0, 0, 5, 10],
    x: 0,
    baseline: 10,
    end: advance / 100,
    size: 10,
    font,
    color: 0,
    angle: 0,
    mcid: -1,
    run: 0,
    spaceBefore: false,
  }));
const nameless = (): PdfFont => describeFont("", 0, 0, 0);
const regular = fontObjects(1, "AAAAAA+Sample-Regular", 400, [500, 550, 450, 520]);
const bold = fontObjects(11, "BAAAAA+Sample", 700, [560, 610, 500, 580], false);

describe("Type 3 fonts without a name", () => {
  it("are given name and weight by their characters and advances", () => {
    const fonts = [nameless(), nameless()];
    const glyphs = [...glyphsOf(0, { a: 500, b: 550, d: 520 }), ...glyphsOf(1, { a: 560, c: 500 })];
    new Type3Fonts(Buffer.concat([regular, bold])).describe(fonts, glyphs);
    expect(fonts.map(({ name, weight }) => [name, weight])).toEqual([
      ["Sample-Regular", 400],
      ["Sample", 700],
    ]);
  });

  it("stay without one when nothing fits, when too much fits, and when they have one already", () => {
    const twin = fontObjects(21, "Other-Bold", 700, [500, 550, 450, 520]);
    const source = Buffer.concat([regular, twin]);
    const unknown: Record<string, number>[] = [
      { a: 700, b: 700, c: 700 },
      { a: 500, b: 550 },
    ];
    for (const advances of unknown) {
      const fonts = [nameless()];
      new Type3Fonts(source).describe(fonts, glyphsOf(0, advances));
      expect(fonts[0]!.name).toBe("");
    }
    const named = [describeFont("Body", 0, 0, 0)];
    new Type3Fonts(regular).describe(named, glyphsOf(0, { a: 500, b: 550 }));
    expect(named[0]!.name).toBe("Body");
  });
});

describe("readCMap", () => {
  it("reads single codes, ranges and ranges by list", () => {
    const list = "1 beginbfrange <10> <11> [<0041> <00660069>] endbfrange";
    expect([...readCMap(cmap + list)]).toEqual([
      [1, "a"],
      [2, "b"],
      [3, "c"],
      [4, "d"],
      [16, "A"],
      [17, "fi"],
    ]);
  });
});
