/**
 * Style of a font. The PostScript name is the best witness; the weight that PDFium reports is computed from StemV and may be
 * 250 for a whole file, so it only counts against the weight of the page's own body font.
 */
import type { FontFact } from "../../layout/facts.ts";
import type { PdfEngine } from "./engine.ts";

/** Bits of the font descriptor's Flags (ISO 32000-1, table 123). */
const fixedPitch = 1;
const serifFlag = 2;
const italicFlag = 64;
const forceBold = 1 << 18;

/** "CMBX10", "SFBX1200": TeX's bold extended; "Medi": the bold of the URW Times and Palatino clones. */
const boldName =
  /bold|black|heavy|semibold|demi|fett|extrabd|[-,. ]bd(?![a-z])|-?medi(?:ital)?$|^(?:cm|sf|ec|la|eu)(?:bx|b|ssbx|bxti)\d+|[-.](?:b|bi)$/i;
const italicName =
  /italic|oblique|kursiv|slanted|[-,. ]it(?![a-z])|ital$|^(?:cm|sf|ec|la)(?:ti|sl|mi|bxti|ssi|itt)\d+|[-.](?:i|bi)$/i;
const monoName =
  /mono|courier|consol|typewriter|menlo|inconsolata|fixedsys|lucidacon|letter ?gothic|source ?code|^(?:cm|sf|ec|la)(?:tt|itt|sltt)\d+|anonymous ?pro|cousine|terminal/i;
const notBoldName = /(?:semi|demi|extra|ultra)-?light|regular$|book$/i;

export interface PdfFont extends FontFact {
  /** As PDFium computes it; 0 when unknown. */
  weight: number;
  /** Upper-case PostScript name holds Symbol, Wingdings, Dingbats …: its private-use codes are signs, not lost text. */
  symbolic: boolean;
}

/** PostScript name without the subset tag: "ABCDEF+Times-Bold" -> "Times-Bold". */
export function plainFontName(name: string): string {
  return name.replace(/^[A-Z]{6}\+/, "");
}

/** Style from the name and the descriptor's flags, before any comparison of weights. */
export function describeFont(name: string, flags: number, weight: number, italicAngle: number): PdfFont {
  const plain = plainFontName(name);
  const light = notBoldName.test(plain) && !/bold|black|heavy/i.test(plain);
  return {
    name: plain,
    bold: !light && (boldName.test(plain) || (flags & forceBold) !== 0),
    italic: italicName.test(plain) || (flags & italicFlag) !== 0 || italicAngle <= -4,
    monospace: monoName.test(plain) || (flags & fixedPitch) !== 0,
    serif: (flags & serifFlag) !== 0 || /times|roman|serif|garamond|georgia|minion|palatino|cambria/i.test(plain),
    weight,
    symbolic: /symbol|wingding|webding|dingbat|marlett|fontawesome|icon/i.test(plain),
  };
}

/** Reads the font of a text object. */
export function readFont(engine: PdfEngine, font: number): PdfFont {
  const { calls, scratch } = engine;
  if (font === 0) return describeFont("", 0, 0, 0);
  const name = engine.utf8((buffer, bytes) => calls.FPDFFont_GetBaseFontName(font, buffer, bytes), 4096);
  const angle = calls.FPDFFont_GetItalicAngle(font, scratch) ? engine.i32[scratch >> 2]! : 0;
  return describeFont(
    name,
    Math.max(0, calls.FPDFFont_GetFlags(font)),
    Math.max(0, calls.FPDFFont_GetWeight(font)),
    angle,
  );
}

/**
 * Marks fonts as bold whose weight stands out from the body's: at least 600 and 150 above it.
 * `used` is the number of glyphs set in each font, `ideographs` how many of them are Chinese or Japanese: the stems of such
 * fonts are measured otherwise, so they are only compared with each other.
 */
export function weighFonts(fonts: PdfFont[], used: readonly number[], ideographs: readonly number[]): void {
  const isEastern = (i: number) => ideographs[i]! > 0.5 * used[i]!;
  for (const eastern of [false, true]) {
    let body = -1;
    for (let i = 0; i < fonts.length; i++)
      if (isEastern(i) === eastern && (body < 0 || used[i]! > used[body]!)) body = i;
    if (body < 0 || fonts[body]!.weight === 0) continue;
    const heavy = Math.max(600, fonts[body]!.weight + 150);
    fonts.forEach((font, i) => {
      if (isEastern(i) === eastern && !font.bold && font.weight >= heavy && !notBoldName.test(font.name))
        font.bold = true;
    });
  }
}
