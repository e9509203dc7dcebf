/** Recognises the words of a page picture. */
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
  /** Mean word confidence, 0–1. */
  confidence: number;
}
export interface OcrEngine {
  /** "tesseract 5.3.0" or "tesseract.js 7.0.0": goes into the manifest. */
  readonly name: string;
  /** Language codes whose data is installed ("eng", "deu", …). */
  languages(): Promise<string[]>;
  /** `image` is an encoded PNG, upright and deskewed. Throws OCR_LANGUAGE_MISSING. */
  recognize(image: Uint8Array, options: { languages: readonly string[]; dpi: number; signal: AbortSignal }): Promise<OcrPage>;
  /** Clockwise degrees the picture must be turned by to stand upright, and the engine's confidence; null when it cannot tell. */
  orientation(image: Uint8Array, signal: AbortSignal): Promise<{ degrees: 0 | 90 | 180 | 270; confidence: number; script: string } | null>;
  close(): Promise<void>;
}
