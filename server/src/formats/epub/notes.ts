/** Notes of an EPUB: elements marked as notes leave the text, and links to them become references. */
import type { Block, Inline, Note } from "@knowhere/contract";
import { inlinesOf, visitBlocks } from "../../document/visit.ts";
import { attribute, elementsBelow, type HtmlElement, type HtmlParent } from "../html/dom.ts";

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
  for (const { element } of found) {
    const siblings = element.parentNode?.childNodes;
    const at = siblings?.indexOf(element) ?? -1;
    if (at >= 0) siblings!.splice(at, 1);
  }
  return found;
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
      } else if ("content" in node) replace(node.content);
    }
  };
  visitBlocks(content, (block) => {
    for (const run of inlinesOf(block)) replace(run);
  });
  return [...used.values()];
}
