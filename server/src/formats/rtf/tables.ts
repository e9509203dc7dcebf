/** The tables at the head of an RTF file: fonts, styles, lists. Filled while their groups are read. */
import { formatNumber } from "../ooxml/number-format.ts";
import { pageOfFontCharset } from "./code-pages.ts";

export interface Font {
  /** Code page of its bytes; "" = that of the document. */
  page: string;
  name: string;
}
export interface Style {
  name: string;
  basedOn: number | undefined;
  outlineLevel: number | undefined;
  isCharacter: boolean;
}
export interface ListLevel {
  /** `\levelnfc`: 23 is a bullet, 255 nothing. */
  numberFormat: number;
  start: number;
}
const maxEntries = 20_000;

export class HeadTables {
  readonly fonts = new Map<number, Font>();
  readonly styles = new Map<number, Style>();
  /** Levels by list id. */
  readonly lists = new Map<number, ListLevel[]>();
  /** `\ls` to list id. */
  readonly overrides = new Map<number, number>();

  font(number: number): Font {
    let font = this.fonts.get(number);
    if (!font) {
      font = { page: "", name: "" };
      if (this.fonts.size < maxEntries) this.fonts.set(number, font);
    }
    return font;
  }

  setCharset(number: number, charset: number): void {
    this.font(number).page = pageOfFontCharset(charset);
  }

  /** Outline level and kind of a style, through what it is based on. */
  styleFacts(number: number | undefined): { outlineLevel: number | undefined; name: string } {
    let at = number;
    let outlineLevel: number | undefined;
    const name = number === undefined ? "" : (this.styles.get(number)?.name ?? "");
    for (let depth = 0; at !== undefined && depth < 50 && outlineLevel === undefined; depth++) {
      const style = this.styles.get(at);
      if (!style) break;
      const named = /^heading (\d)$/i.exec(style.name)?.[1];
      outlineLevel = style.outlineLevel ?? (named ? Number(named) - 1 : undefined);
      at = style.basedOn === at ? undefined : style.basedOn;
    }
    return { outlineLevel, name };
  }

  level(list: number | undefined, at: number): ListLevel | undefined {
    return list === undefined ? undefined : this.lists.get(this.overrides.get(list) ?? -1)?.[at];
  }
}

/** `\levelnfc` to the names of ST_NumberFormat. */
const formats: Readonly<Record<number, string>> = {
  0: "decimal",
  1: "upperRoman",
  2: "lowerRoman",
  3: "upperLetter",
  4: "lowerLetter",
  5: "ordinal",
  22: "decimalZero",
};
export const isBullet = (numberFormat: number): boolean => numberFormat === 23;
export const printNumber = (value: number, numberFormat: number): string =>
  formatNumber(value, formats[numberFormat] ?? "decimal");
