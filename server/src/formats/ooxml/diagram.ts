/** SmartArt: the text of a diagram's data model as a nested list, in the order of its parent-child connections. */
import type { Block, Inline, List, ListItem } from "@knowhere/contract";
import { childOf, childrenOf, descendantsOf, textOf, type XmlElement } from "../xml/element.ts";

const maxPoints = 10_000;
const maxLevels = 30;

/** Reads a `dgm:dataModel`; nothing when no point carries text. */
export function blocksOfDiagram(root: XmlElement): Block[] {
  const texts = new Map<string, string>();
  let documentPoint: string | undefined;
  for (const point of childrenOf(childOf(root, "dgm:ptLst"), "dgm:pt").slice(0, maxPoints)) {
    const id = point.attributes["modelId"] ?? "";
    const type = point.attributes["type"] ?? "node";
    if (type === "doc") documentPoint = id;
    // Transitions and presentation points repeat or place the text of others.
    if (type === "node" || type === "asst") texts.set(id, textOfPoint(point));
  }
  const childrenOfPoint = new Map<string, { id: string; order: number }[]>();
  for (const connection of childrenOf(childOf(root, "dgm:cxnLst"), "dgm:cxn").slice(0, maxPoints * 4)) {
    if ((connection.attributes["type"] ?? "parOf") !== "parOf") continue;
    const { srcId = "", destId = "", srcOrd = "0" } = connection.attributes;
    const siblings = childrenOfPoint.get(srcId) ?? [];
    siblings.push({ id: destId, order: Number(srcOrd) || 0 });
    childrenOfPoint.set(srcId, siblings);
  }
  const seen = new Set<string>();
  const listOf = (parent: string, depth: number): List | undefined => {
    const items: ListItem[] = [];
    const children = [...(childrenOfPoint.get(parent) ?? [])].sort((a, b) => a.order - b.order);
    for (const { id } of children) {
      if (seen.has(id) || depth > maxLevels) continue;
      seen.add(id);
      const below = listOf(id, depth + 1);
      const text = texts.get(id) ?? "";
      if (text === "" && !below) continue;
      const content: Inline[] = text === "" ? [] : [{ type: "text", text }];
      items.push({ content: [{ type: "paragraph", content }, ...(below ? [below] : [])] });
    }
    return items.length > 0 ? { type: "list", ordered: false, items } : undefined;
  };
  const list = documentPoint === undefined ? undefined : listOf(documentPoint, 0);
  const loose = [...texts].filter(([id, text]) => !seen.has(id) && text !== "");
  const rest: Block[] = loose.map(([, text]) => ({ type: "paragraph", content: [{ type: "text", text }] }));
  return [...(list ? [list] : []), ...rest];
}

const textOfPoint = (point: XmlElement): string =>
  descendantsOf(childOf(point, "dgm:t"), "a:p")
    .map((paragraph) => descendantsOf(paragraph, "a:t").map(textOf).join("").trim())
    .filter(Boolean)
    .join(" ");
