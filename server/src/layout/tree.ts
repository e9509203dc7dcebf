/** Flow blocks, annotated by the document-wide passes, to nodes of the tree. */
import type {
  Block,
  Figure,
  Furniture,
  Heading,
  Inline,
  MathBlock,
  Note,
  Paragraph,
  Place,
  Table,
} from "@knowhere/contract";
import type { FlowBlock, FlowLine, FlowPage } from "./flow.ts";
import { formulaText } from "./formulas.ts";
import { buildInlines, type InlineContext } from "./inlines.ts";
import { joinLabels } from "./labels.ts";
import { ListStack } from "./lists.ts";
import { isNext } from "./markers.ts";
import { findNoteMark } from "./notes.ts";
import { addPlaces } from "./places.ts";
import type { Vocabulary } from "./vocabulary.ts";

export interface TreeContext {
  vocabulary: Vocabulary;
  /** The document as a whole is monospaced: its text is no code. */
  monospaced: boolean;
}

/** Makes the nodes of all pages, in reading order. */
export function buildTree(pages: readonly FlowPage[], context: TreeContext): Block[] {
  const builder = new TreeBuilder(context);
  pages.forEach((page, at) => {
    builder.addPage(page, pages[at - 1], pages[at + 1]);
  });
  builder.settle();
  return builder.content;
}

/** The paragraph that a later column or page may go on with. */
interface OpenParagraph {
  node: Paragraph;
  block: FlowBlock;
  lines: FlowLine[];
  /** Lines were added: its content is made anew once, when it is closed, or a paragraph of many pages would be quadratic. */
  grown: boolean;
  notes: Map<string, string>;
}

class TreeBuilder {
  readonly content: Block[] = [];
  private readonly lists = new ListStack();
  private open: OpenParagraph | undefined;
  private notes: ReadonlyMap<string, string> = new Map();
  private page!: FlowPage;

  constructor(private readonly context: TreeContext) {}

  addPage(page: FlowPage, before?: FlowPage, after?: FlowPage): void {
    this.page = page;
    this.notes = noteIds(page);
    // A list that goes on over the page's end has its next number on the next page.
    const earlier = before?.blocks.slice(-listReach) ?? [];
    const blocks = [...earlier, ...page.blocks, ...(after?.blocks.slice(0, listReach) ?? [])];
    page.blocks.forEach((block, i) => {
      if (block.caption || block.joinedTo) return;
      this.add(block, blocks, earlier.length + i);
    });
  }

  private add(block: FlowBlock, blocks: readonly FlowBlock[], at: number): void {
    // Furniture and notes stand aside: a paragraph or list may go on after them.
    if (block.furniture) this.content.push(this.furnitureOf(block));
    else if (block.kind === "note") this.content.push(this.noteOf(block, at));
    else if (block.continues && this.open) this.extend(block);
    else if (block.kind === "table") this.pushAside(this.tableOf(block));
    else if (block.kind === "figure") this.pushAside(this.figureOf(block));
    else if (block.kind === "contents") this.addContents(block);
    else if (block.kind === "code" && !this.context.monospaced) this.push(this.codeOf(block));
    else if (block.kind === "math") this.push(this.mathOf(block));
    else if (block.level !== undefined) this.push(this.headingOf(block, block.level));
    else if (block.marker && isListItem(block, blocks, at)) this.addItem(block);
    else this.addParagraph(block);
  }

  /** A table or figure ends a list, but a paragraph may flow around it. */
  private pushAside(node: Block): void {
    this.lists.close();
    this.content.push(node);
  }

  private push(node: Block): void {
    this.lists.close();
    this.settle();
    this.content.push(node);
  }

  private addItem(block: FlowBlock): void {
    const node: Paragraph = { type: "paragraph", content: this.inlines(block, {}, block.marker!.characters) };
    const list = this.lists.add(block, [node], this.placesOf(block));
    if (list) this.content.push(Object.assign(list, this.sourceOf(block)));
    this.settle();
    this.open = { node, block, lines: [...block.lines], grown: false, notes: new Map(this.notes) };
  }

