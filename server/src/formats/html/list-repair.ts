/** Lists that are written by other means than `<li>` in `<li>`: made into lists that nest, before the page is read. */
import { defaultTreeAdapter as tree } from "parse5";
import {
  attribute,
  elementsBelow,
  type HtmlElement,
  type HtmlNode,
  type HtmlParent,
  htmlNamespace,
  isElement,
  isText,
  removeNode,
  textBelow,
} from "./dom.ts";

/** Repairs all lists below; works in place. */
export function repairLists(root: HtmlParent): void {
  const lists: HtmlElement[] = [];
  const paragraphs: HtmlElement[] = [];
  const markers: HtmlElement[] = [];
  for (const element of elementsBelow(root)) {
    if (element.tagName === "p" && wordLevel(element) !== undefined) paragraphs.push(element);
    else if (element.tagName === "span" && isWordMarker(element)) markers.push(element);
    if (isList(element)) lists.push(element);
  }
  for (const list of lists) {
    nestIndented(list);
    joinGoogleList(list);
  }
  const done = new Set<HtmlElement>();
  for (const first of paragraphs) if (!done.has(first)) gatherWordList(first, done);
  for (const marker of markers) if (marker.parentNode) printMarker(marker);
}

/** A number before a heading: its text and one space instead of the blanks that make the gap. */
function printMarker(marker: HtmlElement): void {
  const text = textBelow(marker).replace(/[\s\u00a0]+/g, "");
  if (text !== "") tree.insertTextBefore(marker.parentNode!, `${text} `, marker);
  removeNode(marker);
}

/**
 * Google Docs writes each run of items on one level as a list of its own: "lst-kix_NAME-LEVEL", with "start" where numbers
 * begin again. A run joins the list of that name before it, on its level.
 */
function joinGoogleList(list: HtmlElement): void {
  const own = googleLevel(list);
  let host = previousElement(list);
  if (!own || !isList(host)) return;
  const before = googleLevel(host);
  if (before?.name !== own.name || own.level < before.level) return;
  for (let level = before.level + 1; level <= own.level; level++) {
    const item: HtmlElement | undefined = itemsOf(host).at(-1);
    const inner: HtmlNode | undefined = item?.childNodes.filter(isList).at(-1);
    if (!item) return;
    if (!isList(inner) || (level === own.level && own.isStart)) {
      removeNode(list);
      tree.appendChild(item, list);
      return;
    }
    host = inner;
  }
  if (own.isStart || host.tagName !== list.tagName) return;
  for (const item of itemsOf(list)) {
    removeNode(item);
    tree.appendChild(host, item);
  }
  removeNode(list);
}

function itemsOf(list: HtmlElement): HtmlElement[] {
  return list.childNodes.filter((node): node is HtmlElement => isElement(node) && node.tagName === "li");
}

function googleLevel(list: HtmlElement): { name: string; level: number; isStart: boolean } | undefined {
  const names = attribute(list, "class") ?? "";
  const found = /(?:^|\s)lst-(kix_\w+)-(\d)(?:\s|$)/.exec(names);
  return found ? { name: found[1]!, level: Number(found[2]), isStart: /(?:^|\s)start(?:\s|$)/.test(names) } : undefined;
}

function isList(node: HtmlNode | undefined): node is HtmlElement {
  return node !== undefined && isElement(node) && (node.tagName === "ul" || node.tagName === "ol");
}

/**
 * A list without items of its own is one that was moved to the right: it belongs to the last item of the list before it, as
 * deep as it is moved. With no list before it, the empty levels say nothing.
 */
function nestIndented(list: HtmlElement): void {
  const inner = onlyListsOf(list);
  if (inner === undefined || !list.parentNode) return;
  const before = previousElement(list);
  const item = isList(before)
    ? before.childNodes.filter((node) => isElement(node) && node.tagName === "li").at(-1)
    : undefined;
  const place = list.parentNode;
  const at = place.childNodes.indexOf(list);
  removeNode(list);
  if (item && isElement(item)) {
    for (const node of inner) tree.appendChild(item, node);
    // What stands in the item now may be moved to the right of a list there.
    for (const node of inner) nestIndented(node);
  } else {
    for (const [offset, node] of inner.entries()) {
      node.parentNode = place;
      place.childNodes.splice(at + offset, 0, node);
    }
  }
}

/** The lists that are all a list holds, taken out of it; undefined when it has items or other content. */
function onlyListsOf(list: HtmlElement): HtmlElement[] | undefined {
  const shown = list.childNodes.filter((node) => !isText(node) || node.value.trim() !== "");
  if (shown.length === 0 || !shown.every(isList)) return undefined;
  return shown;
}

