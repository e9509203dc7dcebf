import { describe, expect, it } from "vitest";
import type { OcrWord } from "../../ports/ocr.ts";
import { measureLine, snapSizes } from "./letter-metrics.ts";

/** A word of a face with an em of 100 px on a baseline at 1000: from `top` to `bottom`, in px from the baseline. */
const word = (text: string, over: number, under: number): OcrWord => ({
  text,
  box: [0, 1000 - over, 300, 1000 + under],
  confidence: 1,
  line: 0,
  block: 0,
});

describe("the size and baseline of a line", () => {
  it.each([
    ["ascenders and descenders", [word("Spring", 70, 21)]],
    ["no ascender", [word("summer", 48, 0)]],
    ["no descender", [word("Hello", 70, 0)]],
    ["neither, and a comma", [word("noon,", 48, 12)]],
  ])("are the same for words with %s", (_, words) => {
    const { size, baseline } = measureLine(words);
    expect(size).toBeCloseTo(100, 0);
    expect(baseline).toBeCloseTo(1000, 0);
  });

  it("are those of most letters, not of a word that was boxed badly", () => {
    expect(measureLine([word("Spring", 70, 21), word("average", 48, 21), word("in", 180, 0)]).size).toBeCloseTo(100, 0);
  });

  it("follow from full signs in Chinese, not from flat ones", () => {
    const sign = (text: string, height: number): OcrWord => ({
      ...word(text, 0, 0),
      box: [0, 1009 - height, 90, 1009],
    });
    const { size } = measureLine([sign("国", 93), sign("一", 10), sign("家", 93), sign("人", 93)]);
    expect(size).toBeCloseTo(100, 0);
  });

  it("follow from boxes that hold several Chinese signs too, not from the one that was boxed badly", () => {
    const signs = (text: string, height: number): OcrWord => ({
      ...word(text, 0, 0),
      box: [0, 1009 - height, 95 * text.length, 1009],
    });
    const { size } = measureLine([signs("那样的联系", 93), signs("尤其是与神话", 93), signs("等", 150)]);
    expect(size).toBeCloseTo(100, 0);
  });

  it("are taken from the ink of the whole line where letters say nothing", () => {
    expect(measureLine([word("—", 90, 0)]).size).toBeCloseTo(100, 0);
  });
});

it("takes sizes that differ by the noise of measuring for one, and keeps real steps", () => {
  const sizes = [10, 10.4, 9.7, 14, 14.3].map((size) => ({ size, letters: 40 }));
  const snapped = snapSizes(sizes);
  expect(new Set(snapped).size).toBe(2);
  expect(snapped[0]).toBe(snapped[2]);
  expect(snapped[3]).toBeGreaterThan(13);
});
