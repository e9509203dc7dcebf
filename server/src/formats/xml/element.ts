/** A small XML element tree: what one paragraph, shape or settings part is read into. Never a whole large document. */

export interface XmlElement {
  /** Canonical prefix and local name ("w:p"), or the bare local name when the namespace has no prefix of ours. */
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: (XmlElement | string)[];
}

export const isElement = (node: XmlElement | string): node is XmlElement => typeof node !== "string";

/** The first child element of that name. */
export function childOf(element: XmlElement | undefined, name: string): XmlElement | undefined {
  if (!element) return undefined;
  for (const child of element.children) if (typeof child !== "string" && child.name === name) return child;
  return undefined;
}

/** Follows a chain of first children: `pathOf(p, "w:pPr", "w:pStyle")`. */
export function pathOf(element: XmlElement | undefined, ...names: string[]): XmlElement | undefined {
  let found = element;
  for (const name of names) found = childOf(found, name);
  return found;
}

/** The child elements, all or those of one name. */
export function childrenOf(element: XmlElement | undefined, name?: string): XmlElement[] {
  if (!element) return [];
  return element.children.filter(
    (c): c is XmlElement => typeof c !== "string" && (name === undefined || c.name === name),
  );
}

/** Every descendant of one of these names in document order; nothing inside a match is searched. */
export function descendantsOf(element: XmlElement | undefined, ...names: string[]): XmlElement[] {
  const found: XmlElement[] = [];
  // The reader bounds depth, so recursion here is bounded too.
  const visit = (node: XmlElement): void => {
    for (const child of node.children) {
      if (typeof child === "string") continue;
      if (names.includes(child.name)) found.push(child);
      else visit(child);
    }
  };
  if (element) visit(element);
  return found;
}

/** The first descendant of that name, the element itself left out. */
export function findElement(element: XmlElement | undefined, name: string): XmlElement | undefined {
  if (!element) return undefined;
  for (const child of element.children) {
    if (typeof child === "string") continue;
    if (child.name === name) return child;
    const found = findElement(child, name);
    if (found) return found;
  }
  return undefined;
}

/** All character data below, in order. */
export function textOf(element: XmlElement | undefined): string {
  if (!element) return "";
  let text = "";
  for (const child of element.children) text += typeof child === "string" ? child : textOf(child);
  return text;
}
