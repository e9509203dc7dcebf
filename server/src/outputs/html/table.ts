/** A table -> HTML with its spans. The same string is the table file of the package and the content of its chunk. */
import type { Block, Table, TableCell } from "@knowhere/contract";
import { escapeHtml } from "./escape.ts";

export interface TableHtmlOptions {
  /** Writes the blocks of a rich cell. Must not put a blank line into its output when the table goes into Markdown. */
  writeCellBlocks(blocks: readonly Block[]): string;
  /** Without `<thead>`/`<tbody>` and attributes that do not carry structure: the form for Markdown. */
  compact?: boolean;
  /** Between rows; "" for one line. */
  newline?: string;
}

/** One `<table>` element; the leading `headRows` rows and header cells are `<th>`, the former in `<thead>`. */
export function writeTableHtml(table: Table, options: TableHtmlOptions): string {
  const newline = options.newline ?? "";
  const rows = table.rows.map((row, at) => {
    const cells = row.cells.map((cell) => writeCell(cell, at < table.headRows || cell.header === true, options));
    return `<tr>${cells.join("")}</tr>`;
  });
  if (options.compact === true) return ["<table>", ...rows, "</table>"].join(newline);
  const head = rows.slice(0, table.headRows);
  const body = rows.slice(table.headRows);
  return [
    "<table>",
    ...(head.length > 0 ? ["<thead>", ...head, "</thead>"] : []),
    ...(body.length > 0 ? ["<tbody>", ...body, "</tbody>"] : []),
    "</table>",
  ].join(newline);
}

/** A word or number without anything to escape: most cells of a workbook. */
const plainCell = /^[^\s<>&"']*$/;

function writeCell(cell: TableCell, header: boolean, options: TableHtmlOptions): string {
  const tag = header ? "th" : "td";
  const spans = `${span("rowspan", cell.rowspan)}${span("colspan", cell.colspan)}`;
  const align = options.compact === true || cell.align === undefined ? "" : ` style="text-align:${cell.align}"`;
  const inner =
    cell.text === undefined
      ? options.writeCellBlocks(cell.content ?? [])
      : plainCell.test(cell.text)
        ? cell.text
        : escapeHtml(cell.text.trim()).replace(/\s*\n\s*/g, "<br>");
  return `<${tag}${spans}${align}>${inner}</${tag}>`;
}

function span(name: string, count: number | undefined): string {
  return count === undefined || count < 2 ? "" : ` ${name}="${count}"`;
}
