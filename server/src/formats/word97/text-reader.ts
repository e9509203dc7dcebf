/** Walks one stretch of the text of a Word 97–2003 file: characters with their formats into paragraphs, cells and rows. */
import type { Block } from "@knowhere/contract";
import { FieldStack } from "../docx/fields.ts";
import { unicodeOfSymbols } from "../ooxml/symbols.ts";
import { RtfFlow } from "../rtf/flow.ts";
import { initialState, marksOf, plainParagraph, type State } from "../rtf/state.ts";
import type { Bytes } from "./bytes.ts";
import { pictureAt } from "./pictures.ts";
import { codes, modifiersOf } from "./properties.ts";
import { rowDefinitionOf } from "./row-definition.ts";
import type { WordSession } from "./session.ts";
import { applyTo, type ParagraphFacts } from "./style-facts.ts";
import { type Piece, type Range, textOfPiece } from "./word-file.ts";

/** Characters that say something ([MS-DOC] 2.4.1, 2.4.3). */
const marks = {
  picture: "\u0001",
  note: "\u0002",
  comment: "\u0005",
  cellEnd: "\u0007",
  shape: "\u0008",
  line: "\u000b",
  page: "\u000c",
  paragraph: "\r",
  fieldBegin: "\u0013",
  fieldSeparator: "\u0014",
  fieldEnd: "\u0015",
} as const;
const special = /[\u0001-\u0008\u000b-\u0015]/;

/** The blocks of a range; `isMain` for the body. */
export function readRange(session: WordSession, range: Range, isMain: boolean): Block[] {
  const reader = new TextReader(session, isMain);
  const { pieces } = session.file;
  for (let at = firstPieceOf(pieces, range.start); at < pieces.length && pieces[at]!.start < range.end; at++) {
    const piece = pieces[at]!;
    reader.piece(piece, Math.max(range.start, piece.start), Math.min(range.end, piece.end));
  }
  return reader.finish();
}

/** Pieces follow each other without gaps. */
function firstPieceOf(pieces: readonly Piece[], position: number): number {
  let low = 0;
  let high = pieces.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (pieces[middle]!.end <= position) low = middle + 1;
    else high = middle;
  }
  return low;
}

class TextReader {
  readonly #flow: RtfFlow;
  readonly #fields = new FieldStack();
  #format: State = initialState;
  #symbol: { character: string; font: string } | undefined;
  /** A font of signs whose letters stand for others. */
  #signs: string | undefined;
  /** Offset of the picture in the data stream. */
  #picture: number | undefined;
  #paragraphStart = 0;

  constructor(
    private readonly session: WordSession,
    isMain: boolean,
  ) {
    this.#flow = new RtfFlow(session.shared, isMain);
  }

  finish(): Block[] {
    return this.#flow.finish(plainParagraph);
  }

