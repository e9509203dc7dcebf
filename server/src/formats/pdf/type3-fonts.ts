/**
 * Names and weights of Type 3 fonts, read from the bytes of the file. PDFium tells nothing about such a font but its glyphs;
 * browsers make one of every variable and every OpenType/CFF font they print, and state its name, weight and slant in a
 * descriptor beside it (ISO 32000-2, 9.6.4). A font of a page is found again by its characters and their advances.
 *
 * Fonts in object streams and in encrypted files stay without a name.
 */
import { inflateSync } from "node:zlib";
import type { Glyph } from "../../layout/facts.ts";
import { describeFont, type PdfFont } from "./fonts.ts";
import { indexObjects } from "./raw-objects.ts";

/** Longer objects are not looked at, more fonts are not read. */
const maxObjectBytes = 256 * 1024;
const maxFonts = 512;
const maxCMapBytes = 1024 * 1024;
/** Advances are compared in thousandths of an em. */
const tolerance = 6;
/** Share of characters that may have another advance: ligatures, and letters that were stretched. */
const maxMisses = 0.1;
/** Fewer characters than this fit too many fonts. */
const minCharacters = 2;

interface DescribedFont {
  font: PdfFont;
  /** Advances by character, in thousandths of an em. */
  advances: Map<string, number[]>;
}

export class Type3Fonts {
  readonly #source: Buffer;
  #fonts: DescribedFont[] | undefined;
  #objects: Map<string, number> | undefined;

  constructor(source: Uint8Array) {
    this.#source = Buffer.from(source.buffer, source.byteOffset, source.byteLength);
  }

  /** Gives the nameless fonts of a page the style that the file states for them. Works in place. */
  describe(fonts: PdfFont[], glyphs: readonly Glyph[]): void {
    if (fonts.every((font) => font.name !== "")) return;
    this.#fonts ??= this.#readFonts();
    if (this.#fonts.length === 0) return;
    const seen = fonts.map(() => new Map<string, number>());
    for (const { font, text, x, end, size, angle } of glyphs) {
      if (angle === 0 && size > 0 && fonts[font]?.name === "") seen[font]!.set(text, ((end - x) / size) * 1000);
    }
    fonts.forEach((font, at) => {
      const found = font.name === "" ? this.#find(seen[at]!) : undefined;
      if (found) Object.assign(font, found);
    });
  }

  /** The one style of all fonts with these characters and advances. */
  #find(seen: ReadonlyMap<string, number>): PdfFont | undefined {
    if (seen.size < minCharacters) return undefined;
    const fitting = this.#fonts!.filter(({ advances }) => {
      let misses = 0;
      for (const [text, advance] of seen) {
        if (!advances.get(text)?.some((known) => Math.abs(known - advance) <= tolerance)) misses++;
      }
      return misses <= maxMisses * seen.size;
    });
    const first = fitting[0]?.font;
    const agree = fitting.every(
      ({ font }) => font.name === first!.name || (font.weight === first!.weight && font.italic === first!.italic),
    );
    return agree ? first : undefined;
  }

  #readFonts(): DescribedFont[] {
    const source = this.#source;
    const fonts: DescribedFont[] = [];
    for (let at = source.indexOf("/Type3"); at >= 0 && fonts.length < maxFonts; at = source.indexOf("/Type3", at + 6)) {
      const from = source.lastIndexOf(" obj", at);
      if (from < 0 || at - from > maxObjectBytes) continue;
      const end = source.indexOf("endobj", at);
      if (end < 0 || end - from > maxObjectBytes) continue;
      const font = this.#readFont(source.toString("latin1", from + 4, end));
      if (font) fonts.push(font);
    }
    return fonts;
  }

  #readFont(dictionary: string): DescribedFont | null {
    const descriptor = this.#objectText(referenceOf(dictionary, "FontDescriptor"));
    const name = /\/FontName\s*\/([^\s/<>[\]()]+)/.exec(descriptor)?.[1];
    const widths = this.#numbersOf(dictionary, "Widths");
    const toUnicode = this.#cmapOf(referenceOf(dictionary, "ToUnicode"));
    if (name === undefined || widths.length === 0 || toUnicode.size === 0) return null;
    const scale = 1000 * Math.abs(this.#numbersOf(dictionary, "FontMatrix")[0] ?? 0.001);
    const first = numberOf(dictionary, "FirstChar") ?? 0;
    const advances = new Map<string, number[]>();
    for (const [code, text] of toUnicode) {
      const width = widths[code - first];
      if (width === undefined) continue;
      const known = advances.get(text);
      if (known) known.push(width * scale);
      else advances.set(text, [width * scale]);
    }
    const font = describeFont(
      name,
      numberOf(descriptor, "Flags") ?? 0,
      numberOf(descriptor, "FontWeight") ?? 0,
      numberOf(descriptor, "ItalicAngle") ?? 0,
    );
    return { font, advances };
  }

  /** An array of numbers in the dictionary or behind a reference; empty when there is none. */
  #numbersOf(dictionary: string, key: string): number[] {
    const text = new RegExp(`/${key}\\s*\\[([^\\]]*)\\]`).exec(dictionary)?.[1];
    const body = text ?? /\[([^\]]*)\]/.exec(this.#objectText(referenceOf(dictionary, key)))?.[1] ?? "";
    return (body.match(/[-+.\d]+/g) ?? []).map(Number);
  }

  #objectText(reference: string | undefined): string {
    const at = this.#startOf(reference);
    if (at === undefined) return "";
    const end = this.#source.indexOf("endobj", at);
    return this.#source.toString("latin1", at, Math.min(end < 0 ? this.#source.length : end, at + maxObjectBytes));
  }

  #startOf(reference: string | undefined): number | undefined {
    if (reference === undefined) return undefined;
    this.#objects ??= indexObjects(this.#source);
    return this.#objects.get(reference);
  }

  /** The characters of the codes, from a ToUnicode stream packed by Flate or not at all. */
  #cmapOf(reference: string | undefined): Map<number, string> {
    const at = this.#startOf(reference);
    if (at === undefined) return new Map();
    const begin = this.#source.indexOf("stream", at);
    const end = this.#source.indexOf("endstream", begin);
    if (begin < 0 || end < 0 || end - begin > maxCMapBytes) return new Map();
    const dictionary = this.#source.toString("latin1", at, begin);
    const start = begin + (this.#source[begin + 6] === 0x0d ? 8 : 7);
    const data = this.#source.subarray(start, end);
    if (!dictionary.includes("/Filter")) return readCMap(data.toString("latin1"));
    if (!/\/Filter\s*\[?\s*\/FlateDecode\s*[\]/>\s]/.test(dictionary)) return new Map();
    try {
      return readCMap(inflateSync(data, { maxOutputLength: maxCMapBytes }).toString("latin1"));
    } catch {
      return new Map();
    }
  }
}

