import { describe, expect, it } from "vitest";
import { meanConfidence, readTsv } from "./tsv.ts";

const rowOf = (level: number, block: number, paragraph: number, line: number, word: number, rest: string) =>
  `${level}\t1\t${block}\t${paragraph}\t${line}\t${word}\t${rest}`;

describe("Tesseract's TSV", () => {
  it("gives the words with boxes, shares of confidence, lines and blocks", () => {
    const tsv = [
      "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext",
      rowOf(1, 0, 0, 0, 0, "0\t0\t100\t100\t-1\t"),
      rowOf(5, 1, 1, 1, 1, "10\t20\t30\t8\t96.5\tTwo"),
      rowOf(5, 1, 1, 1, 2, "45\t20\t30\t8\t90\twords"),
      rowOf(5, 2, 1, 1, 1, "10\t60\t30\t8\t50\tbelow"),
      "",
    ].join("\n");
    const { words } = readTsv(tsv);
    expect(words).toEqual([
      { text: "Two", box: [10, 20, 40, 28], confidence: 0.965, line: 0, block: 1 },
      { text: "words", box: [45, 20, 75, 28], confidence: 0.9, line: 0, block: 1 },
      { text: "below", box: [10, 60, 40, 68], confidence: 0.5, line: 1, block: 2 },
    ]);
  });

  it("leaves out blank words and rows that are cut off, and keeps confidences between 0 and 1", () => {
    const { words } = readTsv(
      [rowOf(5, 1, 1, 1, 1, "1\t1\t1\t1\t120\tsure"), rowOf(5, 1, 1, 1, 2, "1\t1\t1\t1\t95\t "), "5\t1\t1"].join("\n"),
    );
    expect(words.map(({ text, confidence }) => [text, confidence])).toEqual([["sure", 1]]);
  });

  it("weighs a word's confidence by its length, and is 0 for no words", () => {
    const word = (text: string, confidence: number) => ({
      text,
      confidence,
      box: [0, 0, 1, 1] as [number, number, number, number],
      line: 0,
      block: 0,
    });
    expect(meanConfidence([word("aaa", 1), word("b", 0)])).toBe(0.75);
    expect(readTsv("")).toEqual({ words: [], confidence: 0 });
  });
});
