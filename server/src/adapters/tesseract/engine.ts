import type { OcrEngine } from "../../ports/ocr.ts";
import { openNativeTesseract, type TesseractOptions } from "./native.ts";
import { openWasmTesseract } from "./wasm.ts";

export type { TesseractOptions };

/** An installed Tesseract when there is one (half the time, a tenth of the memory), else the packaged WebAssembly build. */
export async function openTesseract(options: TesseractOptions): Promise<OcrEngine> {
  return (await openNativeTesseract(options)) ?? openWasmTesseract(options);
}
