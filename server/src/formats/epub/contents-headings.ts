/**
 * Headings that a book's table of contents names. Programs that make books of word processor files write headings as
 * paragraphs of some class; where the contents lead to a chapter and its text has the very words, it is one.
 */
import type { Block, Inline } from "@knowhere/contract";
import { plainInlines } from "../../document/inlines.ts";

export interface ContentsEntry {
  /** Member name of the chapter it leads to. */
  readonly part: string;
  readonly label: string;
  /** Depth in the contents, 1 for the outermost. */
  readonly depth: number;
}

/** A title may run over so many paragraphs ("Chapter 1", "The Beginning"). */
const maxParts = 3;

/** Makes headings of the paragraphs that the entries of this chapter name. Works in place, in one pass over the blocks. */
export function markContentsHeadings(blocks: Block[], entries: readonly ContentsEntry[]): void {
  const levelOf = new Map<string, number>();
  for (const { label, depth } of entries) {
    const key = wordsOf(label);
    if (key !== "" && !levelOf.has(key)) levelOf.set(key, Math.min(9, depth));
  }
  for (const block of blocks) if (block.type === "heading") levelOf.delete(wordsOf(plainInlines(block.content)));
  for (let at = 0; at < blocks.length && levelOf.size > 0; at++) {
    let words = "";
    const content: Inline[] = [];
    for (let parts = 1; parts <= maxParts; parts++) {
      const block = blocks[at + parts - 1];
      if (block?.type !== "paragraph") break;
      words += wordsOf(plainInlines(block.content));
      content.push(...(parts > 1 ? [{ type: "text" as const, text: " " }] : []), ...plainly(block.content));
      const level = levelOf.get(words);
      if (level === undefined) continue;
      levelOf.delete(words);
      blocks.splice(at, parts, { type: "heading", level, content });
      break;
    }
  }
}

/** Letters and digits alone: contents leave out what separates the parts of a title. */
function wordsOf(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, "")
    .slice(0, 500);
}

/** Bold from end to end is how a heading looks; line breaks are spaces. */
function plainly(content: readonly Inline[]): Inline[] {
  const only = content.length === 1 ? content[0]! : undefined;
  const inner = only?.type === "strong" ? only.content : content;
  return inner.map((node): Inline => (node.type === "break" ? { type: "text", text: " " } : node));
}
