import { describe, expect, it } from "vitest";
import { findTables } from "./find.ts";
import { PageSketch, readCells } from "./page-sketch.ts";

describe("rows of a table", () => {
  it("are parted by the rules between them, though boxes of words are high and white is of two kinds", () => {
    const page = new PageSketch();
    const rows = ["good", "fair", "even", "poor", "none"];
    const tops = [100, 116, 132, 154, 170];
    page.horizontal(88, 100, 400);
    rows.forEach((label, at) => {
      page
        .text(110, tops[at]!, label)
        .text(200, tops[at]!, `change from ${at} to more`)
        .horizontal(tops[at]! + 5, 100, 400);
    });
    // Recognised words of one line are not of one height.
    for (const word of page.words)
      if (word.text === "change") word.box = [word.box[0], word.box[1] - 3, word.box[2], word.box[3] + 2];
    expect(findTables(page.facts, page.words).map(({ table }) => readCells(table))).toEqual([
      rows.map((label, at) => [label, `change from ${at} to more`]),
    ]);
  });
});
