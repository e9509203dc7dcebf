/** The sections of a document as chunks see them: titles from the top, and the blocks that belong to each. */
import type { Block, Document, Place, SourceKind } from "@knowhere/contract";
import { plainInlines } from "../../document/inlines.ts";
import { outlineOf, walkSections } from "../../document/outline.ts";
import { visitAllInlines, visitInlines } from "../../document/visit.ts";

export interface FlatSection {
  /** Titles of the headings above and of its own, outermost first; empty before the first heading. */
  readonly titles: readonly string[];
  readonly depth: number;
  readonly body: readonly Block[];
  /** Nothing is below it in the outline. */
  readonly leaf: boolean;
  /** Where its heading stands. */
  readonly places: readonly Place[];
  readonly source: SourceKind | undefined;
}

/** Longer headings are paragraphs that look like one; a path has to stay readable. */
const longestTitle = 300;
export const untitled = "(untitled)";

/**
 * All sections in reading order. A note that stands elsewhere (formats collect them at the end) moves to the section
 * that first refers to it.
 */
export function listSections(document: Pick<Document, "content">): FlatSection[] {
  const walked = [...walkSections(outlineOf(document))].map(({ section, headings }) => ({
    titles: headings.map((heading) => titleOf(heading.content)),
    depth: section.depth,
    body: section.body,
    leaf: section.sections.length === 0,
    heading: section.heading,
  }));
  const owner = new Map<string, number>();
  walked.forEach((section, at) => {
    const claim = (node: { type: string; note?: string }) => {
      if (node.type === "note_ref" && !owner.has(node.note!)) owner.set(node.note!, at);
    };
    if (section.heading !== undefined) visitInlines(section.heading.content, claim);
    visitAllInlines(section.body, claim);
  });
  if (owner.size > 0) {
    const moved = walked.map((): Block[] => []);
    walked.forEach((section, at) => {
      section.body = section.body.filter((block) => {
        const home = block.type === "note" ? owner.get(block.note) : undefined;
        if (home === undefined || home === at) return true;
        moved[home]!.push(block);
        return false;
      });
    });
    walked.forEach((section, at) => {
      section.body = [...section.body, ...moved[at]!];
    });
  }
  return walked.map(({ heading, ...section }) => ({
    ...section,
    places: heading?.places ?? [],
    source: heading?.source,
  }));
}

/** A heading as a path segment: one line, and nothing that looks like the separator. */
export function titleOf(content: Parameters<typeof plainInlines>[0]): string {
  const title = plainInlines(content).replace(/\s+/g, " ").replace(/-->/g, "→").trim();
  const characters = [...title];
  return title === ""
    ? untitled
    : characters.length > longestTitle
      ? `${characters.slice(0, longestTitle - 1).join("")}…`
      : title;
}
