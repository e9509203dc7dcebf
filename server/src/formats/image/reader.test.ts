import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Block } from "@knowhere/contract";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTesseract } from "../../adapters/tesseract/engine.ts";
import { plainBlocks } from "../../document/plain.ts";
import type { OcrEngine, OcrPage, OcrWord } from "../../ports/ocr.ts";
import { drawPage, letterLines, letterOf } from "../../testing/drawn-pages.ts";
import { readMarkdown, readSource } from "../../testing/read-source.ts";

let folder: string;
let ocr: OcrEngine;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "knowhere-image-"));
  ocr = await openTesseract({ languagesDir: folder, parallel: 2 });
});
afterAll(async () => {
  await ocr.close();
  await rm(folder, { recursive: true, force: true });
});
const read = (name: string, bytes: Uint8Array) => readSource(name, bytes, { context: { ocr } });
const tableOf = (blocks: readonly Block[]) => blocks.find((block) => block.type === "table");

describe("a picture of a page", () => {
  it("becomes text with places, confidence and its source", async () => {
    const { document } = await read("letter.png", await drawPage(letterOf(letterLines)));
    expect(document.pages).toMatchObject([{ number: 1, kind: "image", text: "ocr" }]);
    expect(plainBlocks(document.content).replace(/\s+/g, " ")).toBe(letterLines.join(" "));
    for (const block of document.content) {
      expect(block).toMatchObject({ type: "paragraph", source: "ocr" });
      expect(block.confidence).toBeGreaterThan(0.85);
      expect(block.places![0]!.box![0]).toBeGreaterThan(0);
    }
    expect(document.warnings).toEqual([]);
  });

  it.each([3, 90, 270])("is read all the same when it lies turned by %s degrees", async (degrees) => {
    const page = await drawPage(letterOf([...letterLines, ...letterLines]));
    const turned = await sharp(page).rotate(degrees, { background: "#ffffff" }).png().toBuffer();
    const markdown = await readMarkdown("turned.png", turned, { context: { ocr } });
    expect(markdown.replace(/\s+/g, " ")).toContain(letterLines.join(" "));
  });

  it("may have a ruled table", async () => {
    const rows = [
      ["Year", "Harvest", "Price"],
      ["1901", "320", "14"],
      ["1902", "410", "12"],
      ["1903", "275", "19"],
    ];
    const lines = rows.flatMap((row, y) => row.map((text, x) => ({ text, x: 240 + x * 240, y: 445 + y * 70 })));
    const across = rows.concat([[]]).map((_, y) => `<rect x="220" y="${400 + y * 70}" width="722" height="2"/>`);
    const down = [0, 1, 2, 3].map((x) => `<rect x="${220 + x * 240}" y="400" width="2" height="282"/>`);
    const above = letterOf(letterLines.slice(0, 2));
    const page = { ...above, lines: [...above.lines, ...lines], shapes: [...across, ...down].join("") };
    const { document } = await read("table.png", await drawPage(page));
    const table = tableOf(document.content);
    expect(table?.rows.map(({ cells }) => cells.map(({ text }) => text))).toEqual(rows);
  });

  it("may hold a photo, which becomes a figure with its own picture", async () => {
    const page = { ...letterOf(letterLines), shapes: '<rect x="200" y="800" width="700" height="500" fill="#333"/>' };
    const { document, assets } = await read("photo.png", await drawPage(page));
    const figure = document.content.find((block) => block.type === "figure");
    expect(figure).toBeDefined();
    const crop = await sharp(assets.get(figure!.asset!)!).metadata();
    expect(Math.abs(crop.width - 700)).toBeLessThan(60);
    expect(Math.abs(crop.height - 500)).toBeLessThan(60);
  });
});

describe("a picture without text", () => {
  it("is one figure with the whole picture", async () => {
    const bytes = await sharp({ create: { width: 300, height: 200, channels: 3, background: "#3366aa" } })
      .jpeg()
      .toBuffer();
    const { document, assets } = await read("sky.jpg", bytes);
    expect(document.content).toMatchObject([{ type: "figure", source: "native", places: [{ page: 1 }] }]);
    expect(document.pages[0]!.text).toBe("none");
    expect([...assets.values()]).toEqual([bytes]);
  });

  it("keeps the few words that stand in it", async () => {
    const page = { width: 900, height: 300, lines: [{ text: "Harbour Street", x: 80, y: 170, sizePx: 80 }] };
    const { document } = await read("sign.png", await drawPage(page));
    expect(document.content).toMatchObject([
      { type: "figure", source: "ocr", content: [{ content: [{ text: "Harbour Street" }] }] },
    ]);
  });

  it("has no text in lines of nothing but marks, which the edges of shapes read as", async () => {
    const word = { confidence: 0.9, block: 1 };
    const words: OcrWord[] = [
      { ...word, text: "“", box: [10, 10, 30, 30], line: 1 },
      { ...word, text: "50", box: [10, 100, 60, 130], line: 2 },
      { ...word, text: "%", box: [70, 100, 90, 130], line: 2 },
      { ...word, text: "™", box: [200, 180, 220, 195], line: 3 },
    ];
    const engine = { ...ocr, recognize: async (): Promise<OcrPage> => ({ words, confidence: 0.9 }) };
    const bytes = await drawPage({ width: 400, height: 200, lines: [] });
    const { document } = await readSource("shapes.png", bytes, { context: { ocr: engine } });
    expect(document.content).toMatchObject([{ type: "figure", content: [{ content: [{ text: "50 %" }] }] }]);
  });

  it("says that it was not read where no engine runs", async () => {
    const { document } = await readSource("letter.png", await drawPage(letterOf(letterLines)));
    expect(document.warnings).toMatchObject([{ code: "NEEDS_OCR", pages: [1] }]);
    expect(document.content).toMatchObject([{ type: "figure" }]);
  });
});

describe("a picture of several pages", () => {
  it("is read but for a page that is broken, which is a warning", async () => {
    const pages = await Promise.all(
      [letterLines, letterLines.slice(0, 2)].map(async (lines) => drawPage(letterOf(lines))),
    );
    const tiff = await sharp(pages, { join: { animated: true } })
      .tiff({ compression: "lzw" })
      .toBuffer();
    const whole = await read("two.tiff", tiff);
    expect(whole.document.pages).toHaveLength(2);
    const frames: OcrEngine = { ...ocr, parallel: 1, recognize: failingAt(2) };
    const { document } = await readSource("two.tiff", tiff, { context: { ocr: frames } });
    expect(document.pages.map(({ text }) => text)).toEqual(["ocr", "none"]);
    expect(document.warnings).toMatchObject([{ code: "PAGE_UNREADABLE", pages: [2], page: 2 }]);
    expect(plainBlocks(document.content)).toContain(letterLines[0]!.split(" ")[0]);
    const none: OcrEngine = { ...ocr, recognize: failingAt(0) };
    await expect(readSource("two.tiff", tiff, { context: { ocr: none } })).rejects.toThrow("engine ended");
  });

  /** An engine that ends at its n-th page; at every one when n is 0. */
  function failingAt(page: number): OcrEngine["recognize"] {
    let calls = 0;
    return (image, options) =>
      page === 0 || ++calls === page ? Promise.reject(new Error("engine ended")) : ocr.recognize(image, options);
  }
});
