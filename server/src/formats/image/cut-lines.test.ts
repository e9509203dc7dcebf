import type { Box } from "@knowhere/contract";
import { describe, expect, it } from "vitest";
import type { OcrEngine, OcrOptions, OcrPage, OcrPicture, OcrWord } from "../../ports/ocr.ts";
import { inkOn } from "../../testing/ink.ts";
import { completeCutLines, findCutLines } from "./cut-lines.ts";

const word = (text: string, box: Box, line: number): OcrWord => ({ text, box, confidence: 0.95, line, block: 1 });
/** A line: "MILK" and the "1" of "1.89", whose ".89" no word holds; below it a whole line. */
const words = [
  word("MILK", [40, 100, 120, 124], 0),
  word("1", [300, 100, 312, 124], 0),
  word("BREAD", [40, 150, 140, 174], 1),
];
const letters: Box[] = [
  [40, 100, 120, 124],
  [300, 100, 312, 124],
  [318, 120, 321, 124],
  [326, 100, 338, 124],
  [342, 100, 354, 124],
  [40, 150, 140, 174],
];
const asked = { languages: ["eng"], dpi: 150, lightLetters: false, signal: new AbortController().signal };

function engineThatReads(read: (sheet: OcrPicture) => OcrWord[]) {
  const seen: OcrOptions["structure"][] = [];
  const engine = {
    async recognize(sheet: OcrPicture, { structure }: OcrOptions): Promise<OcrPage> {
      seen.push(structure);
      return { words: read(sheet), confidence: 0.95 };
    },
  } as OcrEngine;
  return { engine, seen };
}

describe("lines of which a part was dropped", () => {
  it("are those with letters beside a word that no word holds", () => {
    const cut = findCutLines(inkOn(600, 300, letters), words);
    expect(cut).toEqual([{ ids: [0], block: 1, box: [40, 100, 354, 124] }]);
  });

  it("are not those beside a ruling, a point or words of the next column", () => {
    const upright: Box = [330, 60, 332, 200];
    const point: Box = [320, 120, 324, 124];
    const page = inkOn(600, 300, [letters[0]!, letters[1]!, upright, point]);
    expect(findCutLines(page, words.slice(0, 2))).toEqual([]);
  });

  it("are read again alone, and put back where they stood", async () => {
    const { engine, seen } = engineThatReads(({ width, height }) => {
      expect([width, height]).toEqual([338, 48]);
      return [word("MILK", [12, 12, 92, 36], 0), word("1.89", [272, 12, 326, 36], 0)];
    });
    const page = await completeCutLines(inkOn(600, 300, letters), { words, confidence: 0.95 }, engine, asked);
    expect(seen).toEqual(["block"]);
    expect(page.words.map(({ text, box, line }) => [text, box, line])).toEqual([
      ["MILK", [40, 100, 120, 124], 0],
      ["1.89", [300, 100, 354, 124], 0],
      ["BREAD", [40, 150, 140, 174], 1],
    ]);
  });

  it("stay as they were where that reads no more of them", async () => {
    const { engine } = engineThatReads(() => [{ ...word("x", [12, 12, 30, 36], 0), confidence: 0.2 }]);
    const page = { words, confidence: 0.95 };
    expect((await completeCutLines(inkOn(600, 300, letters), page, engine, asked)).words).toEqual(words);
  });
});
