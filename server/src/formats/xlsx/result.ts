/** The last step of every workbook reader: sheets to a document, with what is hidden said aloud. */
import { type Document, type FormatName, problem, type Warning } from "@knowhere/contract";
import type { AssetCollector } from "../../document/assets.ts";
import type { ReadResult, Source } from "../reader.ts";
import { makeResult } from "../result.ts";
import { sheetsToBlocks } from "./blocks.ts";
import type { SheetGrid } from "./grid.ts";

export interface WorkbookPieces {
  readonly format: FormatName;
  readonly source: Source;
  readonly sheets: readonly SheetGrid[];
  readonly metadata?: Document["metadata"];
  readonly assets?: AssetCollector;
  readonly warnings?: Warning[];
}

/** Makes the result. Throws EMPTY_DOCUMENT when no sheet has anything on it. */
export function makeWorkbookResult(pieces: WorkbookPieces): ReadResult {
  const warnings = [...(pieces.warnings ?? []), ...hiddenWarnings(pieces.sheets)];
  const { pages, content } = sheetsToBlocks(pieces.sheets);
  if (content.length === 0 && warnings.length === 0)
    throw problem("EMPTY_DOCUMENT", { message: "The workbook has no filled cells: there is nothing to parse." });
  const { title, language, ...metadata } = pieces.metadata ?? {};
  return makeResult({
    format: pieces.format,
    source: pieces.source,
    content,
    pages,
    assets: pieces.assets,
    metadata,
    title: typeof title === "string" ? title : undefined,
    language: typeof language === "string" ? language : undefined,
    warnings,
  });
}

function hiddenWarnings(sheets: readonly SheetGrid[]): Warning[] {
  const warnings: Warning[] = [];
  const hidden = sheets.flatMap((sheet, index) => (sheet.hidden ? [index + 1] : []));
  if (hidden.length > 0)
    warnings.push({
      code: "HIDDEN_SHEETS",
      message: "The workbook has hidden sheets; they were read too (how many: see count).",
      pages: hidden,
      count: hidden.length,
    });
  const rows = sheets.reduce((count, sheet) => count + sheet.rows.filter((row) => row.hidden).length, 0);
  if (rows > 0)
    warnings.push({
      code: "HIDDEN_ROWS",
      message: "The workbook has hidden rows; they were read too and are marked (how many: see count).",
      count: rows,
    });
  const columns = sheets.reduce((count, sheet) => count + sheet.hiddenColumns, 0);
  if (columns > 0)
    warnings.push({
      code: "HIDDEN_COLUMNS",
      message: "The workbook has hidden columns; they were read too (how many: see count).",
      count: columns,
    });
  return warnings;
}
