/** Links to bookmarks in headings lead to the heading itself, named the way Markdown renderers name it. */
import type { Block, Inline } from "@knowhere/contract";
import { plainInlines } from "../../document/inlines.ts";
import { inlinesOf, visitBlocks, visitInlines } from "../../document/visit.ts";

/** Rewrites "#bookmark" to "#heading-slug" where the bookmark stands in a heading. Works in place. */
export function resolveBookmarkLinks(content: readonly Block[], headingOfBookmark: ReadonlyMap<string, Block>): void {
  if (headingOfBookmark.size === 0) return;
  const slugs = slugsOf(content);
  visitBlocks(content, (block) => {
    for (const run of inlinesOf(block)) visitInlines(run, (node) => resolveLink(node, headingOfBookmark, slugs));
  });
}

function resolveLink(
  node: Inline,
  headingOfBookmark: ReadonlyMap<string, Block>,
  slugs: ReadonlyMap<Block, string>,
): void {
  if (node.type !== "link" || !node.href.startsWith("#")) return;
  const heading = headingOfBookmark.get(node.href.slice(1));
  const slug = heading && slugs.get(heading);
  if (slug) node.href = `#${slug}`;
}

/** GitHub's slugs: lower case, punctuation dropped, spaces to hyphens, repeats numbered. */
function slugsOf(content: readonly Block[]): Map<Block, string> {
  const slugs = new Map<Block, string>();
  const used = new Map<string, number>();
  visitBlocks(content, (block) => {
    if (block.type !== "heading") return;
    const base = plainInlines(block.content)
      .toLowerCase()
      .trim()
      .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, "")
      .replaceAll(" ", "-");
    const count = used.get(base) ?? 0;
    used.set(base, count + 1);
    slugs.set(block, count === 0 ? base : `${base}-${count}`);
  });
  return slugs;
}
