/**
 * Runs the tokens of an RTF file: keeps the group stack, decodes text, and hands paragraphs, cells, notes and pictures to
 * the flow they belong to. Iterative, so nesting costs memory only.
 */
import { type Block, type Document, problem, type Warning } from "@knowhere/contract";
import type { AssetCollector } from "../../document/assets.ts";
import { linkOfField } from "../docx/fields.ts";
import { unicodeOfSymbols } from "../ooxml/symbols.ts";
import type { ReadContext } from "../reader.ts";
import { Asides } from "./asides.ts";
import { decodeBytes } from "./code-pages.ts";
import { characterWords, documentWords, textWords } from "./control-words.ts";
import { destinationWords } from "./destination-words.ts";
import { type FlowShared, RtfFlow } from "./flow.ts";
import { type Destination, initialState, marksOf, type ParagraphState, plainParagraph, type State } from "./state.ts";
import { type CellDefinition, plainCellDefinition, type RowDefinition } from "./table-rows.ts";
import { tokenize } from "./tokenizer.ts";

/** Groups that are open at once; Word writes about twenty. */
const maxGroups = 20_000;
const maxCollected = 100_000;

export interface OpenFlow {
  flow: RtfFlow;
  paragraph: ParagraphState;
  /** Every letter of the paragraph is set in a fixed-pitch font; undefined before the first. */
  isVerbatim: boolean | undefined;
}
interface Group {
  state: State;
  /** Paragraph formatting is part of a group's state too: a `\pard` inside `\listtext` must not leak. */
  paragraph: ParagraphState;
  flowCount: number;
  collected: string;
  isFieldOwner: boolean;
  onClose: (() => void) | undefined;
}

export class Interpreter {
  state: State = { ...initialState };
  readonly #groups: Group[] = [];
  readonly #flows: OpenFlow[];
  readonly #fields: { instruction: string }[] = [];
  /** The row described by the last `\trowd`. */
  row: RowDefinition = { isHead: false, cells: [] };
  cell: Omit<CellDefinition, "edge"> = plainCellDefinition;
  /** Notes, comments, headers and pictures. */
  readonly asides = new Asides(this);
  documentPage = "cp1252";
  /** Ids of the head table entry being read. */
  current = { font: 0, style: 0, list: 0, override: 0, levels: [] as { numberFormat: number; start: number }[] };
  readonly metadata: Document["metadata"] = {};
  hiddenCharacters = 0;
  #bytes: number[] = [];
  #skip = 0;
  #isGroupStart = false;
  #isStarred = false;

  constructor(
    private readonly bytes: Uint8Array,
    readonly shared: FlowShared,
    readonly assets: AssetCollector,
    readonly context: ReadContext,
    readonly warnings: Warning[],
  ) {
    this.#flows = [{ flow: new RtfFlow(shared, true), paragraph: { ...plainParagraph }, isVerbatim: undefined }];
  }

