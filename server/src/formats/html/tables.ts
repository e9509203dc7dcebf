/** HTML tables: rows with spans as written, header cells, captions; tables that only lay a page out are taken apart. */
import { type Block, type Inline, problem, type Table, type TableCell, type TableRow } from "@knowhere/contract";
import { findApparentHead } from "../../document/apparent-head.ts";
import { plainInlines, tidyInlines } from "../../document/inlines.ts";
import { attribute, elementsBelow, type HtmlElement, isElement } from "./dom.ts";
import { dropHidden } from "./inlines.ts";
import { nest, type Walk } from "./walk.ts";

/** HTML caps colspan at 1,000 and rowspan at 65,534 (HTML 4.9.11). */
const maxColspan = 1000;

interface Row {
  element: HtmlElement;
  inHead: boolean;
}

/** The table as a block, or its content as loose blocks when it is there for layout only. */
export function readTable(element: HtmlElement, walk: Walk): Block[] {
  const rows = listRows(element);
  const cells = rows.flatMap((row) => row.element.childNodes.filter(isCell));
  if (cells.length === 0)
    return walk.blocks(element.childNodes.filter((node) => isElement(node) && node.tagName === "caption"));
  if (isLayout(element, cells))
    return cells.flatMap((cell) => (dropHidden(cell, walk) ? [] : walk.blocks(cell.childNodes)));
  return nest(walk, () => {
    const table = buildTable(element, rows, walk);
    return table ? [table] : [];
  });
}

function isCell(node: HtmlElement["childNodes"][number]): node is HtmlElement {
  return isElement(node) && (node.tagName === "td" || node.tagName === "th");
}

/** Rows in the order they are shown: head sections first, foot sections last. */
function listRows(element: HtmlElement): Row[] {
  const head: Row[] = [];
  const body: Row[] = [];
  const foot: Row[] = [];
  for (const child of element.childNodes) {
    if (!isElement(child)) continue;
    if (child.tagName === "tr") body.push({ element: child, inHead: false });
    const target =
      child.tagName === "thead"
        ? head
        : child.tagName === "tbody"
          ? body
          : child.tagName === "tfoot"
            ? foot
            : undefined;
    if (!target) continue;
    for (const row of child.childNodes) {
      if (isElement(row) && row.tagName === "tr") target.push({ element: row, inHead: target === head });
    }
  }
  return [...head, ...body, ...foot];
}

/** Layout says so (role), has one cell, or wraps other tables and headings without any sign of a data table. */
function isLayout(element: HtmlElement, cells: HtmlElement[]): boolean {
  const role = attribute(element, "role")?.toLowerCase();
  if (role === "presentation" || role === "none") return true;
  if (cells.length === 1) return true;
  if (role === "table" || role === "grid") return false;
  const isData = element.childNodes.some(
    (node) => isElement(node) && (node.tagName === "caption" || node.tagName === "thead"),
  );
  if (isData || cells.some((cell) => cell.tagName === "th")) return false;
  const border = attribute(element, "border");
  if (border !== undefined && border !== "0") return false;
  let seen = 0;
  for (const inner of elementsBelow(element)) {
    if (/^(?:table|h[1-6]|form|article|section|nav)$/.test(inner.tagName)) return true;
    if (++seen > 5000) return false;
  }
  return false;
}

function buildTable(element: HtmlElement, rows: Row[], walk: Walk): Table | undefined {
  const built: TableRow[] = [];
  let headRows = 0;
  for (const [index, row] of rows.entries()) {
    if (dropHidden(row.element, walk)) continue;
    const elements = row.element.childNodes.filter(isCell);
    const cells: TableCell[] = [];
    for (const cell of elements) {
      if (dropHidden(cell, walk)) continue;
      if (++walk.cells > (walk.options.maxCells ?? Number.POSITIVE_INFINITY))
        throw problem("LIMIT_EXCEEDED", { limit: "table cells" });
      cells.push(readCell(cell, walk, rows.length - index));
    }
    if (cells.length === 0) continue;
    const isHead = row.inHead || elements.every((cell) => cell.tagName === "th");
    if (isHead && headRows === built.length) headRows++;
    built.push({ cells });
  }
  if (built.length === 0) return undefined;
  // A column of row headers over the whole table is no head.
  if (headRows === built.length && built.length > 1 && !rows.some((row) => row.inHead)) headRows = 0;
  const caption = readCaption(element, walk);
  const table: Table = { type: "table", rows: built, headRows, ...(caption.length > 0 ? { caption } : {}) };
  if (!built.some((row) => row.cells.some((cell) => cell.header))) findApparentHead(table);
  return table;
}

function readCaption(element: HtmlElement, walk: Walk): Inline[] {
  const caption = element.childNodes.find((node): node is HtmlElement => isElement(node) && node.tagName === "caption");
  return caption && !dropHidden(caption, walk) ? tidyInlines(walk.inlines(caption.childNodes)) : [];
}

function readCell(cell: HtmlElement, walk: Walk, rowsLeft: number): TableCell {
  const colspan = readSpan(attribute(cell, "colspan"), maxColspan);
  const rowspan =
    attribute(cell, "rowspan")?.trim() === "0"
      ? rowsLeft
      : Math.min(readSpan(attribute(cell, "rowspan"), 65_534), rowsLeft);
  const align = (
    attribute(cell, "style")?.match(/text-align\s*:\s*(left|center|right)/i)?.[1] ?? attribute(cell, "align")
  )?.toLowerCase();
  return {
    ...cellContent(walk.blocks(cell.childNodes)),
    ...(rowspan > 1 ? { rowspan } : {}),
    ...(colspan > 1 ? { colspan } : {}),
    ...(cell.tagName === "th" ? { header: true } : {}),
    ...(align === "left" || align === "center" || align === "right" ? { align } : {}),
  };
}

/** The cheap form for a cell of plain text, blocks for anything richer. */
export function cellContent(blocks: Block[]): Pick<TableCell, "text" | "content"> {
  if (blocks.length === 0) return { text: "" };
  const only = blocks.length === 1 ? blocks[0] : undefined;
  if (only?.type === "paragraph" && only.content.every((inline) => inline.type === "text"))
    return { text: plainInlines(only.content).trim() };
  return { content: blocks };
}

function readSpan(value: string | undefined, max: number): number {
  const span = Number.parseInt(value ?? "1", 10);
  return Number.isFinite(span) && span >= 1 ? Math.min(span, max) : 1;
}
