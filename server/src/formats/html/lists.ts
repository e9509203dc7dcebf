/** Lists and definition lists. */
import type { Block, Definitions, Inline, List, ListItem } from "@knowhere/contract";
import { tidyInlines } from "../../document/inlines.ts";
import { attribute, type HtmlElement, type HtmlNode, isElement, isText } from "./dom.ts";
import { dropHidden, silentNames } from "./inlines.ts";
import { nest, type Walk } from "./walk.ts";

/** `<ul>`, `<ol>` and their relatives; undefined when no item has content. */
export function readList(element: HtmlElement, walk: Walk): List | undefined {
  const ordered = element.tagName === "ol";
  const items: ListItem[] = [];
  nest(walk, () => {
    for (const child of element.childNodes) {
      if (isElement(child) && child.tagName === "li") {
        if (dropHidden(child, walk)) continue;
        const item = readItem(child, walk);
        if (item.content.length > 0) items.push(item);
      } else if (isElement(child) ? !silentNames.has(child.tagName) : isText(child) && child.value.trim() !== "") {
        // A list right inside a list belongs to the item before it; other strays are items of their own.
        const content = walk.blocks([child]);
        if (content.length === 0) continue;
        const last = items.at(-1);
        if (last && content.every((block) => block.type === "list")) last.content.push(...content);
        else items.push({ content });
      }
    }
  });
  if (items.length === 0) return undefined;
  const start = ordered ? readStart(element) : undefined;
  return { type: "list", ordered, ...(start !== undefined && start !== 1 ? { start } : {}), items };
}

function readStart(element: HtmlElement): number | undefined {
  const first = element.childNodes.find((node): node is HtmlElement => isElement(node) && node.tagName === "li");
  const start = Number.parseInt(attribute(element, "start") ?? (first && attribute(first, "value")) ?? "", 10);
  return Number.isSafeInteger(start) ? start : undefined;
}

/** An item; a check-box at its start makes it a task. */
function readItem(element: HtmlElement, walk: Walk): ListItem {
  const content = walk.blocks(element.childNodes);
  const first = content[0];
  if (first?.type === "paragraph" && first.content[0]?.type === "checkbox") {
    const checked = first.content[0].checked;
    const rest = tidyInlines(first.content.slice(1));
    trimStart(rest);
    content[0] = { ...first, content: rest };
    return { checked, content };
  }
  return { content };
}

function trimStart(content: Inline[]): void {
  const first = content[0];
  if (first?.type === "text") content[0] = { type: "text", text: first.text.trimStart() };
}

/** `<dl>`: terms that share a definition are one item each with its text on the last of them. */
export function readDefinitions(element: HtmlElement, walk: Walk): Definitions | undefined {
  const items: Definitions["items"] = [];
  let pending: Inline[] = [];
  const visit = (nodes: readonly HtmlNode[]): void => {
    for (const node of nodes) {
      if (!isElement(node) || dropHidden(node, walk)) continue;
      if (node.tagName === "dt") {
        if (pending.length > 0) items.push({ term: pending, definitions: [] });
        pending = tidyInlines(walk.inlines(node.childNodes));
      } else if (node.tagName === "dd") {
        const content: Block[] = walk.blocks(node.childNodes);
        const last = items.at(-1);
        if (pending.length > 0 || !last) items.push({ term: pending, definitions: [content] });
        else last.definitions.push(content);
        pending = [];
      } else if (node.tagName === "div") visit(node.childNodes);
    }
  };
  nest(walk, () => visit(element.childNodes));
  if (pending.length > 0) items.push({ term: pending, definitions: [] });
  return items.length > 0 ? { type: "definitions", items } : undefined;
}
