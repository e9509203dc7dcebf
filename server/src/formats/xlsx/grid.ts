/** A sheet as its filled cells, the form that every workbook reader makes and `blocks.ts` turns into tables. */
import { type Block, type Furniture, problem } from "@knowhere/contract";

/** One row; `columns` ascends, `texts` runs beside it. Rows and columns count from 0. */
export interface GridRow {
  readonly index: number;
  readonly hidden: boolean;
  /** May be shared by rows that fill the same columns. */
  readonly columns: number[];
  /** As the sheet shows them: number formats applied. Never empty. */
  readonly texts: string[];
  /** Columns of bold cells. */
  readonly bold?: ReadonlySet<number> | undefined;
  /** Link targets by column. */
  links?: Map<number, string> | undefined;
}
export interface Merge {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}
export interface CellPlace {
  readonly row: number;
  readonly column: number;
}
export interface CellComment extends CellPlace {
  readonly author?: string | undefined;
  readonly text: string;
}
/** A picture, chart or text box that lies over the cells. */
export interface Drawing {
  readonly row: number;
  readonly block: Block;
}
export interface SheetGrid {
  readonly name: string;
  readonly hidden: boolean;
  /** Ascending by index; rows without filled cells are left out. */
  readonly rows: GridRow[];
  readonly merges: Merge[];
  readonly comments: CellComment[];
  readonly drawings: Drawing[];
  readonly hiddenColumns: number;
  /** Headers and footers of the printed sheet. */
  readonly running?: readonly Furniture[];
}

/** Addresses that cells link to; links inside the workbook and to files stay text. */
export const isWebAddress = (target: string): boolean => /^(?:https?|mailto|ftp|tel):/i.test(target);

/** The address that a HYPERLINK formula names as a literal; undefined when it is computed. */
export function addressOfFormula(formula: string): string | undefined {
  const match = /^(?:of:)?=?\s*HYPERLINK\(\s*"((?:[^"]|"")*)"\s*[,;)]/i.exec(formula);
  const address = match?.[1]?.replaceAll('""', '"');
  return address !== undefined && isWebAddress(address) ? address : undefined;
}

/** Counts cells over all sheets against limits; both throw LIMIT_EXCEEDED past theirs. */
export interface CellBudget {
  spend(cells: number): void;
  /** Cells that the file only says to repeat: a few bytes may ask for millions. */
  copy(cells: number): void;
}
/** Far more equal cells than anyone fills by hand, and few enough to be written out in seconds. */
const maxCopies = 200_000;

/** "C5" of row 4, column 2. */
export function cellName(row: number, column: number): string {
  let letters = "";
  for (let rest = column + 1; rest > 0; rest = Math.floor((rest - 1) / 26))
    letters = String.fromCharCode(65 + ((rest - 1) % 26)) + letters;
  return `${letters}${row + 1}`;
}

/** The column of "C5", without a look at its row; undefined when it has no letters or is beyond any sheet. */
export function columnOfCellName(name: string): number | undefined {
  let column = 0;
  let at = 0;
  for (; at < name.length && at < 4; at++) {
    const code = name.charCodeAt(at) & ~32;
    if (code < 65 || code > 90) break;
    column = column * 26 + code - 64;
  }
  return at > 0 && column <= maxColumns ? column - 1 : undefined;
}

/** Row and column of "C5" or "$C$5"; undefined for anything else and for addresses beyond any sheet. */
export function parseCellName(name: string): CellPlace | undefined {
  const match = /^\$?([A-Za-z]{1,3})\$?(\d{1,7})$/.exec(name);
  if (!match) return undefined;
  let column = 0;
  for (const letter of match[1]!.toUpperCase()) column = column * 26 + letter.charCodeAt(0) - 64;
  const row = Number(match[2]);
  return row >= 1 && row <= maxRows && column <= maxColumns ? { row: row - 1, column: column - 1 } : undefined;
}
/** Sizes of a sheet since Excel 2007. */
export const maxRows = 1_048_576;
export const maxColumns = 16_384;

/** The corners of "A1:C5" or of a single cell. */
export function parseRange(range: string): Merge | undefined {
  const [from, to] = range.split(":");
  const start = parseCellName(from ?? "");
  const end = to === undefined ? start : parseCellName(to);
  if (!start || !end) return undefined;
  return {
    top: Math.min(start.row, end.row),
    left: Math.min(start.column, end.column),
    bottom: Math.max(start.row, end.row),
    right: Math.max(start.column, end.column),
  };
}

/** Throws LIMIT_EXCEEDED when more than `maxCells` are spent. */
export function cellBudget(maxCells: number): CellBudget {
  let spent = 0;
  let copied = 0;
  const exceeded = (message: string) => problem("LIMIT_EXCEEDED", { limit: "cells", message });
  const spend = (cells: number) => {
    spent += cells;
    if (spent > maxCells)
      throw exceeded(`The workbook has more than ${maxCells} filled cells. Split it into smaller ones.`);
  };
  return {
    spend,
    copy(cells) {
      copied += cells;
      if (copied > maxCopies)
        throw exceeded(
          `The workbook repeats filled cells more than ${maxCopies} times. Clear what is filled down to the end.`,
        );
      spend(cells);
    },
  };
}
