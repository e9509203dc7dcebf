import { describe, expect, it } from "vitest";
import { decodeBitmap, isBitmap } from "./bitmap.ts";

interface Parts {
  width: number;
  height: number;
  bits: number;
  compression?: number;
  palette?: number[];
  masks?: number[];
  rows: number[][];
}

/** A BITMAPINFOHEADER file; `rows` are the bytes of each stored row, padded here. */
function bitmapOf({ width, height, bits, compression = 0, palette = [], masks = [], rows }: Parts): Buffer {
  const head = Buffer.alloc(54);
  const extra = Buffer.alloc(palette.length * 4 + masks.length * 4);
  for (const [at, value] of [...masks, ...palette].entries()) extra.writeUInt32LE(value, at * 4);
  head.write("BM", 0);
  head.writeUInt32LE(54 + extra.length, 10);
  head.writeUInt32LE(40, 14);
  head.writeInt32LE(width, 18);
  head.writeInt32LE(height, 22);
  head.writeUInt16LE(1, 26);
  head.writeUInt16LE(bits, 28);
  head.writeUInt32LE(compression, 30);
  head.writeUInt32LE(palette.length, 46);
  const padded = rows.map((row) => Buffer.concat([Buffer.from(row), Buffer.alloc((4 - (row.length % 4)) % 4)]));
  return Buffer.concat([head, extra, ...padded]);
}
const pixelsOf = (parts: Parts) => [...decodeBitmap(bitmapOf(parts), 1000).data];
const problemOf = (bytes: Uint8Array, maxPixels = 1000) => {
  try {
    decodeBitmap(bytes, maxPixels);
    return "none";
  } catch (error) {
    return (error as { problem: string }).problem;
  }
};

describe("the bitmap decoder", () => {
  it("reads 24 bits bottom up, and top down when the height is negative", () => {
    const rows = [
      [1, 2, 3],
      [4, 5, 6],
    ];
    expect(pixelsOf({ width: 1, height: 2, bits: 24, rows })).toEqual([6, 5, 4, 3, 2, 1]);
    expect(pixelsOf({ width: 1, height: -2, bits: 24, rows })).toEqual([3, 2, 1, 6, 5, 4]);
  });

  it("reads palettes of 1, 4 and 8 bits", () => {
    const palette = [0x000000, 0xffffff, 0x0a0b0c];
    expect(pixelsOf({ width: 3, height: 1, bits: 1, palette: palette.slice(0, 2), rows: [[0b10100000]] })).toEqual([
      255, 255, 255, 0, 0, 0, 255, 255, 255,
    ]);
    expect(pixelsOf({ width: 2, height: 1, bits: 4, palette, rows: [[0x21]] })).toEqual([10, 11, 12, 255, 255, 255]);
    expect(pixelsOf({ width: 1, height: 1, bits: 8, palette, rows: [[2]] })).toEqual([10, 11, 12]);
  });

  it("gives black for an index that the palette does not have", () => {
    expect(pixelsOf({ width: 1, height: 1, bits: 8, palette: [0xffffff], rows: [[7]] })).toEqual([0, 0, 0]);
  });

  it("reads 16 bits as 5-5-5, 5-6-5 by masks, and 32 bits", () => {
    expect(pixelsOf({ width: 1, height: 1, bits: 16, rows: [[0x00, 0x7c]] })).toEqual([255, 0, 0]);
    const masks = [0xf800, 0x7e0, 0x1f];
    expect(pixelsOf({ width: 1, height: 1, bits: 16, compression: 3, masks, rows: [[0xe0, 0x07]] })).toEqual([
      0, 255, 0,
    ]);
    expect(pixelsOf({ width: 1, height: 1, bits: 32, rows: [[3, 2, 1, 0]] })).toEqual([1, 2, 3]);
  });

  it("refuses files that are cut off, run-length coded or of impossible size", () => {
    const whole = bitmapOf({
      width: 2,
      height: 2,
      bits: 24,
      rows: [
        [1, 2, 3, 4, 5, 6],
        [1, 2, 3, 4, 5, 6],
      ],
    });
    expect(problemOf(whole)).toBe("none");
    expect(problemOf(whole.subarray(0, whole.length - 1))).toBe("PARSING_FAILED");
    expect(problemOf(whole.subarray(0, 20))).toBe("PARSING_FAILED");
    expect(problemOf(bitmapOf({ width: 1, height: 1, bits: 8, compression: 1, rows: [[1, 0, 0, 1]] }))).toBe(
      "PARSING_FAILED",
    );
    expect(problemOf(bitmapOf({ width: 0, height: 1, bits: 24, rows: [] }))).toBe("PARSING_FAILED");
  });

  it("counts the pixels before it takes memory for them", () => {
    expect(problemOf(bitmapOf({ width: 40_000, height: 40_000, bits: 24, rows: [] }), 100_000_000)).toBe(
      "LIMIT_EXCEEDED",
    );
  });

  it("knows a bitmap by its first bytes", () => {
    expect([isBitmap(Buffer.from("BM")), isBitmap(Buffer.from("GIF8"))]).toEqual([true, false]);
  });
});
