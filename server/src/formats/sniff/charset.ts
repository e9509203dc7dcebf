/**
 * Bytes to text without being told the encoding.
 * Order of evidence: byte order mark; declared encoding when it is one that hides in ASCII (ISO-2022-*, UTF-7-like);
 * UTF-8 validity; UTF-16 by its zero bytes; the declared encoding; statistics (chardet); Windows-1252.
 */
import chardet from "chardet";
import iconv from "iconv-lite";

export interface DecodedText {
  /** NFC, without a byte order mark, line ends as they were. */
  readonly text: string;
  /** IANA-like lower-case name, e.g. "utf-8", "windows-1252", "shift_jis". */
  readonly charset: string;
  /** Replacement characters that the decoding had to write: bytes that were not text in this encoding. */
  readonly damaged: number;
}

/** Bytes that statistics look at: enough for every detector, small enough to cost nothing. */
const sampleBytes = 64 * 1024;

const marks: readonly { readonly bytes: readonly number[]; readonly charset: string }[] = [
  { bytes: [0xff, 0xfe, 0x00, 0x00], charset: "utf-32le" },
  { bytes: [0x00, 0x00, 0xfe, 0xff], charset: "utf-32be" },
  { bytes: [0xef, 0xbb, 0xbf], charset: "utf-8" },
  { bytes: [0xff, 0xfe], charset: "utf-16le" },
  { bytes: [0xfe, 0xff], charset: "utf-16be" },
];

/** The encoding that the byte order mark names, and the mark's length. */
export function readByteOrderMark(bytes: Uint8Array): { charset: string; length: number } | undefined {
  const mark = marks.find((candidate) => candidate.bytes.every((byte, index) => bytes[index] === byte));
  return mark && { charset: mark.charset, length: mark.bytes.length };
}

/** Whether the bytes are UTF-8; a multi-byte character cut off at the end of a sample counts as valid. */
export function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

/** UTF-16 without a mark: Latin text has zeros in every other byte, always on the same side. */
function guessUtf16(sample: Uint8Array): string | undefined {
  if (sample.length < 4) return undefined;
  const pairs = sample.length >> 1;
  let evenZeros = 0;
  let oddZeros = 0;
  for (let index = 0; index + 1 < sample.length; index += 2) {
    if (sample[index] === 0) evenZeros++;
    if (sample[index + 1] === 0) oddZeros++;
  }
  if (oddZeros > pairs * 0.4 && evenZeros < pairs * 0.02) return "utf-16le";
  if (evenZeros > pairs * 0.4 && oddZeros < pairs * 0.02) return "utf-16be";
  return undefined;
}

/** A usable encoding name, or undefined for one we cannot decode. */
function knownCharset(name: string | undefined): string | undefined {
  const wanted = name?.trim().toLowerCase();
  if (!wanted || wanted.length > 40) return undefined;
  // What the web means by these labels (WHATWG Encoding §4.2).
  if (["iso-8859-1", "latin1", "latin-1", "ascii", "us-ascii"].includes(wanted)) return "windows-1252";
  if (wanted === "gb2312") return "gb18030";
  return wanted === "iso-2022-jp" || iconv.encodingExists(wanted) ? wanted : undefined;
}

/** The most likely encoding of the bytes. `declared` is what a meta tag, an XML declaration or a mail header says. */
export function detectCharset(bytes: Uint8Array, declared?: string): string {
  const mark = readByteOrderMark(bytes);
  if (mark) return mark.charset;
  const stated = knownCharset(declared);
  const sample = bytes.subarray(0, sampleBytes);
  if (stated && /^(iso-?2022|hz|utf-?7)/.test(stated)) return stated;
  const wide = guessUtf16(sample);
  if (wide) return wide;
  if (isUtf8(bytes)) return "utf-8";
  // A declared Unicode encoding that the bytes contradict is worth nothing.
  if (stated && !/^utf/.test(stated)) return stated;
  // One damaged byte in a large UTF-8 text does not make it another encoding.
  return guessByStatistics(firstHighBytes(bytes)) ?? stated ?? "windows-1252";
}

/** Chardet's best candidate that leaves no holes: its statistics alone take short Russian for Hebrew. */
function guessByStatistics(sample: Uint8Array): string | undefined {
  let best: { charset: string; score: number } | undefined;
  for (const { name, confidence } of chardet.analyse(sample).slice(0, 6)) {
    const charset = knownCharset(name);
    if (!charset || charset.startsWith("utf")) continue;
    const text = decodeAs(sample, charset);
    const holes = text.match(/[\ufffd\u0080-\u009f\u200e\u200f]/g)?.length ?? 0;
    const score = confidence - (holes / text.length) * 1000;
    if (!best || score > best.score) best = { charset, score };
  }
  return best?.charset;
}

/** What iconv-lite lacks is in the platform's own decoder. */
function decodeAs(bytes: Uint8Array, charset: string): string {
  if (charset === "utf-8" || charset === "iso-2022-jp") return new TextDecoder(charset).decode(bytes);
  return iconv.decode(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), charset);
}

/** The part of the bytes with the first non-ASCII byte in it: statistics over plain ASCII say nothing. */
function firstHighBytes(bytes: Uint8Array): Uint8Array {
  let first = 0;
  while (first < bytes.length && bytes[first]! < 0x80) first++;
  const start = Math.max(0, Math.min(first - 256, bytes.length - sampleBytes));
  return bytes.subarray(start, start + sampleBytes);
}

/** Decodes the bytes; never throws: what is not text becomes U+FFFD and is counted. */
export function decodeText(bytes: Uint8Array, options: { declared?: string | undefined } = {}): DecodedText {
  const charset = detectCharset(bytes, options.declared);
  const mark = readByteOrderMark(bytes);
  const body = mark ? bytes.subarray(mark.length) : bytes;
  const raw = decodeAs(body, charset);
  const damaged = raw.includes("\uFFFD") ? raw.split("\uFFFD").length - 1 : 0;
  return { text: raw.normalize("NFC"), charset, damaged };
}
