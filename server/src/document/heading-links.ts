/** Links to bookmarks in headings lead to the heading itself, named the way Markdown renderers name it. */
import type { Block, Inline } from "@knowhere/contract";
import { plainInlines } from "./inlines.ts";
import { inlinesOf, visitBlocks } from "./visit.ts";

/**
 * Rewrites "#bookmark" to "#heading-slug" where the bookmark stands in a heading. Other marks have no address in the result:
 * of links to those that a program named ("_Ref53412342") the text alone is kept, names that people gave stay. Works in place.
 */
export function resolveBookmarkLinks(
  content: readonly Block[],
  headingOfBookmark: ReadonlyMap<string, Block>,
  options: { dropProgramMarks: boolean } = { dropProgramMarks: true },
): void {
  const slugs = headingOfBookmark.size === 0 ? new Map<Block, string>() : slugsOf(content);
  const slugOf = (href: string): string | undefined => {
    const heading = headingOfBookmark.get(href.slice(1));
    return heading && slugs.get(heading);
  };
  visitBlocks(content, (block) => {
    for (const run of inlinesOf(block)) resolveLinks(run, slugOf, options.dropProgramMarks);
  });
}

/** Word and LibreOffice begin the names of marks that they set themselves with an underscore, and hide them. */
const programMark = /^#_/;

function resolveLinks(run: Inline[], slugOf: (href: string) => string | undefined, dropProgramMarks: boolean): void {
  for (let at = 0; at < run.length; at++) {
    const node = run[at]!;
    if ("content" in node) resolveLinks(node.content, slugOf, dropProgramMarks);
    if (node.type !== "link" || !node.href.startsWith("#")) continue;
    const slug = slugOf(node.href);
    if (slug) node.href = `#${slug}`;
    else if (dropProgramMarks && programMark.test(node.href)) run.splice(at, 1, ...node.content);
  }
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
