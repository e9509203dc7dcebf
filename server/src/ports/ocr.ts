/** Recognises the words of a page picture. */

/** One byte a pixel, row by row, 0 is black. */
export interface OcrPicture {
  data: Uint8Array;
  width: number;
  height: number;
}
export interface OcrWord {
  text: string;
  /** Pixels of the given picture, top left origin: [x0, y0, x1, y1]. */
  box: [number, number, number, number];
  /** 0–1. */
  confidence: number;
  /** Index of the line the engine put the word on; lines count from 0 over the page. */
  line: number;
  /** Index of the block the engine put the line in. */
  block: number;
}
export interface OcrPage {
  words: OcrWord[];
  /** Mean word confidence, 0–1; 0 when there are no words. */
  confidence: number;
}
export interface OcrOptions {
  /** Codes of installed languages ("eng", "chi_sim"), the likeliest first. Empty only for an engine that chooses them itself. */
  languages: readonly string[];
  /** Of the document; for warnings. */
  page?: number;
  dpi: number;
  /** "page": find columns and blocks (Tesseract's PSM 3). "block": take it as one block of text (PSM 6), which survives skew. */
  structure: "page" | "block";
  /** Lines that read badly may be light letters on a dark ground: try them both ways, which costs a tenth more. */
  lightLetters: boolean;
  signal: AbortSignal;
}
export interface Orientation {
  /** Clockwise degrees the picture must be turned by to stand upright. */
  degrees: 0 | 90 | 180 | 270;
  /** The engine's own scale; Tesseract's is trustworthy from about 2. */
  confidence: number;
  /** ISO 15924-like name as the engine gives it: "Latin", "Han", "Arabic". */
  script: string;
}
export interface OcrEngine {
  /** "tesseract 5.3.0" or "tesseract.js 7.0.0": goes into the manifest. */
  readonly name: string;
  /** Pages that it may be asked for at once. */
  readonly parallel: number;
  /** Language codes whose data is installed ("eng", "deu", …). */
  languages(): Promise<string[]>;
  /** `image` is upright and deskewed. Rejects with OCR_LANGUAGE_MISSING. */
  recognize(image: OcrPicture, options: OcrOptions): Promise<OcrPage>;
  /** Null when it cannot tell (too little text). */
  orientation(image: OcrPicture, signal: AbortSignal): Promise<Orientation | null>;
  close(): Promise<void>;
}
