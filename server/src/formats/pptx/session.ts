/** What the slides of one PPTX share while they are read. */
import type { Block, Warning } from "@knowhere/contract";
import type { OoxmlPackage, Relationship } from "../ooxml/package.ts";
import type { ReadLimits, ReadOptions } from "../reader.ts";
import type { XmlElement } from "../xml/element.ts";

export interface SlideScope {
  readonly part: string;
  readonly relationships: ReadonlyMap<string, Relationship>;
  readonly page: number;
}

export interface Session {
  readonly opened: OoxmlPackage;
  readonly limits: ReadLimits;
  readonly options: ReadOptions;
  readonly warnings: Warning[];
  /** Charts and diagrams, filled in after their slide was walked. */
  readonly pending: { part: string; fill(root: XmlElement): void }[];
  cells: number;
  shapes: number;
}

export const pictureToken = (part: string): string => `part:${part}`;
export const partOfToken = (token: string): string | undefined =>
  token.startsWith("part:") ? token.slice(5) : undefined;

/** Adds a warning; one of the same code gets the page and a higher count. */
export function warn(session: Session, code: string, message: string, page: number): void {
  const known = session.warnings.find((warning) => warning.code === code);
  if (!known) {
    session.warnings.push({ code, message, pages: [page], count: 1 });
    return;
  }
  known.count = (known.count ?? 1) + 1;
  if (!known.pages?.includes(page)) known.pages?.push(page);
}

/** Blocks with a place on the slide. */
export function placed(
  blocks: readonly Block[],
  page: number,
  box: readonly [number, number, number, number] | undefined,
): Block[] {
  for (const block of blocks) block.places ??= [box ? { page, box: [...box] } : { page }];
  return [...blocks];
}
