/** The tree -> Markdown (GFM with dollar math and HTML for what Markdown cannot say). */
import type { Block, Document, Figure, Table } from "@knowhere/contract";
import { type BlockSurroundings, writeBlocks, writeEach } from "./blocks.ts";
import { writeLine } from "./inlines.ts";
import { labelNotes } from "./notes.ts";

export interface MarkdownOptions {
  /** Running headers, footers, page numbers. Default: drop. */
  furniture?: "drop" | "keep" | undefined;
  /** Link target for the picture of an asset; without one only its alternative text is written. */
  image?: ((asset: string) => string | undefined) | undefined;
  /** Text that stands in the place of a table or figure (its caption stays); undefined = write the thing itself. */
  replace?: ((block: Table | Figure) => string | undefined) | undefined;
}

/** Writes pieces of one document, with note labels that agree between the pieces. */
export interface MarkdownPieces {
  blocks(blocks: readonly Block[]): string;
  /** Each block by itself, as it stands among the others; "" for one that leaves nothing behind. */
  each(blocks: readonly Block[]): string[];
  /** A heading's text or a caption on one line. */
  line(content: Extract<Block, { type: "heading" }>["content"]): string;
}

/** The whole document; ends with a newline unless it is empty. */
export function writeMarkdown(document: Document, options: MarkdownOptions = {}): string {
  const body = markdownPieces(document, options).blocks(document.content);
  return body === "" ? "" : `${body}\n`;
}

/** Prepares to write parts of the document one by one. */
export function markdownPieces(document: Pick<Document, "content">, options: MarkdownOptions = {}): MarkdownPieces {
  const labels = labelNotes(document.content);
  const surroundings: BlockSurroundings = {
    furniture: options.furniture ?? "drop",
    image: (asset) => options.image?.(asset),
    noteLabel: (note) => labels.get(note),
    replace: (block) => options.replace?.(block),
  };
  return {
    blocks: (blocks) => writeBlocks(blocks, surroundings),
    each: (blocks) => writeEach(blocks, surroundings),
    line: (content) => writeLine(content, surroundings),
  };
}
