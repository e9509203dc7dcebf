/**
 * Footnotes of a page. A link is a reference when its address is named the way the programs that write notes name it, and
 * the place it leads to has a link back. The notes leave the text.
 */
import type { Note } from "@knowhere/contract";
import {
  attribute,
  elementsBelow,
  type HtmlElement,
  type HtmlParent,
  isBlockName,
  isElement,
  removeNode,
  textBelow,
} from "./dom.ts";

export interface PageNote {
  readonly note: Note;
  /** What the note says, without its link back; cut out of the page. */
  readonly element: HtmlElement;
}

export interface PageNotes {
  readonly notes: readonly PageNote[];
  /** The notes by the links that refer to them. */
  readonly referred: ReadonlyMap<HtmlElement, Note>;
}

/** Word, LibreOffice, Google Docs, pandoc and GitHub, in this order. */
const noteAddress =
  /^#(?:_(?:ftn|edn)\d+|sd(?:foot|end)note\d+sym|ftnt\d+|cmnt\d+|_msocom_\d+|(?:user-content-)?fn[-:_]?\w{1,40})$/i;
const endnotes = /^#(?:_edn|sdendnote)/i;
const comments = /^#(?:cmnt|_msocom)/i;
const maxLabel = 12;

/** Finds the notes below `root` and cuts them out of it. */
export function takePageNotes(root: HtmlParent): PageNotes {
  const references: HtmlElement[] = [];
  const places = new Map<string, HtmlElement>();
  for (const element of elementsBelow(root)) {
    for (const name of namesOf(element)) if (!places.has(name)) places.set(name, element);
    if (element.tagName === "a" && noteAddress.test(attribute(element, "href") ?? "")) references.push(element);
  }
  const found = new Map<HtmlElement, PageNote>();
  const referred = new Map<HtmlElement, Note>();
  for (const reference of references) {
    const href = attribute(reference, "href")!;
    const target = places.get(href.slice(1));
    const element = target && holderOf(target);
    const label = labelOf(reference);
    if (!element || label === undefined || contains(element, reference)) continue;
    const known = found.get(element);
    if (!known) {
      const back = linkBack(element, reference);
      if (!back) continue;
      removeNode(back);
      const note: Note = {
        type: "note",
        note: href.slice(1),
        label,
        kind: endnotes.test(href) ? "endnote" : comments.test(href) ? "comment" : "footnote",
        content: [],
      };
      found.set(element, { note, element });
    }
    referred.set(reference, found.get(element)!.note);
  }
  for (const { element } of found.values()) cutOut(element);
  return { notes: [...found.values()], referred };
}

function namesOf(element: HtmlElement): string[] {
  return [attribute(element, "id"), element.tagName === "a" ? attribute(element, "name") : undefined].filter(
    (name): name is string => name !== undefined && name !== "",
  );
}

/** The printed mark without brackets. */
function labelOf(reference: HtmlElement): string | undefined {
  const label = textBelow(reference, 100)
    .trim()
    .replace(/^[[(]\s*|\s*[\])]$/g, "");
  return label !== "" && label.length <= maxLabel ? label : undefined;
}

/** The whole note around the place a reference leads to: its list item, or the box that begins with it. */
function holderOf(target: HtmlElement): HtmlElement | undefined {
  let holder: HtmlElement = target;
  while (!isBlockName(holder.tagName)) {
    const parent = holder.parentNode;
    if (!parent || !isElement(parent)) return undefined;
    holder = parent;
  }
  for (let parent = holder.parentNode; parent && isElement(parent); parent = parent.parentNode) {
    const isItem = parent.tagName === "li";
    const isBox =
      (parent.tagName === "div" || parent.tagName === "aside") &&
      firstElement(parent) === holder &&
      !hasOtherNote(parent, holder);
    if (!isItem && !isBox) break;
    holder = parent;
  }
  return holder.tagName === "body" ? undefined : holder;
}

function firstElement(parent: HtmlElement): HtmlElement | undefined {
  return parent.childNodes.find(isElement);
}

/** A box around all the notes is no note. */
function hasOtherNote(box: HtmlElement, first: HtmlElement): boolean {
  for (const sibling of box.childNodes) {
    if (!isElement(sibling) || sibling === first) continue;
    for (const element of [sibling, ...elementsBelow(sibling)])
      if (namesOf(element).some((name) => noteAddress.test(`#${name}`))) return true;
  }
  return false;
}

function contains(holder: HtmlElement, element: HtmlElement): boolean {
  for (let at: HtmlParent | null = element; at && isElement(at); at = at.parentNode) if (at === holder) return true;
  return false;
}

/** The link in the note that leads to the reference: to its own name or that of what stands closely around it. */
function linkBack(note: HtmlElement, reference: HtmlElement): HtmlElement | undefined {
  const names = new Set<string>(namesOf(reference));
  for (const inner of elementsBelow(reference)) for (const name of namesOf(inner)) names.add(name);
  let at = reference.parentNode;
  for (let steps = 0; steps < 2 && at && isElement(at) && !isBlockName(at.tagName); steps++, at = at.parentNode)
    for (const name of namesOf(at)) names.add(name);
  for (const element of elementsBelow(note))
    if (element.tagName === "a" && names.has((attribute(element, "href") ?? "").slice(1))) return element;
  return undefined;
}

/** Takes the note away, and the boxes, lists and rules that held nothing else. */
function cutOut(element: HtmlElement): void {
  let parent = element.parentNode;
  removeNode(element);
  while (parent && isElement(parent) && parent.tagName !== "body" && isEmpty(parent)) {
    const above: HtmlParent | null = parent.parentNode;
    removeNode(parent);
    parent = above;
  }
  const siblings = parent?.childNodes ?? [];
  for (let at = siblings.length - 1; at >= 0; at--) {
    const node = siblings[at]!;
    if (isElement(node) && node.tagName === "hr") {
      removeNode(node);
      return;
    }
    if (isElement(node) ? node.tagName !== "br" : "value" in node && node.value.trim() !== "") return;
  }
}

function isEmpty(element: HtmlElement): boolean {
  if (textBelow(element).trim() !== "") return false;
  for (const inner of elementsBelow(element)) if (inner.tagName === "img" || inner.tagName === "table") return false;
  return true;
}
