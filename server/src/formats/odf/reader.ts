/** OpenDocument text and presentations (ODF 1.0–1.3) straight into the tree. */
import { type Block, type Document, type Page, Problem, problem } from "@knowhere/contract";
import { AssetCollector } from "../../document/assets.ts";
import { resolveBookmarkLinks } from "../../document/heading-links.ts";
import { ParagraphCounter, requireContent } from "../empty.ts";
import { loadPictures } from "../ooxml/pictures.ts";
import { PageCounter } from "../page-counter.ts";
import type { ReadContext, Reader, ReadResult, Source } from "../reader.ts";
import { makeResult } from "../result.ts";
import { childOf, childrenOf, findElement, textOf, type XmlElement } from "../xml/element.ts";
import type { XmlHandlers } from "../xml/stream.ts";
import type { ZipArchive } from "../zip/archive.ts";
import { FlowReader, flowContainers, readFlow } from "./flow.ts";
import { unreadFormula } from "./frames.ts";
import { furnitureOf, pageSizeOf } from "./master-pages.ts";
import { readDrawPage } from "./presentation.ts";
import { openOdf, partOfToken, readPart, type Session, streamPart, warn } from "./session.ts";
import { StyleSheet } from "./styles.ts";

export const odtReader: Reader = { format: "odt", read: (source, context) => readOdf(source, context, "odt") };
export const odpReader: Reader = { format: "odp", read: (source, context) => readOdf(source, context, "odp") };

async function readOdf(source: Source, context: ReadContext, format: "odt" | "odp"): Promise<ReadResult> {
  const archive = await openOdf(source, context);
  try {
    const session = openSession(archive, context);
    const styles = await optionalPart(session, "styles.xml", context);
    session.styles.add(childOf(styles, "office:styles"));
    // Headers and footers use the automatic styles of their own part; those of the content come later and win.
    session.styles.add(childOf(styles, "office:automatic-styles"));
    const { content, pages } =
      format === "odt" ? await readText(session, styles, context) : await readPresentation(session, styles, context);
    await fillPending(session, context);
    content.push(...session.notes.filter((note) => note.content.length > 0));
    resolveBookmarkLinks(content, session.headingOfBookmark);
    const assets = new AssetCollector();
    await loadPictures(content, archive, assets, partOfToken, () =>
      warn(session, "PICTURE_UNREADABLE", "A picture could not be read and was left out."),
    );
    const metadata = await readMetadata(session, context);
    if (session.hiddenCharacters > 0) {
      const kept = context.options.hiddenText === "keep";
      warn(
        session,
        "HIDDEN_TEXT",
        `The document contains hidden text, which was ${kept ? "kept" : "left out"} (characters: see count).`,
        session.hiddenCharacters,
      );
    }
    context.progress(pages.length, pages.length);
    const kept = requireContent(prune(content));
    const title = typeof metadata["title"] === "string" ? metadata["title"] : session.title;
    return makeResult({
      format,
      source,
      content: kept,
      assets,
      pages,
      title,
      language: session.styles.language,
      metadata,
      warnings: session.warnings,
    });
  } finally {
    archive.close();
  }
}

function openSession(archive: ZipArchive, context: ReadContext): Session {
  const session: Session = {
    archive,
    limits: context.limits,
    options: context.options,
    styles: new StyleSheet(),
    pages: new PageCounter(context.limits.maxPages, (page) => context.progress(page, page - 1)),
    paragraphs: new ParagraphCounter(),
    warnings: [],
    notes: [],
    noteCounts: { footnote: 0, endnote: 0, comment: 0 },
    pending: [],
    headingOfBookmark: new Map(),
    title: undefined,
    hiddenCharacters: 0,
    cells: 0,
    depth: 0,
    readFlow: (elements) => readFlow(elements, session),
  };
  return session;
}

async function readText(
  session: Session,
  styles: XmlElement | undefined,
  context: ReadContext,
): Promise<{ content: Block[]; pages: Page[] }> {
  const reader = new FlowReader(session, true);
  await streamPart(session.archive, "content.xml", context.signal, flowContainers, reader);
  const size = pageSizeOf(styles);
  const pages: Page[] = Array.from({ length: session.pages.current }, (_, at) => ({
    number: at + 1,
    kind: "page",
    width: size[0],
    height: size[1],
  }));
  const { headers, footers } = furnitureOf(styles, session);
  return { content: [...headers, ...reader.finish(), ...footers], pages };
}

