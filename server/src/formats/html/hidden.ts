/** Text that a person looking at the page would not see: set apart so that it cannot speak to a model unseen. */
import { attribute, type HtmlElement, textBelow } from "./dom.ts";
import { declarationsOf, type StyleSheet } from "./style-sheet.ts";

const hidingStyle =
  /(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0(?:\.0+)?\s*(?:;|!|$)|font-size\s*:\s*0(?:px|pt|em|rem|%)?\s*(?:;|!|$)|(?:left|top|text-indent|margin-left)\s*:\s*-\d{4,}(?:px|em|pt)?)/i;

/** Whether the element itself says that it is not shown (attribute, inline style), or its classes do where they are asked. */
export function isHidden(element: HtmlElement, sheet?: StyleSheet): boolean {
  if (sheet && hidingStyle.test(declarationsOf(element, sheet))) return true;
  for (const attr of element.attrs) {
    if (attr.name === "hidden" && attr.value.toLowerCase() !== "until-found") return true;
    if (attr.name === "style" && attr.value.length < 10_000 && hidingStyle.test(attr.value)) return true;
  }
  if (element.tagName === "dialog") return attribute(element, "open") === undefined;
  if (element.tagName === "input") return attribute(element, "type")?.toLowerCase() === "hidden";
  return false;
}

/** Whether dropping the element loses words. */
export function hasWords(element: HtmlElement): boolean {
  return /[\p{L}\p{N}]/u.test(textBelow(element, 2000));
}
