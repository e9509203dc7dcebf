/**
 * Tables continued over pages. The caller knows what stands between two tables; here only the tables themselves are
 * compared: the same columns, and a head that is repeated or absent on the later page.
 */
import type { Table, TableCell, TableRow } from "@knowhere/contract";
import type { TableRegion } from "../facts.ts";

/** What joining needs of a table found on a page. */
export type TablePart = Pick<TableRegion, "table" | "columns" | "kind">;

/** Ruled borders of one table agree to this on every page. */
const ruledTolerancePt = 2.5;
/** Borders found from white space move with the entries of the page. */
const spacedTolerancePt = 14;
/** Rows of one joined table, over all pages. */
const maxRows = 100_000;

/**
 * The table of `above` with the rows of `below` added, or null when `below` is a table of its own. Neither is changed.
 * A repeated head is left out; rows keep the page they stand on.
 */
export function joinTables(above: TablePart, below: TablePart): Table | null {
  const ruled = above.kind === "lattice" && below.kind === "lattice";
  const repeated = repeatedHeadRows(above.table, below.table);
  if (!haveSameColumns(above.columns, below.columns, ruled) && !(repeated > 0 && sharesHead(above, below))) return null;
  if (above.table.rows.length + below.table.rows.length > maxRows) return null;
  if (repeated === 0 && below.table.headRows > 0) {
    // A head of its own makes a table of its own, unless the "head" is a guess on a page of a ruled table.
    if (!ruled || above.table.headRows === 0 || below.table.headRows > 1) return null;
  }
  const rows = below.table.rows.slice(repeated).map(asBodyRow);
  if (rows.length === 0) return null;
  const joined = above.table.rows.slice();
  const last = joined[joined.length - 1];
  if (last && isRestOf(last, rows[0]!)) {
    joined[joined.length - 1] = mergeRows(last, rows[0]!);
    rows.shift();
  }
  return { ...above.table, rows: [...joined, ...rows] };
}

/** As many borders at the same places; the whole may be shifted (odd and even pages have different margins). */
function haveSameColumns(a: readonly number[], b: readonly number[], ruled: boolean): boolean {
  if (a.length !== b.length || a.length < 3) return false;
  const width = a[a.length - 1]! - a[0]!;
  const otherWidth = b[b.length - 1]! - b[0]!;
  const tolerance = ruled ? ruledTolerancePt : Math.max(spacedTolerancePt, 0.02 * width);
  if (Math.abs(width - otherWidth) > 2 * tolerance) return false;
  const shift = b[0]! - a[0]!;
  return a.every((x, at) => Math.abs(b[at]! - shift - x) <= tolerance);
}

/** The head of three titles and more is repeated over as many columns: few rows below it may put their borders elsewhere. */
function sharesHead(above: TablePart, below: TablePart): boolean {
  const titles = above.table.rows[0]!.cells.filter((cell) => (cell.text ?? "").trim() !== "");
  if (titles.length < 3 || above.columns.length !== below.columns.length) return false;
  const width = (columns: readonly number[]) => columns[columns.length - 1]! - columns[0]!;
  return Math.abs(width(above.columns) - width(below.columns)) < 0.15 * width(above.columns);
}

/** How many leading rows of `below` say what the head of `above` says. */
function repeatedHeadRows(above: Table, below: Table): number {
  const head = Math.max(above.headRows, 1);
  if (below.rows.length < head) return 0;
  for (let row = 0; row < head; row++) {
    const first = rowText(above.rows[row]!);
    if (first === "" || first !== rowText(below.rows[row]!)) return 0;
  }
  return head;
}

function rowText(row: TableRow): string {
  const text = row.cells.map((cell) => cell.text ?? "").join("|");
  // "(continued)" and the like come and go.
  return text
    .toLowerCase()
    .replace(/\(?\b(?:continued|cont\.?|contd\.?|suite|fortsetzung)\)?/g, "")
    .replace(/[^\p{L}\p{N}|]+/gu, "");
}

function asBodyRow(row: TableRow): TableRow {
  return {
    ...row,
    cells: row.cells.map((cell) => {
      const { header: _, ...rest } = cell;
      return rest;
    }),
  };
}

/** A row cut by the page's end goes on without a label, in lower case. */
function isRestOf(last: TableRow, first: TableRow): boolean {
  if (last.cells.length !== first.cells.length || first.cells.length < 2) return false;
  if ((first.cells[0]!.text ?? "") !== "" || first.cells.some((cell) => (cell.rowspan ?? 1) > 1)) return false;
  const filled = first.cells.filter((cell) => (cell.text ?? "") !== "");
  return filled.length > 0 && filled.every((cell) => /^\p{Ll}/u.test(cell.text ?? ""));
}

function mergeRows(last: TableRow, first: TableRow): TableRow {
  const cells = last.cells.map((cell, at): TableCell => {
    const more = first.cells[at]!.text ?? "";
    return more === "" ? cell : { ...cell, text: `${cell.text ?? ""} ${more}`.trim() };
  });
  return { ...last, cells };
}
