/**
 * OpenDocument spreadsheets, streamed. A cell carries its shown text as paragraphs (ODF 1.3 part 3, 9.1), so no number
 * format has to be applied. Repetition counts are promises of blanks: only filled cells are repeated, and counted.
 */
import { problem } from "@knowhere/contract";
import type { ReadContext, Reader } from "../reader.ts";
import { childOf, childrenOf, descendantsOf, textOf, type XmlElement } from "../xml/element.ts";
import type { NamespaceTable } from "../xml/namespaces.ts";
import { readXml, streamXml } from "../xml/stream.ts";
import { openZip, type ZipArchive } from "../zip/archive.ts";
import {
  addressOfFormula,
  type CellBudget,
  type CellComment,
  cellBudget,
  type GridRow,
  isWebAddress,
  maxColumns,
  maxRows,
  type SheetGrid,
} from "./grid.ts";
import { makeWorkbookResult } from "./result.ts";
import { tidy } from "./sheet-part.ts";

const uri = "urn:oasis:names:tc:opendocument:xmlns";
const namespaces: NamespaceTable = {
  [`${uri}:office:1.0`]: "office",
  [`${uri}:table:1.0`]: "table",
  [`${uri}:text:1.0`]: "text",
  [`${uri}:manifest:1.0`]: "manifest",
  [`${uri}:meta:1.0`]: "meta",
  [`${uri}:style:1.0`]: "style",
  "http://www.w3.org/1999/xlink": "xlink",
  "http://purl.org/dc/elements/1.1/": "dc",
};
const containers: ReadonlySet<string> = new Set([
  "office:document-content",
  "office:body",
  "office:automatic-styles",
  "office:spreadsheet",
  "table:table",
  "table:table-column-group",
  "table:table-header-columns",
  "table:table-columns",
  "table:table-row-group",
  "table:table-header-rows",
  "table:table-rows",
]);

export const odsReader: Reader = {
  format: "ods",
  async read(source, context) {
    const archive = await openZip(source.path, { maxUnpackedBytes: context.limits.maxUnpackedBytes }, context.signal);
    try {
      await refuseEncrypted(archive, context);
      const sheets = await readSheets(archive, context);
      return makeWorkbookResult({ format: "ods", source, sheets, metadata: await readMetadata(archive, context) });
    } finally {
      archive.close();
    }
  },
};

async function refuseEncrypted(archive: ZipArchive, context: ReadContext): Promise<void> {
  const name = "META-INF/manifest.xml";
  if (!archive.has(name)) return;
  const manifest = await readXml(archive.stream(name), { namespaces, doctype: "ignore", signal: context.signal });
  if (descendantsOf(manifest, "manifest:encryption-data").length > 0) throw problem("ENCRYPTED");
}

async function readMetadata(archive: ZipArchive, context: ReadContext): Promise<Record<string, string>> {
  const metadata: Record<string, string> = {};
  if (!archive.has("meta.xml")) return metadata;
  try {
    const meta = childOf(
      await readXml(archive.stream("meta.xml"), { namespaces, signal: context.signal }),
      "office:meta",
    );
    const names: Record<string, string> = {
      "dc:title": "title",
      "dc:subject": "subject",
      "dc:description": "description",
      "meta:initial-creator": "author",
      "dc:creator": "author",
      "dc:language": "language",
      "dc:date": "modified",
    };
    for (const element of childrenOf(meta)) {
      const key = names[element.name];
      const value = textOf(element).trim();
      if (key && value) metadata[key] ??= value;
    }
  } catch {
    // Metadata that cannot be read is no reason to lose the sheets.
  }
  return metadata;
}

interface OpenSheet extends SheetGrid {
  nextRow: number;
  hiddenColumns: number;
}

