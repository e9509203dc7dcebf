/** One `w:p`: its runs as inline content, and what hangs on it (pictures, text boxes, breaks, notes). */
import type { Block, Inline } from "@knowhere/contract";
import { type LinkTarget, SpanBuilder } from "../../document/span-builder.ts";
import { resolvedChildren } from "../ooxml/alternate.ts";
import { latexOfOmml } from "../ooxml/omml.ts";
import { symbolOf, unicodeOfSymbols } from "../ooxml/symbols.ts";
import { valOf } from "../ooxml/values.ts";
import { childOf, childrenOf, findElement, pathOf, textOf, type XmlElement } from "../xml/element.ts";
import { checkBoxOf, readDrawing } from "./drawing.ts";
import { FieldStack, linkOf, linkOfField } from "./fields.ts";
import { marksOf, mergeRunStyles, type RunStyle, readRunStyle } from "./run-style.ts";
import type { PartScope, Session } from "./session.ts";
import type { ParagraphStyle } from "./styles.ts";

export interface ParagraphContent {
  content: Inline[];
  /** The characters as they stand, for code: tabs and line ends kept. */
  verbatim: string;
  /** Formulas that were set as a display of their own. */
  displays: string[];
  /** Text boxes, charts and diagrams anchored here. */
  attached: Block[];
  bookmarks: string[];
  /** All of its words are set in a fixed-pitch face. */
  isMonospace: boolean;
}

/** Walks the paragraphs of one flow; fields may run on from one paragraph to the next. */
export class ParagraphReader {
  readonly #fields = new FieldStack();

  constructor(
    private readonly session: Session,
    private readonly scope: PartScope,
    /** White text counts as hidden only where nothing can be behind it. */
    private readonly canBeShaded: boolean,
  ) {}

  get inContents(): boolean {
    return this.#fields.inContents;
  }

  read(paragraph: XmlElement, style: ParagraphStyle): ParagraphContent {
    const walk = new Walk(this.session, this.scope, this.#fields, style, this.canBeShaded || isShaded(paragraph));
    walk.children(paragraph, undefined);
    return walk.finish();
  }
}

const isShaded = (paragraph: XmlElement): boolean => pathOf(paragraph, "w:pPr", "w:shd") !== undefined;

type Handler = (walk: Walk, element: XmlElement, link: LinkTarget | undefined) => void;

class Walk {
  readonly spans = new SpanBuilder();
  readonly #out: ParagraphContent = {
    content: [],
    verbatim: "",
    displays: [],
    attached: [],
    bookmarks: [],
    isMonospace: false,
  };
  #monospaceCount = 0;
  #textCount = 0;
  run: RunStyle = {};
  #isCode = false;

  constructor(
    readonly session: Session,
    readonly scope: PartScope,
    readonly fields: FieldStack,
    private readonly paragraphStyle: ParagraphStyle,
    private readonly isShaded: boolean,
  ) {}

  finish(): ParagraphContent {
    this.#out.content = this.spans.take();
    this.#out.isMonospace = this.#textCount > 0 && this.#monospaceCount === this.#textCount;
    return this.#out;
  }

  children(element: XmlElement, link: LinkTarget | undefined): void {
    for (const child of resolvedChildren(element)) {
      const handler = handlers[child.name];
      if (handler) handler(this, child, link);
    }
  }

  startRun(run: XmlElement): void {
    const properties = childOf(run, "w:rPr");
    const character = this.session.styles.character(valOf(properties, "w:rStyle"));
    const inherited = { hidden: this.paragraphStyle.run.hidden };
    this.run = mergeRunStyles(mergeRunStyles(inherited, character.run), readRunStyle(properties));
    this.#isCode = character.isCode;
    if (character.isLink) this.run.underline = undefined;
  }

