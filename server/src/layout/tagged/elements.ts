/**
 * The structure tree of a page as a list of block-level elements in tag order, and which marked content belongs to which.
 * Inline elements (Span, Link, Em …) are part of the block around them.
 */
import type { Box } from "@knowhere/contract";
import type { Glyph, PageFacts, TagNode } from "../facts.ts";

export interface TagElement {
  /** Standard structure type: "H1", "P", "LI", "Caption", … */
  type: string;
  /** Nesting of headings for the unnumbered "H": the number of sections around it. */
  depth: number;
  alt?: string | undefined;
  /** Around its glyphs; null when they are not on the page. */
  box: Box | null;
  characters: number;
  /** No tag names it: text that stands directly in a section, one piece of marked content each (browsers tag lines so). */
  implied?: true | undefined;
}

export interface PageTags {
  page: number;
  elements: TagElement[];
  /** Index into `elements` by marked-content id. */
  ofMcid: Map<number, number>;
  /** Visible glyphs, those in an element, and those marked as artifacts. */
  visible: number;
  covered: number;
  artifacts: number;
  /** Boxes of the lines of artifacts. */
  artifactBoxes: Box[];
}

/** ISO 32000-1, 14.8.4.3: what is a block of its own. TOCI, TD and TH hold text directly in many files. */
const blockTypes = new Set(
  "P H H1 H2 H3 H4 H5 H6 Title LI Lbl LBody Caption Note FENote TOCI TD TH Formula Figure BlockQuote Code Index BibEntry Form Aside".split(
    " ",
  ),
);
/** A block inside one of these belongs to it: a paragraph of a list item, a label. */
const absorbing = new Set("LI TOCI TD TH Caption Note FENote Figure H H1 H2 H3 H4 H5 H6 Title".split(" "));
/** A block of its own wherever it stands: an item of a nested list, a cell, a note called from a heading. */
const selfStanding = new Set(["LI", "TD", "TH", "Note", "FENote"]);
const sections = new Set("Sect Art Part Div".split(" "));
const maxDepth = 64;

const known = new WeakMap<PageFacts, PageTags | null>();

/** null when the page has no tags. Read once for each page. */
export function readPageTags(facts: PageFacts): PageTags | null {
  const before = known.get(facts);
  if (before !== undefined) return before;
  const tags = readElements(facts);
  known.set(facts, tags);
  return tags;
}

function readElements(facts: PageFacts): PageTags | null {
  if (!facts.tags) return null;
  const out: PageTags = {
    page: facts.page,
    elements: [],
    ofMcid: new Map(),
    visible: 0,
    covered: 0,
    artifacts: 0,
    artifactBoxes: [],
  };
  for (const node of facts.tags) visit(node, -1, 0, 0, out);
  for (const glyph of facts.glyphs) measure(glyph, out);
  return out;
}

/** `owner` is the element that takes marked content which no nearer block claims. */
function visit(node: TagNode, owner: number, sectionDepth: number, depth: number, out: PageTags): void {
  if (depth > maxDepth || node.type === "Artifact") return;
  const own = out.elements[owner];
  let current = owner;
  const nested = selfStanding.has(node.type);
  if (blockTypes.has(node.type) && (nested || !own || !absorbing.has(own.type))) {
    current = out.elements.length;
    out.elements.push({ type: node.type, depth: sectionDepth, alt: node.alt, box: null, characters: 0 });
  }
  const inner = sectionDepth + (sections.has(node.type) ? 1 : 0);
  for (const kid of node.kids) {
    if (typeof kid !== "number") {
      visit(kid, current, inner, depth + 1, out);
      continue;
    }
    if (current < 0) {
      // Text directly in a section: a paragraph in all but name.
      out.elements.push({ type: "P", depth: inner, box: null, characters: 0, implied: true });
      out.ofMcid.set(kid, out.elements.length - 1);
    } else out.ofMcid.set(kid, current);
  }
}

function measure(glyph: Glyph, out: PageTags): void {
  if (glyph.hidden) return;
  out.visible++;
  const index = glyph.mcid < 0 ? undefined : out.ofMcid.get(glyph.mcid);
  if (index === undefined) {
    if (!glyph.artifact) return;
    out.artifacts++;
    const last = out.artifactBoxes.at(-1);
    if (last && Math.abs(last[3] - glyph.box[3]) < glyph.size && glyph.box[0] - last[2] < 3 * glyph.size)
      grow(last, glyph.box);
    else out.artifactBoxes.push([...glyph.box]);
    return;
  }
  out.covered++;
  const element = out.elements[index]!;
  element.characters++;
  if (element.box) grow(element.box, glyph.box);
  else element.box = [...glyph.box];
}

function grow(box: Box, by: Box): void {
  box[0] = Math.min(box[0], by[0]);
  box[1] = Math.min(box[1], by[1]);
  box[2] = Math.max(box[2], by[2]);
  box[3] = Math.max(box[3], by[3]);
}
