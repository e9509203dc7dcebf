/** Turns the stream of one flow of an OpenDocument text into blocks. */
import { type Block, type Inline, type Place, problem } from "@knowhere/contract";
import { FlowBuilder } from "../../document/flow-builder.ts";
import { plainInlines } from "../../document/inlines.ts";
import { takeTaskState } from "../../document/task-items.ts";
import { childrenOf, type XmlElement } from "../xml/element.ts";
import { replayTree, type XmlHandlers } from "../xml/stream.ts";
import { readFrame } from "./frames.ts";
import { Counters } from "./list-style.ts";
import { OpenLists } from "./open-lists.ts";
import { type ParagraphContent, readParagraph } from "./paragraph.ts";
import type { Session } from "./session.ts";
import { TableBuilder } from "./table.ts";

/** Elements that are walked into instead of collected. */
export const flowContainers: ReadonlySet<string> = new Set([
  ...[
    "office:document-content",
    "office:body",
    "office:text",
    "text:section",
    "text:list",
    "text:list-item",
    "text:list-header",
  ],
  ...[
    "table:table",
    "table:table-header-rows",
    "table:table-rows",
    "table:table-row-group",
    "table:table-row",
    "table:table-cell",
  ],
  ...[
    "text:table-of-content",
    "text:alphabetical-index",
    "text:illustration-index",
    "text:table-index",
    "text:user-index",
  ],
  ...["text:bibliography", "text:object-index", "text:index-body", "text:index-title", "text:numbered-paragraph"],
]);
const indexes =
  /^text:(table-of-content|alphabetical-index|illustration-index|table-index|user-index|bibliography|object-index)$/;

export class FlowReader implements XmlHandlers {
  readonly #flows: FlowBuilder[] = [new FlowBuilder()];
  readonly #lists: OpenLists;
  readonly #tables: { table: TableBuilder; page: number }[] = [];
  readonly #cells: XmlElement[] = [];
  readonly #outline = new Counters();
  #indexDepth = 0;

  constructor(
    private readonly session: Session,
    private readonly isMain: boolean,
  ) {
    this.#lists = new OpenLists(session, isMain);
  }

  finish(): Block[] {
    return this.#flows[0]!.blocks;
  }

