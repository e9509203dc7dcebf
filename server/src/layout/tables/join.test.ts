import type { Table } from "@knowhere/contract";
import { describe, expect, it } from "vitest";
import { joinTables, type TablePart } from "./join.ts";
import { readCells } from "./page-sketch.ts";

function part(
  page: number,
  rows: string[][],
  headRows: number,
  columns = [100, 200, 300],
  kind: TablePart["kind"] = "lattice",
): TablePart {
  const table: Table = {
    type: "table",
    headRows,
    rows: rows.map((cells, at) => ({
      page,
      cells: cells.map((text) => (at < headRows ? { text, header: true } : { text })),
    })),
  };
  return { table, columns, kind };
}
const first = part(
  1,
  [
    ["Name", "Age"],
    ["Ann", "3"],
  ],
  1,
);

describe("joining tables over pages", () => {
  it("trusts a repeated head of three titles more than borders that a few rows put elsewhere", () => {
    const head = ["Item", "Price", "Town"];
    const above = part(1, [head, ["Bolt", "3", "Oslo"]], 1, [100, 200, 300, 400], "bands");
    const below = (titles: string[]) => part(2, [titles, ["Nut", "4", "Lyon"]], 1, [100, 240, 320, 400], "bands");
    expect(joinTables(above, below(head))!.rows).toHaveLength(3);
    expect(joinTables(above, below(["Item", "Price", "Year"]))).toBeNull();
  });

  it("drops the repeated head and keeps the page of every row", () => {
    const joined = joinTables(
      first,
      part(
        2,
        [
          ["Name", "Age"],
          ["Bob", "4"],
        ],
        1,
      ),
    )!;
    expect(readCells(joined)).toEqual([
      ["Name", "Age"],
      ["Ann", "3"],
      ["Bob", "4"],
    ]);
    expect(joined.rows.map((row) => row.page)).toEqual([1, 1, 2]);
    expect(joined.headRows).toBe(1);
  });

  it("goes on without a head, and knows a head marked as continued", () => {
    expect(joinTables(first, part(2, [["Bob", "4"]], 0))!.rows).toHaveLength(3);
    expect(
      joinTables(
        first,
        part(
          2,
          [
            ["Name (continued)", "Age"],
            ["Bob", "4"],
          ],
          1,
        ),
      )!.rows,
    ).toHaveLength(3);
  });

  it("allows the shift of odd and even pages, not other column widths", () => {
    expect(joinTables(first, part(2, [["Bob", "4"]], 0, [130, 230, 330]))).not.toBeNull();
    expect(joinTables(first, part(2, [["Bob", "4"]], 0, [100, 230, 300]))).toBeNull();
    expect(joinTables(first, part(2, [["Bob", "4", "x"]], 0, [100, 200, 250, 300]))).toBeNull();
  });

  it("is more patient with borders found from white space", () => {
    const above = part(
      1,
      [
        ["Name", "Age"],
        ["Ann", "3"],
      ],
      1,
      [100, 200, 300],
      "bands",
    );
    expect(joinTables(above, part(2, [["Bob", "4"]], 0, [100, 208, 300], "bands"))).not.toBeNull();
  });

  it("leaves a table with a head of its own alone", () => {
    const other = part(
      2,
      [
        ["City", "Size"],
        ["Rome", "4"],
      ],
      1,
      [100, 200, 300],
      "bands",
    );
    expect(
      joinTables(
        part(
          1,
          [
            ["Name", "Age"],
            ["Ann", "3"],
          ],
          1,
          [100, 200, 300],
          "bands",
        ),
        other,
      ),
    ).toBeNull();
  });

  it("mends a row that the end of the page cut", () => {
    const above = part(
      1,
      [
        ["Name", "Note"],
        ["Ann", "likes the"],
      ],
      1,
    );
    const joined = joinTables(
      above,
      part(
        2,
        [
          ["", "open sea"],
          ["Bob", "no"],
        ],
        0,
      ),
    )!;
    expect(readCells(joined)).toEqual([
      ["Name", "Note"],
      ["Ann", "likes the open sea"],
      ["Bob", "no"],
    ]);
  });

  it("changes neither part", () => {
    const below = part(
      2,
      [
        ["Name", "Age"],
        ["Bob", "4"],
      ],
      1,
    );
    const before = JSON.stringify([first, below]);
    joinTables(first, below);
    expect(JSON.stringify([first, below])).toBe(before);
  });
});
