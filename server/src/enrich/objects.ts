/** One line about a table or picture, made of what the document itself says about it. */
import type { Document, Figure, Table, TableCell } from "@knowhere/contract";
import { plainInlines } from "../document/inlines.ts";
import { plainBlocks, plainRows } from "../document/plain.ts";
import { clip } from "./summary.ts";

const longestSummary = 320;
const longestDescription = 1000;

/** Caption or name, then the size and the names of the columns: "Table 2: Yields. 12 rows × 3 columns: Year, Site, Yield." */
export function summarizeTable(table: Table): string {
  const caption =
    plainInlines(table.caption ?? [])
      .replace(/\s+/g, " ")
      .trim() || (table.name ?? "").trim();
  const size = `${count(table.rows.length - table.headRows, "row")} × ${count(widthOf(table), "column")}`;
  const columns = columnNames(table);
  const facts = columns.length === 0 ? `${size}.` : `${size}: ${columns.join(", ")}.`;
  return clip(caption === "" ? facts : `${endSentence(caption)} ${facts}`, longestSummary);
}

const isSingle = (cell: TableCell) => cell.rowspan === undefined && cell.colspan === undefined;

/** How many columns the widest row takes, spans counted. */
export function widthOf(table: Table): number {
  let width = 0;
  // Cells that reach down from earlier rows take columns too: column -> rows left.
  let hanging: number[] = [];
  for (const row of table.rows) {
    // Most rows: nothing reaches into them and nothing spans.
    if (hanging.length === 0 && row.cells.every(isSingle)) {
      width = Math.max(width, row.cells.length);
      continue;
    }
    const next: number[] = [];
    let column = 0;
    const skip = () => {
      while ((hanging[column] ?? 0) > 0) {
        next[column] = hanging[column]! - 1;
        column++;
      }
    };
    for (const cell of row.cells) {
      skip();
      // A cell cannot sensibly span more columns than any office format knows.
      const span = Math.min(cell.colspan ?? 1, 16_384);
      for (let n = 0; n < span; n++) next[column++] = (cell.rowspan ?? 1) - 1;
    }
    skip();
    width = Math.max(width, column);
    hanging = next.some((rows) => rows > 0) ? next : [];
  }
  return width;
}

/** Texts of the last head row, or of the first row when none of its cells is a number. */
function columnNames(table: Table): string[] {
  const head = table.headRows > 0 ? table.rows[table.headRows - 1] : table.rows[0];
  if (head === undefined) return [];
  const names = plainRows({ ...table, rows: [head] })[0]!.filter((name) => name !== "");
  if (table.headRows === 0 && (names.length < 2 || names.some((name) => /^[\d\s.,%$€£+−-]+$/.test(name)))) return [];
  return names.slice(0, 12).map((name) => clip(name, 40));
}

/** Caption and alternative text, else the text inside the picture; "" when the document says nothing. */
export function describeFigure(figure: Figure): string {
  const clean = (text: string) => text.replace(/\s+/g, " ").trim();
  const caption = clean(plainInlines(figure.caption ?? []));
  const alt = clean(figure.alt ?? "");
  const said = caption.includes(alt) ? caption : alt.includes(caption) ? alt : `${endSentence(caption)} ${alt}`;
  return clip(said === "" ? plainBlocks(figure.content ?? []) : said, longestDescription);
}

/** What stands in the place of a description nobody gave: kind, page and size. */
export function nameFigure(document: Document, asset: string | undefined, page: number | undefined): string {
  const found = document.assets.find((candidate) => candidate.id === asset);
  const size =
    found?.width === undefined || found.height === undefined ? "" : ` (${found.width} × ${found.height} pixels)`;
  return `Picture${page === undefined ? "" : ` on page ${page}`}${size}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

function endSentence(text: string): string {
  return /[.!?。：:]$/u.test(text) ? text : `${text}.`;
}
