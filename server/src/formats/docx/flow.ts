/**
 * Turns the stream of one flow (body, cell, note, text box) into blocks. Containers open and close; paragraphs arrive
 * whole, one at a time.
 */
import { type Block, type Inline, type Place, problem } from "@knowhere/contract";
import { FlowBuilder } from "../../document/flow-builder.ts";
import { tidyInlines } from "../../document/inlines.ts";
import { takeTaskState } from "../../document/task-items.ts";
import { chosenBranch } from "../ooxml/alternate.ts";
import { latexOfOmml } from "../ooxml/omml.ts";
import { findElement, type XmlElement } from "../xml/element.ts";
import { replayTree, type XmlHandlers } from "../xml/stream.ts";
import { type ParagraphContent, ParagraphReader } from "./paragraph.ts";
import { type ParagraphFacts, readParagraphFacts } from "./paragraph-facts.ts";
import type { PartScope, Session } from "./session.ts";
import { TableBuilder } from "./table.ts";

/** Elements that are walked into instead of collected. */
export const flowContainers: ReadonlySet<string> = new Set([
  ...["w:document", "w:body", "w:hdr", "w:ftr", "w:tbl", "w:tr", "w:tc", "w:sdt", "w:sdtContent", "w:customXml"],
  ...["w:ins", "w:moveTo", "w:smartTag", "w:dir", "w:bdo"],
]);

interface Frame {
  flow: FlowBuilder;
  kind: "flow" | "cell";
}

export class FlowReader implements XmlHandlers {
  readonly #frames: Frame[] = [{ flow: new FlowBuilder(), kind: "flow" }];
  readonly #tables: { table: TableBuilder; firstPage: number }[] = [];
  readonly #paragraphs: ParagraphReader;
  /** Content that belongs to the start of the next paragraph: a drop cap, or text before a deleted paragraph mark. */
  #carried: Inline[] = [];
  /** Left edges, by level, of the list items last read. */
  readonly #itemLefts: (number | undefined)[] = [];
  #contentsDepth = 0;
  readonly #controlIsContents: boolean[] = [];
  /** Called with each `w:sectPr`, and the number of top-level blocks so far. */
  onSection: (properties: XmlElement, blockCount: number) => void = () => undefined;

  constructor(
    private readonly session: Session,
    scope: PartScope,
    private readonly isMain: boolean,
  ) {
    this.#paragraphs = new ParagraphReader(session, scope, !isMain);
  }

  /** The blocks read; call once at the end. */
  finish(): Block[] {
    const { flow } = this.#frames[0]!;
    if (this.#carried.length > 0) flow.add({ type: "paragraph", content: this.#carried });
    return flow.blocks;
  }

  get #frame(): Frame {
    return this.#frames[this.#frames.length - 1]!;
  }

  open(element: XmlElement): boolean {
    switch (element.name) {
      case "w:tbl":
        if (this.#tables.length + this.session.depth >= this.session.limits.maxDepth) {
          throw problem("LIMIT_EXCEEDED", { limit: "nesting depth" });
        }
        this.#tables.push({ table: new TableBuilder(), firstPage: this.session.pages.current });
        break;
      case "w:tr":
        this.#tables.at(-1)?.table.openRow(this.session.pages.current);
        break;
      case "w:tc":
        if (++this.session.cells > this.session.limits.maxCells) throw problem("LIMIT_EXCEEDED", { limit: "cells" });
        this.#tables.at(-1)?.table.openCell();
        this.#frames.push({ flow: new FlowBuilder(), kind: "cell" });
        break;
      case "w:sdt":
        this.#controlIsContents.push(false);
        break;
    }
    return true;
  }

