/** Formulas in a page: MathML (its TeX annotation when it carries one, else translated) and MathJax' TeX scripts. */
import type { Inline } from "@knowhere/contract";
import { html as spec } from "parse5";
import { latexOfMathml } from "../math/mathml.ts";
import type { XmlElement } from "../xml/element.ts";
import { attribute, elementsBelow, type HtmlElement, type HtmlParent, isElement, isText, textBelow } from "./dom.ts";

/** One formula. */
const maxDepth = 60;
const maxNodes = 5000;

/** A `<math>` element as inline math; nothing when it is empty. */
export function readMath(element: HtmlElement): Inline[] {
  const latex = latexOf(element);
  if (latex) return [{ type: "math", text: latex, notation: "latex" }];
  const text = textBelow(element, 2000).replace(/\s+/g, " ").trim();
  return text ? [{ type: "math", text, notation: "text" }] : [];
}

/** Whether the formula stands on a line of its own. */
export function isDisplayed(element: HtmlElement): boolean {
  if (attribute(element, "display") === "block" || attribute(element, "mode") === "display") return true;
  const parent = element.parentNode;
  return parent !== null && isElement(parent) && attribute(parent, "display") === "true";
}

function latexOf(element: HtmlElement): string {
  for (const child of elementsBelow(element)) {
    if (child.tagName !== "annotation" || !/tex/i.test(attribute(child, "encoding") ?? "")) continue;
    const text = textBelow(child).trim();
    if (text) return text;
  }
  const stated = attribute(element, "alttext")?.trim();
  if (stated) return stated;
  const budget = { nodes: maxNodes };
  const tree = toXml(element, 0, budget);
  return tree && budget.nodes > 0 ? latexOfMathml(tree) : "";
}

/** The same element in the form that the MathML walker takes; undefined below `maxDepth`. */
function toXml(element: HtmlElement, depth: number, budget: { nodes: number }): XmlElement | undefined {
  if (depth > maxDepth || --budget.nodes < 0) return undefined;
  const children: (XmlElement | string)[] = [];
  for (const child of element.childNodes) {
    if (isText(child)) children.push(child.value);
    else if (isElement(child)) {
      const inner = toXml(child, depth + 1, budget);
      if (inner) children.push(inner);
    }
  }
  return {
    name: element.tagName,
    attributes: Object.fromEntries(element.attrs.map(({ name, value }) => [name, value])),
    children,
  };
}

/** MathJax 3 wraps a formula in elements of its own, for the eye and for assistive technology. */
function outermostWrapper(element: HtmlElement): HtmlElement {
  let found = element;
  while (found.parentNode && isElement(found.parentNode) && found.parentNode.tagName.startsWith("mjx-"))
    found = found.parentNode;
  return found;
}

const latexAttribute = "data-knowhere-latex";

/**
 * Puts a plain `<span>` with the formula in place of every MathML element and TeX script, in place.
 * The article finder knows neither and would drop them.
 */
export function flattenFormulas(page: HtmlParent): void {
  for (const element of [...elementsBelow(page)]) {
    if (element.tagName !== "math" && element.tagName !== "script") continue;
    const target = outermostWrapper(element);
    const parent = target.parentNode;
    if (!parent) continue;
    const [math] = element.tagName === "math" ? readMath(element) : readTexScript(element);
    if (math?.type !== "math") continue;
    const isBlock = element.tagName === "math" ? isDisplayed(element) : isDisplayScript(element);
    const span = {
      nodeName: "span",
      tagName: "span",
      namespaceURI: spec.NS.HTML,
      parentNode: parent,
      attrs: [
        { name: latexAttribute, value: math.notation },
        ...(isBlock ? [{ name: "display", value: "block" }] : []),
      ],
      childNodes: [] as HtmlElement["childNodes"],
    } as HtmlElement;
    span.childNodes.push({
      nodeName: "#text",
      value: math.text,
      parentNode: span,
    } as HtmlElement["childNodes"][number]);
    parent.childNodes.splice(parent.childNodes.indexOf(target), 1, span);
  }
}

/** The formula of a span made by `flattenFormulas`; undefined for any other element. */
export function readFlattened(element: HtmlElement): Extract<Inline, { type: "math" }> | undefined {
  const notation = element.tagName === "span" ? attribute(element, latexAttribute) : undefined;
  if (notation !== "latex" && notation !== "text") return undefined;
  return { type: "math", text: textBelow(element, 100_000).trim(), notation };
}

/** MathJax 2 keeps its source in `<script type="math/tex">`. */
export function readTexScript(element: HtmlElement): Inline[] {
  if (!/^math\/tex/i.test(attribute(element, "type") ?? "")) return [];
  const text = element.childNodes
    .filter(isText)
    .map((node) => node.value)
    .join("")
    .trim();
  return text ? [{ type: "math", text, notation: "latex" }] : [];
}

/** `type="math/tex; mode=display"`. */
export function isDisplayScript(element: HtmlElement): boolean {
  return /mode\s*=\s*display/.test(attribute(element, "type") ?? "");
}
