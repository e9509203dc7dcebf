/**
 * Masks of pictures, read from the bytes of the file. PDFium tells of a mask only by drawing the picture, which costs more than
 * everything else about it; most masks are plain streams, and many are opaque all over. So a picture's raw bytes are looked up in
 * the file, and the dictionary before them says what is needed. Whatever is not plain stays "unknown", and is drawn.
 */
import { inflateSync } from "node:zlib";
import { indexObjects } from "./raw-objects.ts";

/** "none" when everything is opaque; otherwise one byte a pixel, 0 = transparent. */
export type PictureMask = "none" | "unknown" | Uint8Array;

/** A dictionary longer than this is not looked at. */
const maxDictionaryBytes = 4096;
/** Streams are found by so many bytes at their start; the smallest picture has no more. */
const keyBytes = 6;
/** JPEGs of one camera begin alike. More streams with one beginning than this are not told apart… */
const maxAlike = 4096;
/** …nor are more copies of one picture. */
const maxCopies = 32;
const letterD = 0x64;

export class PictureStreams {
  readonly #source: Buffer;
  #starts: Map<string, number[]> | undefined;
  #objects: Map<string, number> | undefined;

  constructor(source: Uint8Array) {
    this.#source = Buffer.from(source.buffer, source.byteOffset, source.byteLength);
  }

  /** The mask of the picture with these raw bytes. Unknown in encrypted files and for inline pictures, too. */
  readMask(raw: Uint8Array, width: number, height: number): PictureMask {
    const dictionaries = this.#findDictionaries(raw);
    if (dictionaries.length === 0) return "unknown";
    const first = dictionaries[0]!;
    if (dictionaries.every((text) => !/Mask|#/.test(text))) return "none";
    const reference = /\/SMask (\d+ \d+) R/.exec(first)?.[1];
    // Stencil masks, colour keys and names with escapes are left to PDFium.
    const rest = first.replace(/\/SMask \d+ \d+ R/, "");
    if (reference === undefined || dictionaries.length > 1 || /Mask|#/.test(rest)) return "unknown";
    return this.#readSoftMask(reference, width, height) ?? "unknown";
  }

  /** The dictionaries of all streams with these very bytes. */
  #findDictionaries(raw: Uint8Array): string[] {
    if (raw.length < keyBytes) return [];
    this.#starts ??= this.#findStarts();
    const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
    const starts = this.#starts.get(bytes.toString("latin1", 0, keyBytes)) ?? [];
    if (starts.length > maxAlike) return [];
    const dictionaries: string[] = [];
    for (const start of starts) {
      const end = start + raw.length;
      if (end > this.#source.length || this.#source.compare(raw, 0, raw.length, start, end) !== 0) continue;
      const before = this.#source.toString("latin1", Math.max(0, start - maxDictionaryBytes), start);
      const from = before.lastIndexOf(" obj");
      if (from < 0 || dictionaries.length >= maxCopies) return [];
      dictionaries.push(before.slice(from));
    }
    return dictionaries;
  }

  #findStarts(): Map<string, number[]> {
    const source = this.#source;
    const starts = new Map<string, number[]>();
    for (let at = source.indexOf("stream"); at >= 0; at = source.indexOf("stream", at + 6)) {
      if (source[at - 1] === letterD) continue; // "endstream"
      const start = skipLineEnd(source, at + 6);
      const key = source.toString("latin1", start, Math.min(start + keyBytes, source.length));
      const known = starts.get(key);
      if (!known) starts.set(key, [start]);
      else if (known.length <= maxAlike) known.push(start);
    }
    return starts;
  }

  /** A soft mask of 8 bits, of the picture's own size, packed by Flate with PNG predictors or none; null otherwise. */
  #readSoftMask(reference: string, width: number, height: number): PictureMask | null {
    this.#objects ??= indexObjects(this.#source);
    const at = this.#objects.get(reference);
    if (at === undefined) return null;
    const body = this.#source.toString("latin1", at, Math.min(at + maxDictionaryBytes, this.#source.length));
    const end = body.indexOf("stream");
    const text = body.slice(0, Math.max(0, end));
    const numberOf = (name: string) => Number(new RegExp(`/${name}\\s+(\\d+)(?!\\s+\\d+\\s+R)\\b`).exec(text)?.[1]);
    if (/Mask|Matte|#|\/Decode\s*\[/.test(text) || !/\/Filter\s*(?:\/FlateDecode|\[\s*\/FlateDecode\s*\])/.test(text))
      return null;
    if (numberOf("Width") !== width || numberOf("Height") !== height || numberOf("BitsPerComponent") !== 8) return null;
    if (!/\/ColorSpace\s*\/DeviceGray\b/.test(text)) return null;
    const predicted = text.includes("/Predictor") ? numberOf("Predictor") : 1;
    if (predicted !== 1 && (predicted < 10 || numberOf("Columns") !== width)) return null;
    const length = numberOf("Length");
    const start = skipLineEnd(this.#source, at + end + 6);
    const stop = length > 0 ? start + length : this.#source.indexOf("endstream", start);
    const plain = predicted === 1 ? width * height : (width + 1) * height;
    const packed = this.#source.subarray(start, stop < 0 ? this.#source.length : stop);
    let samples: Uint8Array;
    try {
      samples = inflateSync(packed, { maxOutputLength: plain + 64 });
    } catch {
      return null;
    }
    if (samples.length < plain) return null;
    const mask = predicted === 1 ? samples.subarray(0, plain) : undoPredictors(samples, width, height);
    if (!mask) return null;
    return isOpaque(mask) ? "none" : mask;
  }
}

/** A loop, not `every`: masks have millions of samples. */
function isOpaque(mask: Uint8Array): boolean {
  for (let at = 0; at < mask.length; at++) if (mask[at] !== 255) return false;
  return true;
}

function skipLineEnd(source: Buffer, at: number): number {
  if (source[at] === 0x0d) at++;
  return source[at] === 0x0a ? at + 1 : at;
}

/** PNG filters (RFC 2083, section 6) of rows of one byte a pixel; null for a filter that does not exist. */
function undoPredictors(rows: Uint8Array, width: number, height: number): Uint8Array | null {
  const out = new Uint8Array(width * height);
  for (let y = 0, from = 0, to = 0; y < height; y++) {
    const filter = rows[from++]!;
    if (filter > 4) return null;
    for (let x = 0; x < width; x++, to++) {
      const left = x > 0 ? out[to - 1]! : 0;
      const up = y > 0 ? out[to - width]! : 0;
      const corner = x > 0 && y > 0 ? out[to - width - 1]! : 0;
      out[to] = rows[from++]! + predict(filter, left, up, corner);
    }
  }
  return out;
}

function predict(filter: number, left: number, up: number, corner: number): number {
  if (filter === 0) return 0;
  if (filter === 1) return left;
  if (filter === 2) return up;
  if (filter === 3) return (left + up) >> 1;
  const toLeft = Math.abs(up - corner);
  const toUp = Math.abs(left - corner);
  const toCorner = Math.abs(left + up - 2 * corner);
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}
