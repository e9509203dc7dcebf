/** PPTX (PresentationML, ECMA-376) straight into the tree: one page a slide. */
import { type Block, type Page, Problem, problem } from "@knowhere/contract";
import { AssetCollector } from "../../document/assets.ts";
import { requireContent } from "../empty.ts";
import { type OoxmlPackage, openPackage } from "../ooxml/package.ts";
import { loadPictures } from "../ooxml/pictures.ts";
import { readProperties } from "../ooxml/properties.ts";
import { emuPerPoint } from "../ooxml/values.ts";
import { choosePages } from "../pdf/page-range.ts";
import type { ReadContext, Reader, ReadResult, Source } from "../reader.ts";
import { makeResult } from "../result.ts";
import { childOf, childrenOf, pathOf, type XmlElement } from "../xml/element.ts";
import { emptyLayout, type Layout, PlaceholderSet } from "./placeholders.ts";
import { partOfToken, type Session, type SlideScope, warn } from "./session.ts";
import { pageOf, readSlide, type SlideParts } from "./slide.ts";

export const pptxReader: Reader = { format: "pptx", read: readPptx };

async function readPptx(source: Source, context: ReadContext): Promise<ReadResult> {
  const opened = await openPackage(source, context.limits, context.signal);
  try {
    const part = (await opened.relatedPart("", "officeDocument")) ?? "ppt/presentation.xml";
    const presentation = await opened.tree(part);
    if (!presentation)
      throw problem("PARSING_FAILED", { message: "Unable to parse document: it has no presentation part." });
    const slides = await slidePartsOf(opened, part, presentation);
    if (slides.length > context.limits.maxPages)
      throw problem("TOO_MANY_PAGES", { pages: slides.length, limit: context.limits.maxPages });
    const session: Session = {
      opened,
      limits: context.limits,
      options: context.options,
      warnings: [],
      pending: [],
      cells: 0,
      shapes: 0,
    };
    const { content, pages } = await readSlides(session, presentation, part, slides, context);
    const assets = new AssetCollector();
    await loadPictures(content, opened.archive, assets, partOfToken, () =>
      warn(session, "PICTURE_UNREADABLE", "A picture could not be read and was left out.", 1),
    );
    const metadata = await readProperties(opened);
    const title = typeof metadata["title"] === "string" ? metadata["title"] : pages.find((page) => page.name)?.name;
    return makeResult({
      format: "pptx",
      source,
      content: requireContent(content),
      assets,
      pages,
      title,
      metadata,
      warnings: session.warnings,
    });
  } finally {
    opened.close();
  }
}

/** Slide parts in the order of the show (`p:sldIdLst`); a list that leads nowhere is replaced by the parts there are. */
async function slidePartsOf(opened: OoxmlPackage, part: string, presentation: XmlElement): Promise<string[]> {
  const relationships = await opened.relationshipsOf(part);
  const listed = childrenOf(childOf(presentation, "p:sldIdLst"), "p:sldId")
    .map((entry) => relationships.get(entry.attributes["r:id"] ?? ""))
    .filter(
      (relationship) => relationship !== undefined && !relationship.external && opened.archive.has(relationship.target),
    )
    .map((relationship) => relationship!.target);
  return [...new Set(listed)];
}

async function readSlides(
  session: Session,
  presentation: XmlElement,
  part: string,
  slides: readonly string[],
  context: ReadContext,
): Promise<{ content: Block[]; pages: Page[] }> {
  const size = sizeOf(presentation);
  const shared = new SharedParts(session, part, childOf(presentation, "p:defaultTextStyle"));
  const content: Block[] = [];
  const pages: Page[] = [];
  let isUnderTitle = false;
  context.progress(slides.length, 0);
  const chosen = new Set(choosePages(context.options.pages, slides.length));
  for (const [at, slide] of slides.entries()) {
    const page = at + 1;
    if (!chosen.has(page)) continue;
    const parts = await shared
      .open(slide, page, isUnderTitle)
      .catch((error: unknown) => skipSlide(session, error, page));
    if (!parts) {
      pages.push({ number: page, kind: "slide", width: size[0], height: size[1] });
      continue;
    }
    const result = readSlide(parts, session);
    await fillPending(session, page);
    const blocks = result.blocks.filter((block) =>
      block.type === "table" ? block.rows.length > 0 : block.type !== "group" || block.content.length > 0,
    );
    // A slide without a title starts at a line, so that it does not read on from the one before.
    if (!result.title && blocks.some((block) => block.type !== "furniture") && content.length > 0)
      content.push({ type: "divider", places: [{ page }] });
    content.push(...blocks);
    pages.push(pageOf(page, size, result));
    if (result.hidden)
      warn(session, "HIDDEN_SLIDES", "The presentation contains hidden slides; they are included and flagged.", page);
    if (result.title && parts.titleLevel === 1 && /^(title|secHead)$/.test(parts.layout.type)) isUnderTitle = true;
    context.progress(slides.length, page);
  }
  return { content, pages };
}

