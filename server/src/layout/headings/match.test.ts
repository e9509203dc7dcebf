import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareTitles, prepareTitle, similarity, titleSimilarity } from "./match.ts";

/** The textbook's recursion, row by row, without any shortcut. */
function distanceOf(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1), row[j]! + 1, next[j - 1]! + 1));
    row = next;
  }
  return row[b.length]!;
}

describe("similarity", () => {
  const word = fc.string({ unit: fc.constantFrom("a", "b", "c"), minLength: 1, maxLength: 24 });

  it("is one minus the edit distance over the longer length wherever it reaches what is asked for", () => {
    fc.assert(
      fc.property(word, word, fc.constantFrom(0.5, 0.7, 0.84, 0.9), (a, b, atLeast) => {
        const longer = Math.max(a.length, b.length);
        const exact = Math.abs(a.length - b.length) > 0.4 * longer ? 0 : 1 - distanceOf(a, b) / longer;
        const found = similarity(a, b, atLeast);
        if (exact >= atLeast) expect(found).toBeCloseTo(exact, 12);
        else expect(found).toBeLessThan(atLeast);
      }),
      { seed: 7, numRuns: 400 },
    );
  });
});

describe("titles", () => {
  it("are the same with and without the number in front, and numbers alone are not", () => {
    expect(titleSimilarity("3.1 Results and Discussion", "Results and discussion")).toBe(1);
    expect(titleSimilarity("1", "2")).toBeLessThan(0.5);
  });

  it("are compared by what is left when the number is taken off", () => {
    const title = prepareTitle("Chapter 2. Methods");
    expect(title).toEqual({ whole: "chapter2methods", bare: "methods" });
    expect(compareTitles(title, prepareTitle("Methods"), 0.84)).toBe(1);
  });
});
