/** From the flat list of headings to nested sections. */
import type { Block, Document, Heading } from "@knowhere/contract";

export interface Section {
  /** Absent for what stands before the first heading. */
  heading?: Heading | undefined;
  /** Depth in the outline: 1 for a section of the document itself, 0 for what stands before the first heading. */
  depth: number;
  /** The section's own blocks, without its heading and without its subsections. */
  body: Block[];
  sections: Section[];
}

/**
 * The outline of a document. A heading belongs to the nearest heading before it of a higher rank (a lower level);
 * levels that are skipped leave no empty section behind. Headings inside groups, quotes, lists and cells are text of
 * their section, not sections.
 */
export function outlineOf(document: Pick<Document, "content">): Section {
  const root: Section = { depth: 0, body: [], sections: [] };
  const open: Section[] = [root];
  for (const block of document.content) {
    if (block.type !== "heading") {
      open[open.length - 1]!.body.push(block);
      continue;
    }
    while (open.length > 1 && open[open.length - 1]!.heading!.level >= block.level) open.pop();
    const parent = open[open.length - 1]!;
    const section: Section = { heading: block, depth: open.length, body: [], sections: [] };
    parent.sections.push(section);
    open.push(section);
  }
  return root;
}

/** Every section in reading order, with the headings above it (outermost first, its own last). */
export function* walkSections(
  section: Section,
  above: readonly Heading[] = [],
): Generator<{ section: Section; headings: readonly Heading[] }> {
  const headings = section.heading === undefined ? above : [...above, section.heading];
  yield { section, headings };
  for (const child of section.sections) yield* walkSections(child, headings);
}
