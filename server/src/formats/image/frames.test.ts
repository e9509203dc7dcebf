import sharp, { type Sharp } from "sharp";
import { describe, expect, it } from "vitest";
import { openFrames } from "./frames.ts";

const limits = { maxPixels: 1_000_000, maxPages: 100 };
/** 60 × 40 pixels: black on the left third, white elsewhere. */
function leftBar(): Sharp {
  const data = Buffer.alloc(60 * 40 * 3, 255);
  for (let y = 0; y < 40; y++) data.fill(0, y * 180, y * 180 + 60);
  return sharp(data, { raw: { width: 60, height: 40, channels: 3 } });
}
async function open(bytes: Uint8Array, given = limits) {
  let converted = false;
  const frames = await openFrames(bytes, given, () => {
    converted = true;
  });
  return { frames, converted };
}
async function grayOf(bytes: Uint8Array) {
  const { data, width, height } = await (await open(bytes)).frames[0]!.gray();
  const at = (x: number, y: number) => (data[y * width + x]! > 128 ? "white" : "black");
  return { width, height, at };
}

/** A TIFF of several 2 × 1 pictures, uncompressed, written by hand: sharp writes pages of one size only from one tall picture. */
function tiffOf(pages: readonly [number, number][]): Buffer {
  const entryCount = 9;
  const pageBytes = 2 + entryCount * 12 + 4 + 2;
  const out = Buffer.alloc(8 + pages.length * pageBytes);
  out.write("II*\0", 0, "latin1");
  out.writeUInt32LE(8, 4);
  pages.forEach((pixels, index) => {
    const at = 8 + index * pageBytes;
    const dataAt = at + 2 + entryCount * 12 + 4;
    const entries: [number, number, number][] = [
      [256, 3, 2],
      [257, 3, 1],
      [258, 3, 8],
      [259, 3, 1],
      [262, 3, 1],
      [273, 4, dataAt],
      [277, 3, 1],
      [278, 3, 1],
      [279, 4, 2],
    ];
    out.writeUInt16LE(entryCount, at);
    entries.forEach(([tag, type, value], entry) => {
      const to = at + 2 + entry * 12;
      out.writeUInt16LE(tag, to);
      out.writeUInt16LE(type, to + 2);
      out.writeUInt32LE(1, to + 4);
      out.writeUInt32LE(value, to + 8);
    });
    out.writeUInt32LE(index + 1 < pages.length ? at + pageBytes : 0, at + 2 + entryCount * 12);
    out.set(pixels, dataAt);
  });
  return out;
}

describe("the frames of a picture file", () => {
  it("are the pages of a TIFF, each with its own pixels, re-encoded", async () => {
    const { frames, converted } = await open(
      tiffOf([
        [0, 255],
        [255, 0],
        [255, 255],
      ]),
    );
    expect(converted).toBe(true);
    expect(await Promise.all(frames.map(async (frame) => [...(await frame.gray()).data]))).toEqual([
      [0, 255],
      [255, 0],
      [255, 255],
    ]);
    expect((await frames[1]!.encoded()).mediaType).toBe("image/png");
  });

  it("are no more than the limit of pages", async () => {
    const bytes = tiffOf([
      [0, 255],
      [255, 0],
      [255, 255],
    ]);
    expect((await open(bytes, { ...limits, maxPages: 2 })).frames).toHaveLength(2);
  });

  it("stand upright when EXIF says that the camera was turned", async () => {
    const bytes = await leftBar().jpeg({ quality: 100 }).withMetadata({ orientation: 6 }).toBuffer();
    const { width, height, at } = await grayOf(bytes);
    expect([width, height]).toEqual([40, 60]);
    // Turned clockwise by 90°, the left side is on top.
    expect([at(20, 5), at(20, 50)]).toEqual(["black", "white"]);
    const { sizePt } = (await open(bytes)).frames[0]!;
    expect(sizePt.height).toBeGreaterThan(sizePt.width);
  });

  it("lie on white paper where they are transparent", async () => {
    const bytes = await sharp({
      create: { width: 20, height: 20, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } },
    })
      .png()
      .toBuffer();
    expect((await grayOf(bytes)).at(10, 10)).toBe("white");
  });

  it("may have 16 bits a channel", async () => {
    const bytes = await leftBar().toColourspace("rgb16").png().toBuffer();
    expect((await sharp(bytes).metadata()).depth).toBe("ushort");
    const { at } = await grayOf(bytes);
    expect([at(5, 20), at(50, 20)]).toEqual(["black", "white"]);
  });

  it("may be printed colours (CMYK), which stay as light as they look", async () => {
    const bytes = await leftBar().toColourspace("cmyk").jpeg({ quality: 100 }).toBuffer();
    expect((await sharp(bytes).metadata()).space).toBe("cmyk");
    const { at } = await grayOf(bytes);
    expect([at(5, 20), at(50, 20)]).toEqual(["black", "white"]);
  });

  it("are the first picture of an animation, and a browser's formats keep their bytes", async () => {
    const gif = await leftBar().gif().toBuffer();
    const { frames, converted } = await open(gif);
    expect([frames.length, converted]).toEqual([1, false]);
    expect(await frames[0]!.encoded()).toEqual({ bytes: gif, mediaType: "image/gif", extension: ".gif" });
  });

  it("take a stated resolution when it is plausible and guess a page otherwise", async () => {
    const stated = await leftBar().png().withMetadata({ density: 300 }).toBuffer();
    expect((await open(stated)).frames[0]!.dpi).toBeCloseTo(300, 0);
    const screen = await leftBar().resize(850, 1100, { fit: "fill" }).png().withMetadata({ density: 72 }).toBuffer();
    expect((await open(screen)).frames[0]!).toMatchObject({ dpi: 100, sizePt: { width: 612, height: 792 } });
  });

  it("are refused when there are too many pixels, and when the file is damaged", async () => {
    const wide = await sharp({ create: { width: 2000, height: 1000, channels: 3, background: "#fff" } })
      .png()
      .toBuffer();
    await expect(open(wide).then(({ frames }) => frames[0]!.gray())).rejects.toMatchObject({
      problem: "LIMIT_EXCEEDED",
    });
    await expect(open(Buffer.from("\x89PNG\r\n\x1a\nnothing", "latin1"))).rejects.toMatchObject({
      problem: "PARSING_FAILED",
    });
  });
});