  piece(piece: Piece, from: number, to: number): void {
    const { session } = this;
    for (let at = from; at < to; ) {
      session.signal.throwIfAborted();
      const offset = piece.offset + (at - piece.start) * piece.bytesPerCharacter;
      const { list, end } = session.characters.run(offset);
      const length = Math.max(1, Math.min(to - at, Math.ceil((end - offset) / piece.bytesPerCharacter)));
      this.#setFormat(list);
      this.#run(
        textOfPiece(session.file, piece, at, at + length),
        at,
        (index) => offset + index * piece.bytesPerCharacter,
      );
      at += length;
    }
  }

  /** Text of one format; `offsetOf` gives the place of a character in the main stream. */
  #run(text: string, position: number, offsetOf: (index: number) => number): void {
    let start = 0;
    for (let index = 0; index < text.length; index++) {
      if (!special.test(text[index]!)) continue;
      this.#text(text.slice(start, index));
      start = index + 1;
      this.#mark(text[index]!, position + index, offsetOf(index));
    }
    this.#text(text.slice(start));
  }

  #text(text: string): void {
    if (text === "" || this.#format.deleted) return;
    if (this.#fields.inInstruction) {
      this.#fields.addInstruction(text);
      return;
    }
    const { session } = this;
    if (this.#format.hidden) {
      session.hiddenCharacters += text.trim().length;
      if (session.options.hiddenText === "drop") return;
    }
    const shown = this.#symbol
      ? unicodeOfSymbols(this.#symbol.character, this.#symbol.font)
      : unicodeOfSymbols(text.replaceAll("\u001e", "\u2011").replaceAll("\u001f", ""), this.#signs);
    if (shown.trim() !== "") session.shared.pages.sawText();
    this.#flow.text(shown.normalize("NFC"), marksOf({ ...this.#format, link: this.#fields.link }), this.#fields.link);
  }

  #mark(mark: string, position: number, offset: number): void {
    switch (mark) {
      case marks.paragraph:
        this.#nameParagraph(position);
        this.#paragraphEnd(offset);
        break;
      case marks.cellEnd:
        this.#nameParagraph(position);
        this.#cellEnd(offset);
        break;
      case marks.picture:
        this.#addPicture();
        break;
      case marks.page:
        this.#flow.endParagraph(this.#factsAt(offset).state, false);
        this.session.shared.pages.breakPage();
        break;
      case marks.line:
        if (!this.#fields.inInstruction) this.#flow.breakLine();
        break;
      case marks.fieldBegin:
        this.#fields.begin();
        break;
      case marks.fieldSeparator:
        this.#fields.separate();
        break;
      case marks.fieldEnd:
        this.#fields.end();
        break;
      case marks.note:
      case marks.comment: {
        const note = this.session.notes.at(position);
        if (note) this.#flow.spans.noteRef(note.note, note.label);
        break;
      }
    }
  }

  #nameParagraph(end: number): void {
    this.#flow.bookmarks.push(...this.session.bookmarks.between(this.#paragraphStart, end + 1));
    this.#paragraphStart = end + 1;
  }

  #addPicture(): void {
    if (this.#picture === undefined || this.#format.deleted || this.#fields.inInstruction) return;
    const bytes = pictureAt(this.session.file.data, this.#picture);
    const asset = bytes && this.session.assets.add(bytes);
    if (!asset) {
      this.session.unreadPictures += 1;
      return;
    }
    this.session.shared.pages.sawText();
    this.#flow.spans.node({ type: "image", asset: asset.id, alt: "" }, this.#fields.link);
  }

  #paragraphEnd(offset: number): void {
    const facts = this.#factsAt(offset);
    const depth = facts.state.tableLevel;
    if (facts.isInnerRowEnd) this.#flow.endRow(rowDefinitionOf(facts.modifiers), depth);
    else if (facts.isInnerCellEnd) {
      this.#setMarker(facts);
      this.#flow.endCell(facts.state, depth);
    } else {
      if (facts.state.pageBreakBefore) this.session.shared.pages.startPage();
      this.#setMarker(facts);
      this.#flow.endParagraph(facts.state, false);
    }
  }

  #cellEnd(offset: number): void {
    const facts = this.#factsAt(offset);
    const depth = Math.max(1, facts.state.tableLevel);
    this.#setMarker(facts);
    if (facts.isRowEnd) this.#flow.endRow(rowDefinitionOf(facts.modifiers), depth);
    else this.#flow.endCell(facts.state, depth);
  }

  /** An empty paragraph prints no number and counts none. */
  #setMarker({ state }: ParagraphFacts): void {
    if (state.list === undefined || state.list === 0 || this.#flow.spans.isEmpty) return;
    this.#flow.marker = this.session.lists.next(state.list, state.level);
  }

  /** What the style, its bases and the paragraph itself say. */
  #factsAt(offset: number): ParagraphFacts {
    const { style, list } = this.session.paragraphs.paragraph(offset);
    const known = this.session.styles.paragraph(style);
    const facts: ParagraphFacts = { ...known, state: { ...known.state }, modifiers: list };
    applyTo(facts, list);
    return facts;
  }

  #setFormat(list: Bytes): void {
    const format: State = { ...initialState };
    this.#symbol = undefined;
    this.#signs = undefined;
    this.#picture = undefined;
    let isData = false;
    for (const { code, operand } of modifiersOf(list)) {
      if (code === codes.characterStyle)
        for (const [known, value] of this.session.styles.character(operand.u16(0))) setCharacter(format, known, value);
      else if (code === codes.symbol)
        this.#symbol = {
          character: String.fromCharCode(operand.u16(2)),
          font: this.session.fonts[operand.u16(0)] ?? "",
        };
      else if (code === codes.font) {
        const font = this.session.fonts[operand.u16(0)] ?? "";
        this.#signs = /^(?:symbol|wingdings)/i.test(font) ? font : undefined;
      } else if (code === codes.picture) this.#picture = operand.u32(0);
      else if (code === codes.isData) isData = operand.u8(0) !== 0;
      else setCharacter(format, code, operand.u8(0));
    }
    // Form fields keep data where pictures keep theirs.
    if (isData) this.#picture = undefined;
    this.#format = format;
  }
}

/** Values of switches: 0 and 1 are off and on, 0x80 and 0x81 what the style has and its opposite ([MS-DOC] 2.9.327). */
function setCharacter(format: State, code: number, value: number): void {
  const on = value === 1 || value === 0x81;
  if (code === codes.bold) format.bold = on;
  else if (code === codes.italic) format.italic = on;
  else if (code === codes.strike) format.strike = on;
  else if (code === codes.hidden) format.hidden = on;
  else if (code === codes.isDeleted) format.deleted = on;
  else if (code === codes.underline) format.underline = value !== 0;
  else if (code === codes.raised) format.script = value === 1 ? "superscript" : value === 2 ? "subscript" : undefined;
}
