/** The inline content of a `text:p` or `text:h` (ODF 1.3 part 3, 6). */
import type { Block, Inline, Note } from "@knowhere/contract";
import { type LinkTarget, type MarkType, SpanBuilder } from "../../document/span-builder.ts";
import { unicodeOfSymbols } from "../ooxml/symbols.ts";
import { childOf, childrenOf, descendantsOf, textOf, type XmlElement } from "../xml/element.ts";
import { outsidePackage, readFrame } from "./frames.ts";
import { nested, type Session } from "./session.ts";

export interface ParagraphContent {
  content: Inline[];
  verbatim: string;
  attached: Block[];
  comments: Note[];
  bookmarks: string[];
}

interface Surroundings {
  marks: ReadonlySet<MarkType>;
  isCode: boolean;
  symbolFont: string | undefined;
  link: LinkTarget | undefined;
}

/** Reads one paragraph. */
export function readParagraph(paragraph: XmlElement, session: Session): ParagraphContent {
  const ends = descendantsOf(paragraph, "office:annotation-end");
  const walk = new Walk(session, new Set(ends.map((end) => end.attributes["office:name"] ?? "")));
  const style = session.styles.ownTextOf(paragraph.attributes["text:style-name"]);
  walk.children(paragraph, { marks: style.marks, isCode: style.isCode, symbolFont: style.symbolFont, link: undefined });
  return { ...walk.out, content: walk.spans.take() };
}

type Handler = (walk: Walk, element: XmlElement, around: Surroundings) => void;

class Walk {
  readonly spans = new SpanBuilder();
  readonly out: ParagraphContent = { content: [], verbatim: "", attached: [], comments: [], bookmarks: [] };

  /** Comments whose range ends in this paragraph and has not ended yet. */
  readonly openComments = new Map<string, Note>();

  constructor(
    readonly session: Session,
    /** Names of the comments whose range ends in this paragraph. */
    readonly ranges: ReadonlySet<string>,
  ) {}

  comment(note: Note): void {
    this.out.comments.push(note);
    this.noteRef(note.note, note.label);
  }

  children(element: XmlElement, around: Surroundings): void {
    for (const child of element.children) {
      if (typeof child === "string") this.text(child.replace(/[ \t\r\n]+/g, " "), around);
      else (handlers[child.name] ?? readThrough)(this, child, around);
    }
  }

  text(written: string, around: Surroundings): void {
    const text = unicodeOfSymbols(written, around.symbolFont);
    if (text.trim() !== "") this.session.pages.sawText();
    this.out.verbatim += text;
    if (around.isCode) this.spans.code(text.replaceAll("\t", " "), around.link);
    else this.spans.text(text.replaceAll("\t", " "), around.marks, around.link);
  }

  node(node: Inline, around: Surroundings): void {
    this.session.pages.sawText();
    this.spans.node(node, around.link);
  }

  noteRef(note: string, label: string): void {
    this.session.pages.sawText();
    this.spans.noteRef(note, label);
  }
}

const readThrough: Handler = (walk, element, around) => walk.children(element, around);
const skip: Handler = () => undefined;
const bookmark: Handler = (walk, element) => {
  const name = element.attributes["text:name"];
  if (name) walk.out.bookmarks.push(name);
};
const reference: Handler = (walk, element, around) => {
  const name = element.attributes["text:ref-name"];
  walk.children(element, { ...around, link: around.link ?? (name ? { href: `#${name}` } : undefined) });
};
const frame: Handler = (walk, element, around) => {
  const pieces = readFrame(element, walk.session);
  for (const node of pieces.inline) walk.node(node, around);
  walk.out.attached.push(...pieces.blocks);
};

