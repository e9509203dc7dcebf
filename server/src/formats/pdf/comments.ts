/** Comments of a page -> note blocks at the end of the document, each with its place. */
import type { Block } from "@knowhere/contract";
import type { Comment } from "./annotations.ts";

/** `before` is the number of comments already made; labels go on from it. */
export function commentBlocks(comments: Comment[], page: number, before: number): Block[] {
  return comments.map((comment, index) => {
    const label = `c${before + index + 1}`;
    const text = comment.text.replace(/\r\n?/g, "\n").normalize("NFC");
    const said = comment.author.trim() === "" ? text : `${comment.author.trim()}: ${text}`;
    return {
      type: "note",
      note: `comment-${before + index + 1}`,
      label,
      kind: "comment",
      places: [{ page, box: comment.box }],
      source: "text_layer",
      content: said
        .split(/\n{2,}/)
        .filter((part) => part.trim() !== "")
        .map((part) => ({ type: "paragraph", content: [{ type: "text", text: part.replace(/\s+/g, " ").trim() }] })),
    };
  });
}
