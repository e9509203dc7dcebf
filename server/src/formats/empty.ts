/** Bounds on the amount of content, shared by the readers of flowing text. */
import { type Block, problem } from "@knowhere/contract";

/**
 * Paragraphs of one document, cells included: about ten thousand pages. The tree is held in memory, and this many
 * paragraphs need some hundred megabytes.
 */
export const maxParagraphs = 300_000;

/**
 * The content, when there is any. Where nothing but running headers and footers was written (a letterhead), these are
 * the content.
 * @throws Problem EMPTY_DOCUMENT without either: empty output is no success.
 */
export function requireContent(content: Block[]): Block[] {
  if (content.some((block) => block.type !== "furniture" && block.type !== "divider")) return content;
  const running = content.flatMap((block) =>
    block.type === "furniture" && (block.role === "header" || block.role === "footer")
      ? block.content.map((child): Block => ({ ...child, places: child.places ?? block.places }))
      : [],
  );
  if (running.length > 0) return running;
  throw problem("EMPTY_DOCUMENT", { message: "The document has no content: there is nothing to parse." });
}

/** Counts paragraphs; `next` throws LIMIT_EXCEEDED past the limit. */
export class ParagraphCounter {
  #count = 0;

  next(): void {
    if (++this.#count > maxParagraphs) throw problem("LIMIT_EXCEEDED", { limit: "paragraphs" });
  }
}
