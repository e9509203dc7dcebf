/** Splits RTF (Rich Text Format Specification 1.9.1) into tokens. Works on bytes: text is in several code pages at once. */

export type RtfToken =
  | { type: "open" | "close" }
  /** A control word, `\b0` → name "b", parameter 0. */
  | { type: "word"; name: string; parameter: number | undefined }
  /** A control symbol, `\~` → "~". */
  | { type: "symbol"; character: string }
  /** `\'hh`. */
  | { type: "byte"; value: number }
  /** Plain bytes from `from` up to `to`; line ends are left out. */
  | { type: "text"; from: number; to: number }
  /** The raw bytes of `\binN`. */
  | { type: "binary"; from: number; to: number };

const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const maxWordLength = 64;

const isLetter = (byte: number | undefined): boolean =>
  byte !== undefined && ((byte >= 0x61 && byte <= 0x7a) || (byte >= 0x41 && byte <= 0x5a));
const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x30 && byte <= 0x39;

/** Every token in order. Malformed input never throws; it ends early or reads as text. */
export function* tokenize(bytes: Uint8Array): Generator<RtfToken> {
  let at = 0;
  while (at < bytes.length) {
    const byte = bytes[at]!;
    if (byte === openBrace) {
      at += 1;
      yield { type: "open" };
    } else if (byte === closeBrace) {
      at += 1;
      yield { type: "close" };
    } else if (byte === backslash) {
      const control = readControl(bytes, at + 1);
      at = control.next;
      if (control.token) yield control.token;
    } else if (byte === 0x0d || byte === 0x0a || byte === 0) {
      at += 1;
    } else {
      const from = at;
      while (at < bytes.length && !isSpecial(bytes[at]!)) at += 1;
      yield { type: "text", from, to: at };
    }
  }
}

const isSpecial = (byte: number): boolean =>
  byte === backslash || byte === openBrace || byte === closeBrace || byte === 0x0d || byte === 0x0a || byte === 0;

function readControl(bytes: Uint8Array, start: number): { token: RtfToken | undefined; next: number } {
  const first = bytes[start];
  if (first === undefined) return { token: undefined, next: start };
  if (!isLetter(first)) {
    if (first === 0x27) {
      const value = Number.parseInt(String.fromCharCode(bytes[start + 1] ?? 0x30, bytes[start + 2] ?? 0x30), 16);
      return { token: Number.isNaN(value) ? undefined : { type: "byte", value }, next: start + 3 };
    }
    // A backslash before a line end is a paragraph end.
    if (first === 0x0d || first === 0x0a)
      return { token: { type: "word", name: "par", parameter: undefined }, next: start + 1 };
    return { token: { type: "symbol", character: String.fromCharCode(first) }, next: start + 1 };
  }
  let at = start;
  while (at - start < maxWordLength && isLetter(bytes[at])) at += 1;
  const name = String.fromCharCode(...bytes.subarray(start, at));
  const numberStart = at;
  if (bytes[at] === 0x2d && isDigit(bytes[at + 1])) at += 1;
  while (at - numberStart < 12 && isDigit(bytes[at])) at += 1;
  const parameter = at > numberStart ? Number(String.fromCharCode(...bytes.subarray(numberStart, at))) : undefined;
  if (bytes[at] === 0x20) at += 1;
  if (name === "bin") {
    const to = Math.min(bytes.length, at + Math.max(0, parameter ?? 0));
    return { token: { type: "binary", from: at, to }, next: to };
  }
  return { token: { type: "word", name, parameter }, next: at };
}
