/**
 * A page picture becomes page facts: level it, recognise its words, and turn it upright when the words say that it is not.
 * The order is by cost: levelling is cheap; looking for the orientation costs a third of a recognition,
 * so it is done only when the first answer is poor or its words stand on end.
 */
import type { Box } from "@knowhere/contract";
import type { Glyph, PageFacts } from "../../layout/facts.ts";
import type { OcrEngine, OcrPage } from "../../ports/ocr.ts";
import { findInkLines } from "./ink-lines.ts";
import { encodeGray, findThreshold, type GrayImage, grayPipeline } from "./pixels.ts";
import { estimateSkew } from "./skew.ts";

export interface RecognitionOptions {
  languages: readonly string[];
  /** Points per inch of the picture, when known. */
  dpi: number;
  page: number;
  signal: AbortSignal;
}
export interface Recognition {
  facts: PageFacts;
  /** Mean word confidence, 0–1. */
  confidence: number;
  /** Clockwise degrees the picture was turned by before its boxes were taken. */
  turned: 0 | 90 | 180 | 270;
  /** The levelled, upright picture the facts are of. */
  image: GrayImage;
  /** Points per pixel of `image`. */
  scale: number;
}

/** Below this the words are probably wrong, or the page stands on its head. */
const poorConfidence = 0.6;
const fewWords = 4;
/** Words under this confidence are specks and lines read as letters. */
const noiseConfidence = 0.15;
/** Letters lower than this many pixels read badly; small pictures are enlarged towards it. */
const enlargeBelowPx = 1600;
const maxEnlargement = 3;
const skewWidthPx = 800;
/** Tesseract's own scale: below this the orientation is a guess. */
const sureOrientation = 2;

/** Recognises one page. The facts' points are those of the upright, levelled picture. */
export async function recognizePage(
  picture: GrayImage,
  engine: OcrEngine,
  options: RecognitionOptions,
): Promise<Recognition> {
  const enlarged = await enlarge(picture);
  const dpi = options.dpi * enlarged.factor;
  const read = (image: GrayImage) => readWords(image, engine, options, dpi);

  let turned: Recognition["turned"] = 0;
  let image = await level(enlarged.image);
  let words = await read(image);
  if (isPoor(words) || standsOnEnd(words)) {
    const orientation = await engine.orientation(await encodeGray(image), options.signal);
    const tries: Recognition["turned"][] =
      orientation && orientation.confidence >= sureOrientation
        ? [orientation.degrees]
        : standsOnEnd(words)
          ? [90, 270]
          : [180];
    for (const degrees of tries) {
      if (degrees === 0) continue;
      const other = await level(await turn(enlarged.image, degrees));
      const otherWords = await read(other);
      // The engine reads a page on its side nearly as well, but in a wrong order: upright words need not read better.
      const rights = standsOnEnd(words) && !isPoor(otherWords) && !standsOnEnd(otherWords);
      if (!isBetter(otherWords, words) && !(rights && !isBetter(words, otherWords))) continue;
      [image, words, turned] = [other, otherWords, degrees];
    }
  }
  return {
    facts: toFacts(words, image, dpi, options.page),
    confidence: words.confidence,
    turned,
    image,
    scale: 72 / dpi,
  };
}

async function readWords(
  image: GrayImage,
  engine: OcrEngine,
  { languages, signal }: RecognitionOptions,
  dpi: number,
): Promise<OcrPage> {
  const png = await encodeGray(image);
  const page = await engine.recognize(png, { languages, dpi, structure: "page", signal });
  if (!isPoor(page)) return page;
  // Finding blocks fails on odd pages (labels, single lines, leftover skew); taking the page as one block does not.
  const block = await engine.recognize(png, { languages, dpi, structure: "block", signal });
  return isBetter(block, page) ? block : page;
}

const isPoor = ({ words, confidence }: OcrPage) => words.length < fewWords || confidence < poorConfidence;

