/** Pages that word processors and spreadsheets wrote: documents from end to end, without navigation to take away. */
import { attribute, elementsBelow, findBelow, type HtmlElement, type HtmlParent, removeNode } from "./dom.ts";

const generators =
  /\b(?:LibreOffice|OpenOffice|StarOffice|NeoOffice|Microsoft (?:Word|Excel|PowerPoint|Outlook)|WordPerfect|Aspose|Google Docs|Apple Pages)\b/i;

/** Whether the page says that a program for documents wrote it: its generator, Office's namespaces, Google's class. */
export function isFromWordProcessor(page: HtmlParent): boolean {
  const html = findBelow(page, "html");
  if (html?.attrs.some(({ value }) => /^urn:schemas-microsoft-com:office:(?:word|excel|powerpoint)$/.test(value)))
    return true;
  for (const element of elementsBelow(page)) {
    if (element.tagName === "body") return /\bdoc-content\b/.test(attribute(element, "class") ?? "");
    if (element.tagName !== "meta" || !/^(?:generator|progid)$/i.test(attribute(element, "name") ?? "")) continue;
    if (
      generators.test(attribute(element, "content") ?? "") ||
      /^Word\.Document/i.test(attribute(element, "content") ?? "")
    )
      return true;
  }
  return false;
}

const titles = /(?:^|\s)(?:title|MsoTitle)(?:\s|$)/;
const quotes = /(?:^|\s)Mso(?:Intense)?Quote/;

/** Gives paragraphs whose class names a built-in style (title, quotation) the element of that meaning. Works in place. */
export function nameStyledParagraphs(page: HtmlParent): void {
  for (const element of elementsBelow(page)) {
    if (element.tagName !== "p") continue;
    const names = attribute(element, "class") ?? "";
    const name = titles.test(names) ? "h1" : quotes.test(names) ? "blockquote" : undefined;
    if (name === undefined) continue;
    element.tagName = name;
    element.nodeName = name;
  }
}

export interface RunningText {
  readonly role: "header" | "footer";
  readonly element: HtmlElement;
}

/** Cuts out the header and footer that LibreOffice writes once, before and after the text (`<div title="header">`). */
export function takeRunningText(page: HtmlParent): RunningText[] {
  const found: RunningText[] = [];
  const body = findBelow(page, "body");
  for (const node of [...(body?.childNodes ?? [])]) {
    if (!("tagName" in node) || node.tagName !== "div") continue;
    const role = attribute(node, "title");
    if (role !== "header" && role !== "footer") continue;
    removeNode(node);
    found.push({ role, element: node });
  }
  return found;
}
