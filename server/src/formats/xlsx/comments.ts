/** Comments on cells, from the legacy comments part that every writer still keeps beside threaded ones. */
import type { OoxmlPackage } from "../ooxml/package.ts";
import { childOf, childrenOf, descendantsOf, textOf } from "../xml/element.ts";
import { type CellComment, type CellPlace, parseCellName } from "./grid.ts";

export const maxComments = 50_000;
/** Excel puts this before the text of a threaded comment for old versions of itself. */
const threadedNotice = /^\[Threaded comment\][\s\S]*?Comment:\s*/;

/** The comments of a sheet in the order of their cells. */
export async function readComments(opened: OoxmlPackage, part: string): Promise<CellComment[]> {
  const root = await opened.tree(part);
  const authors = childrenOf(childOf(root, "authors"), "author").map((author) => textOf(author).trim());
  const comments: CellComment[] = [];
  for (const comment of childrenOf(childOf(root, "commentList"), "comment").slice(0, maxComments)) {
    const cell = parseCellName(comment.attributes["ref"] ?? "");
    const author = authors[Number(comment.attributes["authorId"] ?? -1)] ?? "";
    const text = descendantsOf(childOf(comment, "text"), "t").map(textOf).join("");
    const made = cell && commentOf(cell, author, text);
    if (made) comments.push(made);
  }
  return inCellOrder(comments);
}

/** The comment without what Excel adds for old versions of itself; undefined when it says nothing. */
export function commentOf(cell: CellPlace, author: string, stored: string): CellComment | undefined {
  let text = stored.replace(/\r\n?/g, "\n").replace(threadedNotice, "").trim();
  // Excel begins the text with the author's name on a line of its own.
  if (author && text.startsWith(`${author}:`)) text = text.slice(author.length + 1).trim();
  if (!text) return undefined;
  const isPerson = author !== "" && !/^(?:tc=|\{)/.test(author);
  return { ...cell, text, ...(isPerson ? { author } : {}) };
}

export function inCellOrder(comments: CellComment[]): CellComment[] {
  return comments.sort((a, b) => a.row - b.row || a.column - b.column);
}
