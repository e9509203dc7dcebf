/** Markdown: GFM, front matter, math, footnotes, and the HTML that people write into it. Nothing it links to is fetched. */
import { type Block, problem, type Warning } from "@knowhere/contract";
import type { Root } from "mdast";
import { AssetCollector } from "../../document/assets.ts";
import type { Reader } from "../reader.ts";
import { makeResult } from "../result.ts";
import { decodeText } from "../sniff/charset.ts";
import { mdastToBlocks } from "./blocks.ts";
import { readFrontMatter } from "./front-matter.ts";
import { parseMarkdown } from "./parse.ts";

export const markdownReader: Reader = {
  format: "markdown",
  async read(source, context) {
    const decoded = decodeText(await source.bytes());
    if (decoded.text.trim() === "") throw problem("EMPTY_DOCUMENT");
    context.progress(1, 0);
    const assets = new AssetCollector();
    const warnings: Warning[] = [];
    const content: Block[] = [];
    const options = {
      assets,
      warnings,
      maxDepth: context.limits.maxDepth,
      maxCells: context.limits.maxCells,
      hiddenText: context.options.hiddenText,
    };
    let front: ReturnType<typeof readFrontMatter> = { metadata: {} };
    for (const piece of parseMarkdown(decoded.text.replace(/\r\n?/g, "\n"))) {
      context.signal.throwIfAborted();
      front = { ...front, ...frontMatterOf(piece.tree, warnings) };
      for (const block of mdastToBlocks(piece, options)) content.push(block);
    }
    context.progress(1, 1);
    return makeResult({ format: "markdown", source, content, assets, warnings, ...front });
  },
};

function frontMatterOf(tree: Root, warnings: Warning[]): Partial<ReturnType<typeof readFrontMatter>> {
  const first = tree.children[0] as { type: string; value?: string } | undefined;
  if (first?.type !== "yaml" && first?.type !== "toml") return {};
  return readFrontMatter(first.value ?? "", first.type, warnings);
}