const handlers: Readonly<Record<string, Handler>> = {
  "text:span": (walk, element, around) => {
    const style = walk.session.styles.text(element.attributes["text:style-name"]);
    if (style.hidden) {
      walk.session.hiddenCharacters += textOf(element).trim().length;
      if (walk.session.options.hiddenText === "drop") return;
    }
    const { marks: own, unmarked } = style;
    const kept = [...around.marks].filter((mark) => !unmarked.has(mark));
    const marks = own.size === 0 && unmarked.size === 0 ? around.marks : new Set([...kept, ...own]);
    walk.children(element, {
      ...around,
      marks,
      isCode: around.isCode || style.isCode,
      symbolFont: style.symbolFont ?? around.symbolFont,
    });
  },
  "text:a": (walk, element, around) => {
    const href = outsidePackage((element.attributes["xlink:href"] ?? "").trim());
    const isSafe = href !== "" && !/^(javascript|vbscript|data|file):/i.test(href);
    const title = element.attributes["office:title"];
    walk.children(element, { ...around, link: isSafe ? { href, ...(title ? { title } : {}) } : around.link });
  },
  "text:s": (walk, element, around) =>
    walk.text(" ".repeat(Math.min(200, Math.max(1, Number(element.attributes["text:c"] ?? 1) || 1))), around),
  "text:tab": (walk, _, around) => walk.text("\t", around),
  "text:line-break": (walk, _, around) => {
    walk.out.verbatim += "\n";
    walk.spans.node({ type: "break" }, around.link);
  },
  "text:soft-page-break": (walk) => walk.session.pages.drewBreak(),
  "text:note": readNote,
  "office:annotation": readComment,
  "text:bookmark": bookmark,
  "text:bookmark-start": bookmark,
  "text:reference-mark": bookmark,
  "text:reference-mark-start": bookmark,
  "text:bookmark-ref": reference,
  "text:reference-ref": reference,
  "text:sequence-ref": reference,
  "text:ruby": (walk, element, around) => {
    walk.children(childOf(element, "text:ruby-base") ?? element, around);
    const reading = textOf(childOf(element, "text:ruby-text"));
    if (reading !== "") walk.text(`(${reading})`, around);
  },
  "draw:frame": frame,
  "draw:g": frame,
  "draw:custom-shape": frame,
  "draw:rect": frame,
  "draw:ellipse": frame,
  "draw:line": frame,
  "draw:a": (walk, element, around) => {
    const href = element.attributes["xlink:href"] ?? "";
    walk.children(element, { ...around, link: /^(https?|mailto|ftp):|^#/i.test(href) ? { href } : around.link });
  },
  // A change is told by its marks; deleted text is kept elsewhere (text:tracked-changes) and never here.
  "text:hidden-text": skip,
  "text:script": skip,
  "office:annotation-end": (walk, element) => {
    const name = element.attributes["office:name"] ?? "";
    const comment = walk.openComments.get(name);
    walk.openComments.delete(name);
    if (comment) walk.comment(comment);
  },
  "text:alphabetical-index-mark": skip,
};

function readNote(walk: Walk, element: XmlElement): void {
  const { session } = walk;
  const kind = element.attributes["text:note-class"] === "endnote" ? "endnote" : "footnote";
  const number = ++session.noteCounts[kind];
  const label = textOf(childOf(element, "text:note-citation")).trim() || String(number);
  const note: Note = {
    type: "note",
    note: `${kind}-${number}`,
    label,
    kind,
    content: [],
    places: [{ page: session.pages.current }],
  };
  session.notes.push(note);
  note.content = nested(session, () => session.readFlow(childrenOf(childOf(element, "text:note-body"))));
  walk.noteRef(note.note, label);
}

function readComment(walk: Walk, element: XmlElement): void {
  const { session } = walk;
  const number = ++session.noteCounts.comment;
  const author = textOf(childOf(element, "dc:creator")).trim();
  const body = childrenOf(element).filter((child) => child.name === "text:p" || child.name === "text:list");
  const content = nested(session, () => session.readFlow(body));
  if (content.length === 0) return;
  const label = author ? `Comment ${number} (${author})` : `Comment ${number}`;
  const comment: Note = {
    type: "note",
    note: `comment-${number}`,
    label,
    kind: "comment",
    content,
    places: [{ page: session.pages.current }],
  };
  const name = element.attributes["office:name"];
  // A comment about some words is referred to behind them, as in Word; one about several paragraphs where it begins.
  if (name !== undefined && walk.ranges.has(name)) walk.openComments.set(name, comment);
  else walk.comment(comment);
}
