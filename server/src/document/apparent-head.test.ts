import type { Table, TableCell } from "@knowhere/contract";
import { describe, expect, it } from "vitest";
import { findApparentHead } from "./apparent-head.ts";

const bold = (text: string): TableCell => ({
  content: [{ type: "paragraph", content: [{ type: "strong", content: [{ type: "text", text }] }] }],
});
const tableOf = (...rows: TableCell[][]): Table => ({
  type: "table",
  headRows: 0,
  rows: rows.map((cells) => ({ cells })),
});
const headOf = (table: Table): Table => {
  findApparentHead(table);
  return table;
};

describe("a head that only its look tells", () => {
  it("is a bold first row over rows that are not, and need not be bold any more", () => {
    expect(headOf(tableOf([bold("a"), bold("b")], [bold("1"), { text: "2" }]))).toMatchObject({
      headRows: 1,
      rows: [{ cells: [{ text: "a", header: true }, { text: "b" }] }, { cells: [{ content: [{}] }, { text: "2" }] }],
    });
  });

  it.each([
    ["all rows are bold", tableOf([bold("a"), bold("b")], [bold("1"), bold("2")])],
    ["a cell is empty or plain", tableOf([bold("a"), { text: "" }], [{ text: "1" }, { text: "2" }])],
    ["it is a title over the table", tableOf([{ ...bold("a"), colspan: 2 }], [{ text: "1" }, { text: "2" }])],
    ["there is nothing below it", tableOf([bold("a"), bold("b")])],
  ])("is none where %s", (_, table) => {
    expect(headOf(table).headRows).toBe(0);
  });
});
