/** A page that was scanned badly reads like the clean one: pictures made here, recognised by the engine that is always there. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openWasmTesseract } from "../adapters/tesseract/wasm.ts";
import { openPicture, readGray } from "../formats/image/pixels.ts";
import { recognizePage } from "../formats/image/recognition.ts";
import type { OcrEngine } from "../ports/ocr.ts";
import { drawPage, letterLines, letterOf } from "./drawn-pages.ts";

const lines = [...letterLines, ...letterLines, ...letterLines];
const truth = lines.join(" ");
/** 200 dpi for an A4 page 1,240 px wide at 150 dpi. */
const dpi = 200;
/** A point of character error rate, as a share. */
const onePoint = 0.01;

let folder: string;
let engine: OcrEngine;
let clean: Buffer;
let cleanRate: number;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "knowhere-degraded-"));
  engine = await openWasmTesseract({ languagesDir: folder, parallel: 1 });
  clean = await drawPage(letterOf(lines));
  cleanRate = await errorRateOf(clean);
});
afterAll(async () => {
  await engine.close();
  await rm(folder, { recursive: true, force: true });
});

async function errorRateOf(picture: Buffer): Promise<number> {
  const gray = await readGray(openPicture(picture, 100_000_000));
  const options = { languages: ["eng"], dpi, page: 1, signal: new AbortController().signal };
  const { facts } = await recognizePage(gray, engine, options);
  return editDistance(facts.glyphs.map(({ text }) => text).join(" "), truth) / truth.length;
}

/** Levenshtein. */
function editDistance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++)
      next.push(Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (one[i - 1] === other[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[other.length]!;
}

/** Grey noise of a fixed seed (a linear congruential generator), so that every run sees the same page. */
async function addNoise(picture: Buffer, strength: number): Promise<Buffer> {
  const { data, info } = await sharp(picture).greyscale().raw().toBuffer({ resolveWithObject: true });
  let state = 12345;
  for (let at = 0; at < data.length; at++) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    data[at] = Math.min(255, Math.max(0, data[at]! + (state / 2_147_483_648 - 0.5) * strength));
  }
  return sharp(data, { raw: { width: info.width, height: info.height, channels: info.channels } })
    .png()
    .toBuffer();
}

// Two or three recognitions each, which take minutes where many processes share a core.
describe("a badly scanned page", { timeout: 280_000 }, () => {
  it("is compared with a clean one that reads nearly without a fault", () => {
    expect(cleanRate).toBeLessThan(onePoint);
  });

  it.each([
    ["lies 3 degrees askew", (page: Buffer) => sharp(page).rotate(3, { background: "#fff" }).png().toBuffer()],
    ["lies on its left side", (page: Buffer) => sharp(page).rotate(90).png().toBuffer()],
    ["stands on its head", (page: Buffer) => sharp(page).rotate(180).png().toBuffer()],
    ["lies on its right side", (page: Buffer) => sharp(page).rotate(270).png().toBuffer()],
    [
      "has 150 dpi, noise and the blocks of a strong JPEG compression",
      async (page: Buffer) => {
        const small = await sharp(page).resize({ width: 930 }).png().toBuffer();
        return sharp(await addNoise(small, 60))
          .jpeg({ quality: 40 })
          .toBuffer();
      },
    ],
  ])("that %s reads within a point of it", async (_, spoil) => {
    expect(await errorRateOf(await spoil(clean))).toBeLessThanOrEqual(cleanRate + onePoint);
  });
});
