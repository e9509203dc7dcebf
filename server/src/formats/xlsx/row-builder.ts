/** Rows of a sheet as its cells come in, one after another: in order, within the limits, and in little memory. */
import { problem } from "@knowhere/contract";
import { type CellBudget, type GridRow, maxColumns, maxRows } from "./grid.ts";
import type { CellStyles } from "./styles.ts";

export interface RowContext {
  readonly styles: CellStyles;
  readonly budget: CellBudget;
}

interface OpenRow {
  index: number;
  hidden: boolean;
  columns: number[];
  texts: string[];
  bold?: Set<number> | undefined;
  links?: Map<number, string> | undefined;
}

export class RowBuilder {
  #row: OpenRow | undefined;
  #index = -1;
  /** Columns of the row before. */
  #columns: number[] = [];
  #sorted = true;

  /** Finished rows are pushed to `rows`. */
  constructor(
    private readonly rows: GridRow[],
    private readonly context: RowContext,
  ) {}

  get isOpen(): boolean {
    return this.#row !== undefined;
  }

  /** Starts a row, the next one where no index is stated. Throws LIMIT_EXCEEDED beyond the last row of a sheet. */
  open(stated: number | undefined, hidden: boolean): void {
    const index = stated ?? this.#index + 1;
    if (index >= maxRows) throw problem("LIMIT_EXCEEDED", { limit: "rows of a sheet" });
    if (index <= this.#index) this.#sorted = false;
    this.#index = index;
    this.#row = { index, hidden, columns: [], texts: [] };
  }

  /** Adds a cell to the open row; empty ones and those beyond the last column are left out. */
  cell(column: number, text: string, style: number, address: string | undefined): void {
    const row = this.#row;
    if (!row || column >= maxColumns || text === "") return;
    this.context.budget.spend(1);
    if (row.columns.length > 0 && column <= row.columns.at(-1)!) this.#sorted = false;
    row.columns.push(column);
    row.texts.push(text);
    if (this.context.styles.isBold(style)) (row.bold ??= new Set()).add(column);
    if (address !== undefined) (row.links ??= new Map()).set(column, address);
  }

  close(): void {
    const row = this.#row;
    this.#row = undefined;
    if (!row || row.columns.length === 0) return;
    // Most rows fill the same columns as the one before: one list serves them all. Arrays that grew by pushing hold room
    // for 17 values, so of the others a copy of the exact size is kept: a million narrow rows would double the memory.
    if (!isSameList(row.columns, this.#columns)) this.#columns = row.columns.slice();
    const { index, hidden, bold, links } = row;
    const texts = row.texts.slice();
    const columns = this.#columns;
    this.rows.push(bold || links ? { index, hidden, columns, texts, bold, links } : { index, hidden, columns, texts });
  }

  /** Puts rows in order that were not. */
  finish(): void {
    this.close();
    if (!this.#sorted) sortRows(this.rows);
  }
}

function isSameList(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return false;
  return true;
}

/** Sheets are written in order; those that are not are put in order here, later cells of a place winning. */
function sortRows(rows: GridRow[]): void {
  const byIndex = new Map<number, GridRow>();
  for (const row of rows) {
    const cells = new Map(row.columns.map((column, at) => [column, row.texts[at]!]));
    const known = byIndex.get(row.index);
    const merged = new Map([
      ...(known ? known.columns.map((column, at) => [column, known.texts[at]!] as const) : []),
      ...cells,
    ]);
    const columns = [...merged.keys()].sort((a, b) => a - b);
    byIndex.set(row.index, { ...row, columns, texts: columns.map((column) => merged.get(column)!) });
  }
  rows.length = 0;
  for (const row of [...byIndex.values()].sort((a, b) => a.index - b.index)) rows.push(row);
}
