/** EPUB 2 and 3 straight into the tree: the chapters of the spine in order, one page of kind "section" each. */
import { type Block, type Note, type Page, Problem, problem, type Warning } from "@knowhere/contract";
import { AssetCollector } from "../../document/assets.ts";
import { requireContent } from "../empty.ts";
import { nodesToBlocks } from "../html/blocks.ts";
import { attribute, elementsBelow, findBelow, type HtmlParent, parsePage } from "../html/dom.ts";
import { declaredCharset } from "../html/metadata.ts";
import { readStyleSheets, type StyleSheet, styleElementsOf } from "../html/style-sheet.ts";
import type { HtmlOptions } from "../html/walk.ts";
import { resolvePart } from "../ooxml/package.ts";
import type { ReadContext, Reader, ReadResult, Source } from "../reader.ts";
import { makeResult } from "../result.ts";
import { decodeText } from "../sniff/charset.ts";
import { openZip, type ZipArchive } from "../zip/archive.ts";
import { markContentsHeadings } from "./contents-headings.ts";
import { linkNotes, takeNotes } from "./notes.ts";
import { type Publication, readPublication } from "./publication.ts";

export const epubReader: Reader = { format: "epub", read: readEpub };

/** One chapter or picture; the largest seen in books are a tenth of it. */
const maxPartBytes = 64 * 1024 * 1024;
const maxSheetBytes = 1024 * 1024;

/** A damaged style sheet is no loss of words; limits still throw. */
function emptyWhenDamaged(error: unknown): Uint8Array {
  if (error instanceof Problem && error.problem === "PARSING_FAILED") return new Uint8Array(0);
  throw error;
}

async function readEpub(source: Source, context: ReadContext): Promise<ReadResult> {
  if (source.sizeBytes === 0) throw problem("EMPTY_DOCUMENT");
  const archive = await openZip(source.path, { maxUnpackedBytes: context.limits.maxUnpackedBytes }, context.signal);
  try {
    const publication = await readPublication(archive, context.signal);
    const { chapters } = publication;
    if (chapters.length === 0)
      throw problem("EMPTY_DOCUMENT", { message: "The EPUB has no chapters: there is nothing to parse." });
    if (chapters.length > context.limits.maxPages)
      throw problem("TOO_MANY_PAGES", { pages: chapters.length, limit: context.limits.maxPages });
    const read = await new BookReader(archive, publication, context).read();
    requireContent(read.content);
    return makeResult({
      format: "epub",
      source,
      ...read,
      title: publication.title,
      language: publication.language,
      metadata: publication.metadata,
    });
  } finally {
    archive.close();
  }
}

class BookReader {
  readonly #assets = new AssetCollector();
  readonly #notes = new Map<string, Note>();
  readonly #warnings: Warning[] = [];
  readonly #sheets = new Map<string, string>();
  /** Most chapters have the sheets of the one before. */
  #sheetsOf: { key: string; styles: StyleSheet } | undefined;
  #hiddenCount = 0;

  constructor(
    private readonly archive: ZipArchive,
    private readonly publication: Publication,
    private readonly context: ReadContext,
  ) {}

  async read(): Promise<{ content: Block[]; pages: Page[]; assets: AssetCollector; warnings: Warning[] }> {
    const { chapters, names } = this.publication;
    const content: Block[] = [];
    const pages: Page[] = [];
    this.context.progress(chapters.length, 0);
    for (const [at, part] of chapters.entries()) {
      const page = at + 1;
      this.context.signal.throwIfAborted();
      const blocks = await this.#chapter(part, page);
      const named = this.publication.contents.filter((entry) => entry.part === part);
      markContentsHeadings(blocks, named);
      for (const block of blocks) block.places = [{ page }];
      content.push(...blocks);
      const name = names.get(part);
      pages.push({ number: page, kind: "section", width: 0, height: 0, ...(name ? { name } : {}) });
      this.context.progress(chapters.length, page);
    }
    await this.#addCover(content);
    const notes = linkNotes(content, this.#notes);
    // Notes nobody points to are still text of the book.
    const loose = [...this.#notes.values()].filter((note) => !notes.includes(note));
    content.push(...notes, ...loose);
    if (this.#hiddenCount > 0) {
      const kept = this.context.options.hiddenText === "keep";
      this.#warnings.push({
        code: "HIDDEN_TEXT",
        message: `The book contains hidden text, which was ${kept ? "kept" : "left out"}.`,
        count: this.#hiddenCount,
      });
    }
    return { content, pages, assets: this.#assets, warnings: this.#warnings };
  }

  async #chapter(part: string, page: number): Promise<Block[]> {
    const document = await this.#parse(part, page);
    if (!document) return [];
    const pictures = await this.#pictures(document, part);
    const options: HtmlOptions = {
      assets: this.#assets,
      styles: await this.#styles(document, part),
      stylesHide: true,
      hiddenText: this.context.options.hiddenText,
      maxDepth: this.context.limits.maxDepth,
      maxCells: this.context.limits.maxCells,
      resolveImage: (href) => pictures.get(href),
      resolveLink: (href) => anchorOf(part, href),
    };
    for (const { id, kind, element } of takeNotes(document)) {
      const key = anchorOf(part, `#${id}`)!;
      const { blocks } = nodesToBlocks(element, options);
      if (blocks.length === 0 || this.#notes.has(key)) continue;
      this.#notes.set(key, {
        type: "note",
        note: key.slice(1),
        label: String(this.#notes.size + 1),
        kind,
        content: blocks,
        places: [{ page }],
      });
    }
    const { blocks, hiddenCount } = nodesToBlocks(findBelow(document, "body") ?? document, options);
    this.#hiddenCount += hiddenCount;
    return blocks;
  }

