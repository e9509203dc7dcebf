/** PDF -> tree. Pages stream through layout one by one, each closed before the next is opened, so memory does not grow with them. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { type Block, type Document, type Page, Problem, problem, type Warning } from "@knowhere/contract";
import type { FileFacts, PageFacts, PageImages } from "../../layout/facts.ts";
import { createLayout } from "../../layout/index.ts";
import type { ReadContext, Reader, ReadResult, Source } from "../reader.ts";
import { commentBlocks } from "./comments.ts";
import { PdfFile, trapProblem } from "./file.ts";
import { isTagged, readAttachments, readLanguage, readMetadata, readPageLabel } from "./metadata.ts";
import { readOutline } from "./outline.ts";
import { PdfPage } from "./page.ts";
import { choosePages } from "./page-range.ts";
import { PictureCache } from "./pictures.ts";
import type { TextQuality } from "./quality.ts";
import { recognizePdfPage } from "./recognition.ts";
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

/** A page between its reading and its layout. */
interface OpenPage {
  number: number;
  page: PdfPage;
  facts: PageFacts;
  images: PageImages;
  quality: TextQuality;
  comments: Parameters<typeof commentBlocks>[0];
}

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
    const { signal, progress, ocr } = this.#context;
    // Recognised pages go side by side as far as the engine does; without recognition one page is open at a time.
    const together = this.#context.options.ocrEnabled ? (ocr?.parallel ?? 1) : 1;
    let processed = 0;
    for (let at = 0; at < this.#chosen.length; at += together) {
      const batch: OpenPage[] = [];
      try {
        for (const number of this.#chosen.slice(at, at + together)) {
          await this.#attempt(number, async () => {
            const open = this.#openPage(number);
            if (open) batch.push(open);
          });
        }
        await Promise.all(batch.map((open) => this.#attempt(open.number, () => this.#recognize(open))));
        for (const open of batch) await this.#attempt(open.number, () => this.#layOut(open));
      } finally {
        for (const { page } of batch) page.close();
      }
      processed += Math.min(together, this.#chosen.length - at);
      progress(this.#chosen.length, processed);
      // Lets progress out and a cancellation in.
      await nextTurn();
      signal.throwIfAborted();
    }
  }

  /** One page's trouble is a warning; the others go on. */
  async #attempt(number: number, work: () => Promise<void>): Promise<void> {
    this.#context.signal.throwIfAborted();
    try {
      await work();
    } catch (error) {
      this.#context.signal.throwIfAborted();
      if (error instanceof Problem && error.problem !== "LIMIT_EXCEEDED") throw error;
      this.#giveUp(number);
      if (this.#file.engine.broken) await this.#reopen(error);
    }
  }

  #giveUp(number: number): void {
    this.#warnings.add("PAGE_UNREADABLE", number);
    if (!this.#pages.some((page) => page.number === number)) this.#pages.push(blankPage(number));
  }

  #openPage(number: number): OpenPage | null {
    const page = PdfPage.open(this.#file, number);
    if (!page) {
      this.#giveUp(number);
      return null;
    }
    try {
      const { facts, quality, comments, hiddenCount, cut } = page.readFacts({ tagged: this.#facts.tagged });
      facts.label = readPageLabel(this.#file, number);
      for (const entry of this.#facts.outline)
        if (entry.page === number && entry.y !== undefined) entry.y = page.fromTop(entry.y);
      if (cut) this.#warnings.add("PAGE_CUT", number);
      if (hiddenCount > 0) this.#warnings.add("HIDDEN_TEXT", number, hiddenCount);
      const keep = this.#context.options.hiddenText === "keep";
      if (hiddenCount > 0) facts.glyphs = facts.glyphs.filter((glyph) => keep || !glyph.hidden);
      if (keep) for (const glyph of facts.glyphs) glyph.hidden = undefined;
      if (quality === "garbled") facts.glyphs = facts.glyphs.filter((glyph) => !glyph.unmapped);
      return { number, page, facts, images: this.#imagesOf(page), quality, comments };
    } catch (error) {
      page.close();
      throw error;
    }
  }

  /** A page without a usable text layer is recognised from its picture, when that is asked for. */
  async #recognize(open: OpenPage): Promise<void> {
    const { options, ocr, limits, signal } = this.#context;
    if (open.quality !== "none" && open.quality !== "garbled") return;
    const read =
      options.ocrEnabled && ocr
        ? await recognizePdfPage(open.page, open.facts, ocr, {
            languages: options.ocrLanguages,
            maxPixels: limits.maxPixels,
            signal,
          })
        : null;
    if (!read) {
      this.#warnings.add("NEEDS_OCR", open.number);
      return;
    }
    open.facts = read.facts;
    open.images = read.images;
    open.quality = "ocr";
  }

  async #layOut({ number, facts, images, quality, comments }: OpenPage): Promise<void> {
    this.#pages.push({
      number,
      kind: "page",
      width: facts.width,
      height: facts.height,
      ...(facts.label === undefined ? {} : { name: facts.label }),
      text: quality,
    });
    await this.#layout.addPage(facts, images);
    this.#comments.push(...commentBlocks(comments, number, this.#comments.length));
  }

  #imagesOf(page: PdfPage): PageImages {
    if (!this.#context.options.pictureBytes) return noImages;
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

/** What a page shows when nobody wants the bytes of its pictures. */
const noImages: PageImages = { picture: async () => null, crop: async () => null };

function blankPage(number: number): Page {
  return { number, kind: "page", width: 0, height: 0, text: "none" };
}
