import { describe, expect, it } from "vitest";
import { findTables } from "./find.ts";
import { PageSketch, readCells } from "./page-sketch.ts";

/** Puts `text` so that it ends at x, as till rolls set amounts. */
const endingAt = (page: PageSketch, x: number, y: number, text: string) => page.text(x - text.length * 5, y, text);
const tablesOf = (page: PageSketch) => findTables(page.facts, page.words).map(({ table }) => readCells(table));

function itemLine(page: PageSketch, y: number, code: string, figures: readonly string[]): void {
  page.text(30, y, code);
  [150, 220, 300].forEach((x, at) => {
    endingAt(page, x, y, figures[at]!);
  });
}

describe("receipts", () => {
  it("parts items from totals whose labels run across the columns of the items", () => {
    const page = new PageSketch(330, 600);
    page.text(30, 100, "Item").text(135, 100, "Qty").text(192, 100, "Price").text(272, 100, "Amount");
    ["10442", "20118", "33017", "40021"].forEach((code, at) => {
      itemLine(page, 115 + 15 * at, code, ["1", "12.50", "12.50"]);
    });
    ["Total sales without any tax :", "Discount given on them all :", "Total sales with all taxes :"].forEach(
      (label, at) => {
        endingAt(page, 235, 180 + 15 * at, label);
        endingAt(page, 300, 180 + 15 * at, "50.00");
      },
    );
    const [items, totals] = tablesOf(page);
    expect(items).toEqual([
      ["Item", "Qty", "Price", "Amount"],
      ...["10442", "20118", "33017", "40021"].map((code) => [code, "1", "12.50", "12.50"]),
    ]);
    expect(totals?.map((row) => row.at(-1))).toEqual(["50.00", "50.00", "50.00"]);
    expect(totals?.[0]).toHaveLength(2);
  });

  it("puts a description on a line of its own to the item above it", () => {
    const page = new PageSketch(330, 600);
    page.text(30, 100, "Item").text(135, 100, "Qty").text(192, 100, "Price").text(272, 100, "Amount");
    ["Cordless drill with its case", "Wood screws", "Paint roller"].forEach((title, at) => {
      itemLine(page, 115 + 30 * at, `1044${at}`, ["1", "89.00", "89.00"]);
      page.text(30, 130 + 30 * at, title);
    });
    expect(tablesOf(page)[0]).toEqual([
      ["Item", "Qty", "Price", "Amount"],
      ["10440 Cordless drill with its case", "1", "89.00", "89.00"],
      ["10441 Wood screws", "1", "89.00", "89.00"],
      ["10442 Paint roller", "1", "89.00", "89.00"],
    ]);
  });

  it("puts a description to the figures below it where descriptions come first", () => {
    const page = new PageSketch(330, 600);
    ["Pure drinking water in bottles", "Healing plaster", "Dishwash liquid"].forEach((title, at) => {
      page.text(30, 100 + 30 * at, title).text(60, 115 + 30 * at, "2 x 1.70");
      endingAt(page, 300, 115 + 30 * at, "3.40");
    });
    expect(tablesOf(page)[0]).toEqual([
      ["Pure drinking water in bottles 2 x 1.70", "3.40"],
      ["Healing plaster 2 x 1.70", "3.40"],
      ["Dishwash liquid 2 x 1.70", "3.40"],
    ]);
  });

  it("keeps heads that white parts from the rows above them apart, where whole rows stand close", () => {
    const page = new PageSketch(330, 600);
    [100, 150, 200, 250].forEach((y, at) => {
      if (at > 0) page.text(170, y - 12, "Share of all");
      itemLine(page, y, "First count", ["410", "287", "533"]);
      itemLine(page, y + 12, "Second count", ["310", "187", "433"]);
    });
    expect(
      tablesOf(page)[0]!
        .flat()
        .filter((cell) => cell === "Share of all"),
    ).toHaveLength(3);
  });

  it("takes a head over one row for a table when every title has its entry", () => {
    const page = new PageSketch(330, 600);
    page.row(100, [30, 110, 170, 250], ["Tax code", "%", "Amount", "Tax"]);
    page.row(115, [30, 110, 170, 250], ["SR", "6", "123.60", "7.42"]);
    expect(tablesOf(page)).toEqual([
      [
        ["Tax code", "%", "Amount", "Tax"],
        ["SR", "6", "123.60", "7.42"],
      ],
    ]);
    const fewer = new PageSketch(330, 600);
    fewer.row(100, [30, 110, 170, 250], ["Tax code", "%", "Amount", "Tax"]);
    fewer.row(115, [30, 110, 170], ["SR", "6", "123.60"]);
    expect(tablesOf(fewer)).toEqual([]);
  });

  it("takes a space in type of one width for a space", () => {
    const page = new PageSketch(400, 600);
    // An advance of 6, and no more white between letters than type of one width has.
    const print = (column: number, y: number, text: string) => {
      let at = column;
      for (const part of text.split(" ")) {
        page.text(30 + 6 * at, y, part);
        const added = page.words.at(-1)!;
        added.box = [added.box[0] + 0.4, added.box[1], added.box[0] + 6 * part.length - 0.8, added.box[3]];
        added.confidence = 0.9;
        at += part.length + 1;
      }
    };
    ["WHOLE MILK AND CREAM", "WHITE BREAD TOAST", "ORANGE JUICE FRESH", "FREE RANGE EGGS BOX"].forEach((title, at) => {
      print(0, 100 + 15 * at, title);
      print(26, 100 + 15 * at, "1.89");
      print(34, 100 + 15 * at, "3.78");
    });
    expect(tablesOf(page)[0]).toEqual([
      ["WHOLE MILK AND CREAM", "1.89", "3.78"],
      ["WHITE BREAD TOAST", "1.89", "3.78"],
      ["ORANGE JUICE FRESH", "1.89", "3.78"],
      ["FREE RANGE EGGS BOX", "1.89", "3.78"],
    ]);
  });
});
