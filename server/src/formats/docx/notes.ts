/** Footnotes, endnotes and comments: numbered as they are referred to and read when first met. */
import type { Block, Note } from "@knowhere/contract";
import { formatNumber } from "../ooxml/number-format.ts";
import { childrenOf, type XmlElement } from "../xml/element.ts";
import type { PartScope } from "./session.ts";

export type NoteKind = Note["kind"];
export interface NoteSource {
  readonly scope: PartScope;
  /** By `w:id`. */
  readonly elements: ReadonlyMap<string, XmlElement>;
  readonly numberFormat: string;
}

export class NoteRegistry {
  readonly #notes: Note[] = [];
  #comments: Note[] = [];
  readonly #known = new Map<string, Note>();
  readonly #counts = new Map<NoteKind, number>();
  #isReading = false;

  constructor(private readonly sources: Partial<Record<NoteKind, NoteSource>>) {}

  /** How to read a note's paragraphs; set once the flow reader exists. */
  readContent: (elements: readonly XmlElement[], scope: PartScope) => Block[] = () => [];
  /** Page of the reference now being read. */
  currentPage: () => number = () => 1;

  /** Registers a reference; undefined when the file has no such note. */
  refer(kind: NoteKind, id: string, customMark?: string): { note: string; label: string } | undefined {
    const key = `${kind}-${id}`;
    const known = this.#known.get(key);
    if (known) return { note: known.note, label: known.label };
    const source = this.sources[kind];
    const element = source?.elements.get(id);
    // A note inside a note is not allowed by the format, and following it would not end.
    if (!source || !element || this.#isReading) return undefined;
    const number = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, number);
    const label =
      customMark === "1" || customMark === "true" ? String(number) : this.#labelOf(kind, number, element, source);
    const note: Note = { type: "note", note: key, label, kind, content: [], places: [{ page: this.currentPage() }] };
    this.#known.set(key, note);
    (kind === "comment" ? this.#comments : this.#notes).push(note);
    this.#isReading = true;
    try {
      note.content = this.readContent(childrenOf(element), source.scope);
    } finally {
      this.#isReading = false;
    }
    return { note: key, label };
  }

  #labelOf(kind: NoteKind, number: number, element: XmlElement, source: NoteSource): string {
    if (kind !== "comment") return formatNumber(number, source.numberFormat);
    const author = element.attributes["w:author"]?.trim();
    return author ? `Comment ${number} (${author})` : `Comment ${number}`;
  }

  /** Comments referred to since the last call: they stand right behind what they are about. */
  takeComments(): Note[] {
    if (this.#isReading) return [];
    const taken = this.#comments;
    this.#comments = [];
    return taken.filter((note) => note.content.length > 0);
  }

  /** Notes with content: footnotes, then endnotes, each in order of reference. */
  get blocks(): Note[] {
    const rank: Readonly<Record<NoteKind, number>> = { footnote: 0, endnote: 1, comment: 2 };
    return this.#notes.filter((note) => note.content.length > 0).sort((a, b) => rank[a.kind] - rank[b.kind]);
  }
}
