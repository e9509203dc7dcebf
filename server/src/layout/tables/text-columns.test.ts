import { describe, expect, it } from "vitest";
import { findTables } from "./find.ts";
import { PageSketch, readCells } from "./page-sketch.ts";

describe("tables of running text", () => {
  it("takes its rows from the column of short entries", () => {
    const xs = [50, 160, 380];
    const page = new PageSketch(700, 400).row(60, xs, ["Stage", "What it does", "What it is good for"], { bold: true });
    ["Create", "Label", "Train", "Watch"].forEach((stage, at) => {
      const y = 84 + at * 42;
      page.row(y, xs, [stage, "select the kind of document and", "an interface that lets people go"]);
      page.row(y + 12, xs, ["", "run the pipeline on all of them", "on quickly with what they do"]);
      page.row(y + 24, xs, ["", "until the end"]);
    });
    const region = findTables(page.facts, page.words)[0]!;
    expect(readCells(region.table)).toHaveLength(5);
    expect(readCells(region.table)[2]).toEqual([
      "Label",
      "select the kind of document and run the pipeline on all of them until the end",
      "an interface that lets people go on quickly with what they do",
    ]);
    expect(region.table.headRows).toBe(1);
  });

  it("has titles that stand no farther apart than a narrow column leaves them", () => {
    const xs = [50, 76, 140, 430];
    const page = new PageSketch(700, 400).row(60, xs, ["No.", "Owner", "Finding", "Status"], { bold: true });
    for (let at = 0; at < 4; at++) {
      page.row(84 + at * 42, xs, [`R${at}`, "Anna", "the doors of the hall do not close at all when", "open"]);
      page.row(96 + at * 42, xs, ["", "Berger", "the wind is from the west and the rain comes in"]);
    }
    const cells = readCells(findTables(page.facts, page.words)[0]!.table);
    expect(cells).toHaveLength(5);
    expect(cells[4]!.slice(0, 2)).toEqual(["R3", "Anna Berger"]);
  });

  it("counts text that begins a line above its row's label to that row when it stands apart from the row before", () => {
    const xs = [50, 160, 380];
    const page = new PageSketch(700, 400).row(60, xs, ["Stage", "What it does", "What it is good for"], { bold: true });
    ["Create", "Label", "Train"].forEach((stage, at) => {
      const y = 84 + at * 42;
      page
        .text(50, y, stage)
        .text(160, y, "select the kind of document")
        .text(160, y + 12, "and run the pipeline");
      page.text(380, y - 9, `${stage} with an interface`).text(380, y + 3, "that lets people go on");
    });
    const cells = readCells(findTables(page.facts, page.words)[0]!.table);
    expect(cells.slice(1).map((row) => row[2])).toEqual([
      "Create with an interface that lets people go on",
      "Label with an interface that lets people go on",
      "Train with an interface that lets people go on",
    ]);
  });

  it("sees no table in three columns of prose under three headings", () => {
    const xs = [50, 250, 450];
    const page = new PageSketch(700, 800).row(60, xs, ["First part", "Second part", "Third part"], { bold: true });
    for (let line = 0; line < 30; line++) {
      for (const x of xs) page.text(x, 84 + line * 12, "words of prose that go on and on");
    }
    expect(findTables(page.facts, page.words)).toEqual([]);
  });
});
