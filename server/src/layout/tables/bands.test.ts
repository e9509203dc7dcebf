import { describe, expect, it } from "vitest";
import { findTables } from "./find.ts";
import { PageSketch, readCells } from "./page-sketch.ts";

const find = (page: PageSketch) => findTables(page.facts, page.words);
const prose = "the quick brown fox jumps over the lazy dog and runs away from the barn again";

describe("tables between horizontal rules", () => {
  it("reads a three-line table with titles spanning by partial rules", () => {
    const xs = [100, 220, 280, 340, 400];
    const page = new PageSketch()
      .text(100, 90, "Table 2: Scores")
      .horizontal(100, 100, 440)
      .row(112, [100, 230, 350], ["Model", "Small", "Large"])
      .horizontal(116, 215, 310)
      .horizontal(116, 335, 440)
      .row(126, xs, ["", "F1", "Acc", "F1", "Acc"])
      .horizontal(130, 100, 440)
      .row(142, xs, ["Ours", "0.91", "0.88", "0.93", "0.90"])
      .row(154, xs, ["Theirs", "0.71", "0.68", "0.73", "0.70"])
      .horizontal(158, 100, 440)
      .text(100, 172, "Notes: mean of five runs.");
    const regions = find(page);
    expect(regions).toHaveLength(1);
    expect(regions[0]!.kind).toBe("bands");
    expect(readCells(regions[0]!.table)).toEqual([
      ["Model<1x2>", "Small<2x1>", "Large<2x1>"],
      ["F1", "Acc", "F1", "Acc"],
      ["Ours", "0.91", "0.88", "0.93", "0.90"],
      ["Theirs", "0.71", "0.68", "0.73", "0.70"],
    ]);
    expect(regions[0]!.table.headRows).toBe(2);
  });

  it("joins wrapped lines to rows and keeps section labels as rows", () => {
    const xs = [100, 260, 330];
    const page = new PageSketch()
      .horizontal(100, 100, 380)
      .row(112, xs, ["Item", "2020", "2021"])
      .horizontal(116, 100, 380)
      .row(128, xs, ["Real estate loans"])
      .row(140, xs, ["Mortgages on family", "", ""])
      .row(152, xs, ["homes of one to", "", ""])
      .row(164, xs, ["four rooms", "12.5", "13.5"])
      .row(176, xs, ["Commercial", "2.2", "2.4"])
      .row(188, xs, ["Construction", "3.2", "3.4"])
      .horizontal(192, 100, 380);
    expect(readCells(find(page)[0]!.table)).toEqual([
      ["Item", "2020", "2021"],
      ["Real estate loans", "", ""],
      ["Mortgages on family homes of one to four rooms", "12.5", "13.5"],
      ["Commercial", "2.2", "2.4"],
      ["Construction", "3.2", "3.4"],
    ]);
  });

  it("finds columns that names of groups and labels of totals run over, and rows of groups between rules", () => {
    const xs = [100, 130, 200, 280, 320, 360];
    const page = new PageSketch()
      .horizontal(100, 100, 390)
      .row(112, xs, ["No", "Level", "Task", "A", "B", "C"])
      .horizontal(116, 100, 390);
    ["Chemistry", "Archaeology", "Languages"].forEach((group, at) => {
      const y = 128 + at * 48;
      page.text(100, y, group).text(200, y, "Exploring what goes with what");
      for (const row of [1, 2, 3]) page.row(y + 12 * row, xs, [`${row}`, "Easy", `Task ${row}`, "0.1", "0.2", "0.3"]);
      page.horizontal(y + 40, 100, 390);
    });
    page.row(272, [100, 280, 320, 360], ["Average (of all)", "0.1", "0.2", "0.3"]).horizontal(276, 100, 390);
    const cells = readCells(find(page)[0]!.table);
    expect(cells).toHaveLength(14);
    expect(cells[1]).toEqual(["Chemistry", "", "Exploring what goes with what", "", "", ""]);
    expect(cells[2]).toEqual(["1", "Easy", "Task 1", "0.1", "0.2", "0.3"]);
    expect(cells[13]).toEqual(["Average (of all)", "", "", "0.1", "0.2", "0.3"]);
  });

  it("reads cells on coloured tiles between two rules as one table", () => {
    const xs = [100, 160, 200, 240];
    const page = new PageSketch()
      .horizontal(100, 100, 280)
      .row(110, xs, ["Task", "A", "B", "C"])
      .horizontal(114, 100, 280);
    for (let row = 0; row < 12; row++) {
      const y = 114 + 12 * row;
      page.row(y + 10, xs, [`Task ${row}`, "0.1", "0.2", "0.3"]);
      page.fill([100, y, row < 4 ? 160 : row < 8 ? 150 : 140, y + 12], 0xeeeeee);
      xs.slice(1).forEach((x, at) => {
        if ((row + 2 * at) % 5 !== 0) page.fill([x, y, x + 40, y + 12], 0xccaadd + row);
      });
    }
    page.horizontal(258, 100, 280);
    const regions = find(page);
    expect(regions).toHaveLength(1);
    expect(readCells(regions[0]!.table)).toHaveLength(13);
    expect(readCells(regions[0]!.table)[5]).toEqual(["Task 4", "0.1", "0.2", "0.3"]);
  });

  it("takes in the head and the row above the first rule, and the row below the last one, where rules part rows", () => {
    const xs = [100, 150, 230, 470];
    const page = new PageSketch().text(100, 60, `${prose} all the same, and on it goes`);
    page.row(90, xs, ["No.", "Owner", "Finding", "Status"], { bold: true });
    const row = (y: number, at: number) =>
      page
        .row(y, xs, [`R${at}`, "Anna", "the doors of the hall do not close", "open"])
        .row(y + 12, xs, ["", "Berger", "when the wind is from the west", ""]);
    [0, 1, 2, 3].forEach((at) => {
      row(110 + 40 * at, at + 1);
      if (at < 3) page.horizontal(132 + 40 * at, 96, 520);
    });
    page.text(100, 290, prose);
    const cells = readCells(find(page)[0]!.table);
    expect(cells.map((row) => row[0])).toEqual(["No.", "R1", "R2", "R3", "R4"]);
    expect(cells[1]).toEqual([
      "R1",
      "Anna Berger",
      "the doors of the hall do not close when the wind is from the west",
      "open",
    ]);
    expect(cells[4]![1]).toBe("Anna Berger");
  });

  it("leaves text beside its columns, and text at another distance from the rule, alone", () => {
    const xs = [100, 200, 300];
    for (const [x, y] of [
      [140, 104],
      [100, 86],
    ] as const) {
      const page = new PageSketch().row(y, [x, x + 110, x + 210], ["Some", "words", "above"]);
      for (let at = 0; at < 4; at++)
        page.row(130 + 20 * at, xs, [`Row ${at}`, "12", "13"]).horizontal(116 + 20 * at, 96, 400);
      page.horizontal(196, 96, 400);
      expect(readCells(find(page)[0]!.table).flat()).not.toContain("Some");
    }
  });

  it("takes everything between two of many rules for one row", () => {
    const xs = [100, 200];
    const page = new PageSketch();
    for (const y of [100, 120, 160, 200, 240]) page.horizontal(y, 100, 420);
    page.row(113, xs, ["Term", "Meaning"], { bold: true });
    page.row(132, xs, ["Stationary", "does not move"]).row(144, xs, ["", "from its place"]);
    page.row(172, xs, ["Mobile", "moves about"]).row(184, xs, ["", "all the time"]);
    page.row(212, xs, ["Area", "many small ones"]).row(224, xs, ["", "taken together"]);
    expect(readCells(find(page)[0]!.table)).toEqual([
      ["Term", "Meaning"],
      ["Stationary", "does not move from its place"],
      ["Mobile", "moves about all the time"],
      ["Area", "many small ones taken together"],
    ]);
  });

  it("lets the body hang below a head that alone is ruled, and stops at prose", () => {
    const xs = [100, 250, 320];
    const page = new PageSketch()
      .horizontal(100, 100, 400)
      .row(112, xs, ["City", "In", "Out"])
      .horizontal(116, 100, 400);
    page
      .row(128, xs, ["Cebu", "1138", "79,500"])
      .row(140, xs, ["Subic", "313", "136"])
      .row(152, xs, ["Davao", "750", "17,807"]);
    for (let line = 0; line < 4; line++) page.text(100, 190 + line * 12, prose.slice(0, 60));
    const region = find(page)[0]!;
    expect(readCells(region.table)).toEqual([
      ["City", "In", "Out"],
      ["Cebu", "1138", "79,500"],
      ["Subic", "313", "136"],
      ["Davao", "750", "17,807"],
    ]);
  });

  it("parts titles that stand a word space apart where their columns do", () => {
    const xs = [100, 160, 200, 240];
    const page = new PageSketch().horizontal(100, 100, 290);
    page.text(100, 112, "Name").text(160, 112, "Before After").text(240, 112, "Change");
    page.horizontal(116, 100, 290);
    for (let row = 0; row < 4; row++) page.row(128 + row * 12, xs, [`n${row}`, `${row}.1`, `${row}.2`, `${row}.3`]);
    page.horizontal(168, 100, 290);
    expect(readCells(find(page)[0]!.table)[0]).toEqual(["Name", "Before", "After", "Change"]);
  });

  it("reads shaded rows", () => {
    const xs = [100, 250, 320];
    const page = new PageSketch();
    for (let row = 0; row < 6; row++) {
      if (row % 2 === 0) page.fill([95, 100 + row * 16, 400, 116 + row * 16], 0xdddddd);
      page.row(
        112 + row * 16,
        xs,
        row === 0 ? ["Party", "Seats", "Votes"] : [`Party ${row}`, String(row * 7), String(row * 1000)],
      );
    }
    const { table } = find(page)[0]!;
    expect(table.rows).toHaveLength(6);
    expect(readCells(table)[5]).toEqual(["Party 5", "35", "5000"]);
  });

  it("is not fooled by the rules of running heads and feet around prose", () => {
    const page = new PageSketch().horizontal(60, 80, 520).horizontal(740, 80, 520);
    page.text(80, 55, "Annual report").text(480, 55, "12");
    for (let line = 0; line < 40; line++) page.text(80, 80 + line * 14, prose);
    expect(find(page)).toEqual([]);
    const columns = new PageSketch().horizontal(60, 80, 520).horizontal(740, 80, 520);
    for (let line = 0; line < 40; line++)
      columns.text(80, 80 + line * 14, prose.slice(0, 34)).text(310, 80 + line * 14, prose.slice(0, 34));
    expect(find(columns)).toEqual([]);
  });

  it("does not run through a caption into the next table", () => {
    const xs = [100, 250, 320];
    const page = new PageSketch();
    for (const top of [100, 180]) {
      page.text(100, top - 8, `Table ${top} of two`);
      page
        .horizontal(top, 100, 400)
        .row(top + 12, xs, ["Year", "In", "Out"])
        .horizontal(top + 16, 100, 400);
      page
        .row(top + 28, xs, ["a", "1.5", "2.5"])
        .row(top + 40, xs, ["b", "3.5", "4.5"])
        .horizontal(top + 44, 100, 400);
    }
    expect(find(page).map((region) => region.table.rows.length)).toEqual([3, 3]);
  });

  it("puts labels that are centred beside entries of several lines into their rows", () => {
    const page = new PageSketch().horizontal(92, 100, 420).row(104, [100, 200], ["Area", "Statement"]);
    page.horizontal(110, 100, 420);
    const entries = [
      ["Knowledge", ["To understand what it means to reuse", "things and how this is done at home"]],
      ["Skills", ["To sort what is thrown away each day", "To promote reuse before recycling is"]],
      ["Values", ["To care for what others leave behind", "To educate all others on the matter"]],
    ] as const;
    entries.forEach(([label, lines], at) => {
      const top = 124 + at * 30;
      page.text(100, top + 6, label);
      for (const [below, line] of lines.entries()) page.text(200, top + below * 12, line);
    });
    page.horizontal(216, 100, 420);
    expect(readCells(find(page)[0]!.table)).toEqual([
      ["Area", "Statement"],
      ...entries.map(([label, lines]) => [label, lines.join(" ")]),
    ]);
  });
});
