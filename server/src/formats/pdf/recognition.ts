/** Recognises a PDF page from its rendered picture. */
import type { PageFacts, PageImages } from "../../layout/facts.ts";
import type { OcrEngine } from "../../ports/ocr.ts";
import { openPicture, readGray } from "../image/pixels.ts";
import { recognizePage } from "../image/recognition.ts";
import { findPictures } from "../image/recognized-pictures.ts";
import type { PdfPage } from "./page.ts";

/** Tesseract was trained on text of about this resolution. */
const renderDpi = 300;

/** The page's facts as recognised, with its links kept; null when nothing can be rendered or read. */
export async function recognizePdfPage(
  page: PdfPage,
  { page: number, width, height, label, links, fields }: PageFacts,
  engine: OcrEngine,
  options: { languages: readonly string[]; maxPixels: number; signal: AbortSignal },
): Promise<{ facts: PageFacts; images: PageImages } | null> {
  const rendered = await page.crop([0, 0, width, height], renderDpi);
  if (!rendered) return null;
  const picture = await readGray(openPicture(rendered.bytes, options.maxPixels));
  // What was rendered may be smaller than asked for on very large pages.
  const dpi = (picture.width * 72) / width;
  const recognition = await recognizePage(picture, engine, {
    languages: options.languages,
    dpi,
    page: number,
    signal: options.signal,
  });
  if (recognition.facts.glyphs.length === 0) return null;
  const { facts, images } = findPictures(recognition);
  // Links and fields lie where they lay, as long as the page was not turned.
  return { facts: { ...facts, label, ...(recognition.turned === 0 ? { links, fields } : {}) }, images };
}