const referenceOf = (dictionary: string, key: string): string | undefined =>
  new RegExp(`/${key}\\s+(\\d+ \\d+) R`).exec(dictionary)?.[1];

function numberOf(dictionary: string, key: string): number | undefined {
  const text = new RegExp(`/${key}\\s+([-+.\\d]+)(?!\\s+\\d+\\s+R)`).exec(dictionary)?.[1];
  return text === undefined ? undefined : Number(text);
}

/** Codes of one byte to characters, from the bfchar and bfrange sections of a CMap (ISO 32000-2, 9.10.3). */
export function readCMap(text: string): Map<number, string> {
  const characters = new Map<number, string>();
  const put = (code: number, hex: string, step = 0): void => {
    if (code > 0xff || hex.length % 4 !== 0) return;
    const units = hex.match(/.{4}/g)!.map((unit) => Number.parseInt(unit, 16));
    units[units.length - 1]! += step;
    characters.set(code, String.fromCharCode(...units));
  };
  for (const [, section] of text.matchAll(/beginbfchar([\s\S]*?)endbfchar/g))
    for (const [, code, hex] of section!.matchAll(/<([\da-f]+)>\s*<([\da-f]+)>/gi))
      put(Number.parseInt(code!, 16), hex!);
  for (const [, section] of text.matchAll(/beginbfrange([\s\S]*?)endbfrange/g))
    for (const [, from, to, hex, list] of section!.matchAll(
      /<([\da-f]+)>\s*<([\da-f]+)>\s*(?:<([\da-f]+)>|\[([^\]]*)\])/gi,
    )) {
      const first = Number.parseInt(from!, 16);
      const hexes = list?.match(/[\da-f]+/gi);
      for (let code = first; code <= Math.min(Number.parseInt(to!, 16), 0xff); code++) {
        if (hex !== undefined) put(code, hex, code - first);
        else if (hexes?.[code - first] !== undefined) put(code, hexes[code - first]!);
      }
    }
  return characters;
}
