import { describe, expect, it } from "vitest";
import type { FontFact, Glyph } from "../../layout/facts.ts";
import { findGarbledFonts } from "./garbled-fonts.ts";

const font = (name: string, monospace = false): FontFact => ({
  name,
  bold: false,
  italic: false,
  monospace,
  serif: false,
});
/** A line of text in one font. */
const line = (text: string, number = 0): Glyph[] => {
  const glyphs: Glyph[] = [];
  let space = true;
  [...text].forEach((sign, at) => {
    if (sign === " ") {
      space = true;
      return;
    }
    const x = at * 5;
    glyphs.push({
      text: sign,
      box: [x, 93, x + 5, 100],
      x,
      baseline: 100,
      end: x + 5,
      size: 10,
      font: number,
      color: 0,
      angle: 0,
      mcid: -1,
      run: 0,
      spaceBefore: space,
    });
    space = false;
  });
  return glyphs;
};
const shifted = (text: string, by: number) =>
  text.replace(/[a-z]/g, (letter) => String.fromCharCode(((letter.charCodeAt(0) - 97 + by + 26) % 26) + 97));
const english =
  "the institute measured rivers and lakes through every season while farmers answered that water levels had fallen " +
  "below those of former years and that strengths of currents would change again before winter came to northern valleys";
const german =
  "die wirtschaftliche entwicklung zwischen deutschland und frankreich wurde durch rechtschreibung selbstverst rechts " +
  "schlecht beschrieben weil angstschweiss und herbstschnee nicht dasselbe sind wie schmetterlinge im sommer oder pferde";
const czech =
  "strom padl vedle domu kde bydlel strejda prstem ukazoval smrt hrdlo skrz trnka stavba divadla nebo hradby " +
  "posledn cesta zpravy kniha okno mesto dvere voda zima noc pole chrt krk vlna zprava kolem severu jihu lesa";

describe("findGarbledFonts", () => {
  it.each([1, -1, 2])("finds a font whose letters are shifted by %i", (by) => {
    const glyphs = [...line(english, 0), ...line(shifted(english, by), 1)];
    expect(findGarbledFonts(glyphs, [font("Sound"), font("Shifted")])).toEqual(new Set([1]));
  });

  it("leaves languages, abbreviations, codes and few words alone", () => {
    const codes = "HTML XLSX kg3 mm2 PRCN-4 GBPX tr12 ".repeat(20);
    for (const text of [english, german, czech, codes, shifted(english, 1).slice(0, 80)])
      expect(findGarbledFonts(line(text), [font("Text")]).size).toBe(0);
    expect(findGarbledFonts(line("strncmp xmlns ctrl ".repeat(20)), [font("Code", true)]).size).toBe(0);
  });
});
