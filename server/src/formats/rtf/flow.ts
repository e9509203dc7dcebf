/** One flow of an RTF file (body, note, header, text box): paragraphs, lists and tables as they end. */
import { type Block, type Inline, type Place, problem } from "@knowhere/contract";
import { FlowBuilder } from "../../document/flow-builder.ts";
import { plainInlines } from "../../document/inlines.ts";
import { type LinkTarget, type MarkType, SpanBuilder } from "../../document/span-builder.ts";
import { takeTaskState } from "../../document/task-items.ts";
import type { ParagraphCounter } from "../empty.ts";
import type { PageCounter } from "../page-counter.ts";
import type { ReadLimits } from "../reader.ts";
import type { ParagraphState } from "./state.ts";
import { type DraftRow, type RowDefinition, tableOfRows } from "./table-rows.ts";
import { type HeadTables, isBullet, printNumber } from "./tables.ts";

/** Lists and counters are shared by all flows of a file. */
export interface FlowShared {
  readonly tables: HeadTables;
  readonly pages: PageCounter;
  readonly limits: ReadLimits;
  readonly paragraphs: ParagraphCounter;
  /** The file prints list markers as text (`\listtext`), so a list paragraph without one goes on the item before. */
  readonly hasMarkers: boolean;
  readonly counters: Map<string, number[]>;
  cells: number;
  title: string | undefined;
  readonly headingOfBookmark: Map<string, Block>;
}
interface OpenTable {
  rows: DraftRow[];
  cells: Block[][];
  flow: FlowBuilder;
  page: number;
}
const maxTableLevel = 20;
const codeName = /^(html preformatted|preformatted text|plain text code|macro text|source code)$/;

/** RTF repeats what a style looks like in every paragraph of that style: a heading that is bold as a whole is just a heading. */
function withoutLook(content: Inline[]): Inline[] {
  const [only] = content;
  return content.length === 1 && only?.type === "strong" ? only.content : content;
}

export class RtfFlow {
  readonly spans = new SpanBuilder();
  /** The characters of the paragraph being read as they stand, for code. */
  #verbatim = "";
  readonly #body = new FlowBuilder();
  /** Tables that are open, outermost first; index + 1 is the `\itap` level. */
  readonly #open: OpenTable[] = [];
  /** Names of places in the paragraph being read. */
  readonly bookmarks: string[] = [];
  /** Marker text of the paragraph being read. */
  marker: string | undefined;
  #firstPage: number;
  readonly #attached: Block[] = [];

  constructor(
    private readonly shared: FlowShared,
    readonly isMain: boolean,
  ) {
    this.#firstPage = shared.pages.current;
  }

  text(text: string, marks: ReadonlySet<MarkType>, link: LinkTarget | undefined): void {
    this.#verbatim += text;
    this.spans.text(text.replaceAll("\t", " "), marks, link);
  }

  /** `\line`. */
  breakLine(): void {
    this.#verbatim += "\n";
    this.spans.node({ type: "break" });
  }

  /** A text box or note that stands behind the paragraph being read. */
  attach(block: Block): void {
    this.#attached.push(block);
  }

