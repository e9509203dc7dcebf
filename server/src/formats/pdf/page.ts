/** One page of an open file: opened, turned into page facts, asked for pictures, closed. */
import type { Box } from "@knowhere/contract";
import type { PageFacts } from "../../layout/facts.ts";
import { isCjk } from "../../layout/scripts.ts";
import { type Comment, readAnnotations } from "./annotations.ts";
import { startCpuLimit } from "./cpu-clock.ts";
import { restoreLogicalOrder } from "./direction.ts";
import { dropDuplicates, emboldenSilentTwins } from "./duplicates.ts";
import { guard } from "./engine.ts";
import type { PdfFile } from "./file.ts";
import { weighFonts } from "./fonts.ts";
import { type PageGeometry, readGeometry } from "./geometry.ts";
import { readGlyphs } from "./glyphs.ts";
import { type PageObjects, readObjects } from "./objects.ts";
import { findHiddenOptional } from "./optional-content.ts";
import { type EncodedPicture, type PictureCache, renderCrop } from "./pictures.ts";
import { judgeText, type TextQuality } from "./quality.ts";
import { readTags } from "./structure.ts";
import { classifyVisibility } from "./visibility.ts";

/** The walk over one page stops after so much processor time and keeps what it has. */
const pageCpuMs = 15_000;

export interface PageReading {
  facts: PageFacts;
  quality: TextQuality;
  comments: Comment[];
  /** Glyphs that a reader of the page would not see (still in `facts`, marked). */
  hiddenCount: number;
  /** A limit on objects, glyphs or time cut the page short. */
  cut: boolean;
}

/** A page keeps its handle until `close`: pictures and crops are asked for in between. */
export class PdfPage {
  readonly file: PdfFile;
  /** 1-based. */
  readonly number: number;
  readonly handle: number;
  readonly geometry: PageGeometry;
  #objects: PageObjects | null = null;

  private constructor(file: PdfFile, number: number, handle: number) {
    this.file = file;
    this.number = number;
    this.handle = handle;
    this.geometry = readGeometry(file.engine, handle);
  }

  /** null when PDFium cannot load the page (a null page answers every question with -1 or nothing). */
  static open(file: PdfFile, number: number): PdfPage | null {
    return guard(file.engine, () => {
      const handle = file.engine.calls.FPDF_LoadPage(file.handle, number - 1);
      return handle === 0 ? null : new PdfPage(file, number, handle);
    });
  }

  /** Everything that stands on the page; tags only when the file says that it is tagged. */
  readFacts(options: { tagged?: boolean; cpuLimitMs?: number | undefined } = {}): PageReading {
    const { engine } = this.file;
    return guard(engine, () => {
      const expired = startCpuLimit(options.cpuLimitMs ?? pageCpuMs);
      const objects = readObjects(engine, this.geometry, this.handle, expired);
      this.#objects = objects;
      const text = readGlyphs(engine, this.handle, this.geometry, objects, expired);
      this.file.type3Fonts.describe(objects.fonts, text.glyphs);
      const used = objects.fonts.map(() => 0);
      const ideographs = objects.fonts.map(() => 0);
      for (const { font, text: sign } of text.glyphs) {
        used[font] = (used[font] ?? 0) + 1;
        if (isCjk(sign)) ideographs[font] = (ideographs[font] ?? 0) + 1;
      }
      weighFonts(objects.fonts, used, ideographs);
      const unpainted = findHiddenOptional(this, text.glyphs, text.runs, this.file.shownLayers);
      const { ocrLayer } = classifyVisibility(text.glyphs, text.runs, objects, this.geometry, (run) =>
        unpainted.has(run),
      );
      const fonts = [...objects.fonts];
      emboldenSilentTwins(text.glyphs, text.runs, objects.runs.values(), fonts, (run) => this.#boundsOf(run.handle));
      const { keep } = dropDuplicates(text.glyphs, fonts);
      const glyphs = keep.length === text.glyphs.length ? text.glyphs : keep.map((index) => text.glyphs[index]!);
      restoreLogicalOrder(glyphs);
      const { links, fields, comments } = readAnnotations(this);
      const facts: PageFacts = {
        page: this.number,
        width: this.geometry.width,
        height: this.geometry.height,
        fonts,
        glyphs,
        rulings: objects.rulings,
        fills: objects.fills,
        drawings: objects.drawings,
        pictures: objects.pictures,
        links,
        tags: options.tagged ? readTags(this) : null,
        fields,
        origin: "text_layer",
      };
      let hiddenCount = 0;
      for (const glyph of glyphs) if (glyph.hidden) hiddenCount++;
      return { facts, quality: judgeText(facts, ocrLayer), comments, hiddenCount, cut: objects.cut || text.cut };
    });
  }

  /** Bounds of a text object; inside a form they are in the form's coordinates, which is enough to compare neighbours. */
  #boundsOf(object: number): Box | null {
    const { calls, scratch } = this.file.engine;
    if (!calls.FPDFPageObj_GetBounds(object, scratch, scratch + 4, scratch + 8, scratch + 12)) return null;
    const at = scratch >> 2;
    const m = this.file.engine.f32;
    return [m[at]!, m[at + 1]!, m[at + 2]!, m[at + 3]!];
  }

  /** The picture of `PictureFact.index`, encoded; null when it cannot be decoded. */
  async picture(index: number, cache: PictureCache, maxPixels: number): Promise<EncodedPicture | null> {
    const picture = this.#objects?.pictures[index];
    if (!picture || picture.pixelWidth * picture.pixelHeight > maxPixels) return null;
    return cache.encode(this, picture);
  }

  /** A part of the page as shown, rendered on white. */
  async crop(box: Box, dpi: number): Promise<EncodedPicture | null> {
    return renderCrop(this, box, dpi);
  }

  /** Turns a height in the file's coordinates into points from the top of the page as shown. */
  fromTop(userY: number): number {
    const [, b, , d, , f] = this.geometry.toPage;
    return b === 0 ? d * userY + f : 0;
  }

  close(): void {
    if (!this.file.engine.broken) guard(this.file.engine, () => this.file.engine.calls.FPDF_ClosePage(this.handle));
  }
}
