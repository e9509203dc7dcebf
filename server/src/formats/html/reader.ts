/** Web pages: the whole body or its main content, as blocks. Nothing the page refers to is fetched or run. */
import { type Furniture, problem, type Warning } from "@knowhere/contract";
import { AssetCollector } from "../../document/assets.ts";
import { resolveBookmarkLinks } from "../../document/heading-links.ts";
import type { Reader } from "../reader.ts";
import { makeResult } from "../result.ts";
import { decodeText } from "../sniff/charset.ts";
import { pruneArticle } from "./article.ts";
import { htmlToBlocks, nodesToBlocks } from "./blocks.ts";
import { findBelow, parsePage } from "./dom.ts";
import { extractMainContent } from "./main-content.ts";
import { flattenFormulas } from "./math.ts";
import { declaredCharset, readPageMetadata } from "./metadata.ts";
import { readStyleSheets, styleElementsOf } from "./style-sheet.ts";
import type { HtmlOptions } from "./walk.ts";
import { isFromWordProcessor, nameStyledParagraphs, takeRunningText } from "./word-processor.ts";

export const htmlReader: Reader = {
  format: "html",
  async read(source, context) {
    const bytes = await source.bytes();
    const decoded = decodeText(bytes, { declared: declaredCharset(bytes) });
    context.progress(1, 0);
    const page = parsePage(decoded.text);
    flattenFormulas(page);
    context.signal.throwIfAborted();
    const { baseUrl, title, language, metadata } = readPageMetadata(page);
    const assets = new AssetCollector();
    const styles = readStyleSheets(styleElementsOf(page));
    const options: HtmlOptions = {
      assets,
      styles,
      baseUrl,
      hiddenText: context.options.hiddenText,
      maxDepth: context.limits.maxDepth,
      maxCells: context.limits.maxCells,
      findNotes: true,
    };
    const isDocument = isFromWordProcessor(page);
    const running = isDocument ? takeRunningText(page) : [];
    if (isDocument) nameStyledParagraphs(page);
    const main = context.options.mainContent && !isDocument ? extractMainContent(page) : undefined;
    context.signal.throwIfAborted();
    const { blocks, headingOfName, hiddenCount } = main
      ? htmlToBlocks(main.html, options)
      : nodesToBlocks(findBelow(page, "body") ?? page, options);
    const content = main ? pruneArticle(blocks) : blocks;
    resolveBookmarkLinks(content, headingOfName, { dropProgramMarks: isDocument });
    for (const { role, element } of running) {
      const furniture: Furniture = { type: "furniture", role, content: nodesToBlocks(element, options).blocks };
      if (furniture.content.length > 0) content.push(furniture);
    }
    if (content.length === 0)
      throw problem("EMPTY_DOCUMENT", { message: "The page has no content that is shown: there is nothing to parse." });
    if (main?.byline) metadata.author ??= main.byline;
    context.progress(1, 1);
    return makeResult({
      format: "html",
      source,
      content,
      assets,
      title,
      language,
      metadata,
      warnings: warningsOf(hiddenCount, decoded),
    });
  },
};

function warningsOf(hiddenCount: number, decoded: { damaged: number; charset: string }): Warning[] {
  const warnings: Warning[] = [];
  if (hiddenCount > 0) {
    warnings.push({
      code: "HIDDEN_TEXT",
      message: `${hiddenCount} hidden pieces of the page were left out. Keep them with parsing_params.hidden_text = "keep".`,
      count: hiddenCount,
    });
  }
  if (decoded.damaged > 0) {
    warnings.push({
      code: "CHARSET_DAMAGED",
      message: `${decoded.damaged} places were not valid ${decoded.charset}.`,
      count: decoded.damaged,
    });
  }
  return warnings;
}
