/** The plain text of blocks: what a reader sees, without markup. */
import type { Block, Table } from "@knowhere/contract";
import { plainInlines } from "./inlines.ts";

/**
 * The text of blocks, one line for each paragraph, list item, table row or line of code; cells are separated by tabs.
 * Furniture is left out unless asked for. With `maxCharacters` the blocks after that many characters are left out.
 */
export function plainBlocks(
  blocks: readonly Block[],
  options: { furniture?: boolean; maxCharacters?: number } = {},
): string {
  const lines: string[] = [];
  let counted = 0;
  let characters = 0;
  for (const block of blocks) {
    pushLines(block, lines, options.furniture === true);
    while (counted < lines.length) characters += lines[counted++]!.length;
    if (characters > (options.maxCharacters ?? Number.POSITIVE_INFINITY)) break;
  }
  return lines.filter((line) => line.trim() !== "").join("\n");
}

/** The text of one block; see `plainBlocks`. */
export function plainBlock(block: Block): string {
  return plainBlocks([block], { furniture: true });
}

function pushLines(block: Block, lines: string[], furniture: boolean): void {
  const pushAll = (blocks: readonly Block[]) => {
    for (const child of blocks) pushLines(child, lines, furniture);
  };
  switch (block.type) {
    case "heading":
    case "paragraph":
      lines.push(plainInlines(block.content));
      return;
    case "code":
    case "math":
      lines.push(block.text);
      return;
    case "list":
      for (const item of block.items) pushAll(item.content);
      return;
    case "table":
      if (block.caption !== undefined) lines.push(plainInlines(block.caption));
      for (const row of plainRows(block)) lines.push(row.join("\t"));
      return;
    case "figure":
      if (block.alt !== undefined) lines.push(block.alt);
      pushAll(block.content ?? []);
      if (block.caption !== undefined) lines.push(plainInlines(block.caption));
      return;
    case "definitions":
      for (const item of block.items) {
        lines.push(plainInlines(item.term));
        for (const definition of item.definitions) pushAll(definition);
      }
      return;
    case "group":
      if (block.title !== undefined) lines.push(block.title);
      pushAll(block.content);
      return;
    case "furniture":
      if (furniture) pushAll(block.content);
      return;
    case "quote":
    case "note":
      pushAll(block.content);
      return;
    case "divider":
  }
}

/** The text of each cell of a table, row by row, as they stand in the tree (spans are not spread out). */
export function plainRows(table: Table): string[][] {
  return table.rows.map((row) =>
    row.cells.map((cell) => (cell.text ?? plainBlocks(cell.content ?? [])).replace(/\s+/g, " ").trim()),
  );
}