async function readSheets(archive: ZipArchive, context: ReadContext): Promise<SheetGrid[]> {
  const sheets: OpenSheet[] = [];
  const budget = cellBudget(context.limits.maxCells);
  let current: OpenSheet | undefined;
  /** Table styles that switch their sheets off. */
  const hiddenStyles = new Set<string>();
  await streamXml(
    archive.stream("content.xml"),
    { namespaces, containers, signal: context.signal },
    {
      open(element) {
        if (element.name === "table:table") {
          if (sheets.length >= context.limits.maxPages)
            throw problem("TOO_MANY_PAGES", { pages: sheets.length + 1, limit: context.limits.maxPages });
          current = {
            name: element.attributes["table:name"] ?? `Sheet${sheets.length + 1}`,
            hidden: hiddenStyles.has(element.attributes["table:style-name"] ?? ""),
            rows: [],
            merges: [],
            comments: [],
            drawings: [],
            hiddenColumns: 0,
            nextRow: 0,
          };
          sheets.push(current);
        }
        return containers.has(element.name);
      },
      close(name) {
        if (name === "table:table") context.progress(sheets.length, sheets.length);
      },
      tree(element) {
        if (element.name === "style:style") {
          const display = childOf(element, "style:table-properties")?.attributes["table:display"];
          if (display === "false") hiddenStyles.add(element.attributes["style:name"] ?? "");
        } else if (current && element.name === "table:table-row") addRow(element, current, budget);
        else if (current && element.name === "table:table-column" && isHidden(element))
          current.hiddenColumns += repetition(element, "table:number-columns-repeated", maxColumns);
      },
    },
  );
  return sheets;
}

function addRow(element: XmlElement, sheet: OpenSheet, budget: CellBudget): void {
  const repeated = repetition(element, "table:number-rows-repeated", maxRows);
  const index = sheet.nextRow;
  sheet.nextRow += repeated;
  if (index >= maxRows) return;
  const row: GridRow = { index, hidden: isHidden(element), columns: [], texts: [] };
  let column = 0;
  for (const cell of childrenOf(element)) {
    if (cell.name !== "table:table-cell" && cell.name !== "table:covered-table-cell") continue;
    const times = repetition(cell, "table:number-columns-repeated", maxColumns);
    if (column < maxColumns && cell.name === "table:table-cell") addCell(cell, row, column, times, sheet, budget);
    column += times;
  }
  if (row.columns.length === 0) return;
  sheet.rows.push(row);
  // A filled row may be repeated too; the budget ends what would be a bomb.
  for (let copy = 1; copy < repeated && index + copy < maxRows; copy++) {
    budget.copy(row.columns.length);
    sheet.rows.push({ ...row, index: index + copy });
  }
}

/** Rows and columns alike: folded away, or left out by a filter. */
function isHidden(element: XmlElement): boolean {
  const visibility = element.attributes["table:visibility"];
  return visibility === "collapse" || visibility === "filter";
}

function addCell(
  cell: XmlElement,
  row: GridRow,
  column: number,
  times: number,
  sheet: OpenSheet,
  budget: CellBudget,
): void {
  const comment = readComment(cell, row.index, column);
  if (comment) sheet.comments.push(comment);
  const down = repetition(cell, "table:number-rows-spanned", maxRows);
  const across = repetition(cell, "table:number-columns-spanned", maxColumns);
  if (down > 1 || across > 1)
    sheet.merges.push({ top: row.index, left: column, bottom: row.index + down - 1, right: column + across - 1 });
  const text = shownText(cell);
  if (text === "") return;
  const href =
    descendantsOf(cell, "text:a")[0]?.attributes["xlink:href"] ??
    addressOfFormula(cell.attributes["table:formula"] ?? "");
  for (let copy = 0; copy < times && column + copy < maxColumns; copy++) {
    if (copy === 0) budget.spend(1);
    else budget.copy(1);
    row.columns.push(column + copy);
    row.texts.push(text);
    if (href && isWebAddress(href)) (row.links ??= new Map()).set(column + copy, href);
  }
}

function shownText(cell: XmlElement): string {
  const lines = childrenOf(cell, "text:p").map(paragraphText);
  return tidy(lines.join("\n"));
}

function paragraphText(element: XmlElement): string {
  let text = "";
  for (const child of element.children) {
    if (typeof child === "string") text += child.replace(/\s+/g, " ");
    else if (child.name === "text:s") text += " ".repeat(Math.min(100, Number(child.attributes["text:c"] ?? 1) || 1));
    else if (child.name === "text:tab") text += "\t";
    else if (child.name === "text:line-break") text += "\n";
    else if (child.name !== "office:annotation" && child.name !== "text:note") text += paragraphText(child);
  }
  return text;
}

function readComment(cell: XmlElement, row: number, column: number): CellComment | undefined {
  const annotation = childOf(cell, "office:annotation");
  if (!annotation) return undefined;
  const text = tidy(childrenOf(annotation, "text:p").map(paragraphText).join("\n"));
  const author = textOf(childOf(annotation, "dc:creator")).trim();
  return text ? { row, column, text, ...(author ? { author } : {}) } : undefined;
}

function repetition(element: XmlElement, name: string, max: number): number {
  const count = Number(element.attributes[name] ?? 1);
  return Number.isInteger(count) && count >= 1 ? Math.min(count, max) : 1;
}
