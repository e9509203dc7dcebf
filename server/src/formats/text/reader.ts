/** Plain text: charset found, form feeds as pages, the rest by the simple habits of plain-text writers. */
import { type Block, type Page, problem, type Warning } from "@knowhere/contract";
import type { Reader } from "../reader.ts";
import { makeResult } from "../result.ts";
import { decodeText } from "../sniff/charset.ts";
import { textToBlocks } from "./blocks.ts";

export const textReader: Reader = {
  format: "text",
  async read(source, context) {
    const decoded = decodeText(await source.bytes());
    const text = decoded.text.replace(/\r\n?/g, "\n");
    if (text.trim() === "") throw problem("EMPTY_DOCUMENT");
    // A form feed ends a page (RFC-style texts, printer output); page ends at the very end of the file count for nothing.
    const sheets = text.replace(/[\f\s]+$/, "").split("\f");
    if (sheets.length > context.limits.maxPages) {
      throw problem("TOO_MANY_PAGES", { pages: sheets.length, limit: context.limits.maxPages });
    }
    context.progress(sheets.length, 0);
    const content: Block[] = [];
    const pages: Page[] = [];
    for (const [index, sheet] of sheets.entries()) {
      context.signal.throwIfAborted();
      const number = index + 1;
      pages.push({ number, kind: sheets.length > 1 ? "page" : "section", width: 0, height: 0 });
      for (const block of textToBlocks(sheet, { findHeadings: context.options.findHeadings })) {
        content.push({ ...block, places: [{ page: number }] });
      }
      context.progress(sheets.length, number);
    }
    const warnings: Warning[] = [];
    if (decoded.damaged > 0) {
      warnings.push({
        code: "CHARSET_DAMAGED",
        message: `${decoded.damaged} places were not valid ${decoded.charset} and are shown as U+FFFD.`,
        count: decoded.damaged,
      });
    }
    return makeResult({ format: "text", source, content, pages, metadata: { charset: decoded.charset }, warnings });
  },
};
