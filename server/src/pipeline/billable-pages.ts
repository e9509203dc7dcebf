/**
 * Billable pages by the hosted service's rule: physical pages of a PDF, slides of a presentation,
 * 500 units of running text, 50 data rows of workbooks, one for a picture; never less than one.
 * A unit is a CJK ideograph, a run of Latin letters, or a number.
 */
import type { Block, Document, FormatName } from "@knowhere/contract";
import { plainBlock } from "../document/plain.ts";
import { visitBlocks } from "../document/visit.ts";

const unitsPerPage = 500;
const rowsPerPage = 50;
const unit = /[\u4e00-\u9fff]|[A-Za-z]+|\d+(?:\.\d+)?/g;

function countUnits(content: Block[]): number {
  return content.reduce((sum, block) => sum + (plainBlock(block).match(unit)?.length ?? 0), 0);
}

function countDataRows(content: Block[]): number {
  let rows = 0;
  visitBlocks(content, (block) => {
    if (block.type === "table") rows += Math.max(0, block.rows.length - Math.max(1, block.headRows));
  });
  return rows;
}

export function countBillablePages(format: FormatName, document: Document): number {
  const count = () => {
    if ((["pdf", "pptx", "odp", "ppt", "image"] as string[]).includes(format)) return document.pages.length;
    if ((["xlsx", "csv"] as string[]).includes(format)) return Math.ceil(countDataRows(document.content) / rowsPerPage);
    return Math.ceil(countUnits(document.content) / unitsPerPage);
  };
  return Math.max(1, count());
}
