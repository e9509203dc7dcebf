import { describe, expect, it } from "vitest";
import { findTables } from "./find.ts";
import { PageSketch, readCells } from "./page-sketch.ts";

const find = (page: PageSketch) => findTables(page.facts, page.words);
const prose = "the quick brown fox jumps over the lazy dog and runs away";

describe("tables without rules", () => {
  it("finds columns of figures", () => {
    const xs = [100, 200, 260, 320];
    const page = new PageSketch().row(100, xs, ["", "1994", "1997", "2003"]);
    page.row(114, xs, ["Lowest", "9,594", "22,400", "34,000"]);
    page.row(128, xs, ["Middle", "17,992", "29,992", "48,000"]);
    page.row(142, xs, ["Highest", "25,771", "40,888", "66,900"]);
    const region = find(page)[0]!;
    expect(region.kind).toBe("aligned");
    expect(readCells(region.table)).toEqual([
      ["", "1994", "1997", "2003"],
      ["Lowest", "9,594", "22,400", "34,000"],
      ["Middle", "17,992", "29,992", "48,000"],
      ["Highest", "25,771", "40,888", "66,900"],
    ]);
    expect(region.table.headRows).toBe(1);
  });

  it("finds a table that stands beside a column of prose", () => {
    const xs = [360, 440, 500];
    const page = new PageSketch();
    for (let line = 0; line < 14; line++) page.text(60, 100 + line * 12, prose.slice(0, 46));
    for (let row = 0; row < 5; row++) page.row(124 + row * 12, xs, [`Age ${row}`, `${row}31`, `${row}.3`]);
    const region = find(page)[0]!;
    expect(region.table.rows).toHaveLength(5);
    expect(region.box[0]).toBeGreaterThan(350);
  });

  it("ends at a heading in larger type, and keeps the rest of the last cell where others have one", () => {
    const xs = [100, 200, 360];
    const page = new PageSketch()
      .row(60, xs, ["Keller", "Account 1234", "12"])
      .row(74, xs, ["Munich", "Statement 3", "13"]);
    page.text(100, 96, "Account statement", { size: 14 });
    for (let row = 0; row < 4; row++)
      page
        .row(120 + 30 * row, xs, [`0${row}.03.`, "Direct debit", `${row}0.50`])
        .text(200, 132 + 30 * row, "Contract 44");
    const cells = readCells(find(page)[0]!.table);
    expect(cells).toHaveLength(4);
    expect(cells[3]).toEqual(["03.03.", "Direct debit Contract 44", "30.50"]);
  });

  it("takes rows far apart for one table when entry stands over entry, and not when it does not", () => {
    const far = (shift: number) => {
      const page = new PageSketch();
      const rows = [
        ["", "1994", "1997", "2003"],
        ["Lowest", "9,594", "22,400", "34,000"],
        ["Middle", "17,992", "29,992", "48,000"],
        ["Highest", "25,771", "40,888", "66,900"],
      ];
      rows.forEach((cells, at) => {
        const x = 100 + shift * at;
        page.row(100 + 36 * at, [x, x + 100, x + 160, x + 220], cells);
      });
      return find(page).length;
    };
    expect([far(0), far(17)]).toEqual([1, 0]);
  });

  it("sees no columns in lists that stand side by side", () => {
    const page = new PageSketch();
    for (let row = 0; row < 4; row++)
      page.row(100 + 14 * row, [100, 112, 300, 312], ["•", `Entry ${row}`, "•", `Other ${row}`]);
    expect(
      find(page).flatMap((region) => region.table.rows.flatMap((row) => row.cells.map((cell) => cell.text))),
    ).not.toContain("•");
  });

  it("ends at the first bullet of a list below it", () => {
    const xs = [100, 200, 260, 320];
    const page = new PageSketch().row(100, xs, ["", "1994", "1997", "2003"]);
    for (const row of [1, 2, 3]) page.row(100 + 14 * row, xs, [`Row ${row}`, `${row}1`, `${row}2`, `${row}3`]);
    page.row(156, [108, 118], ["•", "Data of three companies that make parts of cars"]);
    const cells = readCells(find(page)[0]!.table);
    expect(cells.map((row) => row[0])).toEqual(["", "Row 1", "Row 2", "Row 3"]);
  });

  it("keeps a currency sign with its figure however far apart they stand", () => {
    const page = new PageSketch();
    for (let row = 0; row < 4; row++) {
      page
        .text(100, 100 + row * 14, `Item ${row}`)
        .text(200, 100 + row * 14, "$")
        .text(240, 100 + row * 14, `${row}9.50`);
      page.text(320, 100 + row * 14, `${row}8.25`);
    }
    expect(readCells(find(page)[0]!.table)[1]).toEqual(["Item 1", "$ 19.50", "18.25"]);
  });

  it("sees no table in a contents list", () => {
    const page = new PageSketch().text(100, 80, "Contents");
    ["Introduction here", "Methods we used", "Results of it all", "What it means", "Index of names"].forEach(
      (title, at) => {
        page.text(100, 100 + at * 14, title).text(400, 100 + at * 14, String(3 + at * 9));
      },
    );
    expect(find(page)).toEqual([]);
  });

  it("sees no table in a list, in prose of two columns, in addresses", () => {
    const list = new PageSketch();
    for (let at = 0; at < 6; at++)
      list.text(100, 100 + at * 14, `${at + 1}.`).text(125, 100 + at * 14, `Do step ${at} now`);
    expect(find(list)).toEqual([]);
    const columns = new PageSketch();
    for (let at = 0; at < 30; at++)
      columns.text(60, 100 + at * 12, prose.slice(0, 44)).text(320, 100 + at * 12, prose.slice(4, 48));
    expect(find(columns)).toEqual([]);
    const address = new PageSketch().text(60, 100, "Anna Berg").text(400, 100, "Phone office");
    address
      .text(60, 114, "Lindenweg")
      .text(400, 114, "on weekdays")
      .text(60, 128, "Ulm Donau")
      .text(400, 128, "mornings only");
    expect(find(address)).toEqual([]);
  });

  it("finds entries of words between running text that goes across its columns, and reads them by lines", () => {
    const xs = [100, 220];
    const fish = [
      ["Potosi pupfish", "Cyprinodon alvarezi"],
      ["La Palma pupfish", "Cyprinodon longidorsalis"],
      ["Butterfly splitfin", "Ameca splendens"],
      ["Golden skiffia", "Skiffia francesae"],
    ];
    const tableOn = (page: PageSketch) => {
      for (const [row, cells] of fish.entries()) page.row(100 + row * 14, xs, cells);
      return find(page);
    };
    const amidst = new PageSketch();
    for (let line = 0; line < 4; line++) amidst.text(100, 40 + line * 12, prose).text(100, 180 + line * 12, prose);
    expect(readCells(tableOn(amidst)[0]!.table)).toEqual(fish);
    // Nothing tells whether the page is set in columns.
    expect(tableOn(new PageSketch())).toEqual([]);
  });

  it("takes lines that stand half a line off, or go on below each other, as cells centred on their rows", () => {
    const page = new PageSketch();
    const rows = [
      [["Khmer National", "United Party"], "650", "+475"],
      [["Cambodian", "National Love", "Party"], "388", "+416"],
      [["Khmer Will Party"], "67", "+50"],
      [["Beehive Social", "Democratic Party"], "25", "-33"],
    ] as const;
    let top = 100;
    for (const [label, seats, change] of rows) {
      const middle = top + (label.length - 1) * 6;
      for (const [at, line] of label.entries()) page.text(100, top + at * 12, line);
      page.text(240, middle, seats).text(320, middle, change);
      top += label.length * 12 + 6;
    }
    expect(readCells(find(page)[0]!.table)).toEqual(
      rows.map(([label, seats, change]) => [label.join(" "), seats, change]),
    );
  });
});
