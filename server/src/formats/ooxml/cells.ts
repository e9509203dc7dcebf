/** The content of a table cell in its cheapest true form. */
import type { Block, TableCell } from "@knowhere/contract";

/** A single plain paragraph is text; anything richer stays blocks. */
export function plainCell(content: readonly Block[]): TableCell {
  if (content.length === 0) return { text: "" };
  const only = content.length === 1 ? content[0]! : undefined;
  if (only?.type === "paragraph" && only.content.every((node) => node.type === "text")) {
    return { text: only.content.map((node) => (node.type === "text" ? node.text : "")).join("") };
  }
  return { content: [...content] };
}
