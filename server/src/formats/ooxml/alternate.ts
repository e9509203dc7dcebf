/** Markup compatibility (ECMA-376 part 3): of the branches of an mc:AlternateContent exactly one is read. */
import type { XmlElement } from "../xml/element.ts";
import { understoodPrefixes } from "./namespaces.ts";

/** The children of the first Choice whose namespaces we understand, else those of the Fallback. */
export function chosenBranch(alternate: XmlElement): readonly (XmlElement | string)[] {
  for (const child of alternate.children) {
    if (typeof child === "string") continue;
    if (child.name === "mc:Choice") {
      const required = (child.attributes["Requires"] ?? "").split(/\s+/).filter(Boolean);
      if (required.every((prefix) => understoodPrefixes.has(prefix))) return child.children;
    } else if (child.name === "mc:Fallback") return child.children;
  }
  return [];
}

/** The child elements with every mc:AlternateContent replaced by its chosen branch. */
export function resolvedChildren(element: XmlElement): XmlElement[] {
  const out: XmlElement[] = [];
  const visit = (nodes: readonly (XmlElement | string)[]): void => {
    for (const node of nodes) {
      if (typeof node === "string") continue;
      if (node.name === "mc:AlternateContent") visit(chosenBranch(node));
      else out.push(node);
    }
  };
  visit(element.children);
  return out;
}
