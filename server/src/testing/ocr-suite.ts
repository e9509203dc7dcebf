/** What every OCR engine promises. An adapter's test calls this with a way to open it; the folder for added languages is empty. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readLanguage } from "../adapters/tesseract/languages.ts";
import { readGray } from "../formats/image/pixels.ts";
import type { OcrEngine, OcrPage, OcrPicture } from "../ports/ocr.ts";
import { type DrawnPage, drawPage, letterLines, letterOf } from "./drawn-pages.ts";

const draw = async (page: DrawnPage) => readGray(sharp(await drawPage(page)));

export function describeOcrEngine(name: string, open: (languagesDir: string) => Promise<OcrEngine>): void {
  describe(`${name} as an OCR engine`, () => {
    let engine: OcrEngine;
    let folder: string;
    let letter: OcrPicture;
    const signal = new AbortController().signal;
    const usual = { languages: ["eng"], dpi: 150, structure: "page", lightLetters: true, signal } as const;
    const read = (image: OcrPicture, structure: "page" | "block" = "page") =>
      engine.recognize(image, { ...usual, structure });

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "knowhere-ocr-"));
      engine = await open(folder);
      letter = await draw(letterOf(letterLines));
    });
    afterAll(async () => {
      await engine.close();
      await rm(folder, { recursive: true, force: true });
    });

    it("says its name with its version, and that it knows English", async () => {
      expect(engine.name).toMatch(/^\S+ \d+\.\d+/);
      expect(await engine.languages()).toContain("eng");
      expect(await engine.languages()).not.toContain("osd");
      expect(engine.parallel).toBeGreaterThanOrEqual(1);
    });

    it.each(["page", "block"] as const)("reads the words of a clean page in order (as a %s)", async (structure) => {
      const { words, confidence } = await read(letter, structure);
      expect(words.map(({ text }) => text).join(" ")).toBe(letterLines.join(" "));
      expect(confidence).toBeGreaterThan(0.85);
    });

    it.each([1, 2, 3])("reads a picture whose rows are %s pixels longer than a multiple of four", async (more) => {
      const wider = await draw({ ...letterOf(letterLines), width: letter.width + more });
      expect(wider.width % 4).toBe(more);
      const places = ({ words }: OcrPage) => words.map(({ text, box }) => [text, ...box]);
      expect(places(await read(wider))).toEqual(places(await read(letter)));
    });

    it("reads light letters on a dark ground when it is told that there may be some", async () => {
      const boxed = { ...letter, data: letter.data.map((value) => 255 - value) };
      const { words } = await engine.recognize(boxed, { ...usual, structure: "block" });
      expect(words.map(({ text }) => text).join(" ")).toContain(letterLines[1]);
    });

    it("counts lines from 0 and gives each word a box in pixels around its ink", async () => {
      const { words } = await read(letter);
      expect(words.map(({ line }) => line)).toEqual(letterLines.flatMap((line, at) => line.split(" ").map(() => at)));
      const [x0, y0, x1, y1] = words[0]!.box;
      // "The", baseline at 160, 32 px high letters from x = 120 on.
      expect(Math.abs(x0 - 120)).toBeLessThan(6);
      expect(Math.abs(y1 - 160)).toBeLessThan(6);
      expect(y1 - y0).toBeGreaterThan(18);
      expect(x1).toBeGreaterThan(x0);
      for (const { confidence } of words) expect(confidence >= 0 && confidence <= 1).toBe(true);
    });

    it("finds no words on an empty page", async () => {
      const empty = await draw({ width: 600, height: 400, lines: [] });
      expect(await read(empty, "block")).toEqual({ words: [], confidence: 0 });
    });

    it.each([90, 180, 270] as const)(
      "says how far a page that was turned by %s degrees is to be turned back",
      async (degrees) => {
        const more = letterOf([...letterLines, ...letterLines, ...letterLines, ...letterLines]);
        const turned = await readGray(sharp(await drawPage(more)).rotate(degrees));
        expect(await engine.orientation(turned, signal)).toMatchObject({ degrees: 360 - degrees, script: "Latin" });
      },
    );

    it("cannot tell the orientation of an empty page", async () => {
      expect(await engine.orientation(await draw({ width: 600, height: 400, lines: [] }), signal)).toBeNull();
    });

    it("reads with a language whose data the operator added", async () => {
      // English under another name: what matters is where the data lie.
      await writeFile(join(folder, "deu.traineddata"), await readLanguage("eng", folder));
      const { words } = await engine.recognize(letter, { ...usual, languages: ["deu", "eng"] });
      expect(words.map(({ text }) => text).join(" ")).toBe(letterLines.join(" "));
      expect(await engine.languages()).toContain("deu");
    });

    it("names the language that is missing and the command that adds it", async () => {
      const asked = engine.recognize(letter, { ...usual, languages: ["eng", "xyz"] });
      await expect(asked).rejects.toMatchObject({
        problem: "OCR_LANGUAGE_MISSING",
        message: expect.stringContaining("knowhere languages add xyz"),
      });
    });

    it("takes no path for a language", async () => {
      const asked = engine.recognize(letter, { ...usual, languages: ["../eng"] });
      await expect(asked).rejects.toMatchObject({ problem: "OCR_LANGUAGE_MISSING" });
    });

    it("stops when it is told to, and works on afterwards", async () => {
      const stop = new AbortController();
      const asked = engine.recognize(letter, { ...usual, signal: stop.signal });
      stop.abort();
      await expect(asked).rejects.toThrow();
      expect((await read(letter)).words.length).toBeGreaterThan(10);
    });
  });
}
