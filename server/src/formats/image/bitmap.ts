/** Windows bitmaps (BMP), which libvips does not read: uncompressed ones of 1, 4, 8, 16, 24 and 32 bits a pixel. */
import { problem } from "@knowhere/contract";

export interface RgbPixels {
  data: Uint8Array;
  width: number;
  height: number;
  channels: 3;
}

const broken = () =>
  problem("PARSING_FAILED", {
    file_type: "image",
    message: "Unable to parse document: the bitmap is damaged or of a kind that is not supported",
  });

export const isBitmap = (bytes: Uint8Array) => bytes[0] === 0x42 && bytes[1] === 0x4d;

/** Throws LIMIT_EXCEEDED before it decodes more than `maxPixels`, PARSING_FAILED for anything but a plain bitmap. */
export function decodeBitmap(bytes: Uint8Array, maxPixels: number): RgbPixels {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 54) throw broken();
  const start = view.getUint32(10, true);
  const headerBytes = view.getUint32(14, true);
  const width = view.getInt32(18, true);
  const signedHeight = view.getInt32(22, true);
  const height = Math.abs(signedHeight);
  const bits = view.getUint16(28, true);
  const compression = view.getUint32(30, true);
  if (width <= 0 || height === 0 || headerBytes < 40) throw broken();
  if (width * height > maxPixels) {
    throw problem("LIMIT_EXCEEDED", {
      file_type: "image",
      message: "The picture has more pixels than the server decodes. Scale it down and send it again.",
    });
  }
  const stride = Math.ceil((width * bits) / 32) * 4;
  if (
    ![1, 4, 8, 16, 24, 32].includes(bits) ||
    (compression !== 0 && compression !== 3) ||
    start + stride * height > bytes.length
  )
    throw broken();

  const paletteAt = 14 + headerBytes;
  const colours = view.getUint32(46, true) || 1 << Math.min(bits, 8);
  const palette = bits <= 8 ? bytes.subarray(paletteAt, paletteAt + colours * 4) : new Uint8Array();
  const masks =
    compression === 3
      ? [0, 4, 8].map((at) => view.getUint32(54 + at, true))
      : bits === 16
        ? [0x7c00, 0x3e0, 0x1f]
        : [0xff0000, 0xff00, 0xff];
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    // Rows go from the bottom up unless the height is negative.
    const row = start + stride * (signedHeight > 0 ? height - 1 - y : y);
    for (let x = 0; x < width; x++) {
      const to = (y * width + x) * 3;
      if (bits <= 8) {
        const byte = bytes[row + Math.floor((x * bits) / 8)]!;
        const index = (byte >> (8 - bits - ((x * bits) % 8))) & ((1 << bits) - 1);
        for (let c = 0; c < 3; c++) data[to + c] = palette[index * 4 + 2 - c] ?? 0;
      } else if (bits === 24) {
        for (let c = 0; c < 3; c++) data[to + c] = bytes[row + x * 3 + 2 - c]!;
      } else {
        const value = bits === 16 ? view.getUint16(row + x * 2, true) : view.getUint32(row + x * 4, true);
        for (let c = 0; c < 3; c++) data[to + c] = readMasked(value, masks[c]!);
      }
    }
  }
  return { data, width, height, channels: 3 };
}

/** A field of a pixel, stretched to 0–255. */
function readMasked(value: number, mask: number): number {
  if (mask === 0) return 0;
  const shift = Math.clz32(mask & -mask) ^ 31;
  const most = mask >>> shift;
  return Math.round((((value & mask) >>> shift) * 255) / most);
}
