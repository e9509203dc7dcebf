import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { PdfWriter } from "../../testing/pdf-writer.ts";
import { PdfFile } from "./file.ts";
import { PdfPage } from "./page.ts";
import { type EncodedPicture, PictureCache } from "./pictures.ts";

async function onPage<T>(pdf: PdfWriter, use: (page: PdfPage, cache: PictureCache) => Promise<T>): Promise<T> {
  const bytes = pdf.bytes();
  const file = await PdfFile.open(bytes, undefined);
  try {
    const page = PdfPage.open(file, 1)!;
    page.readFacts();
    const result = await use(page, new PictureCache(bytes));
    page.close();
    return result;
  } finally {
    file.close();
  }
}

const pixelsOf = async (picture: EncodedPicture | null): Promise<number[]> => [
  ...(await sharp(picture!.bytes).raw().toBuffer()),
];
const red = [255, 0, 0];
const green = [0, 255, 0];
const blue = [0, 0, 255];
const white = [255, 255, 255];

describe("pictures", () => {
  it("come out with their own pixels, whatever size they are shown at", async () => {
    const pdf = new PdfWriter();
    pdf.page().image([50, 50, 350, 250], {
      width: 2,
      height: 2,
      samples: new Uint8Array([...red, ...green, ...blue, ...white]),
    });
    const picture = await onPage(pdf, (page, cache) => page.picture(0, cache, 1e6));
    expect(picture).toMatchObject({ mediaType: "image/png", width: 2, height: 2 });
    expect(await pixelsOf(picture)).toEqual([...red, ...green, ...blue, ...white]);
  });

  it("are turned with the page", async () => {
    const pdf = new PdfWriter();
    pdf.page(400, 400, "/Rotate 90").image([50, 50, 250, 250], {
      width: 2,
      height: 2,
      samples: new Uint8Array([...red, ...green, ...blue, ...white]),
    });
    const picture = await onPage(pdf, (page, cache) => page.picture(0, cache, 1e6));
    expect(await pixelsOf(picture)).toEqual([...blue, ...red, ...white, ...green]);
  });

  it("keep their soft mask as alpha", async () => {
    const pdf = new PdfWriter();
    pdf.page().image([50, 50, 250, 150], {
      width: 2,
      height: 1,
      samples: new Uint8Array([...red, ...blue]),
      alpha: new Uint8Array([255, 0]),
    });
    const pixels = await pixelsOf(await onPage(pdf, (page, cache) => page.picture(0, cache, 1e6)));
    expect(pixels.slice(0, 4)).toEqual([...red, 255]);
    expect(pixels[7]).toBe(0);
  });

  it("leave the file as they are when they are plain JPEGs", async () => {
    const jpeg = await sharp({ create: { width: 8, height: 8, channels: 3, background: "#336699" } })
      .jpeg()
      .toBuffer();
    const pdf = new PdfWriter();
    pdf.page().image([50, 50, 250, 250], { width: 8, height: 8, jpeg });
    const picture = await onPage(pdf, (page, cache) => page.picture(0, cache, 1e6));
    expect(picture).toMatchObject({ mediaType: "image/jpeg", width: 8, height: 8 });
    expect(Buffer.compare(Buffer.from(picture!.bytes), jpeg)).toBe(0);
  });

  it("are encoded once when their bytes are the same", async () => {
    const pdf = new PdfWriter();
    const logo = { width: 2, height: 1, samples: new Uint8Array([...red, ...blue]) };
    pdf.page().image([50, 50, 250, 150], logo).image([50, 250, 250, 350], logo);
    const [first, second] = await onPage(pdf, async (page, cache) => [
      await page.picture(0, cache, 1e6),
      await page.picture(1, cache, 1e6),
    ]);
    expect(second).toBe(first);
  });

  it("are refused when they have more pixels than the limit", async () => {
    const pdf = new PdfWriter();
    pdf.page().image([50, 50, 250, 150], { width: 20, height: 20 });
    expect(await onPage(pdf, (page, cache) => page.picture(0, cache, 399))).toBeNull();
  });
});

describe("crops", () => {
  it("show the part of the page asked for at the resolution asked for", async () => {
    const pdf = new PdfWriter();
    pdf.page().rect(100, 100, 200, 200, { fill: 0xff0000 });
    const crop = await onPage(pdf, (page) => page.crop([100, 100, 200, 150], 144));
    expect(crop).toMatchObject({ mediaType: "image/png", width: 200, height: 100 });
    expect((await pixelsOf(crop)).slice(3 * 5050, 3 * 5051)).toEqual(red);
  });

  it("shrink instead of failing on a page of enormous size", async () => {
    const pdf = new PdfWriter();
    pdf.page(14_400, 14_400).rect(0, 0, 14_400, 14_400, { fill: 0x00ff00 });
    const crop = await onPage(pdf, (page) => page.crop([0, 0, 14_400, 14_400], 300));
    expect(crop!.width * crop!.height).toBeLessThanOrEqual(25_100_000);
  });

  it("are null outside the page", async () => {
    const pdf = new PdfWriter();
    pdf.page();
    expect(await onPage(pdf, (page) => page.crop([700, 10, 800, 20], 72))).toBeNull();
  });
});
