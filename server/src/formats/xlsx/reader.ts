/** Workbooks of Office Open XML and their binary siblings, read part by part as streams. */
import { type FormatName, Problem, problem, type Warning } from "@knowhere/contract";
import { AssetCollector } from "../../document/assets.ts";
import { type OoxmlPackage, openPackage, type Relationship } from "../ooxml/package.ts";
import { readProperties } from "../ooxml/properties.ts";
import type { ReadContext, Reader } from "../reader.ts";
import { binaryParts } from "./binary-parts.ts";
import { cellTextsOf } from "./cell-texts.ts";
import { readDrawings } from "./drawings.ts";
import { type CellComment, cellBudget, isWebAddress, type Merge, type SheetGrid } from "./grid.ts";
import { makeWorkbookResult } from "./result.ts";
import type { SheetContext, SheetPart } from "./sheet-part.ts";
import { type DeclaredSheet, type WorkbookParts, xmlParts } from "./workbook-parts.ts";

export const xlsxReader: Reader = packageReader("xlsx", xmlParts);
export const xlsbReader: Reader = packageReader("xlsb", binaryParts);

function packageReader(format: FormatName, parts: WorkbookParts): Reader {
  return {
    format,
    async read(source, context) {
      const opened = await openPackage(source, context.limits, context.signal);
      try {
        const assets = new AssetCollector();
        const warnings: Warning[] = [];
        const sheets = await readWorkbook(opened, parts, context, assets, warnings);
        return makeWorkbookResult({
          format,
          source,
          sheets,
          assets,
          warnings,
          metadata: await readProperties(opened),
        });
      } finally {
        opened.close();
      }
    },
  };
}

/** All sheets in the order of their tabs. A sheet that cannot be read is a warning. */
async function readWorkbook(
  opened: OoxmlPackage,
  parts: WorkbookParts,
  context: ReadContext,
  assets: AssetCollector,
  warnings: Warning[],
): Promise<SheetGrid[]> {
  const workbookPart = await opened.relatedPart("", "officeDocument");
  const workbook = workbookPart === undefined ? undefined : await parts.workbook(opened, workbookPart);
  if (!workbook || workbookPart === undefined)
    throw problem("PARSING_FAILED", { message: "Unable to parse document: the workbook part is missing." });
  const sheetContext: SheetContext = {
    strings: await parts.strings(opened, await opened.relatedPart(workbookPart, "sharedStrings")),
    styles: await parts.styles(opened, await opened.relatedPart(workbookPart, "styles"), workbook.date1904),
    budget: cellBudget(context.limits.maxCells),
    signal: context.signal,
  };
  const declared = workbook.sheets;
  if (declared.length > context.limits.maxPages)
    throw problem("TOO_MANY_PAGES", { pages: declared.length, limit: context.limits.maxPages });
  context.progress(declared.length, 0);
  const relationships = await opened.relationshipsOf(workbookPart);
  const sheets: SheetGrid[] = [];
  const seen = new Set<string>();
  for (const [index, entry] of declared.entries()) {
    const { hidden, name = `Sheet${index + 1}` } = entry;
    const part = relationships.get(entry.id);
    const pieces = { rows: [], merges: [], comments: [], drawings: [], hiddenColumns: 0 };
    try {
      // No program writes two sheets of one part, but a small file could name a large one a thousand times.
      if (part && seen.has(part.target)) throw problem("PARSING_FAILED");
      if (part) seen.add(part.target);
      sheets.push(
        part
          ? { name, hidden, ...(await readSheet(opened, parts, part.target, sheetContext)) }
          : { name, hidden, ...pieces },
      );
    } catch (error) {
      if (!(error instanceof Problem) || error.problem !== "PARSING_FAILED") throw error;
      warnings.push({ code: "SHEET_UNREADABLE", message: `The sheet '${name}' could not be read.`, page: index + 1 });
      sheets.push({ name, hidden, ...pieces });
    }
    context.progress(declared.length, index + 1);
  }
  await addDrawings(opened, sheets, declared, relationships, assets, warnings);
  return sheets;
}

/** Drawings come last, because charts may refer to the cells of any sheet. Broken ones are a warning; the cells stay. */
async function addDrawings(
  opened: OoxmlPackage,
  sheets: readonly SheetGrid[],
  declared: readonly DeclaredSheet[],
  relationships: ReadonlyMap<string, Relationship>,
  assets: AssetCollector,
  warnings: Warning[],
): Promise<void> {
  const cellTexts = cellTextsOf(sheets);
  const seen = new Set<string>();
  for (const [index, { id }] of declared.entries()) {
    const part = relationships.get(id)?.target;
    if (part === undefined || seen.has(part)) continue;
    seen.add(part);
    try {
      for (const { type, target, external } of (await opened.relationshipsOf(part)).values())
        if (type === "drawing" && !external && opened.archive.has(target))
          sheets[index]!.drawings.push(...(await readDrawings(opened, target, assets, cellTexts)));
    } catch (error) {
      if (!(error instanceof Problem) || error.problem !== "PARSING_FAILED") throw error;
      const { name } = sheets[index]!;
      const message = `The pictures and charts of the sheet '${name}' could not be read.`;
      warnings.push({ code: "SHEET_UNREADABLE", message, page: index + 1 });
    }
  }
}

async function readSheet(
  opened: OoxmlPackage,
  parts: WorkbookParts,
  part: string,
  context: SheetContext,
): Promise<Omit<SheetGrid, "name" | "hidden">> {
  const sheet = await parts.sheet(opened.archive.stream(part), context);
  const relationships = await opened.relationshipsOf(part);
  const comments: CellComment[] = [];
  for (const relationship of relationships.values()) {
    if (relationship.external || !opened.archive.has(relationship.target)) continue;
    if (relationship.type === "comments") comments.push(...(await parts.comments(opened, relationship.target)));
  }
  linkCells(sheet, (id) => relationships.get(id)?.target);
  const merges: Merge[] = sheet.merges;
  return {
    rows: sheet.rows,
    merges,
    comments,
    drawings: [],
    hiddenColumns: sheet.hiddenColumns,
    running: sheet.running,
  };
}

/** Gives cells the web and mail addresses they link to; links inside the workbook stay text. */
function linkCells(sheet: SheetPart, targetOf: (id: string) => string | undefined): void {
  if (sheet.links.length === 0) return;
  const rowOfIndex = new Map(sheet.rows.map((row) => [row.index, row]));
  for (const link of sheet.links) {
    const address = link.id === undefined ? undefined : targetOf(link.id);
    if (!address || !isWebAddress(address)) continue;
    // The place inside the page is stated apart (ECMA-376 part 1, 18.3.1.47).
    const target = link.location && !address.includes("#") ? `${address}#${link.location}` : address;
    for (let index = link.range.top; index <= Math.min(link.range.bottom, link.range.top + 1000); index++) {
      const row = rowOfIndex.get(index);
      if (!row) continue;
      for (const column of row.columns) {
        if (column >= link.range.left && column <= link.range.right) (row.links ??= new Map()).set(column, target);
      }
    }
  }
}

export { odsReader } from "./ods.ts";
export { xlsReader } from "./sheetjs.ts";