  /** `\par`, or the end of the flow. */
  endParagraph(state: ParagraphState, verbatimFont: boolean): void {
    this.shared.paragraphs.next();
    const level = state.inTable || state.tableLevel > 0 ? Math.min(maxTableLevel, Math.max(1, state.tableLevel)) : 0;
    const content = this.spans.take();
    const verbatim = this.#verbatim;
    this.#verbatim = "";
    const places = this.shared.pages.placesFrom(this.#firstPage);
    this.#firstPage = this.shared.pages.current;
    const marker = this.marker;
    this.marker = undefined;
    const bookmarks = this.bookmarks.splice(0);
    const isDivider = content.length === 0 && level === 0 && this.#nameOf(state) === "horizontal line";
    if (isDivider) this.#flowAt(0).add({ type: "divider", places });
    // An empty paragraph between rows does not end a table that goes on.
    if (content.length === 0 && this.#attached.length === 0 && level === 0 && this.#open.length === 0) return;
    const flow = this.#flowAt(level);
    if (content.length > 0) this.#place(flow, { content, verbatim }, state, marker, places, level > 0, verbatimFont);
    const placed = flow.blocks.at(-1);
    if (placed?.type === "heading")
      for (const name of bookmarks)
        if (!this.shared.headingOfBookmark.has(name)) this.shared.headingOfBookmark.set(name, placed);
    for (const block of this.#attached.splice(0)) flow.add({ ...block, places: block.places ?? places });
  }

  /** `\cell` (level 1) or `\nestcell`. */
  endCell(state: ParagraphState, level: number): void {
    this.endParagraph({ ...state, inTable: true, tableLevel: level }, false);
    if (++this.shared.cells > this.shared.limits.maxCells) throw problem("LIMIT_EXCEEDED", { limit: "cells" });
    this.#flowAt(level);
    const table = this.#open[level - 1];
    if (!table) return;
    table.cells.push(table.flow.blocks);
    table.flow = new FlowBuilder();
  }

  /** `\row` or `\nestrow`. */
  endRow(definition: RowDefinition, level: number): void {
    this.#flowAt(level);
    const table = this.#open[level - 1];
    if (!table) return;
    table.rows.push({ definition, cells: table.cells, page: this.shared.pages.current });
    table.cells = [];
  }

  finish(state: ParagraphState): Block[] {
    if (!this.spans.isEmpty || this.#attached.length > 0)
      this.endParagraph({ ...state, inTable: false, tableLevel: 0 }, false);
    this.#closeTo(0);
    return this.#body.blocks;
  }

  /** Opens or closes tables until `level` of them are open; the flow of the innermost one. */
  #flowAt(level: number): FlowBuilder {
    this.#closeTo(level);
    while (this.#open.length < level)
      this.#open.push({ rows: [], cells: [], flow: new FlowBuilder(), page: this.shared.pages.current });
    return this.#open[level - 1]?.flow ?? this.#body;
  }

  #closeTo(level: number): void {
    while (this.#open.length > level) {
      const table = this.#open.pop()!;
      const outer = this.#open[this.#open.length - 1]?.flow ?? this.#body;
      const finished = tableOfRows(table.rows);
      if (finished) outer.add({ ...finished, places: this.shared.pages.placesFrom(table.page) });
      // Cells without a row end: the text stays, the table does not.
      for (const block of [...table.cells.flat(), ...table.flow.blocks]) outer.add(block);
    }
  }

  #nameOf(state: ParagraphState): string {
    return this.shared.tables.styleFacts(state.style).name.toLowerCase();
  }

  #place(
    flow: FlowBuilder,
    { content, verbatim }: { content: Inline[]; verbatim: string },
    state: ParagraphState,
    marker: string | undefined,
    places: Place[],
    isCell: boolean,
    verbatimFont: boolean,
  ): void {
    const style = this.shared.tables.styleFacts(state.style);
    const name = style.name.toLowerCase();
    const outline = state.outlineLevel ?? style.outlineLevel;
    const paragraph: Block = { type: "paragraph", content, places };
    const isListed = state.list !== undefined && state.list > 0;
    if (!isCell && outline !== undefined && outline < 9 && plainInlines(content).trim() !== "") {
      const number = marker && /[\p{L}\p{N}]/u.test(marker) ? `${marker.trim()} ` : "";
      flow.add({
        type: "heading",
        level: outline + 1,
        content: [...(number === "" ? [] : [{ type: "text" as const, text: number }]), ...withoutLook(content)],
        places,
      });
    } else if (!isCell && name === "title") {
      flow.add({ type: "heading", level: 1, content: withoutLook(content), places });
      if (this.isMain) this.shared.title ??= plainInlines(content);
    } else if (isListed || state.oldNumbering || marker !== undefined)
      this.#listItem(flow, paragraph, content, state, marker, places);
    else if (content.every((node) => node.type === "image")) {
      for (const node of content) {
        if (node.type !== "image") continue;
        flow.add({ type: "figure", asset: node.asset, ...(node.alt ? { alt: node.alt } : {}), places });
      }
    } else if (/^toc \d$/.test(name)) flow.addToGroup("contents", { ...paragraph, role: "contents_entry" });
    else if (/^(quote|intense quote|block text|quotations)$/.test(name)) flow.addQuoted(paragraph);
    else if (codeName.test(name) || verbatimFont) flow.addCode(verbatim.replace(/\n$/, ""), places);
    else if (name === "caption") flow.add({ ...paragraph, role: "caption" });
    else if (name === "subtitle") flow.add({ ...paragraph, role: "subtitle" });
    else flow.add(paragraph);
  }

  #listItem(
    flow: FlowBuilder,
    paragraph: Block,
    content: Inline[],
    state: ParagraphState,
    marker: string | undefined,
    places: Place[],
  ): void {
    const at = Math.min(8, Math.max(0, state.level));
    if (marker === undefined && flow.inList && (this.shared.hasMarkers || state.list === undefined)) {
      flow.addToItem(at, paragraph);
      return;
    }
    const level = this.shared.tables.level(state.list, at);
    const isLetterBullet =
      level !== undefined && isBullet(level.numberFormat) && /^[\p{L}§]$/u.test(marker?.trim() ?? "");
    const printed = isLetterBullet ? "◦" : (marker?.trim() ?? "");
    const ordered = level
      ? !isBullet(level.numberFormat) && level.numberFormat !== 255
      : state.oldNumbering
        ? state.oldNumbering === "number"
        : /[\p{L}\p{N}]/u.test(printed);
    const number = ordered ? this.#count(state.list, at, level?.start ?? 1, printed) : undefined;
    const shown = printed !== "" ? printed : ordered && level ? `${printNumber(number!, level.numberFormat)}.` : "•";
    const { checked, content: rest } = takeTaskState(shown, content);
    const isPlain = checked !== undefined || (ordered && shown === `${number}.`);
    flow.addItem(
      { level: at, ordered, number, marker: isPlain ? undefined : shown, checked },
      [{ type: "paragraph", content: rest, places }],
      places,
    );
  }

  /** The printed number when it is one, else the next of this level's counter. */
  #count(list: number | undefined, at: number, start: number, printed: string): number {
    const key = String(this.shared.tables.overrides.get(list ?? -1) ?? list ?? "old");
    let values = this.shared.counters.get(key);
    if (!values) this.shared.counters.set(key, (values = []));
    const stated = /(\d{1,6})[.)\]]?$/.exec(printed)?.[1];
    const value = stated ? Number(stated) : values[at] === undefined ? start : values[at] + 1;
    values.length = Math.min(values.length, at + 1);
    values[at] = value;
    return value;
  }
}
