/**
 * Older workbooks (XLS, SpreadsheetML 2003) through SheetJS, into the same grids as the streamed ones; through the office
 * converter where there is one.
 */
import xlsx, { type CellObject, type ParsingOptions, type WorkBook, type WorkSheet } from "@e965/xlsx";
import { problem } from "@knowhere/contract";
import { readConverted } from "../legacy/converted.ts";
import type { Reader } from "../reader.ts";
import { openWorkbookStream } from "./biff-stream.ts";
import {
  type CellBudget,
  type CellComment,
  cellBudget,
  type GridRow,
  isWebAddress,
  type Merge,
  type SheetGrid,
} from "./grid.ts";
import { makeWorkbookResult } from "./result.ts";
import { tidy } from "./sheet-part.ts";

/** SheetJS reads a whole workbook in one call that nothing can stop: larger files are refused before. */
const maxSourceBytes = 128 * 1024 * 1024;

export const xlsReader: Reader = {
  format: "xls",
  async read(source, context) {
    // The converter keeps the charts and pictures that SheetJS does not read.
    if (context.office) return readConverted("xls", "xlsx", source, context);
    const bytes = await source.bytes();
    if (bytes.length > maxSourceBytes) throw problem("LIMIT_EXCEEDED", { limit: "workbook bytes" });
    context.progress(1, 0);
    const { container, links } = openWorkbookStream(bytes);
    const workbook = openWorkbook(bytes, container, context.options.password);
    context.signal.throwIfAborted();
    if (workbook.SheetNames.length > context.limits.maxPages)
      throw problem("TOO_MANY_PAGES", { pages: workbook.SheetNames.length, limit: context.limits.maxPages });
    const budget = cellBudget(context.limits.maxCells);
    const sheets = workbook.SheetNames.map((name, index) => readSheet(workbook, name, index, links.get(index), budget));
    context.progress(sheets.length, sheets.length);
    return makeWorkbookResult({ format: "xls", source, sheets, metadata: metadataOf(workbook) });
  },
};

/** Exported by the library, not declared by its types. */
const withContainers = xlsx as unknown as { parse_xlscfb(container: object, options: ParsingOptions): WorkBook };

function openWorkbook(bytes: Uint8Array, container: object | undefined, password: string | undefined): WorkBook {
  const options: ParsingOptions = {
    type: "buffer",
    dense: true,
    cellFormula: false,
    cellHTML: false,
    cellStyles: true,
    ...(password ? { password } : {}),
  };
  try {
    return container ? withContainers.parse_xlscfb(container, options) : xlsx.read(bytes, options);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : "";
    if (/password|encrypt/i.test(message)) throw problem("ENCRYPTED", {}, { cause });
    throw problem(
      "PARSING_FAILED",
      { message: "Unable to parse document: the workbook is damaged or of a kind that cannot be read." },
      { cause },
    );
  }
}

function readSheet(
  workbook: WorkBook,
  name: string,
  index: number,
  links: ReadonlyMap<number, string> | undefined,
  budget: CellBudget,
): SheetGrid {
  const sheet = workbook.Sheets[name] as (WorkSheet & { "!data"?: (CellObject | undefined)[][] }) | undefined;
  const visibility = workbook.Workbook?.Sheets?.[index]?.Hidden ?? 0;
  const rows: GridRow[] = [];
  const comments: CellComment[] = [];
  const hiddenRows = sheet?.["!rows"] ?? [];
  // Sparse arrays: only what is there is visited.
  for (const key of Object.keys(sheet?.["!data"] ?? [])) {
    const rowIndex = Number(key);
    const cells = sheet!["!data"]![rowIndex]!;
    const row: GridRow = { index: rowIndex, hidden: hiddenRows[rowIndex]?.hidden === true, columns: [], texts: [] };
    for (const columnKey of Object.keys(cells)) {
      const column = Number(columnKey);
      const cell = cells[column];
      if (!cell) continue;
      for (const comment of cell.c ?? []) {
        const text = tidy(comment.t ?? "");
        if (text) comments.push({ row: rowIndex, column, text, ...(comment.a ? { author: comment.a } : {}) });
      }
      const text = shownText(cell);
      if (text === "") continue;
      budget.spend(1);
      row.columns.push(column);
      row.texts.push(text);
      const target = links?.get(rowIndex * 65_536 + column) ?? cell.l?.Target;
      if (target && isWebAddress(target)) (row.links ??= new Map()).set(column, target);
    }
    if (row.columns.length > 0) rows.push(row);
  }
  const merges: Merge[] = (sheet?.["!merges"] ?? []).map(({ s, e }) => ({
    top: s.r,
    left: s.c,
    bottom: e.r,
    right: e.c,
  }));
  const hiddenColumns = (sheet?.["!cols"] ?? []).filter((column) => column?.hidden).length;
  return { name, hidden: visibility > 0, rows, merges, comments, drawings: [], hiddenColumns };
}

/** The formatted text; the plain value where the format gives nothing. */
function shownText(cell: CellObject): string {
  if (cell.t === "z") return "";
  if (cell.w !== undefined && cell.w !== "") return tidy(cell.w);
  if (cell.v === undefined || cell.v === null) return "";
  return tidy(cell.v instanceof Date ? cell.v.toISOString() : String(cell.v));
}

function metadataOf(workbook: WorkBook): Record<string, string> {
  const metadata: Record<string, string> = {};
  const names = {
    Title: "title",
    Author: "author",
    Subject: "subject",
    Keywords: "keywords",
    Comments: "description",
    Company: "company",
  } as const;
  for (const [from, to] of Object.entries(names)) {
    const value = workbook.Props?.[from as keyof typeof names];
    // Properties in an unnamed code page come out as replacement characters: worth nothing.
    if (typeof value === "string" && value.trim() !== "" && !value.includes("\ufffd")) metadata[to] = value.trim();
  }
  return metadata;
}
