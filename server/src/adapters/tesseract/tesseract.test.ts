import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "vitest";
import { describeOcrEngine } from "../../testing/ocr-suite.ts";
import { openNativeTesseract } from "./native.ts";
import { openWasmTesseract } from "./wasm.ts";

const openNative = (languagesDir: string) => openNativeTesseract({ languagesDir, parallel: 2 });

describeOcrEngine("tesseract.js", (languagesDir) => openWasmTesseract({ languagesDir, parallel: 2 }));

const scratch = await mkdtemp(join(tmpdir(), "knowhere-native-"));
const native = await openNative(scratch);
await rm(scratch, { recursive: true });
if (native) describeOcrEngine("a native Tesseract", async (languagesDir) => (await openNative(languagesDir))!);
else
  describe("a native Tesseract as an OCR engine", () => {
    it.skip("is not installed here (apt-get install tesseract-ocr), so its promises were not checked", () => {});
  });
