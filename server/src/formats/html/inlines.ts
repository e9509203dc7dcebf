/** Inline elements to inline content. */
import type { Inline } from "@knowhere/contract";
import { attribute, type HtmlElement, type HtmlNode, isElement, isText, maxElementDepth, textBelow } from "./dom.ts";
import { hasWords, isHidden } from "./hidden.ts";
import { readFlattened, readMath, readTexScript } from "./math.ts";
import { declarationsOf } from "./style-sheet.ts";
import { readHref, readImage, type Walk } from "./walk.ts";

type MarkName = "strong" | "emphasis" | "strike" | "underline" | "superscript" | "subscript" | "highlight";
const marks: Readonly<Record<string, MarkName>> = {
  b: "strong",
  strong: "strong",
  i: "emphasis",
  em: "emphasis",
  cite: "emphasis",
  dfn: "emphasis",
  var: "emphasis",
  s: "strike",
  strike: "strike",
  del: "strike",
  u: "underline",
  ins: "underline",
  sup: "superscript",
  sub: "subscript",
  mark: "highlight",
};
const codeNames: ReadonlySet<string> = new Set(["code", "kbd", "samp", "tt"]);
/** Elements whose content is no text of the page. */
export const silentNames: ReadonlySet<string> = new Set(
  "script style template noscript head title meta link base iframe object embed video audio canvas map area source track datalist svg applet noembed noframes rp select colgroup col".split(
    " ",
  ),
);

/** Inline content of nodes; block elements that stray in are read as inline too. */
export function readInlines(nodes: readonly HtmlNode[], walk: Walk): Inline[] {
  const content: Inline[] = [];
  for (const node of nodes) {
    if (isText(node)) content.push({ type: "text", text: node.value });
    else if (isElement(node)) for (const inline of readInlineElement(node, walk)) content.push(inline);
  }
  return content;
}

/** Inline content of one element; nothing for silent and hidden ones. */
export function readInlineElement(element: HtmlElement, walk: Walk): Inline[] {
  const name = element.tagName;
  if (name === "script") return readTexScript(element);
  if (silentNames.has(name)) return [];
  if (dropHidden(element, walk)) return [];
  if (walk.elementDepth >= maxElementDepth) return [{ type: "text", text: textBelow(element) }];
  walk.elementDepth++;
  try {
    return readShown(element, name, walk);
  } finally {
    walk.elementDepth--;
  }
}

function readShown(element: HtmlElement, name: string, walk: Walk): Inline[] {
  if (name === "br") return [{ type: "break" }];
  if (name === "wbr") return [];
  if (name === "img" || name === "image") {
    const image = readImage(element, walk.options);
    return image ? [image] : [];
  }
  if (name === "math") return readMath(element);
  if (name === "input") return readInput(element);
  if (name === "a") return readLink(element, walk);
  // Code that is one link as a whole keeps its target: the link goes around the code.
  const link = codeNames.has(name) ? onlyLink(element) : undefined;
  if (link) return linkAround(link, [{ type: "code", text: textBelow(link).replace(/\s+/g, " ").trim() }], walk);
  if (codeNames.has(name) && !hasImage(element)) {
    const text = textBelow(element).replace(/\s+/g, " ");
    return text.trim() === "" ? [{ type: "text", text }] : [{ type: "code", text }];
  }
  if (name === "q")
    return [{ type: "text", text: "“" }, ...walk.inlines(element.childNodes), { type: "text", text: "”" }];
  if (name === "rt")
    return [{ type: "text", text: " (" }, ...walk.inlines(element.childNodes), { type: "text", text: ")" }];
  if (isKatexVisual(element)) return [];
  const formula = readFlattened(element);
  if (formula) return [formula];
  const content = walk.inlines(element.childNodes);
  if (name === "sup" && content.length > 0 && content.every((inline) => inline.type === "note_ref")) return content;
  const kinds = marks[name] ? [marks[name]] : styleMarks(element, walk);
  return kinds.reduce<Inline[]>((inner, kind) => (inner.length > 0 ? [{ type: kind, content: inner }] : []), content);
}

/** True when the element is not shown and is to be left out; counts what is lost. */
export function dropHidden(element: HtmlElement, walk: Walk): boolean {
  const { hiddenText, styles, stylesHide } = walk.options;
  if (hiddenText === "keep" || !isHidden(element, stylesHide ? styles : undefined)) return false;
  if (hasWords(element)) walk.hiddenCount++;
  return true;
}

/** The link that is all an element shows, unless it holds a picture or nothing. */
function onlyLink(element: HtmlElement): HtmlElement | undefined {
  const shown = element.childNodes.filter((node) => !isText(node) || node.value.trim() !== "");
  const [only] = shown;
  if (shown.length !== 1 || only === undefined || !isElement(only) || only.tagName !== "a") return undefined;
  return hasImage(only) || textBelow(only).trim() === "" ? undefined : only;
}

function readLink(element: HtmlElement, walk: Walk): Inline[] {
  const note = walk.notes.get(element);
  if (note) return [{ type: "note_ref", note: note.note, label: note.label }];
  return linkAround(element, walk.inlines(element.childNodes), walk);
}

function linkAround(element: HtmlElement, content: Inline[], walk: Walk): Inline[] {
  const href = readHref(attribute(element, "href"), walk.options);
  if (!href || content.length === 0) return content;
  const title = attribute(element, "title")?.trim();
  return [{ type: "link", href, ...(title ? { title } : {}), content }];
}

function readInput(element: HtmlElement): Inline[] {
  const type = attribute(element, "type")?.toLowerCase() ?? "text";
  if (type === "checkbox" || type === "radio")
    return [{ type: "checkbox", checked: attribute(element, "checked") !== undefined }];
  if (type === "submit" || type === "button" || type === "text") {
    const value = attribute(element, "value");
    return value ? [{ type: "text", text: value }] : [];
  }
  return [];
}

/** KaTeX writes each formula twice: MathML for readers (kept) and boxes for the eye (not). */
function isKatexVisual(element: HtmlElement): boolean {
  return element.tagName === "span" && attribute(element, "class") === "katex-html";
}

function styleMarks(element: HtmlElement, walk: Walk): MarkName[] {
  const style = declarationsOf(element, walk.options.styles);
  if (style === "") return [];
  const kinds: MarkName[] = [];
  if (/font-weight\s*:\s*(?:bold|bolder|[6-9]00)/i.test(style)) kinds.push("strong");
  if (/font-style\s*:\s*(?:italic|oblique)/i.test(style)) kinds.push("emphasis");
  if (/text-decoration(?:-line)?\s*:[^;]*line-through/i.test(style)) kinds.push("strike");
  if (/vertical-align\s*:\s*super/i.test(style)) kinds.push("superscript");
  if (/vertical-align\s*:\s*sub\b/i.test(style)) kinds.push("subscript");
  return kinds;
}

function hasImage(element: HtmlElement): boolean {
  return element.childNodes.some((node) => isElement(node) && node.tagName === "img");
}
