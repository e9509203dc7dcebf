/** DOCX (WordprocessingML, ECMA-376 Transitional and Strict) straight into the tree. */
import { type Block, Problem, problem } from "@knowhere/contract";
import { AssetCollector } from "../../document/assets.ts";
import { resolveBookmarkLinks } from "../../document/heading-links.ts";
import { ParagraphCounter, requireContent } from "../empty.ts";
import { type OoxmlPackage, openPackage } from "../ooxml/package.ts";
import { loadPictures } from "../ooxml/pictures.ts";
import { readProperties } from "../ooxml/properties.ts";
import { twipsOf, valOf } from "../ooxml/values.ts";
import { PageCounter } from "../page-counter.ts";
import type { ReadContext, Reader, ReadResult, Source } from "../reader.ts";
import { makeResult } from "../result.ts";
import { childOf, childrenOf, type XmlElement } from "../xml/element.ts";
import { replayTree } from "../xml/stream.ts";
import { FlowReader, flowContainers } from "./flow.ts";
import { addFurniture } from "./furniture.ts";
import { NoteRegistry, type NoteSource } from "./notes.ts";
import { Numbering } from "./numbering.ts";
import { type PartScope, pagesOf, partOfToken, type Session, WarningList } from "./session.ts";
import { StyleSheet } from "./styles.ts";

export const docxReader: Reader = { format: "docx", read: readDocx };

async function readDocx(source: Source, context: ReadContext): Promise<ReadResult> {
  const opened = await openPackage(source, context.limits, context.signal);
  try {
    const part = await mainPartOf(opened);
    const scope: PartScope = { part, relationships: await opened.relationshipsOf(part) };
    const session = await openSession(opened, scope, context);
    const { content, sizes } = await readBody(session, scope);
    await fillPending(session);
    content.push(...session.notes.blocks);
    await addFurniture(session, scope, content);
    resolveBookmarkLinks(content, session.headingOfBookmark);
    const assets = new AssetCollector();
    await loadPictures(content, opened.archive, assets, partOfToken, () => {
      session.warnings.add("PICTURE_UNREADABLE", "A picture could not be read and was left out.");
    });
    const metadata = await readProperties(opened);
    reportHidden(session);
    const kept = requireContent(pruneEmpty(content));
    const pages = pagesOf(session.pages.current, sizes);
    context.progress(pages.length, pages.length);
    return makeResult({
      format: "docx",
      source,
      content: kept,
      assets,
      pages,
      title: typeof metadata["title"] === "string" ? metadata["title"] : session.title,
      language: typeof metadata["language"] === "string" ? metadata["language"] : session.styles.language,
      metadata,
      warnings: session.warnings.list,
    });
  } finally {
    opened.close();
  }
}

async function mainPartOf(opened: OoxmlPackage): Promise<string> {
  const part =
    (await opened.relatedPart("", "officeDocument")) ??
    (opened.archive.has("word/document.xml") ? "word/document.xml" : undefined);
  if (part === undefined)
    throw problem("PARSING_FAILED", { message: "Unable to parse document: it has no main document part." });
  return part;
}

async function openSession(opened: OoxmlPackage, scope: PartScope, context: ReadContext): Promise<Session> {
  const warnings = new WarningList();
  const optional = async (type: string): Promise<XmlElement | undefined> => {
    const part = await opened.relatedPart(scope.part, type);
    return part === undefined ? undefined : await readOptional(opened, part, warnings);
  };
  const settings = await optional("settings");
  const notes = new NoteRegistry({
    footnote: await readNotes(
      opened,
      scope,
      "footnotes",
      "w:footnote",
      noteFormat(settings, "w:footnotePr", "decimal"),
      warnings,
    ),
    endnote: await readNotes(
      opened,
      scope,
      "endnotes",
      "w:endnote",
      noteFormat(settings, "w:endnotePr", "lowerRoman"),
      warnings,
    ),
    comment: await readNotes(opened, scope, "comments", "w:comment", "decimal", warnings),
  });
  const session: Session = {
    opened,
    options: context.options,
    limits: context.limits,
    styles: new StyleSheet(await optional("styles")),
    numbering: new Numbering(await optional("numbering")),
    notes,
    pages: new PageCounter(context.limits.maxPages, (page) => context.progress(page, page - 1)),
    paragraphs: new ParagraphCounter(),
    pending: [],
    warnings,
    sections: [],
    headingOfBookmark: new Map(),
    title: undefined,
    hiddenCharacters: 0,
    cells: 0,
    depth: 0,
    readFlow: (elements, inner) => {
      const reader = new FlowReader(session, inner, false);
      for (const element of elements) replayTree(element, flowContainers, reader);
      return reader.finish();
    },
  };
  notes.readContent = session.readFlow;
  notes.currentPage = () => session.pages.current;
  return session;
}

