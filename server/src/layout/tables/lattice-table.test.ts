import { describe, expect, it } from "vitest";
import { findTables } from "./find.ts";
import { PageSketch, readCells } from "./page-sketch.ts";

const find = (page: PageSketch) => findTables(page.facts, page.words);

describe("ruled tables", () => {
  it("reads the cells of a full lattice and leaves the caption above it alone", () => {
    const page = new PageSketch()
      .text(100, 90, "Table 1 Harvest")
      .lattice([100, 200, 300, 400], [100, 120, 140, 160])
      .row(114, [105, 205, 305], ["Fruit", "2020 t", "2021 t"], { bold: true })
      .row(134, [105, 205, 305], ["Apples", "12", "14"])
      .row(154, [105, 205, 305], ["Pears", "7", ""]);
    const [region, ...others] = find(page);
    expect(others).toEqual([]);
    expect(region!.kind).toBe("lattice");
    expect(readCells(region!.table)).toEqual([
      ["Fruit", "2020 t", "2021 t"],
      ["Apples", "12", "14"],
      ["Pears", "7", ""],
    ]);
    expect(region!.table.headRows).toBe(1);
    expect(region!.table.rows[0]!.cells[0]!.header).toBe(true);
    expect(region!.columns).toEqual([100, 200, 300, 400]);
    expect(region!.words).toHaveLength(page.words.length - 3);
  });

  it("closes open ends of columns however many shaded rows stand between their rules", () => {
    const page = new PageSketch();
    for (const x of [200, 300]) page.vertical(x, 100, 240);
    for (let row = 0; row < 7; row++) {
      page.row(114 + row * 20, [105, 205, 305], row === 0 ? ["Party", "Seats", "Votes"] : [`P${row}`, "12", "345"]);
      if (row % 2 === 1) page.fill([100, 100 + row * 20, 400, 120 + row * 20], 0xccddee);
    }
    const [region] = find(page);
    expect(region!.table.rows).toHaveLength(7);
    expect(readCells(region!.table)[6]).toEqual(["P6", "12", "345"]);
    expect(region!.words).toHaveLength(page.words.length);
  });

  it("makes spans where inner rules are missing", () => {
    const page = new PageSketch()
      .horizontal(100, 100, 400)
      .horizontal(120, 200, 400)
      .horizontal(140, 100, 400)
      .horizontal(160, 100, 400)
      .vertical(100, 100, 160)
      .vertical(200, 100, 160)
      .vertical(300, 120, 160)
      .vertical(400, 100, 160)
      .text(105, 124, "Region")
      .text(260, 114, "Sales")
      .row(134, [205, 305], ["2020", "2021"])
      .row(154, [105, 205, 305], ["North", "5", "6"]);
    expect(readCells(find(page)[0]!.table)).toEqual([
      ["Region<1x2>", "Sales<2x1>"],
      ["2020", "2021"],
      ["North", "5", "6"],
    ]);
    expect(find(page)[0]!.table.headRows).toBe(2);
  });

  it("closes sides that only the crossing rules reach", () => {
    const page = new PageSketch()
      .horizontal(100, 100, 400)
      .horizontal(120, 100, 400)
      .horizontal(140, 100, 400)
      .vertical(200, 100, 140)
      .vertical(300, 100, 140)
      .row(114, [105, 205, 305], ["a", "b", "c"])
      .row(134, [105, 205, 305], ["d", "e", "f"]);
    expect(readCells(find(page)[0]!.table)).toEqual([
      ["a", "b", "c"],
      ["d", "e", "f"],
    ]);
  });

  it("takes double rules for one", () => {
    const page = new PageSketch().lattice([100, 104, 200, 300], [100, 104, 120, 140]);
    page.row(114, [110, 210], ["a", "1"]).row(134, [110, 210], ["b", "2"]);
    expect(readCells(find(page)[0]!.table)).toEqual([
      ["a", "1"],
      ["b", "2"],
    ]);
  });

  it("uses fills of different colours as borders, and not the shading of paragraphs inside a cell", () => {
    const page = new PageSketch();
    const colors = [0xff0000, 0x00ff00, 0x0000ff];
    for (let row = 0; row < 3; row++) {
      for (let column = 0; column < 2; column++) {
        const color = colors[(row + column) % 3]!;
        const x = 100 + column * 100;
        const y = 100 + row * 20;
        page.fill([x, y, x + 100, y + 20], color).fill([x + 5, y + 4, x + 95, y + 16], color);
        page.text(x + 10, y + 14, `r${row} c${column}`);
      }
    }
    expect(readCells(find(page)[0]!.table)).toEqual([
      ["r0 c0", "r0 c1"],
      ["r1 c0", "r1 c1"],
      ["r2 c0", "r2 c1"],
    ]);
  });

  it("parts rows and columns below a ruled head by their text", () => {
    const page = new PageSketch().horizontal(100, 100, 400).horizontal(120, 100, 400).horizontal(180, 100, 400);
    for (const x of [100, 200, 300, 400]) page.vertical(x, 100, 120);
    page.vertical(100, 100, 180).vertical(400, 100, 180);
    page.row(114, [105, 205, 305], ["Year", "In", "Out"]);
    for (let at = 0; at < 3; at++) page.row(134 + at * 16, [105, 205, 305], [`200${at}`, `${at}.5`, `${at}.7`]);
    expect(readCells(find(page)[0]!.table)).toEqual([
      ["Year", "In", "Out"],
      ["2000", "0.5", "0.7"],
      ["2001", "1.5", "1.7"],
      ["2002", "2.5", "2.7"],
    ]);
  });

  it("takes in the head that stands above the frame", () => {
    const page = new PageSketch()
      .text(100, 60, "Some heading of the page")
      .row(95, [205, 305], ["Men", "Women"], { bold: true })
      .lattice([100, 200, 300, 400], [100, 120, 140, 160])
      .row(114, [105, 205, 305], ["North", "1", "2"])
      .row(134, [105, 205, 305], ["South", "3", "4"])
      .row(154, [105, 205, 305], ["West", "5", "6"]);
    const { table } = find(page)[0]!;
    expect(readCells(table)[0]).toEqual(["", "Men", "Women"]);
    expect(table.headRows).toBe(1);
    expect(table.rows).toHaveLength(4);
  });

  it("takes in row labels that stand left of a frame of figures", () => {
    const page = new PageSketch().lattice([200, 300, 400], [100, 120, 140, 160, 180]);
    page.row(114, [100, 205, 305], ["", "In", "Out"]);
    page.row(134, [100, 205, 305], ["North", "1", "2"]);
    page.row(154, [100, 205, 305], ["South", "3", "4"]);
    page.row(174, [100, 205, 305], ["West", "5", "6"]);
    expect(readCells(find(page)[0]!.table)).toEqual([
      ["", "In", "Out"],
      ["North", "1", "2"],
      ["South", "3", "4"],
      ["West", "5", "6"],
    ]);
  });

  it("reads a title row and a source row of the frame as no rows", () => {
    const page = new PageSketch()
      .horizontal(80, 100, 400)
      .lattice([100, 200, 300, 400], [100, 120, 140])
      .vertical(100, 80, 160)
      .vertical(400, 80, 160)
      .horizontal(160, 100, 400);
    page.text(150, 94, "Exhibit 9 Kinds of things");
    page.row(114, [105, 205, 305], ["a", "b", "c"]).row(134, [105, 205, 305], ["d", "e", "f"]);
    page.text(105, 154, "Source: our own counts");
    const region = find(page)[0]!;
    expect(readCells(region.table)).toEqual([
      ["a", "b", "c"],
      ["d", "e", "f"],
    ]);
    expect(region.words).toHaveLength(6);
  });

  it("tells a note row by its first word, however high the words beside it are", () => {
    const page = new PageSketch()
      .lattice([100, 200, 300, 400], [100, 120, 140])
      .vertical(100, 140, 160)
      .vertical(400, 140, 160)
      .horizontal(160, 100, 400);
    page.row(114, [105, 205, 305], ["a", "b", "c"]).row(134, [105, 205, 305], ["d", "e", "f"]);
    page.text(105, 154, "Note:").text(140, 154, "NA", { size: 14 });
    expect(readCells(find(page)[0]!.table)).toEqual([
      ["a", "b", "c"],
      ["d", "e", "f"],
    ]);
  });

  it("makes rows of figures stacked beside the label of their group, which spans them", () => {
    const page = new PageSketch().lattice([160, 260, 340, 400], [100, 120, 180, 200]).vertical(100, 100, 200);
    for (const y of [100, 120, 200]) page.horizontal(y, 100, 160);
    page.row(114, [165, 265, 345], ["Route", "2020", "2021"]).text(105, 150, "Group");
    ["Europe", "Oceania", "Korea"].forEach((name, at) => {
      page.row(134 + 18 * at, [165, 265, 345], [name, `${at}7.5`, `1${at}2.5`]);
    });
    page.row(194, [165, 265, 345], ["Total", "81.5", "337.5"]);
    expect(readCells(find(page)[0]!.table)).toEqual([
      ["", "Route", "2020", "2021"],
      ["Group<1x4>", "Europe", "07.5", "102.5"],
      ["Oceania", "17.5", "112.5"],
      ["Korea", "27.5", "122.5"],
      ["Total", "81.5", "337.5"],
    ]);
  });

  it("parts labels from texts where only the rows are ruled, but not bullets from theirs", () => {
    const page = new PageSketch().lattice([100, 340, 400], [100, 120, 150, 180, 210]);
    page.text(105, 114, "Category and what it is about").text(345, 114, "Value");
    ["Lead", "Halogen", "Mercury"].forEach((label, at) => {
      const y = 132 + 30 * at;
      page
        .text(105, y + 6, label)
        .text(180, y, "then the product")
        .text(180, y + 12, "holds none of it")
        .text(345, y, "Y");
    });
    const cells = readCells(find(page)[0]!.table);
    expect(cells[0]).toEqual(["Category and what it is about<2x1>", "Value"]);
    expect(cells[2]).toEqual(["Halogen", "then the product holds none of it", "Y"]);
    const list = new PageSketch().lattice([100, 340, 400], [100, 120, 150, 180, 210]);
    list.text(105, 114, "Category").text(345, 114, "Value");
    for (const y of [132, 162, 192]) list.text(105, y, "1.").text(150, y, "holds none of it").text(345, y, "Y");
    expect(readCells(find(list)[0]!.table)[1]).toEqual(["1. holds none of it", "Y"]);
  });

  it("accepts stacked boxes with short entries as a table of one column, but not one box", () => {
    const stacked = new PageSketch().lattice([100, 300], [100, 120, 140, 160]);
    stacked.text(105, 114, "Framework").text(105, 134, "Reuse").text(105, 154, "Repair");
    expect(readCells(find(stacked)[0]!.table)).toEqual([["Framework"], ["Reuse"], ["Repair"]]);
    const box = new PageSketch().lattice([100, 300], [100, 160]).text(105, 114, "if (a)").text(115, 134, "run();");
    expect(find(box)).toEqual([]);
  });

  it("keeps an empty grid that has labels", () => {
    const page = new PageSketch().lattice([100, 200, 300], [100, 120, 140, 160, 180]);
    page.row(114, [105, 205], ["Kind", "Count"]);
    page.text(105, 134, "cells").text(105, 154, "walls").text(105, 174, "roots");
    expect(readCells(find(page)[0]!.table)[3]).toEqual(["roots", ""]);
  });

  it("sees no table in the frame of a drawing", () => {
    const page = new PageSketch().lattice([100, 180, 260, 340, 420], [100, 150, 200, 250, 300]);
    for (let at = 0; at < 20; at++) {
      page.facts.drawings.push({
        box: [100 + at * 10, 100, 160 + at * 10, 280],
        segments: 40,
        filled: false,
        color: 0,
      });
    }
    page.text(110, 130, "A").text(300, 230, "B");
    expect(find(page)).toEqual([]);
  });

  it("sees no table in a bar chart", () => {
    const page = new PageSketch();
    for (let y = 100; y <= 200; y += 20) page.horizontal(y, 100, 400);
    page.vertical(100, 100, 200).vertical(400, 100, 200);
    [150, 120, 175, 135].forEach((top, at) => {
      page.fill([130 + at * 70, top, 160 + at * 70, 200], 0x3366cc);
      page.text(135 + at * 70, top - 3, String(200 - top)).text(130 + at * 70, 215, `Q${at}`);
    });
    expect(find(page)).toEqual([]);
  });

  it("turns a table that runs up the page, and its places back", () => {
    const page = new PageSketch(600, 800).lattice([100, 200, 300, 400], [100, 120, 140, 160, 180, 200, 220, 240]);
    for (let row = 0; row < 7; row++) page.row(114 + row * 20, [105, 205, 305], [`r${row}`, `${row}1`, `${row}2`]);
    const turned = page.turned();
    const region = findTables(turned.facts, turned.words)[0]!;
    expect(readCells(region.table)[2]).toEqual(["r2", "21", "22"]);
    expect(region.box.map(Math.round)).toEqual([100, 200, 240, 500]);
    expect(region.table.rows[0]!.cells[0]!.place!.box!.map(Math.round)).toEqual([100, 400, 120, 500]);
  });

  it("folds superscripts into their line", () => {
    const page = new PageSketch().lattice([100, 200, 300], [100, 120, 140]);
    page.text(105, 114, "Area km").text(138, 110, "2", { size: 6, shift: "super" }).text(205, 114, "1");
    page.text(105, 134, "Rank").text(205, 134, "1").text(210.5, 130, "st", { size: 6, shift: "super" });
    expect(readCells(find(page)[0]!.table)).toEqual([
      ["Area km2", "1"],
      ["Rank", "1st"],
    ]);
  });

  it("reads the rows that hang below a coloured head of two levels", () => {
    const xs = [100, 200, 260, 330];
    const page = new PageSketch()
      .fill([95, 90, 190, 122], 0x334455)
      .fill([190, 90, 390, 106], 0x334455)
      .row(102, [100, 220], ["", "Registered candidates"])
      .row(112, [100], ["Party"])
      .row(118, xs, ["", "March", "April"]);
    page.row(136, xs, ["First", "1,652", "1,650"]).row(150, xs, ["Second", "715", "680"]);
    page.row(164, xs, ["Third", "310", "245"]);
    const regions = find(page);
    expect(regions).toHaveLength(1);
    expect(readCells(regions[0]!.table).slice(-3)).toEqual([
      ["First", "1,652", "1,650"],
      ["Second", "715", "680"],
      ["Third", "310", "245"],
    ]);
    expect(regions[0]!.table.headRows).toBeGreaterThan(0);
  });
});
