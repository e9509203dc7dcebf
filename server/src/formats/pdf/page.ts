/** One page of an open file: opened, turned into page facts, closed. */
import type { PageFacts } from "../../layout/facts.ts";
import { guard } from "./engine.ts";
import type { PdfFile } from "./file.ts";
import { weighFonts } from "./fonts.ts";
import { type PageGeometry, readGeometry } from "./geometry.ts";
import { readGlyphs } from "./glyphs.ts";
import { type PageObjects, readObjects } from "./objects.ts";

/** A page keeps its handle until `close`: pictures and crops are asked for in between. */
export class PdfPage {
  readonly file: PdfFile;
  /** 1-based. */
  readonly number: number;
  readonly handle: number;
  readonly geometry: PageGeometry;
  objects: PageObjects | null = null;

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

  /** Everything that stands on the page. `timeoutMs` bounds the walk; a page cut short says so in `cut`. */
  readFacts(timeoutMs = 20_000): { facts: PageFacts; cut: boolean } {
    const { engine } = this.file;
    return guard(engine, () => {
      const end = performance.now() + timeoutMs;
      const expired = (): boolean => performance.now() > end;
      const objects = readObjects(engine, this.handle, this.geometry, expired);
      this.objects = objects;
      const text = readGlyphs(engine, this.handle, this.geometry, objects, expired);
      const used = objects.fonts.map(() => 0);
      for (const glyph of text.glyphs) used[glyph.font] = (used[glyph.font] ?? 0) + 1;
      weighFonts(objects.fonts, used);
      const facts: PageFacts = {
        page: this.number,
        width: this.geometry.width,
        height: this.geometry.height,
        fonts: objects.fonts,
        glyphs: text.glyphs,
        rulings: objects.rulings,
        fills: objects.fills,
        drawings: objects.drawings,
        pictures: objects.pictures,
        links: [],
        tags: null,
        fields: [],
        origin: "text_layer",
      };
      return { facts, cut: objects.cut || text.cut };
    });
  }

  close(): void {
    if (!this.file.engine.broken) guard(this.file.engine, () => this.file.engine.calls.FPDF_ClosePage(this.handle));
  }
}
