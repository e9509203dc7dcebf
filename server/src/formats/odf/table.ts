/** Tables (ODF 1.3 part 3, 9): spans, covered and repeated cells, header rows. */
import { type Block, problem, type Table, type TableCell, type TableRow } from "@knowhere/contract";
import { findApparentHead } from "../../document/apparent-head.ts";
import { plainCell } from "../ooxml/cells.ts";
import { childrenOf, type XmlElement } from "../xml/element.ts";
import type { Session } from "./session.ts";

const maxColumns = 1_000;
const maxRepeatedRows = 1_000;
const count = (value: string | undefined, max: number): number =>
  Math.min(max, Math.max(1, Number.parseInt(value ?? "1", 10) || 1));

interface DraftRow {
  cells: TableCell[];
  isHead: boolean;
  repeated: number;
  page: number;
}

/** Collects a table as its elements come by. */
export class TableBuilder {
  readonly #rows: DraftRow[] = [];
  #headDepth = 0;

  constructor(
    private readonly session: Session,
    private readonly name: string | undefined,
  ) {}

  openHead(): void {
    this.#headDepth += 1;
  }
  closeHead(): void {
    this.#headDepth -= 1;
  }

  openRow(row: XmlElement): void {
    this.#rows.push({
      cells: [],
      isHead: this.#headDepth > 0,
      repeated: count(row.attributes["table:number-rows-repeated"], maxRepeatedRows),
      page: this.session.pages.current,
    });
  }

  closeCell(cell: XmlElement, content: readonly Block[]): void {
    const row = this.#rows[this.#rows.length - 1];
    if (!row) return;
    const repeated = count(
      cell.attributes["table:number-columns-repeated"],
      maxColumns - Math.min(maxColumns - 1, row.cells.length),
    );
    for (let at = 0; at < repeated; at++) {
      if (++this.session.cells > this.session.limits.maxCells) throw problem("LIMIT_EXCEEDED", { limit: "cells" });
      const read = plainCell(content);
      const colspan = count(cell.attributes["table:number-columns-spanned"], maxColumns);
      const rowspan = count(cell.attributes["table:number-rows-spanned"], 100_000);
      if (colspan > 1) read.colspan = colspan;
      if (rowspan > 1) read.rowspan = rowspan;
      if (row.isHead) read.header = true;
      row.cells.push(read);
    }
  }

  /** Undefined when nothing is in it. Repeated rows are written out only when they hold text. */
  finish(): Table | undefined {
    const rows: TableRow[] = [];
    let headRows = 0;
    for (const draft of this.#rows) {
      const isEmpty = draft.cells.every((cell) => cell.text === "");
      const times = isEmpty ? 1 : draft.repeated;
      for (let at = 0; at < times; at++) {
        this.session.cells += at === 0 ? 0 : draft.cells.length;
        if (this.session.cells > this.session.limits.maxCells) throw problem("LIMIT_EXCEEDED", { limit: "cells" });
        if (draft.isHead && headRows === rows.length) headRows += 1;
        rows.push({ cells: draft.cells, page: draft.page });
      }
    }
    rows.forEach((row, at) => {
      for (const cell of row.cells) if ((cell.rowspan ?? 1) > rows.length - at) cell.rowspan = rows.length - at;
    });
    if (rows.every((row) => row.cells.length === 0)) return undefined;
    const table: Table = { type: "table", rows, headRows, ...(this.name ? { name: this.name } : {}) };
    findApparentHead(table);
    return table;
  }
}

/** A table that is already a tree (in a frame or an embedded object). */
export function tableOfElement(element: XmlElement, session: Session): Table | undefined {
  const builder = new TableBuilder(session, undefined);
  const visit = (node: XmlElement): void => {
    for (const child of childrenOf(node)) {
      if (child.name === "table:table-row") {
        builder.openRow(child);
        for (const cell of childrenOf(child, "table:table-cell"))
          builder.closeCell(cell, session.readFlow(childrenOf(cell)));
      } else if (child.name === "table:table-header-rows") {
        builder.openHead();
        visit(child);
        builder.closeHead();
      } else if (child.name === "table:table-rows" || child.name === "table:table-row-group") visit(child);
    }
  };
  visit(element);
  return builder.finish();
}