  /** The style sheets a chapter links to, each read once, and its own. */
  async #styles(document: HtmlParent, part: string): Promise<StyleSheet> {
    const sheets: string[] = [];
    for (const element of elementsBelow(document)) {
      const href = element.tagName === "link" ? attribute(element, "href") : undefined;
      if (!href || !/\bstylesheet\b/i.test(attribute(element, "rel") ?? "") || /^[a-z][a-z0-9+.-]*:/i.test(href))
        continue;
      const target = resolvePart(part, href);
      let sheet = this.#sheets.get(target);
      if (sheet === undefined) {
        const isThere = this.archive.has(target) && this.archive.declaredBytes(target) <= maxSheetBytes;
        const bytes = isThere
          ? await this.archive.read(target, maxSheetBytes).catch(emptyWhenDamaged)
          : new Uint8Array(0);
        this.#sheets.set(target, (sheet = decodeText(bytes).text));
      }
      sheets.push(sheet);
    }
    sheets.push(...styleElementsOf(document));
    const key = sheets.join("\n");
    if (this.#sheetsOf?.key !== key) this.#sheetsOf = { key, styles: readStyleSheets(sheets) };
    return this.#sheetsOf.styles;
  }

  /** A chapter that cannot be read is a warning; limits still throw. */
  async #parse(part: string, page: number): Promise<HtmlParent | undefined> {
    try {
      const bytes = await this.archive.read(part, maxPartBytes);
      const { text } = decodeText(bytes, { declared: declaredCharset(bytes) });
      return parsePage(expandEmptyElements(text));
    } catch (error) {
      if (!(error instanceof Problem) || error.problem !== "PARSING_FAILED") throw error;
      this.#warnings.push({ code: "CHAPTER_UNREADABLE", message: "A chapter is damaged and could not be read.", page });
      return undefined;
    }
  }

  /** Bytes of the pictures a chapter shows, by the reference as written. */
  async #pictures(document: HtmlParent, part: string): Promise<Map<string, Uint8Array>> {
    const found = new Map<string, Uint8Array>();
    for (const element of elementsBelow(document)) {
      if (element.tagName !== "img" && element.tagName !== "image") continue;
      for (const name of ["src", "xlink:href", "href"]) {
        const href = attribute(element, name);
        if (!href || found.has(href) || /^[a-z][a-z0-9+.-]*:/i.test(href)) continue;
        const bytes = await this.#readPicture(resolvePart(part, href));
        if (bytes) found.set(href, bytes);
      }
    }
    return found;
  }

  async #readPicture(part: string): Promise<Uint8Array | undefined> {
    const maxBytes = Math.min(maxPartBytes, this.#assets.remainingBytes);
    if (!this.archive.has(part) || this.archive.declaredBytes(part) > maxBytes) return undefined;
    try {
      return await this.archive.read(part, maxBytes);
    } catch (error) {
      const limit = error instanceof Problem ? error.details["limit"] : undefined;
      if (limit === "bytes of one part" || limit === "compression ratio") return undefined;
      if (error instanceof Problem && error.problem === "PARSING_FAILED") return undefined;
      throw error;
    }
  }

  /** The cover picture, unless a chapter shows it. */
  async #addCover(content: Block[]): Promise<void> {
    const { cover } = this.publication;
    const bytes = cover === undefined ? undefined : await this.#readPicture(cover);
    const known = new Set(this.#assets.list.map((asset) => asset.id));
    const asset = bytes ? this.#assets.add(bytes) : null;
    if (!asset || known.has(asset.id)) return;
    content.unshift({ type: "figure", asset: asset.id, places: [{ page: 1 }] });
  }
}

/** Links inside the book lead to "#chapter-file_id"; others stay as they are. */
function anchorOf(part: string, href: string): string | undefined {
  if (/^[a-z][a-z0-9+.-]*:/i.test(href)) return href;
  const fragment = href.split("#")[1];
  const target = href.startsWith("#") ? part : resolvePart(part, href);
  const file = target.slice(target.lastIndexOf("/") + 1);
  return `#${file}${fragment ? `_${fragment}` : ""}`;
}

const voidElements = new Set("area base br col embed hr img input link meta param source track wbr".split(" "));
/** XHTML may write any empty element as `<a id="x"/>`; HTML parsers would take that for an open tag. */
function expandEmptyElements(xhtml: string): string {
  return xhtml.replace(/<([a-zA-Z][\w:.-]*)((?:\s[^<>]*)?)\/>/g, (tag, name: string, attributes: string) =>
    voidElements.has(name.toLowerCase()) ? tag : `<${name}${attributes}></${name}>`,
  );
}