  private addParagraph(block: FlowBlock): void {
    const node: Paragraph = { type: "paragraph", content: this.inlines(block) };
    if (node.content.length === 0) return;
    if (block.kind === "caption") node.role = "caption";
    const inList = this.lists.isOpen && this.lists.addParagraph(block, node, this.placesOf(block));
    if (!inList) {
      Object.assign(node, this.traceOf(block));
      this.push(node);
    }
    this.settle();
    this.open = { node, block, lines: [...block.lines], grown: false, notes: new Map(this.notes) };
  }

  /** Adds the lines of a block to the paragraph it goes on from; anything between them stays where it is. */
  private extend(block: FlowBlock): void {
    const open = this.open!;
    for (const line of block.lines) open.lines.push(line);
    for (const [label, id] of this.notes) open.notes.set(label, id);
    open.grown = true;
    if (open.node.places) open.node.places = addPlaces(open.node.places, this.placesOf(block));
  }

  /** Closes the open paragraph. */
  settle(): void {
    const { open } = this;
    this.open = undefined;
    if (!open?.grown) return;
    const characters = open.block.marker && open.node.places === undefined ? open.block.marker.characters : 0;
    open.node.content = buildInlines(open.lines, { ...this.inlineContext({}), notes: open.notes }, { characters });
  }

  private addContents(block: FlowBlock): void {
    const entry: Paragraph = {
      type: "paragraph",
      role: "contents_entry",
      content: this.inlines(block, { plain: true }),
      ...this.traceOf(block),
    };
    const last = this.content.at(-1);
    this.lists.close();
    this.settle();
    if (last?.type === "group" && last.role === "contents") {
      last.content.push(entry);
      last.places = addPlaces(last.places, this.placesOf(block));
    } else this.content.push({ type: "group", role: "contents", content: [entry], ...this.traceOf(block) });
  }

  private headingOf(block: FlowBlock, level: number): Heading {
    return { type: "heading", level, content: this.inlines(block, { plain: true }), ...this.traceOf(block) };
  }

  private mathOf(block: FlowBlock): MathBlock {
    const text = block.lines.map((line) => formulaText(line.spans)).join("\n");
    return { type: "math", text, notation: "text", ...this.traceOf(block) };
  }

  private furnitureOf(block: FlowBlock): Furniture {
    const node: Paragraph = { type: "paragraph", content: this.inlines(block) };
    return { type: "furniture", role: block.furniture!, content: [node], ...this.traceOf(block) };
  }

  private tableOf(block: FlowBlock): Table {
    const table: Table = { ...block.table!, ...this.traceOf(block) };
    const parts = block.parts ?? [block];
    if (block.parts) table.places = parts.flatMap((part) => this.placesOf(part));
    const scores = parts.flatMap((part) => (part.tableScore === undefined ? [] : [part.tableScore]));
    if (scores.length > 0) table.confidence = Math.min(1, Math.max(0, Math.min(...scores)));
    const caption = this.captionOf(block);
    if (caption) table.caption = caption;
    return table;
  }

  private figureOf(block: FlowBlock): Figure {
    const { asset, alt, content } = block.figure!;
    const figure: Figure = { type: "figure", ...this.traceOf(block) };
    if (asset !== undefined) figure.asset = asset;
    if (alt !== undefined) figure.alt = alt;
    const inside = this.insideFigure(content);
    if (inside.length > 0) figure.content = inside;
    const caption = this.captionOf(block);
    if (caption) figure.caption = caption;
    return figure;
  }

  /** Paragraphs, and lists where a panel of a leaflet holds some: nothing inside a figure is a heading or goes on elsewhere. */
  private insideFigure(blocks: readonly FlowBlock[]): Block[] {
    const lists = new ListStack();
    const inside: Block[] = [];
    blocks.forEach((block, at) => {
      const item = block.marker !== undefined && isListItem(block, blocks, at);
      const characters = item ? block.marker!.characters : 0;
      const node: Paragraph = { type: "paragraph", content: this.inlines(block, {}, characters) };
      if (node.content.length === 0) return;
      if (item) {
        const list = lists.add(block, [node], this.placesOf(block));
        if (list) inside.push(Object.assign(list, this.sourceOf(block)));
        return;
      }
      lists.close();
      inside.push(Object.assign(node, this.traceOf(block)));
    });
    return joinLabels(inside);
  }

