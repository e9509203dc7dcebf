/** The last step of every reader: number the nodes and make sure that the tree keeps its promises. */
import { type Block, type Document, problem, type TableCell } from "@knowhere/contract";
import { childrenOf, inlinesOf, visitBlocks, visitInlines } from "./visit.ts";

/** Deeper trees are a reader's mistake (readers bound nesting well below), and writers recurse as deep as the tree. */
export const maxTreeDepth = 200;

/** Sections nest as deep as their levels differ; no format knows more than nine. */
const maxHeadingLevel = 32;

/**
 * Numbers the blocks "n1", "n2", … in reading order (parents before children) and checks the invariants of
 * `docs/document.md`. Works in place and returns the same document, for readers to end with.
 *
 * What can be mended is: a reference to an asset or note that is not there is dropped (its text stays), places off the
 * document's pages are dropped, an impossible span, level or confidence is brought into its range.
 * Throws Problem LIMIT_EXCEEDED for a tree deeper than `maxTreeDepth`.
 */
export function finishDocument(document: Document): Document {
  const assets = new Set(document.assets.map((asset) => asset.id));
  const pages = document.pages.reduce((last, page) => Math.max(last, page.number), 0);
  let count = 0;
  checkDepth(document.content, 1);
  visitBlocks(document.content, (block) => {
    block.id = `n${++count}`;
    mendNode(block, pages);
    mendBlock(block, assets);
  });
  return document;
}

function checkDepth(blocks: readonly Block[], depth: number): void {
  if (blocks.length > 0 && depth > maxTreeDepth) {
    throw problem("LIMIT_EXCEEDED", {
      message: `The document is nested deeper than ${maxTreeDepth} levels.`,
      limit: "depth",
    });
  }
  for (const block of blocks) for (const children of childrenOf(block)) checkDepth(children, depth + 1);
}

function mendNode(block: Block, pages: number): void {
  if (block.places !== undefined && pages > 0) {
    const kept = block.places.filter((place) => place.page >= 1 && place.page <= pages);
    if (kept.length !== block.places.length) block.places = kept;
  }
  if (block.places?.length === 0) block.places = undefined;
  if (block.confidence !== undefined) {
    block.confidence = Number.isFinite(block.confidence) ? Math.min(1, Math.max(0, block.confidence)) : undefined;
  }
}

function mendBlock(block: Block, assets: ReadonlySet<string>): void {
  for (const run of inlinesOf(block)) {
    visitInlines(run, (node) => {
      if (node.type === "image" && node.asset !== undefined && !assets.has(node.asset)) node.asset = undefined;
    });
  }
  if (block.type === "heading") block.level = Math.min(Math.max(1, Math.round(block.level) || 1), maxHeadingLevel);
  if (block.type === "figure" && block.asset !== undefined && !assets.has(block.asset)) block.asset = undefined;
  if (block.type === "table") {
    block.headRows = Math.min(Math.max(0, block.headRows), block.rows.length);
    for (const row of block.rows) for (const cell of row.cells) mendCell(cell);
  }
}

/** Exactly one of `text` and `content`; spans of at least 1 (1 itself is left out). */
function mendCell(cell: TableCell): void {
  if (cell.text === undefined && (cell.content === undefined || cell.content.length === 0)) {
    cell.text = "";
    cell.content = undefined;
  } else if (cell.text !== undefined && cell.content !== undefined) {
    cell.text = undefined;
  }
  if (cell.rowspan !== undefined && !(cell.rowspan > 1)) cell.rowspan = undefined;
  if (cell.colspan !== undefined && !(cell.colspan > 1)) cell.colspan = undefined;
}
