/** The little that we need of parse5's tree: elements, attributes, text, and which elements hold blocks. */
import { type DefaultTreeAdapterTypes, parse, parseFragment, html as spec } from "parse5";

export type HtmlNode = DefaultTreeAdapterTypes.ChildNode;
export type HtmlElement = DefaultTreeAdapterTypes.Element;
export type HtmlParent = DefaultTreeAdapterTypes.ParentNode;

/**
 * Deeper nesting than any page has. Text below is kept, structure is not. It bounds recursion here,
 * and what is built is bounded by `maxDepth` of the read limits.
 */
export const maxElementDepth = 400;

export function isElement(node: HtmlNode | HtmlParent): node is HtmlElement {
  return "tagName" in node;
}

export function isText(node: HtmlNode): node is DefaultTreeAdapterTypes.TextNode {
  return node.nodeName === "#text";
}

/** Takes a node out of its parent. */
export function removeNode(node: HtmlNode): void {
  const siblings = node.parentNode?.childNodes;
  const at = siblings?.indexOf(node) ?? -1;
  if (at >= 0) siblings!.splice(at, 1);
  node.parentNode = null;
}

/** The value of an attribute, or undefined when it is not there. */
export function attribute(element: HtmlElement, name: string): string | undefined {
  for (const attr of element.attrs) if (attr.name === name) return attr.value;
  return undefined;
}

/** All text below, white space as it is. No recursion: nesting is the input's choice. */
export function textBelow(node: HtmlParent, maxCharacters = Number.POSITIVE_INFINITY): string {
  const parts: string[] = [];
  let length = 0;
  const stack: HtmlNode[] = [...node.childNodes].reverse();
  while (stack.length > 0 && length < maxCharacters) {
    const next = stack.pop()!;
    if (isText(next)) {
      parts.push(next.value);
      length += next.value.length;
    } else if (isElement(next)) {
      if (next.tagName === "br") parts.push("\n");
      if (next.tagName === "script" || next.tagName === "style") continue;
      for (let index = next.childNodes.length - 1; index >= 0; index--) stack.push(next.childNodes[index]!);
    }
  }
  return parts.join("");
}

/** Every element below, in document order, without recursion. */
export function* elementsBelow(node: HtmlParent): Generator<HtmlElement> {
  const stack: HtmlNode[] = [...node.childNodes].reverse();
  while (stack.length > 0) {
    const next = stack.pop()!;
    if (!isElement(next)) continue;
    yield next;
    for (let index = next.childNodes.length - 1; index >= 0; index--) stack.push(next.childNodes[index]!);
  }
}

/** The first element of that name below. */
export function findBelow(node: HtmlParent, ...names: string[]): HtmlElement | undefined {
  for (const element of elementsBelow(node)) if (names.includes(element.tagName)) return element;
  return undefined;
}

/** Elements that start a new block whatever stands around them. */
const blockNames: ReadonlySet<string> = new Set(
  (
    "address article aside blockquote body center dd details dialog dir div dl dt fieldset figcaption figure footer form frameset " +
    "h1 h2 h3 h4 h5 h6 header hgroup hr html legend li listing main menu nav ol optgroup option p plaintext pre search section " +
    "summary table tbody td tfoot th thead tr ul xmp caption"
  ).split(" "),
);

export function isBlockName(name: string): boolean {
  return blockNames.has(name);
}

/** Elements with a block element somewhere below: an inline element among them is no inline run. Linear in the tree. */
export function findBlockHolders(root: HtmlParent): Set<HtmlElement> {
  const holders = new Set<HtmlElement>();
  for (const element of elementsBelow(root)) {
    if (!blockNames.has(element.tagName)) continue;
    let parent = element.parentNode;
    while (parent && isElement(parent) && !holders.has(parent)) {
      holders.add(parent);
      parent = parent.parentNode;
    }
  }
  return holders;
}

/**
 * More unclosed nesting than this makes the HTML algorithm quadratic (each start tag searches the stack of open
 * elements); such tags are turned into text-free gaps before parsing.
 */
const maxOpenTags = 2000;
const voidNames = new Set("area base br col embed hr img input link meta param source track wbr".split(" "));

/** Parses a whole page the way browsers do. */
export function parsePage(html: string): DefaultTreeAdapterTypes.Document {
  return parse(boundNesting(html), { scriptingEnabled: false });
}

/** Parses a piece of HTML as the content of a `body`. */
export function parsePiece(html: string): DefaultTreeAdapterTypes.DocumentFragment {
  return parseFragment(boundNesting(html), { scriptingEnabled: false });
}

/** Drops the start tags that would open more than `maxOpenTags` elements at once; all text stays. */
export function boundNesting(html: string): string {
  // The usual page has fewer tags in all: nothing to do.
  let open = 0;
  let peak = 0;
  const tag = /<(\/?)([a-zA-Z][a-zA-Z0-9]*)[^>]*>/g;
  for (const match of html.matchAll(tag)) {
    if (match[1]) open = Math.max(0, open - 1);
    else if (!voidNames.has(match[2]!.toLowerCase()) && !match[0].endsWith("/>")) peak = Math.max(peak, ++open);
  }
  // `<p>` and `<li>` are often left open and closed by the parser; they alone never reach this.
  if (peak <= maxOpenTags) return html;
  open = 0;
  return html.replace(tag, (whole, slash: string, name: string) => {
    if (slash) {
      open = Math.max(0, open - 1);
      return whole;
    }
    const lower = name.toLowerCase();
    if (voidNames.has(lower) || whole.endsWith("/>") || impliedEnd.has(lower)) return whole;
    open++;
    return open > maxOpenTags ? " " : whole;
  });
}
/** Elements whose end tag may be left out: many open ones in the source are one at a time in the tree. */
const impliedEnd = new Set("p li dt dd option tr td th thead tbody tfoot".split(" "));

/** The HTML namespace; MathML and SVG elements have others. */
export const htmlNamespace: string = spec.NS.HTML;
