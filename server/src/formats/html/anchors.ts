/** Names of places that stand in headings, or right before them with nothing between. */
import type { Block } from "@knowhere/contract";
import { attribute, type HtmlElement, type HtmlNode, type HtmlParent, isElement, isText } from "./dom.ts";

/** The heading each name leads to. `headings` are the blocks that heading elements became. */
export function headingsByName(root: HtmlParent, headings: ReadonlyMap<HtmlElement, Block>): Map<string, Block> {
  const found = new Map<string, Block>();
  let waiting: string[] = [];
  const stack: HtmlNode[] = [...root.childNodes].reverse();
  /** The heading whose inside is being walked, with the number of nodes that were on the stack before it. */
  let inside: { block: Block; below: number } | undefined;
  while (stack.length > 0) {
    const node = stack.pop()!;
    if (inside && stack.length < inside.below) inside = undefined;
    if (isText(node)) {
      if (node.value.trim() !== "") waiting = [];
    } else if (isElement(node)) {
      const names = [attribute(node, "id"), node.tagName === "a" ? attribute(node, "name") : undefined];
      for (const name of names) if (name) waiting.push(name);
      const block = headings.get(node);
      if (block) inside = { block, below: stack.length };
      if (inside) {
        for (const name of waiting) if (!found.has(name)) found.set(name, inside.block);
        waiting = [];
      }
      for (let at = node.childNodes.length - 1; at >= 0; at--) stack.push(node.childNodes[at]!);
    }
  }
  return found;
}
