/** Bodies that Outlook keeps as compressed RTF ([MS-OXRTFCP]), and the HTML that most of them wrap ([MS-OXRTFEX]). */
import { decodeBytes, pageOfFontCharset, pageOfNumber } from "../rtf/code-pages.ts";
import { tokenize } from "../rtf/tokenizer.ts";

/** What the dictionary holds before the first byte (2.1.3.1.2). */
const firstWords =
  "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";
const dictionaryBytes = 4096;
const compressedMark = 0x75465a4c;
const plainMark = 0x414c454d;
const headBytes = 16;
/** A body larger than this is none that a person wrote. */
const maxBytes = 32 * 1024 * 1024;

/** The RTF of a compressed body; undefined when it is damaged or too large. A body that is cut off gives what is there. */
export function decompressRtf(body: Uint8Array): Uint8Array | undefined {
  if (body.length < headBytes) return undefined;
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const size = view.getUint32(4, true);
  const mark = view.getUint32(8, true);
  if (size > maxBytes) return undefined;
  if (mark === plainMark) return body.subarray(headBytes, headBytes + size);
  if (mark !== compressedMark) return undefined;
  const out = new Uint8Array(size);
  const dictionary = new Uint8Array(dictionaryBytes);
  dictionary.set(Buffer.from(firstWords, "latin1"));
  let write = firstWords.length;
  let length = 0;
  const put = (byte: number): void => {
    out[length++] = byte;
    dictionary[write] = byte;
    write = (write + 1) % dictionaryBytes;
  };
  for (let at = headBytes; at < body.length && length < size; ) {
    const flags = body[at++]!;
    for (let bit = 0; bit < 8 && at < body.length && length < size; bit++) {
      if ((flags & (1 << bit)) === 0) {
        put(body[at++]!);
        continue;
      }
      const reference = (body[at]! << 8) | (body[at + 1] ?? 0);
      at += 2;
      const from = reference >> 4;
      // A reference to the place that is written next ends the text.
      if (from === write) return out.subarray(0, length);
      for (let step = 0; step < (reference & 0xf) + 2 && length < size; step++)
        put(dictionary[(from + step) % dictionaryBytes]!);
    }
  }
  return out.subarray(0, length);
}

interface Group {
  /** Not part of the HTML: tables of the head, the RTF's own way to show what a tag says. */
  isSkipped: boolean;
  isRtfOnly: boolean;
  isFontTable: boolean;
  font: number;
  unicodeSkip: number;
}

const characters: Readonly<Record<string, string>> = {
  par: "\r\n",
  line: "\r\n",
  tab: "\t",
  lquote: "‘",
  rquote: "’",
  ldblquote: "“",
  rdblquote: "”",
  bullet: "•",
  endash: "–",
  emdash: "—",
};
const symbols: Readonly<Record<string, string>> = { "~": "&nbsp;", _: "&shy;", "\\": "\\", "{": "{", "}": "}" };
const heads: ReadonlySet<string> = new Set([
  "colortbl",
  "stylesheet",
  "info",
  "listtable",
  "pict",
  "pntext",
  "listtext",
]);
const maxGroups = 20_000;

/** The HTML that the RTF wraps (`\fromhtml1`); undefined when it is RTF of its own. */
export function htmlOfRtf(rtf: Uint8Array): string | undefined {
  if (!/\\fromhtml1/.test(Buffer.from(rtf.subarray(0, 2_000)).toString("latin1"))) return undefined;
  const pages = new Map<number, string>();
  const out: string[] = [];
  const groups: Group[] = [];
  let group: Group = { isSkipped: false, isRtfOnly: false, isFontTable: false, font: -1, unicodeSkip: 1 };
  let documentPage = "cp1252";
  let bytes: number[] = [];
  let skip = 0;
  let isStarred = false;
  const isShown = (): boolean => !group.isSkipped && !group.isRtfOnly && !group.isFontTable;
  const flush = (): void => {
    if (bytes.length > 0) out.push(decodeBytes(bytes, pages.get(group.font) || documentPage));
    bytes = [];
  };
  const add = (byte: number): void => {
    if (skip > 0) skip--;
    else if (isShown()) bytes.push(byte);
  };
  for (const token of tokenize(rtf)) {
    if (token.type === "text") for (let at = token.from; at < token.to; at++) add(rtf[at]!);
    else if (token.type === "byte") add(token.value);
    else {
      flush();
      if (token.type === "open") {
        if (groups.length >= maxGroups) break;
        groups.push(group);
        group = { ...group };
        skip = 0;
      } else if (token.type === "close") {
        group = groups.pop() ?? group;
        skip = 0;
      } else if (token.type === "symbol") {
        if (token.character !== "*" && isShown()) out.push(symbols[token.character] ?? "");
      } else if (token.type === "word") {
        const { name, parameter = 1 } = token;
        if (name === "htmltag") group.isSkipped = false;
        else if (isStarred || heads.has(name)) group.isSkipped = true;
        else if (name === "fonttbl") group.isFontTable = true;
        else if (name === "htmlrtf") group.isRtfOnly = parameter !== 0;
        else if (name === "ansicpg") documentPage = pageOfNumber(parameter);
        else if (name === "f") group.font = parameter;
        else if (name === "fcharset") pages.set(group.font, pageOfFontCharset(parameter));
        else if (name === "uc") group.unicodeSkip = parameter;
        else if (name === "u") {
          if (isShown()) out.push(String.fromCharCode(parameter & 0xffff));
          skip = group.unicodeSkip;
        } else if (isShown()) out.push(characters[name] ?? "");
      }
    }
    isStarred = token.type === "symbol" && token.character === "*";
  }
  flush();
  return out.join("");
}
