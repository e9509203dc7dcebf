/** What every format reader promises. One folder a format; `index.ts` is the table. */
import type { Asset, Document, FormatName, Warning } from "@knowhere/contract";
import type { OcrEngine } from "../ports/ocr.ts";
import type { OfficeConverter } from "../ports/office.ts";

/** The bytes to read. They sit in a private file of this parse; small readers take them whole, large ones stream. */
export interface Source {
  /** Absolute path of the file. */
  readonly path: string;
  /** The name the user gave, for titles and messages only: never trusted as a path. */
  readonly fileName: string;
  readonly sizeBytes: number;
  /** The whole file; read once and kept. */
  bytes(): Promise<Uint8Array>;
}

/** Limits over foreign input; every loop over a document names the one it obeys. */
export interface ReadLimits {
  readonly maxPages: number;
  /** Pixels of one picture, decoded. */
  readonly maxPixels: number;
  /** Unpacked bytes of one container (ZIP, OLE). */
  readonly maxUnpackedBytes: number;
  /** Cells of one workbook or document. */
  readonly maxCells: number;
  /** Nesting of tables, lists, groups, elements. */
  readonly maxDepth: number;
}
export const defaultReadLimits: ReadLimits = {
  maxPages: 5000,
  maxPixels: 100_000_000,
  maxUnpackedBytes: 512 * 1024 * 1024,
  maxCells: 2_000_000,
  maxDepth: 100,
};

/** `parsing_params` as readers see them, defaults filled in. */
export interface ReadOptions {
  readonly ocrEnabled: boolean;
  readonly ocrLanguages: readonly string[];
  /** "1-5,8" resolved later against the page count; undefined = all. */
  readonly pages?: string | undefined;
  readonly password?: string | undefined;
  readonly hiddenText: "drop" | "keep";
  /** Web pages: leave out navigation and the like. */
  readonly mainContent: boolean;
  /** `smart_title_parse`: find headings that the file does not state. */
  readonly findHeadings: boolean;
  /** Whether anybody wants the bytes of pictures. Without them figures keep their place, caption and words, and no asset. */
  readonly pictureBytes: boolean;
}
export const defaultReadOptions: ReadOptions = {
  ocrEnabled: false,
  ocrLanguages: ["eng"],
  hiddenText: "drop",
  mainContent: true,
  findHeadings: true,
  pictureBytes: true,
};

export interface ReadContext {
  readonly options: ReadOptions;
  readonly limits: ReadLimits;
  readonly signal: AbortSignal;
  /** A private, empty folder that is removed after the parse. */
  readonly tempDir: string;
  /** True numbers; call with (total, 0) as soon as the total is known, then after each page. */
  progress(totalPages: number, processedPages: number): void;
  /** Called by a reader that re-encodes its source; shows the wire state `converting`. */
  converting(): void;
  /** Present when an engine is installed. */
  readonly ocr?: OcrEngine | undefined;
  readonly office?: OfficeConverter | undefined;
  /** How many documents this one is attached inside of; absent for the document of the job. */
  readonly attachmentDepth?: number | undefined;
}

/** The tree and the bytes of its assets (keyed by asset id). */
export interface ReadResult {
  readonly document: Document;
  readonly assets: ReadonlyMap<string, Uint8Array>;
}

export interface Reader {
  readonly format: FormatName;
  /**
   * Reads the whole source into a tree.
   * Trouble with one piece becomes a warning on the document; trouble with the whole throws a `Problem`
   * (PARSING_FAILED, ENCRYPTED, EMPTY_DOCUMENT, TOO_MANY_PAGES, LIMIT_EXCEEDED).
   */
  read(source: Source, context: ReadContext): Promise<ReadResult>;
}

export type { Asset, Document, Warning };
