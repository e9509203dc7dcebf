/** Tesseract as WebAssembly (tesseract.js): needs nothing installed. A few worker threads, replaced after a number of pages. */
import { join } from "node:path";
import { problem } from "@knowhere/contract";
import Tesseract from "tesseract.js";
import type { OcrEngine, OcrOptions, OcrPage, OcrPicture, OcrWord, Orientation } from "../../ports/ocr.ts";
import { gatherLanguages, listLanguages } from "./languages.ts";
import type { TesseractOptions } from "./native.ts";
import { encodeGreymap } from "./picture-files.ts";
import { meanConfidence } from "./tsv.ts";

interface Recognizer {
  worker: Tesseract.Worker;
  /** "eng+deu", or "osd". */
  languages: string;
  pages: number;
}

/** Worker memory grows with the pages it has seen; a new one takes 0.2 s. */
const pagesPerWorker = 40;

export async function openWasmTesseract(options: TesseractOptions): Promise<OcrEngine> {
  const data = join(options.languagesDir, "unpacked");
  const idle: Recognizer[] = [];

  async function start(codes: readonly string[]): Promise<Recognizer> {
    const known = await listLanguages(options.languagesDir);
    const missing = codes.find((code) => !known.includes(code));
    if (missing !== undefined) throw problem("OCR_LANGUAGE_MISSING", { language: missing });
    await gatherLanguages(codes, options.languagesDir, null, data);
    // Without langPath it would fetch data from a CDN, without cacheMethod it would write into the working directory.
    const local = {
      langPath: data,
      cacheMethod: "none" as const,
      gzip: false,
      logger: () => {},
      errorHandler: () => {},
    };
    const osd = codes[0] === "osd";
    const worker = osd
      ? await Tesseract.createWorker("osd", Tesseract.OEM.TESSERACT_ONLY, {
          ...local,
          legacyCore: true,
          legacyLang: true,
        })
      : await Tesseract.createWorker([...codes], Tesseract.OEM.LSTM_ONLY, local);
    return { worker, languages: codes.join("+"), pages: 0 };
  }

  async function use<T>(
    codes: readonly string[],
    signal: AbortSignal,
    work: (worker: Tesseract.Worker) => Promise<T>,
  ): Promise<T> {
    signal.throwIfAborted();
    const wanted = codes.join("+");
    const at = idle.findIndex(({ languages }) => languages === wanted);
    const recognizer = at >= 0 ? idle.splice(at, 1)[0]! : await start(codes);
    let failed = true;
    try {
      signal.throwIfAborted();
      const stopped = new Promise<never>((_, fail) =>
        signal.addEventListener("abort", () => fail(signal.reason), { once: true }),
      );
      const working = work(recognizer.worker);
      // Abandoned work fails when its worker is ended below; nobody waits for it then.
      working.catch(() => {});
      const answer = await Promise.race([working, stopped]);
      failed = false;
      return answer;
    } finally {
      recognizer.pages++;
      if (failed || recognizer.pages >= pagesPerWorker) void recognizer.worker.terminate();
      else {
        idle.push(recognizer);
        // Keep no more workers than pages are asked for at once, plus the one for orientation.
        if (idle.length > options.parallel + 1) void idle.shift()!.worker.terminate();
      }
    }
  }

  return {
    name: "tesseract.js 7.0.0",
    parallel: options.parallel,
    languages: async () => (await listLanguages(options.languagesDir)).filter((code) => code !== "osd"),
    recognize(image: OcrPicture, { languages, dpi, structure, lightLetters, signal }: OcrOptions): Promise<OcrPage> {
      return use(languages, signal, async (worker) => {
        // Its default is PSM 6, which reads across columns.
        const mode = structure === "page" ? Tesseract.PSM.AUTO : Tesseract.PSM.SINGLE_BLOCK;
        await worker.setParameters({
          tessedit_pageseg_mode: mode,
          user_defined_dpi: String(Math.round(dpi)),
          tessedit_do_invert: lightLetters ? "1" : "0",
        });
        // A worker that was ended meanwhile cannot be asked any more: tesseract.js would fail where nobody hears it.
        signal.throwIfAborted();
        const { data: page } = await worker.recognize(
          Buffer.from(encodeGreymap(image)),
          {},
          { text: false, blocks: true },
        );
        return readBlocks(page.blocks ?? []);
      });
    },
    orientation(image: OcrPicture, signal: AbortSignal): Promise<Orientation | null> {
      return use(["osd"], signal, async (worker) => {
        const { data: found } = await worker.detect(Buffer.from(encodeGreymap(image))).catch(() => ({ data: null }));
        const degrees = found?.orientation_degrees;
        if (degrees !== 0 && degrees !== 90 && degrees !== 180 && degrees !== 270) return null;
        // What detect() states is how far to turn the page back, as we promise it; its name says otherwise.
        return {
          degrees,
          confidence: found?.orientation_confidence ?? 0,
          script: found?.script ?? "",
        };
      });
    },
    async close() {
      await Promise.all(idle.splice(0).map(({ worker }) => worker.terminate()));
    },
  };
}

function readBlocks(blocks: readonly Tesseract.Block[]): OcrPage {
  const words: OcrWord[] = [];
  let line = -1;
  blocks.forEach((block, blockIndex) => {
    for (const paragraph of block.paragraphs) {
      for (const row of paragraph.lines) {
        line++;
        for (const word of row.words) {
          const text = word.text.trim();
          if (text === "") continue;
          const { x0, y0, x1, y1 } = word.bbox;
          words.push({
            text,
            box: [x0, y0, x1, y1],
            confidence: Math.min(1, Math.max(0, word.confidence / 100)),
            line,
            block: blockIndex,
          });
        }
      }
    }
  });
  return { words, confidence: meanConfidence(words) };
}
