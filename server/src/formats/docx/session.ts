/** What the parts of one DOCX share while it is read. */
import { type Block, type Page, problem, type Warning } from "@knowhere/contract";
import type { ParagraphCounter } from "../empty.ts";
import type { OoxmlPackage, Relationship } from "../ooxml/package.ts";
import type { PageCounter } from "../page-counter.ts";
import type { ReadLimits, ReadOptions } from "../reader.ts";
import type { XmlElement } from "../xml/element.ts";
import type { NoteRegistry } from "./notes.ts";
import type { Numbering } from "./numbering.ts";
import type { StyleSheet } from "./styles.ts";

/** The part a piece stands in: relationship ids count per part. */
export interface PartScope {
  readonly part: string;
  readonly relationships: ReadonlyMap<string, Relationship>;
}

/** A picture named by its part until its bytes are loaded at the end. */
export const pictureToken = (part: string): string => `part:${part}`;
export const partOfToken = (token: string): string | undefined =>
  token.startsWith("part:") ? token.slice(5) : undefined;

export interface Session {
  readonly opened: OoxmlPackage;
  readonly options: ReadOptions;
  readonly limits: ReadLimits;
  readonly styles: StyleSheet;
  readonly numbering: Numbering;
  readonly notes: NoteRegistry;
  readonly pages: PageCounter;
  readonly paragraphs: ParagraphCounter;
  /** Parts that fill a block in after the walk: charts and diagrams. */
  readonly pending: { part: string; fill(root: XmlElement): void }[];
  readonly warnings: WarningList;
  readonly sections: SectionRecord[];
  /** Bookmark name to the heading it stands in, for links that should lead to a heading. */
  readonly headingOfBookmark: Map<string, Block>;
  title: string | undefined;
  hiddenCharacters: number;
  cells: number;
  depth: number;
  /** Reads block content (a text box, a note) as a flow of its own. */
  readFlow(elements: readonly XmlElement[], scope: PartScope): Block[];
}

export interface SectionRecord {
  /** Header and footer parts by relationship id, in the order stated. */
  readonly headers: readonly string[];
  readonly footers: readonly string[];
  /** Index of the section's first top-level block. */
  readonly firstBlock: number;
  readonly firstPage: number;
  readonly lastPage: number;
}

/** Warnings of one code are one entry with a count. */
export class WarningList {
  readonly #byCode = new Map<string, Warning>();

  add(code: string, message: string, count = 1): void {
    const known = this.#byCode.get(code);
    if (known) known.count = (known.count ?? 1) + count;
    else this.#byCode.set(code, { code, message, count });
  }

  get list(): Warning[] {
    return [...this.#byCode.values()];
  }
}

/** Runs `read` one level deeper. Throws LIMIT_EXCEEDED past the limit. */
export function nested<T>(session: Session, read: () => T): T {
  if (++session.depth > session.limits.maxDepth) throw problem("LIMIT_EXCEEDED", { limit: "nesting depth" });
  try {
    return read();
  } finally {
    session.depth -= 1;
  }
}

/** Pages of the result, sized by the sections they fall in. */
export function pagesOf(count: number, sizes: ReadonlyMap<number, readonly [number, number]>): Page[] {
  const pages: Page[] = [];
  let last: readonly [number, number] = sizes.values().next().value ?? [0, 0];
  for (let number = 1; number <= count; number++) {
    last = sizes.get(number) ?? last;
    pages.push({ number, kind: "page", width: last[0], height: last[1] });
  }
  return pages;
}
