/** Bounds on the amount of content, shared by the readers of flowing text. */
import { type Block, problem } from "@knowhere/contract";

/**
 * Paragraphs of one document, cells included: about ten thousand pages. The tree is held in memory, and this many
 * paragraphs need some hundred megabytes.
 */
export const maxParagraphs = 300_000;

/** Throws EMPTY_DOCUMENT when nothing but running headers and footers was read: empty output is no success. */
export function refuseEmpty(content: readonly Block[]): void {
  if (content.some((block) => block.type !== "furniture" && block.type !== "divider")) return;
  throw problem("EMPTY_DOCUMENT", { message: "The document has no content: there is nothing to parse." });
}

/** Counts paragraphs; `next` throws LIMIT_EXCEEDED past the limit. */
export class ParagraphCounter {
  #count = 0;

  next(): void {
    if (++this.#count > maxParagraphs) throw problem("LIMIT_EXCEEDED", { limit: "paragraphs" });
  }
}
