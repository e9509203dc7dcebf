/** Tables -> Markdown: a pipe table when that loses nothing, else compact HTML. */
import type { Inline, Table, TableCell } from "@knowhere/contract";
import { text } from "../../document/inlines.ts";
import { writeCellHtml } from "../html/blocks.ts";
import { writeTableHtml } from "../html/table.ts";
import { type InlineSurroundings, writeLine } from "./inlines.ts";

/** The table, without its caption. */
export function writeTable(table: Table, surroundings: InlineSurroundings, furniture: "drop" | "keep"): string {
  if (table.rows.length === 0) return "";
  if (fitsPipes(table)) return writePipeTable(table, surroundings);
  return writeTableHtml(table, {
    writeCellBlocks: (blocks) =>
      writeCellHtml(blocks, { image: (asset) => surroundings.image(asset), furniture, newline: "" }).replace(
        /\n\s*/g,
        " ",
      ),
    compact: true,
    newline: "\n",
  });
}

/** No spans, at most one head row, as many cells in each row, and nothing but a paragraph in a cell. */
function fitsPipes(table: Table): boolean {
  if (table.headRows > 1) return false;
  const width = table.rows[0]!.cells.length;
  if (width === 0) return false;
  return table.rows.every((row) => row.cells.length === width && row.cells.every(isSimple));
}

function isSimple(cell: TableCell): boolean {
  if ((cell.rowspan ?? 1) > 1 || (cell.colspan ?? 1) > 1) return false;
  if (cell.content === undefined || cell.content.length === 0) return true;
  return cell.content.length === 1 && cell.content[0]!.type === "paragraph";
}

function writePipeTable(table: Table, surroundings: InlineSurroundings): string {
  const width = table.rows[0]!.cells.length;
  // Row by row: the cells of a million rows, written but not yet joined, would double the memory of the parse.
  const lines = table.rows.map((row) => pipeLine(row.cells.map((cell) => writePipeCell(cell, surroundings))));
  // A pipe table cannot do without a head; where there is none its cells stay empty.
  const head = table.headRows === 0 ? pipeLine(Array<string>(width).fill("")) : lines.shift()!;
  const rule = pipeLine(Array.from({ length: width }, (_, column) => ruleOf(table, column)));
  return [head, rule, ...lines].join("\n");
}

function pipeLine(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`.replace(/ {2,}\|/g, " |");
}

function writePipeCell(cell: TableCell, surroundings: InlineSurroundings): string {
  // Most cells of a workbook are a plain word or number; there may be millions of them.
  if (cell.text !== undefined && /^[^\s\\`*_[\]<&~$|!]*$/.test(cell.text)) return cell.text;
  return writeLine(cellInlines(cell), surroundings, "<br>", true);
}

function cellInlines(cell: TableCell): Inline[] {
  const block = cell.content?.[0];
  if (cell.text === undefined) return block?.type === "paragraph" ? block.content : [];
  return cell.text
    .trim()
    .split(/\s*\n\s*/)
    .flatMap((line, at): Inline[] => (at === 0 ? text(line) : [{ type: "break" }, ...text(line)]));
}

/** The alignment of a column, when all its cells that say one agree. */
function ruleOf(table: Table, column: number): string {
  const aligns = new Set<string>();
  for (const row of table.rows) {
    const align = row.cells[column]?.align;
    if (align !== undefined) aligns.add(align);
  }
  if (aligns.size !== 1) return "---";
  return { left: "---", center: ":-:", right: "--:" }[[...aligns][0] as "left" | "center" | "right"];
}
