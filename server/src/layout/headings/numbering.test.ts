import { describe, expect, it } from "vitest";
import { follows, readNumbering } from "./numbering.ts";

describe("readNumbering", () => {
  it.each([
    ["2 Methods", "decimal", [2]],
    ["2. Methods", "decimal", [2]],
    ["2.3.1 Sample", "decimal", [2, 3, 1]],
    ["B.2 Proofs", "decimal", [2, 2]],
    ["IV. Results", "roman", [4]],
    ["C. Appendix", "letter", [3]],
    ["Chapter 7", "chapter", [7]],
    ["CHAPTER 7. TEXAS", "chapter", [7]],
    ["Part II. Sources", "part", [2]],
    ["Anhang B", "appendix", [2]],
    ["Appendix A.1: Spectral type", "appendix", [1, 1]],
    ["Глава 3. Выводы", "chapter", [3]],
    ["第三章 研究方法", "cjk", [3]],
    ["第12節 まとめ", "cjk", [12]],
    ["제2절 연구", "cjk", [2]],
    ["一、概述", "cjk", [1]],
  ])("reads %s", (text, kind, path) => {
    const found = readNumbering(text);
    expect(found?.kind).toBe(kind);
    expect(found?.path).toEqual(path);
  });

  it("does not take years, articles and words for numbers", () => {
    for (const text of [
      "2019 Annual report",
      "I think so",
      "A method for all",
      "Civil rights",
      "3.5% of them",
      "Part of it",
    ]) {
      expect(readNumbering(text), text).toBeUndefined();
    }
  });

  it("says how many characters the number takes", () => {
    const text = "2.3.1  Sample size";
    expect(text.slice(readNumbering(text)!.length)).toBe("Sample size");
  });
});

describe("follows", () => {
  const after = (a: string, b: string): boolean => follows(readNumbering(a)!, readNumbering(b)!);
  it("knows the next sibling, the first child and the next of a level above", () => {
    expect(after("1 A", "2 B")).toBe(true);
    expect(after("2 A", "2.1 B")).toBe(true);
    expect(after("2.4 A", "3 B")).toBe(true);
    expect(after("2.4.1 A", "2.5 B")).toBe(true);
    expect(after("1 A", "3 B")).toBe(false);
    expect(after("2 A", "2.2 B")).toBe(false);
    expect(after("IV. A", "5 B")).toBe(false);
  });
});
