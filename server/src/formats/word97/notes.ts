/** Footnotes, endnotes and comments of a Word 97–2003 file: where the text refers to them and where theirs stands. */
import type { Note } from "@knowhere/contract";
import { formatNumber } from "../ooxml/number-format.ts";
import { positionsOf, type Range, type StoryName, tableParts, type WordFile } from "./word-file.ts";

export interface WordNote {
  readonly note: Note;
  readonly range: Range;
}

/** Bytes of an entry behind the positions of references ([MS-DOC] 2.8.8, 2.8.16, 2.8.25). */
const kinds: readonly {
  kind: Note["kind"];
  story: StoryName;
  references: number;
  entryBytes: number;
  texts: number;
  label: (number: number) => string;
}[] = [
  {
    kind: "footnote",
    story: "footnotes",
    references: tableParts.footnoteReferences,
    entryBytes: 2,
    texts: tableParts.footnoteTexts,
    label: String,
  },
  {
    kind: "endnote",
    story: "endnotes",
    references: tableParts.endnoteReferences,
    entryBytes: 2,
    texts: tableParts.endnoteTexts,
    label: (number) => formatNumber(number, "lowerRoman"),
  },
  {
    kind: "comment",
    story: "comments",
    references: tableParts.commentReferences,
    entryBytes: 30,
    texts: tableParts.commentTexts,
    label: (number) => `Comment ${number}`,
  },
];
const maxNotes = 50_000;

export class NoteTable {
  readonly #byPosition = new Map<number, WordNote>();

  constructor(file: WordFile) {
    for (const { kind, story, references, entryBytes, texts, label } of kinds) {
      const places = positionsOf(file.part(references), entryBytes).slice(0, -1);
      const starts = positionsOf(file.part(texts), 0);
      const { start, end } = file.stories[story];
      // No text is read twice, whatever the positions say.
      let read = start;
      for (const [index, place] of places.slice(0, maxNotes).entries()) {
        const number = index + 1;
        const note: Note = { type: "note", note: `${kind}-${number}`, label: label(number), kind, content: [] };
        const from = Math.min(end, Math.max(read, start + (starts[index] ?? 0)));
        const range = { start: from, end: Math.max(from, Math.min(end, start + (starts[number] ?? 0))) };
        read = range.end;
        this.#byPosition.set(place, { note, range });
      }
    }
  }

  /** The note that a character of the body refers to. */
  at(position: number): Note | undefined {
    return this.#byPosition.get(position)?.note;
  }

  get all(): readonly WordNote[] {
    return [...this.#byPosition.values()];
  }
}
