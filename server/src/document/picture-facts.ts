/** What the first bytes of a picture say: its type and its size in pixels. Nothing is decoded. */

export interface PictureFacts {
  mediaType: string;
  /** With the dot. */
  extension: string;
  /** Pixels as stored; absent when the header does not say. */
  width?: number;
  height?: number;
}

/** Reads the header of PNG, JPEG, GIF, BMP, WebP, TIFF, EMF, WMF and SVG; null for anything else. */
export function readPictureFacts(bytes: Uint8Array): PictureFacts | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const ascii = (from: number, to: number) => String.fromCharCode(...bytes.subarray(from, to));
  if (bytes.length < 4) return null;
  if (ascii(1, 4) === "PNG" && bytes.length >= 24) {
    return { mediaType: "image/png", extension: ".png", width: view.getUint32(16), height: view.getUint32(20) };
  }
  if (bytes[0] === 0xff && bytes[1] === 0xd8)
    return { mediaType: "image/jpeg", extension: ".jpg", ...jpegSize(bytes, view) };
  if (ascii(0, 3) === "GIF" && bytes.length >= 10) {
    return {
      mediaType: "image/gif",
      extension: ".gif",
      width: view.getUint16(6, true),
      height: view.getUint16(8, true),
    };
  }
  if (ascii(0, 2) === "BM" && bytes.length >= 26) {
    const size = { width: view.getInt32(18, true), height: Math.abs(view.getInt32(22, true)) };
    return { mediaType: "image/bmp", extension: ".bmp", ...(size.width > 0 ? size : {}) };
  }
  if (ascii(0, 4) === "RIFF" && bytes.length >= 30 && ascii(8, 12) === "WEBP") {
    return { mediaType: "image/webp", extension: ".webp", ...webpSize(bytes, view) };
  }
  if (ascii(0, 4) === "II*\0" || ascii(0, 4) === "MM\0*") return { mediaType: "image/tiff", extension: ".tiff" };
  if (view.getUint32(0, true) === 1 && bytes.length >= 44 && ascii(40, 44) === " EMF") {
    // Bounds in device units (MS-EMF 2.2.9).
    const width = view.getInt32(16, true) - view.getInt32(8, true);
    const height = view.getInt32(20, true) - view.getInt32(12, true);
    return { mediaType: "image/emf", extension: ".emf", ...(width > 0 && height > 0 ? { width, height } : {}) };
  }
  if (view.getUint32(0, true) === 0x9ac6cdd7) return { mediaType: "image/wmf", extension: ".wmf" };
  if (
    /^(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--[\s\S]*?-->\s*)*(?:<!DOCTYPE svg[^>]*>\s*)?<svg[\s>]/.test(
      ascii(0, 1000),
    )
  ) {
    return { mediaType: "image/svg+xml", extension: ".svg" };
  }
  return null;
}

/** Walks the segments to the frame header (SOF0–SOF15 but the tables among them). */
function jpegSize(bytes: Uint8Array, view: DataView): { width: number; height: number } | undefined {
  let at = 2;
  while (at + 9 < bytes.length) {
    if (bytes[at] !== 0xff) return undefined;
    const marker = bytes[at + 1]!;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) {
      return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    }
    at += 2 + Math.max(2, view.getUint16(at + 2));
  }
  return undefined;
}

/** The three kinds of first chunk: lossy, lossless, extended. */
function webpSize(bytes: Uint8Array, view: DataView): { width: number; height: number } | undefined {
  const kind = String.fromCharCode(...bytes.subarray(12, 16));
  if (kind === "VP8 ") return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
  if (kind === "VP8L") {
    const bits = view.getUint32(21, true);
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  if (kind !== "VP8X") return undefined;
  const int24 = (at: number) => bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16);
  return { width: int24(24) + 1, height: int24(27) + 1 };
}