function skipSlide(session: Session, error: unknown, page: number): undefined {
  if (!(error instanceof Problem) || error.problem !== "PARSING_FAILED") throw error;
  warn(session, "SLIDE_UNREADABLE", "A slide is damaged and could not be read.", page);
  return undefined;
}

/** Slide size in points; 10 x 7.5 inches when the file does not say. */
function sizeOf(presentation: XmlElement): [number, number] {
  const size = childOf(presentation, "p:sldSz")?.attributes ?? {};
  const points = (value: string | undefined, fallback: number) =>
    Number(value) > 0 ? Number(value) / emuPerPoint : fallback;
  return [points(size["cx"], 720), points(size["cy"], 540)];
}

async function fillPending(session: Session, page: number): Promise<void> {
  for (const { part, fill } of session.pending.splice(0)) {
    try {
      const root = await session.opened.tree(part);
      if (root) fill(root);
    } catch (error) {
      if (!(error instanceof Problem) || error.problem !== "PARSING_FAILED") throw error;
      warn(session, "PART_UNREADABLE", "A chart or diagram is damaged and could not be read.", page);
    }
  }
}

/** Opens a slide with everything around it; layouts are read once. */
class SharedParts {
  readonly #layouts = new Map<string, Layout>();
  #authors: Map<string, string> | undefined;

  constructor(
    private readonly session: Session,
    private readonly presentationPart: string,
    private readonly defaults: XmlElement | undefined,
  ) {}

  async open(part: string, page: number, isUnderTitle: boolean): Promise<SlideParts | undefined> {
    const { opened } = this.session;
    const root = await opened.tree(part);
    if (!root) return undefined;
    const layout = await this.#layoutOf(part);
    const notesPart = await opened.relatedPart(part, "notesSlide");
    const notesRoot = notesPart === undefined ? undefined : await this.#optional(notesPart, page);
    const commentsPart = await opened.relatedPart(part, "comments");
    return {
      root,
      scope: await this.#scope(part, page),
      layout,
      defaults: this.defaults,
      notes:
        notesPart !== undefined && notesRoot
          ? { root: notesRoot, scope: await this.#scope(notesPart, page) }
          : undefined,
      comments: commentsPart === undefined ? undefined : await this.#optional(commentsPart, page),
      authors: await this.#readAuthors(),
      titleLevel: isUnderTitle && !/^(title|secHead)$/.test(layout.type) ? 2 : 1,
    };
  }

  async #scope(part: string, page: number): Promise<SlideScope> {
    return { part, relationships: await this.session.opened.relationshipsOf(part), page };
  }

  async #optional(part: string, page: number): Promise<XmlElement | undefined> {
    try {
      return await this.session.opened.tree(part);
    } catch (error) {
      if (!(error instanceof Problem) || error.problem !== "PARSING_FAILED") throw error;
      warn(this.session, "PART_UNREADABLE", "Notes, comments or a layout are damaged and could not be read.", page);
      return undefined;
    }
  }

  async #layoutOf(slide: string): Promise<Layout> {
    const { opened } = this.session;
    const part = await opened.relatedPart(slide, "slideLayout");
    if (part === undefined) return emptyLayout;
    const known = this.#layouts.get(part);
    if (known) return known;
    const root = await this.#optional(part, 1);
    const masterPart = await opened.relatedPart(part, "slideMaster");
    const master = masterPart === undefined ? undefined : await this.#optional(masterPart, 1);
    const layout: Layout = {
      type: root?.attributes["type"] ?? "",
      layout: new PlaceholderSet(root),
      master: new PlaceholderSet(master),
      titleStyle: pathOf(master, "p:txStyles", "p:titleStyle"),
      bodyStyle: pathOf(master, "p:txStyles", "p:bodyStyle"),
      otherStyle: pathOf(master, "p:txStyles", "p:otherStyle"),
    };
    this.#layouts.set(part, layout);
    return layout;
  }

  async #readAuthors(): Promise<ReadonlyMap<string, string>> {
    if (this.#authors) return this.#authors;
    this.#authors = new Map();
    for (const type of ["commentAuthors", "authors"]) {
      const part = await this.session.opened.relatedPart(this.presentationPart, type);
      const root = part === undefined ? undefined : await this.#optional(part, 1);
      for (const author of childrenOf(root))
        this.#authors.set(author.attributes["id"] ?? "", author.attributes["name"] ?? "");
    }
    return this.#authors;
  }
}