  get #flow(): FlowBuilder {
    return this.#flows[this.#flows.length - 1]!;
  }

  open(element: XmlElement): boolean {
    switch (element.name) {
      case "text:list":
        this.#lists.open(element);
        break;
      case "text:list-item":
      case "text:list-header":
        this.#lists.openItem(element);
        break;
      case "table:table":
        if (this.#tables.length + this.session.depth >= this.session.limits.maxDepth)
          throw problem("LIMIT_EXCEEDED", { limit: "nesting depth" });
        this.#tables.push({
          table: new TableBuilder(this.session, element.attributes["table:name"]),
          page: this.session.pages.current,
        });
        break;
      case "table:table-header-rows":
        this.#tables.at(-1)?.table.openHead();
        break;
      case "table:table-row":
        this.#tables.at(-1)?.table.openRow(element);
        break;
      case "table:table-cell":
        this.#cells.push(element);
        this.#flows.push(new FlowBuilder());
        this.#lists.enterFlow();
        break;
      case "text:section":
        // Hidden sections are taken whole and passed over.
        if (element.attributes["text:display"] === "none" && this.session.options.hiddenText === "drop") return false;
        break;
      default:
        if (indexes.test(element.name)) this.#indexDepth += 1;
    }
    return true;
  }

  close(name: string): void {
    switch (name) {
      case "text:list":
        this.#lists.close(this.#flow);
        break;
      case "table:table":
        this.#closeTable();
        break;
      case "table:table-header-rows":
        this.#tables.at(-1)?.table.closeHead();
        break;
      case "table:table-cell": {
        const cell = this.#cells.pop();
        this.#lists.leaveFlow();
        const flow = this.#flows.pop();
        if (cell && flow) this.#tables.at(-1)?.table.closeCell(cell, flow.blocks);
        break;
      }
      default:
        if (indexes.test(name)) this.#indexDepth -= 1;
    }
  }

  tree(element: XmlElement): void {
    switch (element.name) {
      case "text:p":
      case "text:h":
        this.#paragraph(element);
        break;
      case "text:soft-page-break":
        this.session.pages.drewBreak();
        break;
      case "draw:frame":
      case "draw:g":
      case "draw:custom-shape":
      case "draw:rect":
        this.#frame(element);
        break;
      case "text:section":
        this.session.hiddenCharacters += childrenOf(element).length;
        break;
      case "office:automatic-styles":
        this.session.styles.add(element);
        break;
    }
  }

  #closeTable(): void {
    const open = this.#tables.pop();
    const table = open?.table.finish();
    if (!open || !table) return;
    table.places = this.session.pages.placesFrom(open.page);
    this.#flow.add(table);
  }

  #frame(element: XmlElement): void {
    const page = this.session.pages.current;
    const pieces = readFrame(element, this.session);
    this.#place(element, { content: pieces.inline, verbatim: "", attached: [], comments: [], bookmarks: [] }, [
      { page },
    ]);
    for (const block of pieces.blocks) this.#attach(block, page);
  }

  #attach(block: Block, page: number): void {
    block.places ??= [{ page }];
    this.#lists.endClosed(this.#flow);
    const level = this.#flow.listLevel;
    if (level >= 0) this.#flow.addToItem(level, block);
    else this.#flow.add(block);
  }

  #paragraph(element: XmlElement): void {
    this.session.paragraphs.next();
    const style = this.session.styles.paragraph(element.attributes["text:style-name"]);
    if (style.breakBefore || (style.masterPage !== undefined && this.isMain)) this.session.pages.startPage();
    const page = this.session.pages.current;
    const read = readParagraph(element, this.session);
    if (style.hidden) this.session.hiddenCharacters += read.verbatim.trim().length;
    if (!style.hidden || this.session.options.hiddenText === "keep") {
      this.#place(element, read, this.session.pages.placesFrom(page));
      for (const block of [...read.attached, ...read.comments]) this.#attach(block, page);
    }
    if (style.breakAfter) this.session.pages.breakPage();
  }

  #place(element: XmlElement, read: ParagraphContent, places: Place[]): void {
    const { kind } = this.session.styles.paragraph(element.attributes["text:style-name"]);
    const { content } = read;
    const isTopFlow = this.#flows.length === 1;
    if (content.length === 0) {
      if (kind === "code" && this.#lists.depth === 0) this.#flow.addCode("", places);
      if (kind === "divider" && isTopFlow) this.#flow.add({ type: "divider", places });
      return;
    }
    this.#lists.endClosed(this.#flow);
    const paragraph: Block = { type: "paragraph", content, places };
    // A picture that is only linked to keeps its address, which a figure has no room for.
    const pictures = content.filter((node) => node.type === "image" && node.asset !== undefined);
    if (element.name === "text:h" && isTopFlow && plainInlines(content).trim() !== "")
      this.#heading(element, read, places);
    else if (kind === "title" && isTopFlow && this.isMain) {
      this.#flow.add({ type: "heading", level: 1, content, places });
      this.session.title ??= plainInlines(content);
    } else if (this.#indexDepth > 0 && kind === "contents_title")
      this.#flow.add({ type: "heading", level: 1, content, places });
    else if (this.#indexDepth > 0 || kind === "contents")
      this.#flow.addToGroup("contents", { ...paragraph, role: "contents_entry" });
    else if (this.#lists.depth > 0) this.#listItem(paragraph, content, places);
    else if (
      pictures.length > 0 &&
      (kind === "caption" || pictures.length === content.filter((node) => !isBlank(node)).length)
    )
      this.#figures(content, kind === "caption", places);
    else if (content.length === 1 && content[0]!.type === "math") {
      // The very object: an embedded formula is filled in after the walk.
      this.#flow.add(Object.assign(content[0]!, { places }));
    } else if (kind === "code") this.#flow.addCode(read.verbatim, places);
    else if (kind === "quote") this.#flow.addQuoted(paragraph);
    else if (kind === "subtitle" || kind === "caption") this.#flow.add({ ...paragraph, role: kind });
    else if (element.name === "text:h") this.#flow.add({ ...paragraph, content: [{ type: "strong", content }] });
    else this.#flow.add(paragraph);
  }

  #heading(element: XmlElement, read: ParagraphContent, places: Place[]): void {
    const level = Math.min(10, Math.max(1, Number(element.attributes["text:outline-level"] ?? 1) || 1));
    const isUnnumbered = element.attributes["text:is-list-header"] === "true";
    const outline = this.session.styles.outline;
    if (!isUnnumbered) this.#outline.next(level - 1, outline, undefined);
    const number = isUnnumbered ? "" : (outline?.print(this.#outline.values, level - 1) ?? "");
    const content: Inline[] = number === "" ? read.content : [{ type: "text", text: `${number} ` }, ...read.content];
    const heading: Block = { type: "heading", level, content, places };
    this.#flow.add(heading);
    for (const name of read.bookmarks)
      if (!this.session.headingOfBookmark.has(name)) this.session.headingOfBookmark.set(name, heading);
  }

  #listItem(paragraph: Block, content: Inline[], places: Place[]): void {
    const level = this.#lists.depth - 1;
    const label = this.#lists.beginItem();
    if (!label) {
      this.#flow.addToItem(level, paragraph);
      return;
    }
    const { ordered, number, text } = label;
    const { checked, content: rest } = takeTaskState(ordered ? "" : text, content);
    const marker = checked !== undefined || (ordered && text === `${number}.`) ? undefined : text || undefined;
    this.#flow.addItem(
      { level, ordered, number: ordered ? number : undefined, marker, checked },
      [{ type: "paragraph", content: rest, places }],
      places,
    );
  }

  /** Pictures of their own, the rest of a caption paragraph as the caption of the last one. */
  #figures(content: readonly Inline[], hasCaption: boolean, places: Place[]): void {
    const rest = content.filter((node) => node.type !== "image");
    const images = content.filter((node) => node.type === "image");
    images.forEach((image, at) => {
      const isLast = at === images.length - 1;
      const caption = hasCaption && isLast && rest.some((node) => !isBlank(node)) ? { caption: rest } : {};
      this.#flow.add({
        type: "figure",
        asset: image.asset,
        ...(image.alt ? { alt: image.alt } : {}),
        ...caption,
        places,
      });
    });
  }
}

const isBlank = (node: Inline): boolean => node.type === "break" || (node.type === "text" && node.text.trim() === "");

/** Reads elements that are trees already as a flow of their own. */
export function readFlow(elements: readonly XmlElement[], session: Session): Block[] {
  const reader = new FlowReader(session, false);
  for (const element of elements) replayTree(element, flowContainers, reader);
  return reader.finish();
}