  close(name: string): void {
    switch (name) {
      case "w:tbl":
        this.#closeTable();
        break;
      case "w:tc":
        if (this.#frames.length > 1) this.#tables.at(-1)?.table.closeCell(this.#frames.pop()!.flow.blocks);
        break;
      case "w:sdt":
        if (this.#controlIsContents.pop()) this.#contentsDepth -= 1;
        break;
    }
  }

  tree(element: XmlElement): void {
    switch (element.name) {
      case "w:p":
        this.#paragraph(element);
        break;
      case "w:tblPr":
        this.#tables.at(-1)?.table.setProperties(element);
        break;
      case "w:trPr":
        this.#tables.at(-1)?.table.setRowProperties(element);
        break;
      case "w:tcPr":
        this.#tables.at(-1)?.table.setCellProperties(element);
        break;
      case "w:sdtPr":
        if (isContentsControl(element) && this.#controlIsContents.length > 0) {
          this.#controlIsContents[this.#controlIsContents.length - 1] = true;
          this.#contentsDepth += 1;
        }
        break;
      case "w:sectPr":
        this.onSection(element, this.#frames[0]!.flow.blocks.length);
        break;
      case "w:altChunk":
        this.session.warnings.add(
          "EMBEDDED_FILE_IGNORED",
          "The document includes another file (altChunk), which was not read.",
        );
        break;
      case "m:oMathPara":
      case "m:oMath":
        this.#formula(element);
        break;
      case "mc:AlternateContent":
        for (const child of chosenBranch(element))
          if (typeof child !== "string") replayTree(child, flowContainers, this);
        break;
    }
  }

  #addComment(comment: Block): void {
    const { flow } = this.#frame;
    if (flow.inList) flow.addToItem(flow.listLevel, comment);
    else flow.add(comment);
  }

  #closeTable(): void {
    const open = this.#tables.pop();
    const table = open?.table.finish();
    if (!open || !table) return;
    table.places = this.session.pages.placesFrom(open.firstPage);
    this.#frame.flow.add(table);
  }

  #formula(element: XmlElement): void {
    const latex = latexOfOmml(element);
    if (latex !== "")
      this.#frame.flow.add({
        type: "math",
        text: latex,
        notation: "latex",
        places: this.session.pages.placesFrom(this.session.pages.current),
      });
  }

  #paragraph(element: XmlElement): void {
    this.session.paragraphs.next();
    const facts = readParagraphFacts(element, this.session);
    if (facts.pageBreakBefore) this.session.pages.startPage();
    const page = this.session.pages.current;
    const read = this.#paragraphs.read(element, facts.style);
    const content = joinCarried(this.#carried, read);
    this.#carried = [];
    if (facts.isDropCap || facts.markIsDeleted) {
      // The reader of the paragraph cut the space at its end, which is inside the text now. Where a mark was deleted between
      // two paragraphs their words stay apart; a drop cap belongs to its word.
      const apart = /\s$/.test(read.verbatim) || (facts.markIsDeleted && content.length > 0);
      this.#carried = apart ? [...content, { type: "text", text: " " }] : content;
    }
    if (this.#carried.length === 0) this.#place(facts, { ...read, content }, this.session.pages.placesFrom(page));
    for (const block of read.attached) this.#frame.flow.add(withPlace(block, page));
    for (const comment of this.session.notes.takeComments()) this.#addComment(comment);
    if (facts.section) this.onSection(facts.section, this.#frames[0]!.flow.blocks.length);
  }

  /** Decides what kind of block a paragraph is; the first rule that fits wins. */
  #place(facts: ParagraphFacts, read: ParagraphContent, places: Place[]): void {
    const { flow, kind } = this.#frame;
    const { content } = read;
    const isContents = facts.kind === "contents" || this.#contentsDepth > 0 || this.#paragraphs.inContents;
    if (content.length === 0) {
      // An empty line ends a quote but not a code block.
      if (facts.kind === "code") flow.addCode("", places);
      if (facts.kind === "divider") flow.add({ type: "divider", places });
      return;
    }
    if (
      facts.kind === "code" ||
      (read.isMonospace && !facts.label && facts.headingLevel === undefined && kind === "flow")
    ) {
      flow.addCode(read.verbatim.replace(/\n$/, ""), places);
    } else if (read.displays.length > 0 && content.every((node) => node.type === "math" || isBlank(node))) {
      for (const text of read.displays) flow.add({ type: "math", text, notation: "latex", places });
    } else if (facts.headingLevel !== undefined && kind === "flow" && read.verbatim.trim() !== "") {
      this.#heading(facts.headingLevel, facts, read, places);
    } else if (facts.kind === "contents_title" && isContents) {
      flow.add({ type: "heading", level: 1, content, places });
    } else if (isContents) {
      flow.addToGroup("contents", { type: "paragraph", role: "contents_entry", content, places });
    } else if (facts.label) {
      this.#listItem(facts, content, places);
    } else if (content.every((node) => (node.type === "image" && node.href === undefined) || isBlank(node))) {
      for (const node of content) {
        if (node.type === "image")
          flow.add({ type: "figure", asset: node.asset, ...(node.alt ? { alt: node.alt } : {}), places });
      }
    } else this.#plain(facts, content, places);
  }

  #heading(level: number, facts: ParagraphFacts, read: ParagraphContent, places: Place[]): void {
    const number = facts.label?.ordered && facts.label.text !== "" ? facts.label.text.trim() : "";
    const content: Inline[] = number === "" ? read.content : [{ type: "text", text: `${number} ` }, ...read.content];
    const heading: Block = { type: "heading", level, content, places };
    this.#frame.flow.add(heading);
    for (const name of read.bookmarks)
      if (!this.session.headingOfBookmark.has(name)) this.session.headingOfBookmark.set(name, heading);
    if (facts.kind === "title" && this.isMain) this.session.title ??= read.verbatim.replace(/\s+/g, " ").trim();
  }

  #listItem(facts: ParagraphFacts, content: Inline[], places: Place[]): void {
    const label = facts.label!;
    this.#itemLefts.length = label.level;
    this.#itemLefts[label.level] = facts.leftTwips ?? 0;
    // A level that prints nothing carries on the item before it.
    if (label.text === "" && this.#frame.flow.inList) {
      this.#frame.flow.addToItem(label.level, { type: "paragraph", content, places });
      return;
    }
    const { checked, content: rest } = takeTaskState(label.text, content);
    const marker = label.ordered && label.text === `${label.value}.` ? undefined : label.text || undefined;
    this.#frame.flow.addItem(
      {
        level: label.level,
        ordered: label.ordered,
        number: label.ordered ? label.value : undefined,
        marker: checked === undefined ? marker : undefined,
        checked,
      },
      [{ type: "paragraph", content: rest, places }],
      places,
    );
  }

  #plain(facts: ParagraphFacts, content: Inline[], places: Place[]): void {
    const { flow, kind } = this.#frame;
    const paragraph: Block = { type: "paragraph", content, places };
    if (facts.kind === "subtitle" || facts.kind === "caption") flow.add({ ...paragraph, role: facts.kind });
    else if (facts.kind === "term") flow.addTerm(content, places);
    else if (facts.kind === "definition") flow.addDefinition(paragraph);
    else if (facts.continuesList && this.#levelAbove(facts) >= 0) flow.addToItem(this.#levelAbove(facts), paragraph);
    else if (facts.kind === "quote" || (facts.isIndented && kind === "flow" && this.isMain)) flow.addQuoted(paragraph);
    else if (kind === "cell" && facts.headingLevel !== undefined)
      flow.add({ ...paragraph, content: [{ type: "strong", content }] });
    else flow.add(paragraph);
  }

  /** Level of the open list item that a paragraph is set in under; -1 when it is under none. */
  #levelAbove(facts: ParagraphFacts): number {
    const { flow } = this.#frame;
    if (!flow.inList) return -1;
    const left = facts.leftTwips;
    // Taken out of its list on the spot, with nothing said about where it stands: it stays with the item.
    if (left === undefined) return flow.listLevel;
    return this.#itemLefts.findLastIndex((itemLeft) => itemLeft !== undefined && itemLeft <= left + indentSlackTwips);
  }
}

/** Two left edges that nobody can tell apart. */
const indentSlackTwips = 60;

const isBlank = (node: Inline): boolean => node.type === "break" || (node.type === "text" && node.text.trim() === "");

function withPlace(block: Block, page: number): Block {
  // In place: a chart's table is filled in later through this very object.
  block.places ??= [{ page }];
  return block;
}

function joinCarried(carried: Inline[], read: ParagraphContent): Inline[] {
  if (carried.length === 0) return read.content;
  const space: Inline[] = /^\s/.test(read.verbatim) ? [{ type: "text", text: " " }] : [];
  return tidyInlines([...carried, ...space, ...read.content]);
}

function isContentsControl(properties: XmlElement): boolean {
  return /^table of contents$/i.test(findElement(properties, "w:docPartGallery")?.attributes["w:val"] ?? "");
}
