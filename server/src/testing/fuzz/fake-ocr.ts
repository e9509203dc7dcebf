/** Recognises the same words on every picture: what is fuzzed is our reading of the picture and of the words, not Tesseract. */
import type { OcrEngine } from "../../ports/ocr.ts";

const words = "The harbour was quiet when the first boats came in".split(" ");

export const fakeOcr: OcrEngine = {
  name: "fake 1.0",
  parallel: 1,
  languages: async () => ["eng"],
  recognize: async () => ({
    words: words.map((text, at) => ({ text, box: [at * 4, 2, at * 4 + 3, 10], confidence: 0.9, line: 0, block: 0 })),
    confidence: 0.9,
  }),
  orientation: async () => null,
  close: async () => {},
};
