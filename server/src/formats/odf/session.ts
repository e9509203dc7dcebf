/** What the parts of one OpenDocument file share while it is read, and how the container is opened. */
import { open as openFile } from "node:fs/promises";
import { type Block, type Note, problem, type Warning } from "@knowhere/contract";
import type { ParagraphCounter } from "../empty.ts";
import type { PageCounter } from "../page-counter.ts";
import type { ReadContext, ReadLimits, ReadOptions, Source } from "../reader.ts";
import { descendantsOf, type XmlElement } from "../xml/element.ts";
import { readXml, streamXml, type XmlHandlers } from "../xml/stream.ts";
import { openZip, type ZipArchive } from "../zip/archive.ts";
import { odfNamespaces } from "./namespaces.ts";
import type { StyleSheet } from "./styles.ts";

export interface Session {
  readonly archive: ZipArchive;
  readonly limits: ReadLimits;
  readonly options: ReadOptions;
  readonly styles: StyleSheet;
  readonly pages: PageCounter;
  readonly paragraphs: ParagraphCounter;
  readonly warnings: Warning[];
  /** Footnotes and endnotes in order; they go to the end. */
  readonly notes: Note[];
  readonly noteCounts: { footnote: number; endnote: number; comment: number };
  /** Embedded objects, filled in after the walk. */
  readonly pending: { part: string; fill(root: XmlElement): void }[];
  readonly headingOfBookmark: Map<string, Block>;
  title: string | undefined;
  hiddenCharacters: number;
  cells: number;
  depth: number;
  readFlow(elements: readonly XmlElement[]): Block[];
}

export const pictureToken = (part: string): string => `part:${part}`;
export const partOfToken = (token: string): string | undefined =>
  token.startsWith("part:") ? token.slice(5) : undefined;

export function warn(session: Session, code: string, message: string, count = 1): void {
  const known = session.warnings.find((warning) => warning.code === code);
  if (known) known.count = (known.count ?? 1) + count;
  else session.warnings.push({ code, message, count });
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

/** Opens the package. Throws EMPTY_DOCUMENT, ENCRYPTED, PARSING_FAILED or LIMIT_EXCEEDED. */
export async function openOdf(source: Source, context: ReadContext): Promise<ZipArchive> {
  if (source.sizeBytes === 0) throw problem("EMPTY_DOCUMENT");
  const file = await openFile(source.path, "r");
  try {
    const head = Buffer.alloc(2);
    await file.read(head, 0, 2, 0);
    if (head.toString("latin1") !== "PK")
      throw problem("PARSING_FAILED", { message: "Unable to parse document: it is not an OpenDocument package." });
  } finally {
    await file.close();
  }
  const archive = await openZip(source.path, { maxUnpackedBytes: context.limits.maxUnpackedBytes }, context.signal);
  try {
    // Encrypted parts are named in the manifest (ODF 1.3 part 2, 4.3).
    const manifest = await readPart(archive, "META-INF/manifest.xml", context.signal, "ignore");
    if (descendantsOf(manifest, "manifest:encryption-data").length > 0) throw problem("ENCRYPTED");
    if (!archive.has("content.xml"))
      throw problem("PARSING_FAILED", { message: "Unable to parse document: it has no content part." });
    return archive;
  } catch (error) {
    archive.close();
    throw error;
  }
}

/** A part as one tree; undefined when it is not there. */
export async function readPart(
  archive: ZipArchive,
  part: string,
  signal: AbortSignal,
  doctype: "refuse" | "ignore" = "refuse",
): Promise<XmlElement | undefined> {
  if (!archive.has(part)) return undefined;
  return readXml(archive.stream(part), { namespaces: odfNamespaces, signal, doctype });
}

export function streamPart(
  archive: ZipArchive,
  part: string,
  signal: AbortSignal,
  containers: ReadonlySet<string>,
  handlers: XmlHandlers,
): Promise<void> {
  return streamXml(archive.stream(part), { namespaces: odfNamespaces, containers, signal }, handlers);
}
