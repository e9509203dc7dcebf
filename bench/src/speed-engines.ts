/** The engines whose speed is compared; each is loaded in a process of its own. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename } from "node:path";

/** Parses one PDF file to its end and says how many pages it had. */
export type ParsePdf = (file: string) => Promise<number>;

/**
 * Two outcomes are compared. Markdown: the text of all pages as Markdown, pictures found and left where they are, which is what
 * liteparse and pdf-inspector do unasked. With pictures: the same and the bytes of every picture, ours with vector drawings
 * rendered as well. The floor is PDFium's own text, without Markdown.
 */
export const engines = [
  "knowhere",
  "liteparse",
  "pdf-inspector",
  "knowhere+pictures",
  "liteparse+pictures",
  "pdfium text",
] as const;
export type EngineName = (typeof engines)[number];

/** Loads an engine. Rejects with a plain sentence when it is not installed on this machine. */
export async function loadEngine(name: EngineName): Promise<ParsePdf> {
  switch (name) {
    case "knowhere":
      return loadKnowhere(false);
    case "knowhere+pictures":
      return loadKnowhere(true);
    case "liteparse":
      return loadLiteparse(false);
    case "liteparse+pictures":
      return loadLiteparse(true);
    case "pdf-inspector":
      return loadPdfInspector();
    case "pdfium text":
      return loadPdfiumFloor();
  }
}

/** Our reader and our Markdown writer, as the quality bench runs them. */
async function loadKnowhere(pictureBytes: boolean): Promise<ParsePdf> {
  const { readerFor } = await import("../../server/src/formats/index.ts");
  const { defaultReadLimits, defaultReadOptions } = await import("../../server/src/formats/reader.ts");
  const { finishDocument } = await import("../../server/src/document/finish.ts");
  const { writeMarkdown } = await import("../../server/src/outputs/markdown/writer.ts");
  const reader = await readerFor("pdf");
  return async (file) => {
    const bytes = new Uint8Array(await readFile(file));
    const { document } = await reader.read(
      { path: file, fileName: basename(file), sizeBytes: bytes.length, bytes: async () => bytes },
      {
        options: { ...defaultReadOptions, pictureBytes },
        limits: defaultReadLimits,
        signal: new AbortController().signal,
        tempDir: tmpdir(),
        progress: () => {},
        converting: () => {},
      },
    );
    writeMarkdown(finishDocument(document), { image: (asset) => asset });
    return document.pages.length;
  };
}

async function loadLiteparse(extractImages: boolean): Promise<ParsePdf> {
  const { LiteParse } = await optional<typeof import("@llamaindex/liteparse")>("@llamaindex/liteparse");
  const parser = new LiteParse({ outputFormat: "markdown", ocrEnabled: false, extractImages, quiet: true });
  return async (file) => (await parser.parse(file)).totalPages;
}

async function loadPdfInspector(): Promise<ParsePdf> {
  const { processPdf } = await optional<typeof import("@firecrawl/pdf-inspector")>("@firecrawl/pdf-inspector");
  return async (file) => processPdf(await readFile(file)).pageCount;
}

/** The floor under every engine built on PDFium: open the file, fetch the characters of each page, close it. */
async function loadPdfiumFloor(): Promise<ParsePdf> {
  const { init } = await import("@embedpdf/pdfium");
  const wasm = await readFile(createRequire(import.meta.url).resolve("@embedpdf/pdfium/pdfium.wasm"));
  const pdfium = await init({
    wasmBinary: wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength) as ArrayBuffer,
  });
  pdfium.PDFiumExt_Init();
  const { malloc, free } = pdfium.pdfium.wasmExports;
  return async (file) => {
    const bytes = await readFile(file);
    const pointer = malloc(bytes.length);
    (pdfium.pdfium as unknown as { HEAPU8: Uint8Array }).HEAPU8.set(bytes, pointer);
    const document = pdfium.FPDF_LoadMemDocument(pointer, bytes.length, "");
    const pages = document === 0 ? 0 : pdfium.FPDF_GetPageCount(document);
    for (let at = 0; at < pages; at++) {
      const page = pdfium.FPDF_LoadPage(document, at);
      const text = pdfium.FPDFText_LoadPage(page);
      const count = pdfium.FPDFText_CountChars(text);
      const buffer = malloc((Math.max(0, count) + 1) * 2);
      pdfium.FPDFText_GetText(text, 0, count, buffer);
      free(buffer);
      pdfium.FPDFText_ClosePage(text);
      pdfium.FPDF_ClosePage(page);
    }
    if (document !== 0) pdfium.FPDF_CloseDocument(document);
    free(pointer);
    return pages;
  };
}

async function optional<T>(name: string): Promise<T> {
  try {
    return (await import(name)) as T;
  } catch (cause) {
    throw new Error(`${name} is not installed here (an optional dependency of bench)`, { cause });
  }
}