  /** Shows text unless it is part of an instruction or hidden. */
  text(text: string, link: LinkTarget | undefined): void {
    if (text === "" || this.fields.inInstruction) return;
    if (this.#isHidden()) {
      this.session.hiddenCharacters += text.trim().length;
      if (this.session.options.hiddenText === "drop") return;
    }
    const shown = unicodeOfSymbols(text, this.run.symbolFont);
    if (shown.trim() !== "") {
      this.session.pages.sawText();
      this.#textCount += shown.trim().length;
      if (this.#isCode || this.run.monospace) this.#monospaceCount += shown.trim().length;
    }
    this.#out.verbatim += shown;
    const target = link ?? this.fields.link;
    if (this.#isCode) this.spans.code(shown.replaceAll("\t", " "), target);
    // A tab is a gap on the page.
    else this.spans.text(shown.replaceAll("\t", " "), marksOf(this.run), target);
  }

  break(link: LinkTarget | undefined): void {
    if (this.fields.inInstruction) return;
    this.#out.verbatim += "\n";
    this.spans.node({ type: "break" }, link ?? this.fields.link);
  }

  node(node: Inline, link: LinkTarget | undefined): void {
    if (this.fields.inInstruction) return;
    this.session.pages.sawText();
    this.spans.node(node, link ?? this.fields.link);
  }

  noteRef(note: string, label: string): void {
    this.session.pages.sawText();
    this.spans.noteRef(note, label);
  }

  attach(blocks: readonly Block[]): void {
    this.#out.attached.push(...blocks);
  }

  bookmark(name: string): void {
    this.#out.bookmarks.push(name);
  }

  display(latex: string): void {
    this.#out.displays.push(latex);
    this.node({ type: "math", text: latex, notation: "latex" }, undefined);
  }

  /** Vanished, too small to read, or white on a white page. */
  #isHidden(): boolean {
    if (this.run.hidden) return true;
    if (this.run.sizeHalfPt !== undefined && this.run.sizeHalfPt <= 2) return true;
    return this.run.color === "FFFFFF" && !this.isShaded && !this.run.shaded && !this.run.highlight;
  }
}

const readThrough: Handler = (walk, element, link) => walk.children(element, link);
const drawing: Handler = (walk, element, link) => {
  if (walk.fields.inInstruction) return;
  const pieces = readDrawing(element, walk.session, walk.scope);
  for (const image of pieces.images) walk.node(image, link);
  walk.attach(pieces.blocks);
};
const noteReference =
  (kind: "footnote" | "endnote" | "comment"): Handler =>
  (walk, element) => {
    if (walk.fields.inInstruction) return;
    const reference = walk.session.notes.refer(
      kind,
      element.attributes["w:id"] ?? "",
      element.attributes["w:customMarkFollows"],
    );
    if (reference) walk.noteRef(reference.note, reference.label);
  };

const handlers: Readonly<Record<string, Handler>> = {
  "w:r": (walk, run, link) => {
    walk.startRun(run);
    walk.children(run, link);
    walk.run = {};
  },
  "w:t": (walk, element, link) => walk.text(textOf(element), link),
  "w:tab": (walk, _, link) => walk.text("\t", link),
  "w:ptab": (walk, _, link) => walk.text("\t", link),
  "w:noBreakHyphen": (walk, _, link) => walk.text("\u2011", link),
  "w:cr": (walk, _, link) => walk.break(link),
  "w:br": (walk, element, link) => {
    const type = element.attributes["w:type"];
    if (type === "page") walk.session.pages.breakPage();
    // Text goes on behind a break of any kind, but not on the same line.
    walk.break(link);
  },
  "w:lastRenderedPageBreak": (walk) => walk.session.pages.drewBreak(),
  "w:sym": (walk, element, link) => {
    const code = Number.parseInt(element.attributes["w:char"] ?? "", 16);
    const font = element.attributes["w:font"];
    if (Number.isInteger(code) && code > 0 && code <= 0x10ffff) walk.text(symbolOf(code, font) ?? "•", link);
  },
  "w:hyperlink": (walk, element, link) => {
    const relationship = walk.scope.relationships.get(element.attributes["r:id"] ?? "");
    const anchor = element.attributes["w:anchor"];
    const href = `${relationship?.target ?? ""}${anchor ? `#${anchor}` : ""}`;
    walk.children(element, linkOf(href, element.attributes["w:tooltip"]) ?? link);
  },
  "w:fldSimple": (walk, element, link) =>
    walk.children(element, linkOfField(element.attributes["w:instr"] ?? "") ?? link),
  "w:fldChar": (walk, element) => {
    const type = element.attributes["w:fldCharType"];
    if (type === "begin") {
      const checked = checkBoxOf(element);
      if (checked !== undefined) walk.node({ type: "checkbox", checked }, undefined);
      walk.fields.begin();
    } else if (type === "separate") walk.fields.separate();
    else if (type === "end") walk.fields.end();
  },
  "w:instrText": (walk, element) => walk.fields.addInstruction(textOf(element)),
  "w:sdt": (walk, element, link) => {
    const box = pathOf(element, "w:sdtPr", "w14:checkbox");
    if (box) {
      const state = childOf(box, "w14:checked")?.attributes["w14:val"];
      walk.node({ type: "checkbox", checked: state === "1" || state === "true" }, link);
    } else for (const content of childrenOf(element, "w:sdtContent")) walk.children(content, link);
  },
  "w:ruby": (walk, element, link) => {
    // The reading stands over the base; in a line of text it follows in brackets.
    for (const base of childrenOf(element, "w:rubyBase")) walk.children(base, link);
    const reading = findElement(element, "w:rt");
    const text = reading
      ? childrenOf(reading, "w:r")
          .map((run) => childrenOf(run, "w:t").map(textOf).join(""))
          .join("")
      : "";
    if (text !== "") walk.text(`(${text})`, link);
  },
  "m:oMath": (walk, element, link) => {
    const latex = latexOfOmml(element);
    if (latex !== "") walk.node({ type: "math", text: latex, notation: "latex" }, link);
  },
  "m:oMathPara": (walk, element) => {
    const latex = latexOfOmml(element);
    if (latex !== "") walk.display(latex);
  },
  "w:bookmarkStart": (walk, element) => {
    const name = element.attributes["w:name"];
    if (name) walk.bookmark(name);
  },
  "w:footnoteReference": noteReference("footnote"),
  "w:endnoteReference": noteReference("endnote"),
  "w:commentReference": noteReference("comment"),
  "w:drawing": drawing,
  "w:pict": drawing,
  "w:object": drawing,
  // Wrappers whose content counts; deleted and moved-away runs (w:del, w:moveFrom) have no entry and are passed over.
  "w:ins": readThrough,
  "w:moveTo": readThrough,
  "w:smartTag": readThrough,
  "w:customXml": readThrough,
  "w:dir": readThrough,
  "w:bdo": readThrough,
};