function previousElement(element: HtmlElement): HtmlElement | undefined {
  const siblings = element.parentNode?.childNodes ?? [];
  for (let at = siblings.indexOf(element) - 1; at >= 0; at--) {
    const node = siblings[at]!;
    if (isElement(node)) return node;
    if (isText(node) && node.value.trim() !== "") return undefined;
  }
  return undefined;
}

const levelOfStyle = /mso-list\s*:\s*l\d+\s+level(\d)/i;
const deepestWordLevel = 9;

/**
 * The level of a paragraph that Word or Outlook shows as a list item, counted from 1: as its style says or, in pages saved
 * "filtered", by its class and half inches of indentation.
 */
function wordLevel(paragraph: HtmlElement): number | undefined {
  const style = attribute(paragraph, "style") ?? "";
  if (style.length > 10_000) return undefined;
  const stated = levelOfStyle.exec(style)?.[1];
  if (stated) return Math.max(1, Number(stated));
  if (!/\bMsoListParagraph/.test(attribute(paragraph, "class") ?? "") || !markerOf(paragraph)) return undefined;
  const [, number, unit] = /margin-left\s*:\s*([\d.]+)(in|pt|cm)/i.exec(style) ?? [];
  const inches = Number(number ?? 0.5) / (unit === "pt" ? 72 : unit === "cm" ? 2.54 : 1);
  return Math.min(deepestWordLevel, Math.max(1, Math.round(inches / 0.5)));
}

function isWordMarker(element: HtmlElement): boolean {
  return /mso-list\s*:\s*ignore/i.test(attribute(element, "style") ?? "");
}

/** The element with the printed bullet or number: named so, or followed by the small blanks Word puts behind it. */
function markerOf(paragraph: HtmlElement): HtmlElement | undefined {
  for (const element of elementsBelow(paragraph)) {
    if (element.tagName !== "span") continue;
    if (isWordMarker(element)) return element;
    const last = element.childNodes.at(-1);
    const blanks = last && isElement(last) ? (attribute(last, "style") ?? "") : "";
    if (/font\s*:\s*7(?:\.0)?pt/i.test(blanks) && textBelow(last as HtmlElement).trim() === "") return element;
  }
  return undefined;
}

/** Makes one list of the paragraph and the list paragraphs right after it. */
function gatherWordList(first: HtmlElement, done: Set<HtmlElement>): void {
  const parent = first.parentNode;
  if (!parent) return;
  const run: HtmlElement[] = [];
  for (let at = parent.childNodes.indexOf(first); at < parent.childNodes.length; at++) {
    const node = parent.childNodes[at]!;
    if (isElement(node) && node.tagName === "p" && wordLevel(node) !== undefined) run.push(node);
    else if (!(isText(node) && node.value.trim() === "") && node.nodeName !== "#comment") break;
  }
  const open: { level: number; list: HtmlElement }[] = [];
  for (const paragraph of run) {
    done.add(paragraph);
    const level = wordLevel(paragraph)!;
    const { ordered, start } = takeMarker(paragraph);
    while (open.length > 0 && open.at(-1)!.level > level) open.pop();
    const above = open.at(-1);
    const name = ordered ? "ol" : "ul";
    let list = above?.list;
    if (!above || above.level < level || list!.tagName !== name) {
      if (above?.level === level) open.pop();
      list = tree.createElement(
        name,
        htmlNamespace as never,
        start === undefined ? [] : [{ name: "start", value: start }],
      );
      const holder = open.at(-1)?.list.childNodes.at(-1);
      if (holder && isElement(holder)) tree.appendChild(holder, list);
      else tree.insertBefore(parent, list, paragraph);
      open.push({ level, list });
    }
    const item = tree.createElement("li", htmlNamespace as never, []);
    tree.appendChild(list!, item);
    removeNode(paragraph);
    for (const node of [...paragraph.childNodes]) {
      removeNode(node);
      tree.appendChild(item, node);
    }
  }
}

/** Takes bullets and plain numbers off a paragraph; other marks ("a.", "1.1") are text that other places refer to. */
function takeMarker(paragraph: HtmlElement): { ordered: boolean; start?: string } {
  const marker = markerOf(paragraph);
  const text = marker ? textBelow(marker).replace(/[\s\u00a0]+/g, "") : "";
  const number = /^(\d{1,9})[.)]$/.exec(text)?.[1];
  const isShown = number === undefined && /^\(?[\p{L}\p{N}]{1,6}[.)]|\d\.\d/u.test(text);
  if (marker && isShown) printMarker(marker);
  else if (marker) removeNode(marker);
  return number === undefined ? { ordered: false } : { ordered: true, start: number };
}