async function readPresentation(
  session: Session,
  styles: XmlElement | undefined,
  context: ReadContext,
): Promise<{ content: Block[]; pages: Page[] }> {
  const content: Block[] = [];
  const pages: Page[] = [];
  const size = pageSizeOf(styles);
  const handlers: XmlHandlers = {
    open: () => true,
    close: () => undefined,
    tree: (element) => {
      if (element.name === "office:automatic-styles") session.styles.add(element);
      if (element.name !== "draw:page") return;
      if (pages.length >= context.limits.maxPages)
        throw problem("TOO_MANY_PAGES", { pages: pages.length + 1, limit: context.limits.maxPages });
      const slide = readDrawPage(element, pages.length + 1, size, session);
      const hasTitle = slide.blocks[0]?.type === "heading";
      if (!hasTitle && slide.blocks.length > 0 && content.length > 0)
        content.push({ type: "divider", places: [{ page: slide.page.number }] });
      content.push(...slide.blocks);
      pages.push(slide.page);
      if (slide.page.hidden)
        warn(session, "HIDDEN_SLIDES", "The presentation contains hidden slides; they are included and flagged.");
      context.progress(pages.length, pages.length);
    },
  };
  await streamPart(
    session.archive,
    "content.xml",
    context.signal,
    new Set(["office:document-content", "office:body", "office:presentation"]),
    handlers,
  );
  return { content, pages };
}

/** Styles, metadata and embedded objects: damage to them is a warning. Limits still throw. */
async function optionalPart(session: Session, part: string, context: ReadContext): Promise<XmlElement | undefined> {
  try {
    return await readPart(session.archive, part, context.signal);
  } catch (error) {
    if (!(error instanceof Problem) || error.problem !== "PARSING_FAILED") throw error;
    warn(session, "PART_UNREADABLE", "A part of the document is damaged; its content is missing.");
    return undefined;
  }
}

async function fillPending(session: Session, context: ReadContext): Promise<void> {
  for (let at = 0; at < session.pending.length; at++) {
    const { part, fill } = session.pending[at]!;
    // Formulas may carry the MathML document type.
    const root = await readPart(session.archive, part, context.signal, "ignore").catch((error: unknown) => {
      if (error instanceof Problem && error.problem === "PARSING_FAILED") return undefined;
      throw error;
    });
    if (root) fill(root);
    else warn(session, "PART_UNREADABLE", "A part of the document is damaged; its content is missing.");
  }
}

const metadataNames: Readonly<Record<string, string>> = {
  "dc:title": "title",
  "dc:creator": "last_modified_by",
  "meta:initial-creator": "author",
  "dc:subject": "subject",
  "dc:description": "description",
  "dc:language": "language",
  "dc:date": "modified",
  "meta:creation-date": "created",
  "meta:generator": "application",
};

async function readMetadata(session: Session, context: ReadContext): Promise<Document["metadata"]> {
  const metadata: Document["metadata"] = {};
  const meta = findElement(await optionalPart(session, "meta.xml", context), "office:meta");
  const keywords: string[] = [];
  for (const element of childrenOf(meta).slice(0, 1_000)) {
    const value = textOf(element).trim();
    const key =
      metadataNames[element.name] ??
      (element.name === "meta:user-defined" ? element.attributes["meta:name"] : undefined);
    if (element.name === "meta:keyword" && value !== "") keywords.push(value);
    else if (key !== undefined && key !== "__proto__" && value !== "" && !(key in metadata)) metadata[key] = value;
  }
  if (keywords.length > 0) metadata["keywords"] = keywords;
  return metadata;
}

const isRead = (formula: { text: string }): boolean => formula.text !== unreadFormula && formula.text !== "";

/** Objects that turned out to be neither formula nor chart leave nothing behind. */
function prune(blocks: Block[]): Block[] {
  return blocks.filter((block) => {
    if (block.type === "table") return block.rows.length > 0;
    if (block.type === "math") return isRead(block);
    if (block.type === "paragraph") {
      block.content = block.content.filter((node) => node.type !== "math" || isRead(node));
      return block.content.length > 0;
    }
    return block.type !== "group" || block.content.length > 0;
  });
}
