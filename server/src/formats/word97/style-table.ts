/** Styles and fonts of a Word 97–2003 file ([MS-DOC] 2.9.271, 2.9.260, 2.9.286). */
import type { Style } from "../rtf/tables.ts";
import { Bytes } from "./bytes.ts";

export interface WordStyle extends Style {
  readonly paragraphList: Bytes;
  readonly characterList: Bytes;
}

/** English names of built-in styles by their number: the stored names are those of the user's language. */
const builtIn: Readonly<Record<number, string>> = { 34: "caption", 62: "title", 74: "subtitle" };
const maxStyles = 4_095;
const paragraphKind = 1;
const characterKind = 2;
const noStyle = 0x0fff;
const empty = new Bytes(new Uint8Array(0));

/** The styles by their number. */
export function readStyles(part: Bytes): Map<number, WordStyle> {
  const styles = new Map<number, WordStyle>();
  const headBytes = part.u16(0);
  const count = Math.min(maxStyles, part.u16(2));
  const baseBytes = part.u16(4);
  let at = 2 + headBytes;
  for (let number = 0; number < count && at + 2 <= part.length; number++) {
    const size = part.u16(at);
    if (size > 0) styles.set(number, readStyle(part.part(at + 2, size), baseBytes));
    at += 2 + size;
  }
  return styles;
}

function readStyle(style: Bytes, baseBytes: number): WordStyle {
  const identifier = style.u16(0) & 0x0fff;
  const kind = style.u16(2) & 0x000f;
  const base = style.u16(2) >> 4;
  const length = style.u16(baseBytes);
  const name = style.utf16(baseBytes + 2, Math.min(255, length));
  let at = baseBytes + 2 + (length + 1) * 2;
  const next = (): Bytes => {
    const list = style.part(at + 2, style.u16(at));
    // Each list begins at an even offset.
    at += 2 + list.length + (list.length % 2);
    return list;
  };
  const paragraphList = kind === paragraphKind ? next() : empty;
  return {
    name: nameOf(identifier, name),
    basedOn: base === noStyle ? undefined : base,
    outlineLevel: undefined,
    isCharacter: kind === characterKind,
    // The first two bytes of a paragraph list repeat the style's number.
    paragraphList: paragraphList.part(2, paragraphList.length),
    characterList: kind === paragraphKind || kind === characterKind ? next() : empty,
  };
}

function nameOf(identifier: number, name: string): string {
  if (identifier >= 1 && identifier <= 9) return `heading ${identifier}`;
  if (identifier >= 19 && identifier <= 27) return `toc ${identifier - 18}`;
  return builtIn[identifier] ?? name;
}

const maxFonts = 2_000;

/** Names of the fonts by their number. */
export function readFonts(part: Bytes): string[] {
  const fonts: string[] = [];
  let at = 4;
  for (let number = 0; number < Math.min(maxFonts, part.u16(0)) && at < part.length; number++) {
    const font = part.part(at + 1, part.u8(at));
    fonts.push(font.utf16(39, Math.min(64, Math.floor(Math.max(0, font.length - 39) / 2))).split("\0")[0]!);
    at += 1 + part.u8(at);
  }
  return fonts;
}
