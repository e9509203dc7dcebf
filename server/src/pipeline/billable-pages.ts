/**
 * Billable pages by the hosted service's rule: physical pages of a PDF, slides of a presentation,
 * 500 units of running text, 50 data rows of workbooks, one for a picture; never less than one.
 * A unit is a CJK ideograph, a run of Latin letters, or a number.
 */
import type { Block, Document, FormatName } from "@knowhere/contract";
import { plainBlocks } from "../document/plain.ts";
import { visitBlocks } from "../document/visit.ts";

const unitsPerPage = 500;
const rowsPerPage = 50;
const unit = /[\u4e00-\u9fff]|[A-Za-z]+|\d+(?:\.\d+)?/g;

function countUnits(content: Block[]): number {
  // Block by block: the text of a whole book need not be one string. Running headers and footers are not counted.
  return content.reduce((sum, block) => sum + (plainBlocks([block]).match(unit)?.length ?? 0), 0);
}

function countDataRows(content: Block[]): number {
  let rows = 0;
  visitBlocks(content, (block) => {
    if (block.type === "table") rows += Math.max(0, block.rows.length - Math.max(1, block.headRows));
  });
  return rows;
}

const byPage: ReadonlySet<FormatName> = new Set(["pdf", "pptx", "odp", "ppt"]);
const byRow: ReadonlySet<FormatName> = new Set(["xlsx", "xls", "xlsb", "ods", "csv"]);

export function countBillablePages(format: FormatName, document: Document): number {
  if (format === "image") return 1;
  const pages = byPage.has(format)
    ? document.pages.length
    : byRow.has(format)
      ? Math.ceil(countDataRows(document.content) / rowsPerPage)
      : Math.ceil(countUnits(document.content) / unitsPerPage);
  return Math.max(1, pages);
}
