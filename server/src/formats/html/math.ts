/** MathML in a page: its TeX annotation when it carries one, else its characters. */
import type { Inline } from "@knowhere/contract";
import { attribute, elementsBelow, type HtmlElement, isElement, isText, textBelow } from "./dom.ts";

/** One formula as inline math. `display` is for callers that make a block of it. */
export function readMath(element: HtmlElement, _display: boolean): Inline[] {
  for (const child of elementsBelow(element)) {
    if (child.tagName !== "annotation") continue;
    if (!/tex/i.test(attribute(child, "encoding") ?? "")) continue;
    const text = textBelow(child).trim();
    if (text) return [{ type: "math", text, notation: "latex" }];
  }
  const alttext = attribute(element, "alttext")?.trim();
  if (alttext) return [{ type: "math", text: alttext, notation: "latex" }];
  const text = linearText(element).replace(/\s+/g, " ").trim();
  return text ? [{ type: "math", text, notation: "text" }] : [];
}

/** Presentation MathML in one line: fractions as a/b, scripts as ^ and _, the rest in order. Depth is bounded by the caller's page limit. */
function linearText(element: HtmlElement, depth = 0): string {
  if (depth > 50) return textBelow(element);
  const parts = element.childNodes.filter(isElement).map((child) => linearText(child, depth + 1));
  const group = (text: string | undefined): string =>
    text !== undefined && text.trim().length > 1 ? `(${text.trim()})` : (text ?? "").trim();
  switch (element.tagName) {
    case "annotation":
    case "annotation-xml":
      return "";
    case "mfrac":
      return `${group(parts[0])}/${group(parts[1])}`;
    case "msup":
    case "mover":
      return `${parts[0] ?? ""}^${group(parts[1])}`;
    case "msub":
    case "munder":
      return `${parts[0] ?? ""}_${group(parts[1])}`;
    case "msubsup":
    case "munderover":
      return `${parts[0] ?? ""}_${group(parts[1])}^${group(parts[2])}`;
    case "msqrt":
      return `√(${parts.join("")})`;
    case "mroot":
      return `${group(parts[1])}√(${parts[0] ?? ""})`;
    default:
      if (parts.length > 0) return parts.join("");
      return element.childNodes
        .filter(isText)
        .map((node) => node.value.trim())
        .join("");
  }
}
