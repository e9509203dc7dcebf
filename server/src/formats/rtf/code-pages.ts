/** Which code page the bytes of a run are in (RTF 1.9.1, "Character Set" and "Font Table"). */
import iconv from "iconv-lite";

const pageOfCharset: Readonly<Record<number, string>> = {
  0: "",
  1: "",
  77: "macroman",
  78: "shift_jis",
  79: "euc-kr",
  80: "gb2312",
  81: "big5",
  128: "cp932",
  129: "cp949",
  130: "cp1361",
  134: "cp936",
  136: "cp950",
  161: "cp1253",
  162: "cp1254",
  163: "cp1258",
  177: "cp1255",
  178: "cp1256",
  186: "cp1257",
  204: "cp1251",
  222: "cp874",
  238: "cp1250",
  254: "cp437",
  255: "cp850",
};

/** The code page of a font's `\fcharset`; "" = that of the document, "symbol" for symbol fonts. */
export function pageOfFontCharset(charset: number): string {
  return charset === 2 ? "symbol" : (pageOfCharset[charset] ?? "");
}

/** The code page of `\ansicpg` or `\cpg`; Windows-1252 when it is none we know. */
export function pageOfNumber(number: number): string {
  if (number === 65001) return "utf-8";
  if (number === 10000) return "macroman";
  const name = `cp${number}`;
  return iconv.encodingExists(name) ? name : "cp1252";
}

/** Decodes collected bytes. Symbol fonts map into U+F000–U+F0FF, like Word does, for the symbol table to resolve. */
export function decodeBytes(bytes: readonly number[], page: string): string {
  if (page === "symbol") return bytes.map((byte) => String.fromCharCode(byte < 0x20 ? byte : 0xf000 + byte)).join("");
  return iconv.decode(Buffer.from(bytes), iconv.encodingExists(page) ? page : "cp1252");
}
