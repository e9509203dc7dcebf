/** Pictures and scans -> tree: every frame is recognised and laid out as a page; one without text is a figure. */
import { type Block, type Page, Problem, type Warning } from "@knowhere/contract";
import { AssetCollector } from "../../document/assets.ts";
import { createLayout } from "../../layout/index.ts";
import type { ReadContext, Reader, ReadResult, Source } from "../reader.ts";
import { type Frame, openFrames } from "./frames.ts";
import { type Recognition, recognizePage } from "./recognition.ts";
import { findPictures } from "./recognized-pictures.ts";

/** With fewer sure words than this it is a picture with some text in it, not a page of text. */
const pageOfTextWords = 8;
const sureWord = 0.5;

/** Pages that cannot be read. One page's trouble is a warning, the others go on; a picture all of which is broken is an error. */
class UnreadablePages {
  readonly #numbers: number[] = [];
  constructor(
    readonly count: number,
    readonly signal: AbortSignal,
  ) {}

  /** What `work` makes of a page, or null when the page is broken. Rejects with what is not the page's fault (cancelled, language missing). */
  async guard<T>(number: number, work: () => Promise<T>): Promise<T | null> {
    try {
      return await work();
    } catch (error) {
      this.signal.throwIfAborted();
      const ofPage =
        !(error instanceof Problem) || error.problem === "LIMIT_EXCEEDED" || error.problem === "PARSING_FAILED";
      if (!ofPage || this.#numbers.length + 1 === this.count) throw error;
      this.#numbers.push(number);
      return null;
    }
  }

  warnings(): Warning[] {
    if (this.#numbers.length === 0) return [];
    const pages = this.#numbers.sort((a, b) => a - b);
    const message = `Page${pages.length > 1 ? "s" : ""} ${pages.slice(0, 10).join(", ")}${pages.length > 10 ? " and more" : ""} could not be read; the other pages were.`;
    return [{ code: "PAGE_UNREADABLE", message, pages, ...(pages.length === 1 ? { page: pages[0]! } : {}) }];
  }
}

interface Seen {
  frame: Frame;
  number: number;
  recognition: Recognition | null;
  sureWords: number;
  /** The page could not be read at all. */
  broken?: boolean;
}

export const imageReader: Reader = {
  format: "image",
  async read(source: Source, context: ReadContext): Promise<ReadResult> {
    const frames = await openFrames(await source.bytes(), context.limits, () => context.converting());
    context.progress(frames.length, 0);
    const findHeadings = context.options.findHeadings;
    const layout = createLayout(
      { pageCount: frames.length, metadata: {}, outline: [], tagged: false },
      { findHeadings },
    );
    const pages: Page[] = [];
    const wholes: Seen[] = [];
    // Side by side as far as the engine goes, in order for everything after it.
    const unreadable = new UnreadablePages(frames.length, context.signal);
    const parallel = Math.max(1, context.ocr?.parallel ?? 1);
    for (let at = 0; at < frames.length; at += parallel) {
      const batch = await Promise.all(
        frames.slice(at, at + parallel).map(async (frame, index): Promise<Seen> => {
          const number = at + index + 1;
          const seen = await unreadable.guard(number, () => look(frame, number, context));
          return seen ?? { frame, number, recognition: null, sureWords: 0, broken: true };
        }),
      );
      for (const seen of batch) {
        pages.push(pageOf(seen));
        context.progress(frames.length, seen.number);
        if (seen.broken) continue;
        const { recognition } = seen;
        if (recognition && seen.sureWords >= pageOfTextWords) {
          const { facts, images } = findPictures(recognition);
          await layout.addPage(facts, images);
        } else wholes.push(seen);
      }
    }
    const laidOut = await layout.finish();
    const assets = new AssetCollector();
    for (const { id } of laidOut.assets) assets.add(laidOut.assetBytes.get(id)!);
    const figures: Block[] = [];
    for (const seen of wholes) {
      const figure = await unreadable.guard(seen.number, () => figureOf(seen, assets));
      if (figure) figures.push(figure);
    }
    const content = [...laidOut.content, ...figures].sort((a, b) => a.places![0]!.page - b.places![0]!.page);
    const warnings: Warning[] = [...unreadable.warnings(), ...laidOut.warnings];
    if (!context.ocr)
      warnings.push({
        code: "NEEDS_OCR",
        message: "No text recognition is available here, so the picture was not read.",
        pages: pages.map(({ number }) => number),
      });
    return {
      document: {
        version: "1.0",
        format: "image",
        fileName: source.fileName,
        metadata: {},
        pages,
        content,
        assets: assets.list,
        attachments: [],
        warnings,
      },
      assets: assets.bytes,
    };
  },
};

async function look(frame: Frame, number: number, { ocr, options, signal }: ReadContext): Promise<Seen> {
  const recognition = ocr
    ? await recognizePage(await frame.gray(), ocr, {
        languages: options.ocrLanguages,
        dpi: frame.dpi,
        page: number,
        signal,
      })
    : null;
  const sureWords =
    recognition?.facts.glyphs.filter(({ confidence, text }) => (confidence ?? 0) >= sureWord && text.length > 1)
      .length ?? 0;
  return { frame, number, recognition, sureWords };
}

function pageOf({ frame, number, recognition, sureWords }: Seen): Page {
  const { width, height } = recognition?.facts ?? frame.sizePt;
  return { number, kind: "image", width, height, text: sureWords > 0 ? "ocr" : "none" };
}

/** The whole frame as a figure, with what little text was read in it. */
async function figureOf({ frame, number, recognition }: Seen, assets: AssetCollector): Promise<Block> {
  const { bytes, mediaType, extension } = await frame.encoded();
  const asset = assets.add(bytes, { mediaType, extension });
  const words = (recognition?.facts.glyphs ?? []).filter(({ confidence }) => (confidence ?? 0) >= sureWord);
  // Edges of shapes read as quotation marks and signs, surely: a line of nothing else is no text.
  const lines = new Set(words.filter((word) => /[\p{L}\p{N}]/u.test(word.text)).map(({ run }) => run));
  const text = words
    .filter(({ run }) => lines.has(run))
    .map((word) => word.text)
    .join(" ");
  const { width, height } = recognition?.facts ?? frame.sizePt;
  return {
    type: "figure",
    ...(asset ? { asset: asset.id } : {}),
    places: [{ page: number, box: [0, 0, width, height] }],
    source: text === "" ? "native" : "ocr",
    ...(text === "" ? {} : { content: [{ type: "paragraph", content: [{ type: "text", text }], source: "ocr" }] }),
  };
}
