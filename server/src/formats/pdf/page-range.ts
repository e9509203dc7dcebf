/** `parsing_params.pages`: "1-5,8,12-" against the page count. */
import { problem } from "@knowhere/contract";

/**
 * The chosen pages in ascending order, each once; all when nothing is asked for. Numbers past the end are ignored as long as
 * something remains; VALIDATION_FAILED when the text is no range, EMPTY_DOCUMENT when no page is left.
 */
export function choosePages(pages: string | undefined, pageCount: number): number[] {
  if (pages === undefined || pages.trim() === "") return Array.from({ length: pageCount }, (_, i) => i + 1);
  const chosen = new Set<number>();
  for (const part of pages.split(",")) {
    const range = /^\s*(\d{1,7})?\s*(-)?\s*(\d{1,7})?\s*$/.exec(part);
    const [, first, dash, last] = range ?? [];
    if (!range || (first === undefined && last === undefined) || (dash === undefined && last !== undefined)) {
      throw problem("VALIDATION_FAILED", {
        field: "parsing_params.pages",
        message: `'${part.trim()}' is not a page range; write it like 1-5,8`,
      });
    }
    const from = first === undefined ? 1 : Number(first);
    const to = dash === undefined ? from : last === undefined ? pageCount : Number(last);
    for (let page = Math.max(1, from); page <= Math.min(to, pageCount); page++) chosen.add(page);
  }
  if (chosen.size === 0)
    throw problem("EMPTY_DOCUMENT", { message: `None of the pages '${pages}' exists: the document has ${pageCount}.` });
  return [...chosen].sort((a, b) => a - b);
}
