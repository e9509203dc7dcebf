/** PDF -> tree. Pages stream through layout one by one, each closed before the next is opened, so memory does not grow with them. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { type Block, type Document, type Page, Problem, problem, type Warning } from "@knowhere/contract";
import type { FileFacts, PageImages } from "../../layout/facts.ts";
import { createLayout } from "../../layout/index.ts";
import type { ReadContext, Reader, ReadResult, Source } from "../reader.ts";
import { commentBlocks } from "./comments.ts";
import { PdfFile, trapProblem } from "./file.ts";
import { isTagged, readAttachments, readLanguage, readMetadata, readPageLabel } from "./metadata.ts";
import { readOutline } from "./outline.ts";
import { PdfPage } from "./page.ts";
import { choosePages } from "./page-range.ts";
import { PictureCache } from "./pictures.ts";
import { PageWarnings } from "./warnings.ts";

/** A file that traps PDFium this often is given up. */
const maxTraps = 8;

export const pdfReader: Reader = {
  format: "pdf",
  async read(source: Source, context: ReadContext): Promise<ReadResult> {
    const bytes = await source.bytes();
    if (bytes.length === 0) throw problem("EMPTY_DOCUMENT");
    const parse = new PdfParse(bytes, source, context);
    await parse.open();
    try {
      await parse.readPages();
      return await parse.finish();
    } finally {
      parse.close();
    }
  },
};

class PdfParse {
  readonly #bytes: Uint8Array;
  readonly #source: Source;
  readonly #context: ReadContext;
  readonly #warnings = new PageWarnings();
  readonly #pictures: PictureCache;
  readonly #pages: Page[] = [];
  readonly #comments: Block[] = [];
  #file!: PdfFile;
  #facts!: FileFacts;
  #chosen: number[] = [];
  #layout!: ReturnType<typeof createLayout>;
  #attachments: Document["attachments"] = [];
  #traps = 0;
  #lastTrap: Error | undefined;

  constructor(bytes: Uint8Array, source: Source, context: ReadContext) {
    this.#bytes = bytes;
    this.#source = source;
    this.#context = context;
    this.#pictures = new PictureCache(bytes);
  }

  async open(): Promise<void> {
    const { options, limits } = this.#context;
    this.#file = await PdfFile.open(this.#bytes, options.password);
    if (this.#file.pageCount === 0) throw problem("EMPTY_DOCUMENT", { message: "The PDF has no pages." });
    this.#chosen = choosePages(options.pages, this.#file.pageCount);
    if (this.#chosen.length > limits.maxPages) {
      throw problem("TOO_MANY_PAGES", { pages: this.#chosen.length, limit: limits.maxPages });
    }
    this.#context.progress(this.#chosen.length, 0);
    const metadata = readMetadata(this.#file);
    this.#facts = {
      pageCount: this.#file.pageCount,
      title: metadata.Title,
      metadata,
      outline: readOutline(this.#file),
      tagged: isTagged(this.#file),
      language: readLanguage(this.#file),
    };
    this.#attachments = readAttachments(this.#file);
    this.#layout = createLayout(this.#facts, { findHeadings: options.findHeadings });
  }

  async readPages(): Promise<void> {
    for (const [index, number] of this.#chosen.entries()) {
      this.#context.signal.throwIfAborted();
      try {
        await this.#readPage(number);
      } catch (error) {
        this.#context.signal.throwIfAborted();
        if (error instanceof Problem && error.problem !== "LIMIT_EXCEEDED") throw error;
        this.#warnings.add("PAGE_UNREADABLE", number);
        if (!this.#pages.some((page) => page.number === number)) this.#pages.push(blankPage(number));
        if (this.#file.engine.broken) await this.#reopen(error);
      }
      this.#context.progress(this.#chosen.length, index + 1);
      // Lets progress out and a cancellation in.
      await nextTurn();
    }
  }

  async #readPage(number: number): Promise<void> {
    const page = PdfPage.open(this.#file, number);
    if (!page) {
      this.#warnings.add("PAGE_UNREADABLE", number);
      this.#pages.push(blankPage(number));
      return;
    }
    try {
      const { facts, quality, comments, hiddenCount, cut } = page.readFacts({ tagged: this.#facts.tagged });
      facts.label = readPageLabel(this.#file, number);
      for (const entry of this.#facts.outline)
        if (entry.page === number && entry.y !== undefined) entry.y = page.fromTop(entry.y);
      if (cut) this.#warnings.add("PAGE_CUT", number);
      if (quality === "none" || quality === "garbled") this.#warnings.add("NEEDS_OCR", number);
      if (hiddenCount > 0) this.#warnings.add("HIDDEN_TEXT", number, hiddenCount);
      const keep = this.#context.options.hiddenText === "keep";
      if (hiddenCount > 0) facts.glyphs = facts.glyphs.filter((glyph) => keep || !glyph.hidden);
      if (keep) for (const glyph of facts.glyphs) glyph.hidden = undefined;
      if (quality === "garbled") facts.glyphs = facts.glyphs.filter((glyph) => !glyph.unmapped);
      this.#pages.push({
        number,
        kind: "page",
        width: facts.width,
        height: facts.height,
        ...(facts.label === undefined ? {} : { name: facts.label }),
        text: quality,
      });
      await this.#layout.addPage(facts, this.#imagesOf(page));
      this.#comments.push(...commentBlocks(comments, number, this.#comments.length));
    } finally {
      page.close();
    }
  }

  #imagesOf(page: PdfPage): PageImages {
    return {
      picture: (_number, index) => page.picture(index, this.#pictures, this.#context.limits.maxPixels),
      crop: (_number, box, dpi) => page.crop(box, dpi),
    };
  }

  /** PDFium trapped: its instance is gone, and the file is opened in a new one for the pages that are left. */
  async #reopen(cause: unknown): Promise<void> {
    const failure = trapProblem(this.#file.engine, cause);
    this.#file.close();
    this.#lastTrap = failure;
    if (++this.#traps > maxTraps) throw failure;
    this.#file = await PdfFile.open(this.#bytes, this.#context.options.password);
  }

  async finish(): Promise<ReadResult> {
    const { content, assets, assetBytes, warnings } = await this.#layout.finish();
    const unreadable = this.#warnings.count("PAGE_UNREADABLE");
    if (unreadable === this.#chosen.length) {
      if (this.#lastTrap) throw this.#lastTrap;
      throw problem("PARSING_FAILED", { message: "Unable to parse document: none of its pages can be read" });
    }
    const all: Warning[] = [...this.#warnings.list(), ...warnings];
    const document: Document = {
      version: "1.0",
      format: "pdf",
      fileName: this.#source.fileName,
      ...(this.#facts.title ? { title: this.#facts.title } : {}),
      ...(this.#facts.language ? { language: this.#facts.language } : {}),
      metadata: this.#facts.metadata,
      pages: this.#pages,
      content: [...content, ...this.#comments],
      assets,
      attachments: this.#attachments,
      warnings: all,
    };
    return { document, assets: assetBytes };
  }

  close(): void {
    this.#file?.close();
  }
}

function blankPage(number: number): Page {
  return { number, kind: "page", width: 0, height: 0, text: "none" };
}