  /** Reads the whole file; the blocks of its body. */
  run(): Block[] {
    let count = 0;
    for (const token of tokenize(this.bytes)) {
      if ((++count & 0xffff) === 0) this.context.signal.throwIfAborted();
      switch (token.type) {
        case "open":
          this.#open();
          break;
        case "close":
          this.#close();
          break;
        case "word":
          this.#word(token.name, token.parameter);
          break;
        case "symbol":
          this.#symbol(token.character);
          break;
        case "byte":
          this.#byte(token.value);
          break;
        case "text":
          this.#text(token.from, token.to);
          break;
        case "binary":
          this.asides.picture?.addBinary(this.bytes.subarray(token.from, token.to));
          break;
      }
    }
    this.#flush();
    if (this.#groups.length > 0) {
      this.warnings.push({ code: "TRUNCATED", message: "The file ends in the middle; what was there was read." });
      while (this.#groups.length > 0) this.#close();
    }
    const { flow, paragraph } = this.#flows[0]!;
    return flow.finish(paragraph);
  }

  /** Flows that are open, the body among them. */
  get flowDepth(): number {
    return this.#flows.length;
  }

  get open(): OpenFlow {
    return this.#flows[this.#flows.length - 1]!;
  }

  #open(): void {
    this.#flush();
    if (this.#groups.length >= maxGroups) throw problem("LIMIT_EXCEEDED", { limit: "RTF groups" });
    this.#groups.push({
      state: this.state,
      paragraph: { ...this.open.paragraph },
      flowCount: this.#flows.length,
      collected: "",
      isFieldOwner: false,
      onClose: undefined,
    });
    this.state = { ...this.state };
    this.#isGroupStart = true;
    this.#isStarred = false;
    this.#skip = 0;
  }

  #close(): void {
    this.#flush();
    const group = this.#groups.pop();
    if (!group) return;
    group.onClose?.();
    if (group.isFieldOwner) this.#fields.pop();
    const isMarker = this.state.destination !== "body";
    this.state = group.state;
    if (isMarker && group.flowCount === this.#flows.length) this.open.paragraph = group.paragraph;
    this.#isGroupStart = false;
    this.#skip = 0;
  }

  #symbol(character: string): void {
    if (this.#skip > 0) {
      this.#skip -= 1;
      return;
    }
    if (character === "*") {
      this.#isStarred = true;
      return;
    }
    this.#isGroupStart = false;
    const text = { "~": "\u00a0", _: "\u2011", "\\": "\\", "{": "{", "}": "}" }[character];
    if (text === undefined) return;
    this.#flush();
    this.addText(text);
  }

  #word(name: string, parameter: number | undefined): void {
    const isStart = this.#isGroupStart;
    const isStarred = this.#isStarred;
    this.#isGroupStart = false;
    this.#isStarred = false;
    if (name === "u") {
      this.#flush();
      this.#addUnicode(parameter ?? 0);
      return;
    }
    if (this.#skip > 0 && name !== "uc") {
      // A control word counts as one skipped character.
      this.#skip -= 1;
      if (textWords[name] !== undefined) return;
    }
    this.#flush();
    if (this.state.destination === "skip") return;
    const destination = isStart ? destinationWords[name] : undefined;
    if (destination) {
      destination(this, parameter);
      return;
    }
    // An unknown destination is skipped whole, as the star asks (RTF 1.9.1, "Destinations").
    if (isStarred && isStart && !characterWords[name] && !documentWords[name]) {
      this.state.destination = "skip";
      return;
    }
    const text = textWords[name];
    if (text !== undefined) this.addText(text);
    else (characterWords[name] ?? documentWords[name])?.(this, parameter);
  }

  #addUnicode(parameter: number): void {
    this.#isGroupStart = false;
    const code = parameter < 0 ? parameter + 0x10000 : parameter;
    this.#skip = this.state.unicodeSkip;
    if (code > 0 && code <= 0x10ffff)
      this.addText(code > 0xffff ? String.fromCodePoint(code) : String.fromCharCode(code));
  }

  #byte(value: number): void {
    this.#isGroupStart = false;
    if (this.#skip > 0) this.#skip -= 1;
    else this.#bytes.push(value);
  }

  #text(from: number, to: number): void {
    this.#isGroupStart = false;
    if (this.state.destination === "picture") {
      this.asides.picture?.addHex(this.bytes.subarray(from, to));
      return;
    }
    if (this.state.destination === "skip") return;
    let at = from;
    if (this.#skip > 0) {
      const skipped = Math.min(this.#skip, to - from);
      this.#skip -= skipped;
      at += skipped;
    }
    for (; at < to; at++) this.#bytes.push(this.bytes[at]!);
  }

  #flush(): void {
    if (this.#bytes.length === 0) return;
    const bytes = this.#bytes;
    this.#bytes = [];
    const font = this.shared.tables.fonts.get(this.state.font);
    const page = this.state.destination === "body" ? font?.page || this.documentPage : this.documentPage;
    this.addText(decodeBytes(bytes, page));
  }

  /** Text of the current destination. */
  addText(text: string): void {
    const { state } = this;
    if (state.destination === "body") this.#addBodyText(text);
    else if (state.destination === "instruction") {
      const field = this.#fields[this.#fields.length - 1];
      if (field && field.instruction.length < maxCollected) field.instruction += text;
    } else if (state.destination !== "skip") {
      const group = this.#groups[this.#groups.length - 1];
      if (group && group.collected.length < maxCollected) group.collected += text;
    }
  }

  #addBodyText(text: string): void {
    const { state, open } = this;
    if (state.deleted) return;
    if (state.hidden) {
      this.hiddenCharacters += text.trim().length;
      if (this.context.options.hiddenText === "drop") return;
    }
    const font = this.shared.tables.fonts.get(state.font);
    const shown = unicodeOfSymbols(
      state.caps ? text.toUpperCase() : text,
      font?.page === "symbol" ? font.name : undefined,
    );
    if (shown.trim() !== "") {
      this.shared.pages.sawText();
      const isFixed = /^(consolas|menlo|monaco|lucida console|dejavu sans mono)/i.test(font?.name ?? "");
      open.isVerbatim = isFixed && open.isVerbatim !== false;
    }
    open.flow.text(shown, marksOf(state), state.link);
  }

  // ---- what the word tables call ----

  /** Collects the text of this group and hands it over when the group closes. */
  collect(destination: Destination, use: (text: string) => void): void {
    this.state.destination = destination;
    this.whenClosedWithText(use);
  }

  /** Hands over the text that stands directly in this group when it closes. */
  whenClosedWithText(use: (text: string) => void): void {
    const group = this.#groups[this.#groups.length - 1];
    if (group) group.onClose = () => use(group.collected);
  }

  whenClosed(act: () => void): void {
    const group = this.#groups[this.#groups.length - 1];
    if (group) group.onClose = act;
  }

  openField(): void {
    const group = this.#groups[this.#groups.length - 1];
    if (!group || group.isFieldOwner) return;
    group.isFieldOwner = true;
    this.#fields.push({ instruction: "" });
  }

  /** The result of the field: its text belongs to the field's link. */
  openFieldResult(): void {
    const field = this.#fields[this.#fields.length - 1];
    this.state.link = (field && linkOfField(field.instruction)) ?? this.state.link;
  }

  /** Reads this group as a flow of its own. */
  openFlow(use: (blocks: Block[]) => void): void {
    const opened: OpenFlow = {
      flow: new RtfFlow(this.shared, false),
      paragraph: { ...plainParagraph },
      isVerbatim: undefined,
    };
    this.#flows.push(opened);
    this.state = { ...initialState, unicodeSkip: this.state.unicodeSkip };
    this.whenClosed(() => {
      // Flows nest like groups, so the one on top is this one.
      this.#flows.pop();
      use(opened.flow.finish(opened.paragraph));
    });
  }

  endParagraph(): void {
    const { open } = this;
    open.flow.endParagraph(open.paragraph, open.isVerbatim === true);
    open.isVerbatim = undefined;
  }
}
