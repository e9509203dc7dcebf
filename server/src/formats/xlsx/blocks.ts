/** Sheets to blocks: a heading with the sheet's name, its islands of cells as tables, then drawings and comments. */
import type { Block, Page, Table, TableCell, TableRow } from "@knowhere/contract";
import { cellName, type GridRow, type Merge, maxColumns, type SheetGrid } from "./grid.ts";
import { findIslands, type Island } from "./islands.ts";

/** Pages (one a sheet) and content of a workbook. Uses the sheets up: their rows are gone afterwards. */
export function sheetsToBlocks(sheets: readonly SheetGrid[]): { pages: Page[]; content: Block[] } {
  const pages: Page[] = [];
  const content: Block[] = [];
  const blankBudget = { left: maxBlankCells };
  for (const [index, sheet] of sheets.entries()) {
    const page = index + 1;
    pages.push({
      number: page,
      kind: "sheet",
      width: 0,
      height: 0,
      name: sheet.name,
      ...(sheet.hidden ? { hidden: true } : {}),
    });
    const blocks = sheetToBlocks(sheet, page, blankBudget);
    for (const block of blocks) content.push({ ...block, places: [{ page }], source: "native" });
  }
  return { pages, content };
}

/** Blank cells that tables of one workbook may hold to keep their columns in line. */
const maxBlankCells = 1_000_000;

function sheetToBlocks(sheet: SheetGrid, page: number, blankBudget: { left: number }): Block[] {
  const blocks: Block[] = [];
  const drawings = [...sheet.drawings].sort((a, b) => a.row - b.row);
  const islands = findIslands(sheet.rows, sheet.merges);
  sheet.rows.length = 0;
  for (const island of islands) {
    // A drawing stands before the table that begins below it.
    while (drawings[0] && drawings[0].row < island.top) blocks.push(drawings.shift()!.block);
    const filled = island.rows.reduce((count, row) => count + (row?.columns.length ?? 0), 0);
    const blanks = (island.bottom - island.top + 1) * (island.right - island.left + 1) - filled;
    if (blanks > blankBudget.left) blocks.push(islandToList(island));
    else {
      blankBudget.left -= blanks;
      blocks.push(islandToTable(island, sheet.merges));
    }
  }
  for (const drawing of drawings) blocks.push(drawing.block);
  for (const comment of sheet.comments) {
    const label = cellName(comment.row, comment.column);
    const text = comment.author ? `${comment.author}: ${comment.text}` : comment.text;
    blocks.push({
      type: "note",
      note: `sheet${page}-${label}`,
      label,
      kind: "comment",
      content: [{ type: "paragraph", content: [{ type: "text", text }] }],
    });
  }
  // A sheet with nothing on it is a page without content.
  if (blocks.length === 0) return [];
  const heading: Block = { type: "heading", level: 1, content: [{ type: "text", text: sheet.name }] };
  return [heading, ...blocks, ...(sheet.running ?? [])];
}

/** The rectangle of the island, row by row; blank rows and cells inside it are kept, so that columns stay in line. */
function islandToTable(island: Island, merges: readonly Merge[]): Table {
  const spans = spansIn(island, merges);
  const rows: TableRow[] = [];
  const headRows = island.hasHead ? 1 : 0;
  let next = 0;
  for (let index = island.top; index <= island.bottom; index++) {
    const row = island.rows[next]?.index === index ? island.rows[next] : undefined;
    const cells = readCells(row, index, island, spans, rows.length < headRows);
    rows.push(row?.hidden ? { cells, hidden: true } : { cells });
    // Both forms of a million rows at once would double the memory of the parse.
    if (row) island.rows[next++] = undefined;
  }
  return { type: "table", rows, headRows };
}

function readCells(
  row: GridRow | undefined,
  index: number,
  island: Island,
  spans: Spans,
  header: boolean,
): TableCell[] {
  const cells: TableCell[] = [];
  let at = 0;
  for (let column = island.left; column <= island.right; column++) {
    while (row && at < row.columns.length && row.columns[at]! < column) at++;
    const text = row && row.columns[at] === column ? row.texts[at]! : "";
    const key = index * maxColumns + column;
    if (spans.covered.size > 0 && spans.covered.has(key)) continue;
    const span = spans.anchors.size > 0 ? spans.anchors.get(key) : undefined;
    const cell: TableCell = text === "" || !row ? { text } : readText(text, row, column);
    if (span && span.rowspan > 1) cell.rowspan = span.rowspan;
    if (span && span.colspan > 1) cell.colspan = span.colspan;
    if (header) cell.header = true;
    cells.push(cell);
  }
  // A copy has no room for values that never come (see the sheet reader).
  return cells.slice();
}

/** Cells so far apart that the rectangle around them would be all blanks: one row a cell, with its address. */
function islandToList(island: Island): Table {
  const rows: TableRow[] = [
    {
      cells: [
        { text: "Cell", header: true },
        { text: "Value", header: true },
      ],
    },
  ];
  for (const row of island.rows) {
    for (const [at, column] of (row?.columns ?? []).entries()) {
      rows.push({ cells: [{ text: cellName(row!.index, column) }, { text: row!.texts[at]! }] });
    }
  }
  return { type: "table", rows, headRows: 1 };
}

function readText(text: string, row: GridRow, column: number): TableCell {
  const href = row.links?.get(column);
  const bold = row.bold?.has(column);
  if (!bold && (!href || href === text || href === `mailto:${text}`)) return { text };
  const plain = { type: "text", text } as const;
  const shown = bold ? ({ type: "strong", content: [plain] } as const) : plain;
  const inline = href && href !== text ? ({ type: "link", href, content: [shown] } as const) : shown;
  return { content: [{ type: "paragraph", content: [inline as never] }] };
}

interface Spans {
  anchors: Map<number, { rowspan: number; colspan: number }>;
  covered: Set<number>;
}
/** Cells hidden under a merge are remembered one by one; merges of more cells than this are cut to their first row and column. */
const maxCoveredCells = 1_000_000;

function spansIn(island: Island, merges: readonly Merge[]): Spans {
  const spans: Spans = { anchors: new Map(), covered: new Set() };
  for (const merge of merges) {
    if (merge.top < island.top || merge.left < island.left || merge.top > island.bottom || merge.left > island.right)
      continue;
    const bottom = Math.min(merge.bottom, island.bottom);
    const right = Math.min(merge.right, island.right);
    const cells = (bottom - merge.top + 1) * (right - merge.left + 1);
    if (cells <= 1 || spans.covered.size + cells > maxCoveredCells) continue;
    if (spans.covered.has(merge.top * maxColumns + merge.left)) continue;
    spans.anchors.set(merge.top * maxColumns + merge.left, {
      rowspan: bottom - merge.top + 1,
      colspan: right - merge.left + 1,
    });
    for (let row = merge.top; row <= bottom; row++) {
      for (let column = merge.left; column <= right; column++) {
        if (row !== merge.top || column !== merge.left) spans.covered.add(row * maxColumns + column);
      }
    }
  }
  return spans;
}