/** More letters that are probably right. */
function isBetter(one: OcrPage, other: OcrPage): boolean {
  const worth = ({ words }: OcrPage) =>
    words.reduce((sum, { text, confidence }) => sum + text.length * Math.max(0, confidence - 0.3), 0);
  return worth(one) > worth(other) * 1.1;
}

/** Most words of several letters are higher than wide: the page lies on its side. */
function standsOnEnd({ words }: OcrPage): boolean {
  const long = words.filter(({ text }) => text.length >= 4);
  const upright = long.filter(({ box }) => box[2] - box[0] >= box[3] - box[1]);
  return long.length >= fewWords && upright.length < long.length / 2;
}

async function enlarge(image: GrayImage): Promise<{ image: GrayImage; factor: number }> {
  const factor = Math.min(maxEnlargement, enlargeBelowPx / Math.max(image.width, image.height));
  if (factor < 1.25) return { image, factor: 1 };
  const { data, info } = await grayPipeline(image)
    .resize({ width: Math.round(image.width * factor), kernel: "lanczos3" })
    .extractChannel(0)
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { image: { data, width: info.width, height: info.height }, factor: info.width / image.width };
}

async function turn(image: GrayImage, degrees: number): Promise<GrayImage> {
  const { data, info } = await grayPipeline(image)
    .rotate(degrees, { background: "#ffffff" })
    .extractChannel(0)
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

async function level(image: GrayImage): Promise<GrayImage> {
  const { data, info } = await grayPipeline(image)
    .resize({ width: skewWidthPx, withoutEnlargement: true })
    .extractChannel(0)
    .raw()
    .toBuffer({ resolveWithObject: true });
  const small = { data, width: info.width, height: info.height };
  const skew = estimateSkew(small, findThreshold(small));
  return skew === 0 ? image : turn(image, skew);
}

/** Words that are surely letters: rulings are read as bars, dashes, or an l, and keep their ink. */
function boxesOfSureWords(words: OcrPage["words"]): Box[] {
  return words
    .filter(({ text, confidence }) => confidence >= poorConfidence && (text.match(/[\p{L}\p{N}]/gu)?.length ?? 0) >= 2)
    .map(({ box }) => box);
}

/** One glyph a word, sizes from the lines' heights; ink lines as rulings. */
function toFacts(page: OcrPage, image: GrayImage, dpi: number, number: number): PageFacts {
  const scale = 72 / dpi;
  const words = page.words.filter(
    ({ confidence, text }) => confidence >= noiseConfidence && /[\p{L}\p{N}\p{P}\p{S}]/u.test(text),
  );
  const lines = new Map<number, { top: number; bottom: number }>();
  for (const { line, box } of words) {
    const known = lines.get(line) ?? { top: box[1], bottom: box[3] };
    lines.set(line, { top: Math.min(known.top, box[1]), bottom: Math.max(known.bottom, box[3]) });
  }
  const glyphs: Glyph[] = words.map(({ text, box, confidence, line }, index) => {
    const { top, bottom } = lines.get(line)!;
    const points = box.map((value) => value * scale) as unknown as Box;
    // A line's ink reaches from the ascenders to the descenders: about 0.9 em, its baseline about 0.2 em above the lowest.
    const size = ((bottom - top) * scale) / 0.9;
    return {
      text,
      box: points,
      x: points[0],
      baseline: bottom * scale - 0.2 * size,
      end: points[2],
      size,
      font: 0,
      color: 0,
      angle: 0,
      mcid: -1,
      run: index,
      spaceBefore: true,
      confidence,
    };
  });
  return {
    page: number,
    width: image.width * scale,
    height: image.height * scale,
    fonts: [{ name: "", bold: false, italic: false, monospace: false, serif: false }],
    glyphs,
    rulings: findInkLines(image, findThreshold(image), scale, boxesOfSureWords(words)),
    fills: [],
    drawings: [],
    pictures: [],
    links: [],
    tags: null,
    fields: [],
    origin: "ocr",
  };
}
