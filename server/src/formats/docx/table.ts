/** Tables (ECMA-376 part 1, 17.4): grid spans across, vertical merges down, header rows. */
import type { Block, Table, TableCell, TableRow } from "@knowhere/contract";
import { findApparentHead } from "../../document/apparent-head.ts";
import { plainCell } from "../ooxml/cells.ts";
import { integerOf, onOff, valOf } from "../ooxml/values.ts";
import { childOf, type XmlElement } from "../xml/element.ts";

/** Word itself allows 63 columns; generated files go somewhat past it. */
const maxColumns = 1_000;

interface DraftCell {
  content: Block[];
  column: number;
  span: number;
  merge: "start" | "continue" | undefined;
}
interface DraftRow {
  cells: DraftCell[];
  isHeader: boolean;
  isDeleted: boolean;
  page: number;
  nextColumn: number;
}

/** Collects one table row by row as its elements come by. */
export class TableBuilder {
  readonly #rows: DraftRow[] = [];
  #row: DraftRow | undefined;
  #cell: DraftCell | undefined;
  #firstRowIsHead = false;
  name: string | undefined;

  setProperties(properties: XmlElement): void {
    const look = childOf(properties, "w:tblLook");
    const bits = Number.parseInt(look?.attributes["w:val"] ?? "0", 16);
    const flag = look?.attributes["w:firstRow"];
    this.#firstRowIsHead = flag === undefined ? (bits & 0x20) !== 0 : flag === "1" || flag === "true" || flag === "on";
    this.name = valOf(properties, "w:tblCaption")?.trim() || undefined;
  }

  openRow(page: number): void {
    this.#row = { cells: [], isHeader: false, isDeleted: false, page, nextColumn: 0 };
    this.#rows.push(this.#row);
  }

  setRowProperties(properties: XmlElement): void {
    if (!this.#row) return;
    this.#row.isHeader = onOff(properties, "w:tblHeader") ?? false;
    this.#row.isDeleted = childOf(properties, "w:del") !== undefined;
    this.#row.nextColumn += clampColumns(integerOf(valOf(properties, "w:gridBefore")) ?? 0);
  }

  openCell(): void {
    if (!this.#row) this.openRow(1);
    this.#cell = { content: [], column: this.#row!.nextColumn, span: 1, merge: undefined };
    this.#row!.cells.push(this.#cell);
  }

  setCellProperties(properties: XmlElement): void {
    if (!this.#cell) return;
    this.#cell.span = Math.max(1, clampColumns(integerOf(valOf(properties, "w:gridSpan")) ?? 1));
    const merge = childOf(properties, "w:vMerge");
    if (merge) this.#cell.merge = merge.attributes["w:val"] === "restart" ? "start" : "continue";
    // The old horizontal merge: a continuing cell widens the one before it.
    const across = childOf(properties, "w:hMerge");
    const before = this.#row?.cells[this.#row.cells.length - 2];
    if (across && across.attributes["w:val"] !== "restart" && before) {
      before.span += this.#cell.span;
      this.#row!.cells.pop();
    }
  }

  closeCell(content: Block[]): void {
    if (!this.#cell || !this.#row) return;
    this.#cell.content = content;
    const last = this.#row.cells[this.#row.cells.length - 1];
    this.#row.nextColumn = last ? last.column + last.span : 0;
  }

  /** The finished table; undefined when no row is left. */
  finish(): Table | undefined {
    const kept = this.#rows.filter((row) => !row.isDeleted && row.cells.length > 0);
    if (kept.length === 0) return undefined;
    let headRows = kept.findIndex((row) => !row.isHeader);
    if (headRows < 0) headRows = kept.length;
    if (headRows === 0 && this.#firstRowIsHead && kept.length > 1) headRows = 1;
    padRows(kept);
    const openMerges = new Map<number, TableCell>();
    const rows = kept.map(
      (row, at): TableRow => ({ cells: finishRow(row, openMerges, at < headRows), page: row.page }),
    );
    // A head cell that spans down takes the rows it covers into the head.
    const tallest = Math.max(1, ...(headRows === 1 ? (rows[0]?.cells ?? []).map((cell) => cell.rowspan ?? 1) : []));
    if (headRows === 1 && tallest < rows.length) {
      for (const row of rows.slice(1, tallest)) for (const cell of row.cells) cell.header = true;
      headRows = tallest;
    }
    const table: Table = { type: "table", rows, headRows, ...(this.name ? { name: this.name } : {}) };
    findApparentHead(table);
    return table;
  }
}

/** Rows that end before the others (`w:gridAfter`) get empty cells, unless most of the table would be padding. */
function padRows(rows: readonly DraftRow[]): void {
  const width = rows.reduce((widest, row) => Math.max(widest, row.nextColumn), 0);
  const filled = rows.reduce((sum, row) => sum + row.nextColumn, 0);
  if (width * rows.length > filled * 2) return;
  for (const row of rows)
    for (let column = row.nextColumn; column < width; column++)
      row.cells.push({ content: [], column, span: 1, merge: undefined });
}

const clampColumns = (count: number): number => Math.min(maxColumns, Math.max(0, count));

/** `openMerges` holds, by starting column, the cell that a continuing cell below it belongs to. */
function finishRow(row: DraftRow, openMerges: Map<number, TableCell>, isHead: boolean): TableCell[] {
  const cells: TableCell[] = [];
  const first = row.cells[0];
  for (let column = 0; first && column < first.column && first.column <= maxColumns; column++) cells.push({ text: "" });
  for (const draft of row.cells) {
    const above = openMerges.get(draft.column);
    if (draft.merge === "continue" && above) {
      above.rowspan = (above.rowspan ?? 1) + 1;
      continue;
    }
    const cell: TableCell = plainCell(draft.content);
    if (draft.span > 1) cell.colspan = draft.span;
    if (isHead) cell.header = true;
    if (draft.merge !== undefined) openMerges.set(draft.column, cell);
    else openMerges.delete(draft.column);
    cells.push(cell);
  }
  return cells;
}
