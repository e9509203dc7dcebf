/** Notes of an EPUB: elements marked as notes leave the text, and links to them become references. */
import type { Block, Inline, Note } from "@knowhere/contract";
import { inlinesOf, visitBlocks } from "../../document/visit.ts";
import { attribute, elementsBelow, type HtmlElement, type HtmlParent, removeNode, textBelow } from "../html/dom.ts";

const noteTypes = /(?:^|\s)(?:footnote|endnote|rearnote|note)(?:\s|$)/;
const noteRoles = /(?:^|\s)doc-(?:footnote|endnote)(?:\s|$)/;
const endKinds = /endnote|rearnote/;

export interface FoundNote {
  readonly id: string;
  readonly kind: "footnote" | "endnote";
  readonly element: HtmlElement;
}

/** Cuts the notes with an id out of a chapter. Works in place. */
export function takeNotes(page: HtmlParent): FoundNote[] {
  const found: FoundNote[] = [];
  for (const element of [...elementsBelow(page)]) {
    const type = attribute(element, "epub:type") ?? "";
    const role = attribute(element, "role") ?? "";
    const id = attribute(element, "id");
    if (id === undefined || !(noteTypes.test(type) || noteRoles.test(role))) continue;
    found.push({ id, kind: endKinds.test(`${type} ${role}`) ? "endnote" : "footnote", element });
  }
  const printed = marksOfReferences(page);
  for (const { id, element } of found) {
    removeNode(element);
    dropLinksBack(element, printed.get(`#${id}`));
  }
  return found;
}

/** What links within the chapter print, by where they lead. */
function marksOfReferences(page: HtmlParent): Map<string, string> {
  const marks = new Map<string, string>();
  for (const element of elementsBelow(page)) {
    const href = element.tagName === "a" ? attribute(element, "href") : undefined;
    if (href?.startsWith("#") && !marks.has(href)) marks.set(href, textBelow(element, 20).trim());
  }
  return marks;
}

/** Takes the links out of a note that lead back to the text: those marked so, arrows, and the mark of the reference itself. */
function dropLinksBack(note: HtmlElement, mark: string | undefined): void {
  const whole = textBelow(note).trim();
  for (const element of [...elementsBelow(note)]) {
    if (element.tagName !== "a" || !attribute(element, "href")?.includes("#")) continue;
    const text = textBelow(element).trim();
    const isMarked = /backlink/.test(`${attribute(element, "epub:type") ?? ""} ${attribute(element, "role") ?? ""}`);
    const isArrow = /^[\u2190-\u21ff]\ufe0e?$/u.test(text);
    const isMark = text !== "" && text === mark && whole.startsWith(text);
    if (isMarked || isArrow || isMark) removeNode(element);
  }
}

/** Turns links to notes into references, numbered in order of reading; the notes that were referred to, in that order. */
export function linkNotes(content: readonly Block[], notes: ReadonlyMap<string, Note>): Note[] {
  const used = new Map<string, Note>();
  const replace = (nodes: Inline[]): void => {
    for (const [at, node] of nodes.entries()) {
      const note = node.type === "link" ? notes.get(node.href) : undefined;
      if (note) {
        if (!used.has(note.note)) {
          used.set(note.note, note);
          note.label = String(used.size);
        }
        nodes[at] = { type: "note_ref", note: note.note, label: note.label };
      } else if ("content" in node) {
        replace(node.content);
        // A reference is raised by itself.
        const only = node.content.length === 1 ? node.content[0] : undefined;
        if (node.type === "superscript" && only?.type === "note_ref") nodes[at] = only;
      }
    }
  };
  visitBlocks(content, (block) => {
    for (const run of inlinesOf(block)) replace(run);
  });
  return [...used.values()];
}