  private captionOf(owner: FlowBlock): Inline[] | undefined {
    const caption = this.page.blocks.filter((block) => block.caption === owner);
    if (caption.length === 0) return undefined;
    return caption.flatMap((block, i) => [
      ...(i > 0 ? [{ type: "text" as const, text: " " }] : []),
      ...this.inlines(block),
    ]);
  }

  private codeOf(block: FlowBlock): Block {
    const cells = block.lines.map(({ code, box, text }) => code?.cell ?? (box[2] - box[0]) / Math.max(1, text.length));
    const cell = Math.max(1, cells.sort((a, b) => a - b)[cells.length >> 1]!);
    const starts = block.lines.map((line) => line.code?.x ?? line.box[0]);
    const left = Math.min(...starts);
    const pitch = codePitch(block.lines);
    const text = block.lines
      .map((line, i) => {
        const indent = " ".repeat(Math.max(0, Math.min(200, Math.round((starts[i]! - left) / cell))));
        const before = block.lines[i - 1];
        const blank =
          before && pitch > 0 ? Math.max(0, Math.min(3, Math.round((line.baseline - before.baseline) / pitch) - 1)) : 0;
        return "\n".repeat(blank) + indent + (line.code?.text ?? line.text);
      })
      .join("\n");
    return { type: "code", text, ...this.traceOf(block) };
  }

  private noteOf(block: FlowBlock, at: number): Note {
    const mark = findNoteMark(block);
    const note = (mark && this.notes.get(mark.label)) ?? `p${block.page}-${at}`;
    const paragraph: Paragraph = { type: "paragraph", content: this.inlines(block, {}, mark?.characters ?? 0) };
    return {
      type: "note",
      note,
      label: mark?.label ?? "",
      kind: "footnote",
      content: [paragraph],
      ...this.traceOf(block),
    };
  }

  private inlines(block: FlowBlock, more: Partial<InlineContext> = {}, characters = 0): Inline[] {
    return buildInlines(block.lines, this.inlineContext(more), { characters });
  }

  private inlineContext(more: Partial<InlineContext>): InlineContext {
    return { vocabulary: this.context.vocabulary, notes: this.notes, monospaced: this.context.monospaced, ...more };
  }

  private placesOf(block: FlowBlock): Place[] {
    return [{ page: block.page, box: [...block.box] }];
  }

  private sourceOf(block: FlowBlock): { source: "text_layer" | "ocr"; confidence?: number } {
    const known = block.lines.flatMap((line) => (line.confidence === undefined ? [] : [line.confidence]));
    if (this.page.origin !== "ocr") return { source: "text_layer" };
    return known.length === 0
      ? { source: "ocr" }
      : { source: "ocr", confidence: known.reduce((sum, value) => sum + value, 0) / known.length };
  }

  private traceOf(block: FlowBlock): { places: Place[]; source: "text_layer" | "ocr"; confidence?: number } {
    return { places: this.placesOf(block), ...this.sourceOf(block) };
  }
}

/** Neighbours in a list stand no more blocks apart. */
const listReach = 12;

/** A lone number or letter before a paragraph is part of its text; bullets and sequences make a list. */
function isListItem(block: FlowBlock, blocks: readonly FlowBlock[], at: number): boolean {
  const marker = block.marker!;
  if (!marker.ordered) return true;
  for (const { marker: other } of blocks.slice(Math.max(0, at - 12), at))
    if (other && isNext(other, marker)) return true;
  for (const { marker: other } of blocks.slice(at + 1, at + 13)) if (other && isNext(marker, other)) return true;
  return false;
}

function noteIds(page: FlowPage): Map<string, string> {
  const ids = new Map<string, string>();
  for (const block of page.blocks) {
    if (block.kind !== "note") continue;
    const mark = findNoteMark(block);
    if (mark && !ids.has(mark.label)) ids.set(mark.label, `p${page.page}-${mark.label}`);
  }
  return ids;
}

function codePitch(lines: readonly FlowLine[]): number {
  const steps = lines.slice(1).map((line, i) => line.baseline - lines[i]!.baseline);
  const positive = steps.filter((step) => step > 0).sort((a, b) => a - b);
  return positive[0] ?? 0;
}
