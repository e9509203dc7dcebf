/** Walking the tree in reading order. */
import type { Block, Inline } from "@knowhere/contract";

/** The lists of blocks directly inside a block, in reading order (table cells row by row). */
export function* childrenOf(block: Block): Generator<Block[]> {
  switch (block.type) {
    case "list":
      for (const item of block.items) yield item.content;
      return;
    case "table":
      for (const row of block.rows) for (const cell of row.cells) if (cell.content !== undefined) yield cell.content;
      return;
    case "figure":
      if (block.content !== undefined) yield block.content;
      return;
    case "definitions":
      for (const item of block.items) yield* item.definitions;
      return;
    case "quote":
    case "note":
    case "group":
    case "furniture":
      yield block.content;
  }
}

/** The runs of inline content of a block itself, without those of the blocks inside it. */
export function* inlinesOf(block: Block): Generator<Inline[]> {
  switch (block.type) {
    case "heading":
    case "paragraph":
      yield block.content;
      return;
    case "table":
    case "figure":
      if (block.caption !== undefined) yield block.caption;
      return;
    case "definitions":
      for (const item of block.items) yield item.term;
  }
}

/**
 * Every block, parents before children, in reading order. `depth` is 0 at the top.
 * Return false from `visit` to leave out what is inside the block.
 */
export function visitBlocks(
  blocks: readonly Block[],
  visit: (block: Block, depth: number) => unknown,
  depth = 0,
): void {
  for (const block of blocks) {
    if (visit(block, depth) === false) continue;
    for (const children of childrenOf(block)) visitBlocks(children, visit, depth + 1);
  }
}

/** Every inline node of a run, parents before children. */
export function visitInlines(content: readonly Inline[], visit: (node: Inline) => void): void {
  for (const node of content) {
    visit(node);
    if ("content" in node) visitInlines(node.content, visit);
  }
}

/** Every inline node of the blocks and of everything inside them, in reading order of the blocks. */
export function visitAllInlines(blocks: readonly Block[], visit: (node: Inline, owner: Block) => void): void {
  visitBlocks(blocks, (block) => {
    for (const run of inlinesOf(block)) visitInlines(run, (node) => visit(node, block));
  });
}
