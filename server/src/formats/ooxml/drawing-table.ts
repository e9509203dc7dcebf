/** DrawingML tables (`a:tbl`) as slides use them. */
import type { Table, TableCell, TableRow } from "@knowhere/contract";
import { childOf, childrenOf, type XmlElement } from "../xml/element.ts";
import { plainCell } from "./cells.ts";
import { readTextBody, type TextScope } from "./drawing-text.ts";

const isOn = (value: string | undefined): boolean => value === "1" || value === "true";
const spanOf = (value: string | undefined): number =>
  Math.min(1_000, Math.max(1, Number.parseInt(value ?? "1", 10) || 1));

/** Reads a table; cells that a span covers are left out. `countCell` may throw past a limit. */
export function readDrawingTable(table: XmlElement, scope: TextScope, countCell: () => void): Table | undefined {
  const look = childOf(table, "a:tblPr")?.attributes ?? {};
  const source = childrenOf(table, "a:tr");
  if (source.length === 0) return undefined;
  const headRows = isOn(look["firstRow"]) && source.length > 1 ? 1 : 0;
  const rows = source.map((row, at): TableRow => {
    const cells: TableCell[] = [];
    childrenOf(row, "a:tc").forEach((cell, column) => {
      countCell();
      if (isOn(cell.attributes["hMerge"]) || isOn(cell.attributes["vMerge"])) return;
      const body = childOf(cell, "a:txBody");
      const read: TableCell = plainCell(body ? readTextBody(body, scope) : []);
      const colspan = spanOf(cell.attributes["gridSpan"]);
      const rowspan = spanOf(cell.attributes["rowSpan"]);
      if (colspan > 1) read.colspan = colspan;
      if (rowspan > 1) read.rowspan = Math.min(rowspan, source.length - at);
      if (at < headRows || (column === 0 && isOn(look["firstCol"]))) read.header = true;
      cells.push(read);
    });
    return { cells, page: scope.places?.[0]?.page };
  });
  return { type: "table", rows, headRows };
}