/** A part that the document can do without: damage to it is a warning. Limits still throw. */
async function readOptional(
  opened: OoxmlPackage,
  part: string,
  warnings: WarningList,
): Promise<XmlElement | undefined> {
  try {
    return await opened.tree(part);
  } catch (error) {
    if (!(error instanceof Problem) || error.problem !== "PARSING_FAILED") throw error;
    warnings.add(
      "PART_UNREADABLE",
      `The part '${part.slice(part.lastIndexOf("/") + 1)}' of the document is damaged; its content is missing.`,
    );
    return undefined;
  }
}

const noteFormat = (settings: XmlElement | undefined, name: string, fallback: string): string =>
  valOf(childOf(settings, name), "w:numFmt") ?? fallback;

async function readNotes(
  opened: OoxmlPackage,
  scope: PartScope,
  type: string,
  name: string,
  numberFormat: string,
  warnings: WarningList,
): Promise<NoteSource | undefined> {
  const part = await opened.relatedPart(scope.part, type);
  const root = part === undefined ? undefined : await readOptional(opened, part, warnings);
  if (part === undefined || !root) return undefined;
  const elements = new Map<string, XmlElement>();
  for (const element of childrenOf(root, name)) {
    // Separators and continuation notices are notes by form only.
    const kind = element.attributes["w:type"];
    if (kind === undefined || kind === "normal") elements.set(element.attributes["w:id"] ?? "", element);
  }
  return { scope: { part, relationships: await opened.relationshipsOf(part) }, elements, numberFormat };
}

type PageSize = readonly [number, number];

async function readBody(
  session: Session,
  scope: PartScope,
): Promise<{ content: Block[]; sizes: Map<number, PageSize> }> {
  const reader = new FlowReader(session, scope, true);
  const sizes = new Map<number, PageSize>();
  let firstBlock = 0;
  let firstPage = 1;
  reader.onSection = (properties, blockCount) => {
    const idsOf = (name: string) => childrenOf(properties, name).map((reference) => reference.attributes["r:id"] ?? "");
    const lastPage = session.pages.current;
    session.sections.push({
      headers: idsOf("w:headerReference"),
      footers: idsOf("w:footerReference"),
      firstBlock,
      firstPage,
      lastPage,
    });
    const size = childOf(properties, "w:pgSz");
    const width = twipsOf(size?.attributes["w:w"]);
    const height = twipsOf(size?.attributes["w:h"]);
    if (width && height)
      for (let page = firstPage; page <= lastPage; page++)
        if (!sizes.has(page)) sizes.set(page, [width / 20, height / 20]);
    firstBlock = blockCount;
    firstPage = lastPage;
  };
  await session.opened.stream(scope.part, flowContainers, reader);
  return { content: reader.finish(), sizes };
}

async function fillPending(session: Session): Promise<void> {
  for (const { part, fill } of session.pending) {
    const root = await readOptional(session.opened, part, session.warnings);
    if (root) fill(root);
  }
}

/** Charts without cached values and empty boxes leave nothing behind. */
function pruneEmpty(blocks: Block[]): Block[] {
  return blocks.filter((block) => {
    if (block.type === "table") return block.rows.length > 0;
    if (block.type === "group") return block.content.length > 0;
    return true;
  });
}

function reportHidden(session: Session): void {
  if (session.hiddenCharacters === 0) return;
  const kept = session.options.hiddenText === "keep";
  session.warnings.add(
    "HIDDEN_TEXT",
    `The document contains hidden text, which was ${kept ? "kept" : "left out"} (characters: see count).`,
    session.hiddenCharacters,
  );
}
