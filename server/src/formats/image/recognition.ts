/**
 * A page picture becomes page facts: level it, recognise its words, and turn it upright when the words say that it is not.
 * The order is by cost: levelling is cheap; looking for the orientation costs a third of a recognition,
 * so it is done only when the first answer is poor or its words stand on end.
 */
import type { PageFacts } from "../../layout/facts.ts";
import type { OcrEngine, OcrOptions, OcrPage, OcrWord } from "../../ports/ocr.ts";
import { completeCutLines } from "./cut-lines.ts";
import { findDensePart } from "./dense-part.ts";
import { enlarge } from "./enlargement.ts";
import { flattenGround } from "./ground.ts";
import { findThreshold, type GrayImage, grayPipeline, takeGray } from "./pixels.ts";
import { toFacts } from "./recognized-words.ts";
import { estimateSkew } from "./skew.ts";

export interface RecognitionOptions {
  /** Empty: the engine chooses. */
  languages: readonly string[];
  /** Points per inch of the picture, when known. */
  dpi: number;
  page: number;
  signal: AbortSignal;
  /** What each further try at a page that was read once may take, in milliseconds; what was read before stays then. */
  retryMs?: number;
}
export interface Recognition {
  facts: PageFacts;
  /** Mean word confidence, 0–1. */
  confidence: number;
  /** Clockwise degrees the picture was turned by before its boxes were taken. */
  turned: 0 | 90 | 180 | 270;
  /** The levelled, upright picture the facts are of. */
  image: GrayImage;
  /** Ink of `image` is darker than this. */
  threshold: number;
  /** Points per pixel of `image`. */
  scale: number;
}

/** Below this the words are probably wrong, or the page stands on its head. */
const poorConfidence = 0.6;
const fewWords = 4;
/** A dense page of noise takes a minute; the job waits for more of it in vain. */
const usualRetryMs = 90_000;
/** Under this a part of a page is noise, and so is the whole. */
const leastPartConfidence = 0.4;
const skewWidthPx = 800;
/** The engine reads slants up to this as well as level lines, and better than pixels that were turned. */
const nearlyLevelDegrees = 1;
/** Tesseract's own scale: below this the orientation is a guess. */
const sureOrientation = 2;

/** Recognises one page. The facts' points are those of the upright, levelled picture. */
export async function recognizePage(
  picture: GrayImage,
  engine: OcrEngine,
  options: RecognitionOptions,
): Promise<Recognition> {
  const { image: flat, darkAreas } = flattenGround(picture);
  const enlarged = await enlarge(flat);
  const dpi = options.dpi * enlarged.factor;
  const asked = {
    languages: options.languages,
    page: options.page,
    dpi: dpi * enlarged.statedShare,
    lightLetters: darkAreas,
    signal: options.signal,
  };
  const again: Again = (work) => tryAgain(options.signal, options.retryMs ?? usualRetryMs, work);
  const read = async (levelled: Levelled, signal: AbortSignal) => {
    const own = { ...asked, signal };
    return Math.abs(levelled.degrees) > nearlyLevelDegrees
      ? readWords(levelled.image, engine, own, again)
      : levelWords(await readWords(levelled.plain, engine, own, again), levelled);
  };

  let turned: Recognition["turned"] = 0;
  let levelled = await level(enlarged.image, flat);
  let words = await read(levelled, options.signal);
  if (isPoor(words) || standsOnEnd(words)) {
    const orientation = await engine.orientation(levelled.image, options.signal);
    const tries: Recognition["turned"][] =
      orientation && orientation.confidence >= sureOrientation
        ? [orientation.degrees]
        : standsOnEnd(words)
          ? [90, 270]
          : [180];
    const isSure = orientation !== null && orientation.confidence >= sureOrientation;
    for (const degrees of tries) {
      if (degrees === 0) continue;
      const other = await level(await turn(enlarged.image, degrees), await turn(flat, degrees));
      if (!isSure && !standsOnEnd(words) && !(await readsInPart(other.image, engine, asked))) continue;
      const otherWords = await again((signal) => read(other, signal));
      if (!otherWords) continue;
      // The engine reads a page on its side nearly as well, but in a wrong order: upright words need not read better.
      const rights = standsOnEnd(words) && !isPoor(otherWords) && !standsOnEnd(otherWords);
      if (!isBetter(otherWords, words) && !(rights && !isBetter(words, otherWords))) continue;
      [levelled, words, turned] = [other, otherWords, degrees];
    }
  }
  const { image } = levelled;
  const threshold = findThreshold(image);
  return {
    facts: toFacts(words, image, threshold, dpi, options.page),
    confidence: words.confidence,
    turned,
    image,
    threshold,
    scale: 72 / dpi,
  };
}

/** Makes a further try; null when it fails or takes too long, as there is an answer already. */
type Again = <T>(work: (signal: AbortSignal) => Promise<T>) => Promise<T | null>;

async function tryAgain<T>(
  signal: AbortSignal,
  retryMs: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T | null> {
  try {
    return await work(AbortSignal.any([signal, AbortSignal.timeout(retryMs)]));
  } catch (error) {
    if (signal.aborted) throw error;
    return null;
  }
}

async function readWords(
  image: GrayImage,
  engine: OcrEngine,
  asked: Omit<OcrOptions, "structure">,
  again: Again,
): Promise<OcrPage> {
  const page = await engine.recognize(image, { ...asked, structure: "page" });
  if (!isPoor(page))
    return (await again((signal) => completeCutLines(image, page, engine, { ...asked, signal }))) ?? page;
  // Finding blocks fails on odd pages (labels, single lines, leftover skew); taking the page as one block does not.
  const block = await again(async (signal) =>
    (await readsInPart(image, engine, { ...asked, signal }))
      ? engine.recognize(image, { ...asked, signal, structure: "block" })
      : null,
  );
  return block && isBetter(block, page) ? block : page;
}

/**
 * Whether trying once more is worth it: a page that cannot be read (print of few pixels, a script without data) takes minutes
 * as one block and comes out as noise, which a twenty-fourth of it tells. True for small pictures.
 */
async function readsInPart(
  image: GrayImage,
  engine: OcrEngine,
  asked: Omit<OcrOptions, "structure">,
): Promise<boolean> {
  const dense = findDensePart(image);
  if (!dense) return true;
  const { confidence } = await engine.recognize(dense.part, { ...asked, structure: "block" });
  return confidence >= leastPartConfidence;
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

const turn = (image: GrayImage, degrees: number): Promise<GrayImage> =>
  takeGray(grayPipeline(image).rotate(degrees, { background: "#ffffff" }));

/** A picture as it came and as it lies level; one picture when it does. */
interface Levelled {
  plain: GrayImage;
  image: GrayImage;
  /** Clockwise, from `plain` to `image`. */
  degrees: number;
}

/** `before` is the same picture before it was enlarged, which tells the angle as well. */
async function level(image: GrayImage, before: GrayImage): Promise<Levelled> {
  const small =
    before.width <= skewWidthPx
      ? before
      : await takeGray(grayPipeline(before).resize({ width: skewWidthPx, kernel: "cubic" }));
  const degrees = estimateSkew(small, findThreshold(small));
  return { plain: image, image: degrees === 0 ? image : await turn(image, degrees), degrees };
}

/** The words of `plain` where they lie in `image`: turned around the middle, without the height that the slant adds to a box. */
function levelWords(page: OcrPage, { plain, image, degrees }: Levelled): OcrPage {
  const [sine, cosine] = [Math.sin((degrees * Math.PI) / 180), Math.cos((degrees * Math.PI) / 180)];
  const words = page.words.map((word) => {
    const [x0, y0, x1, y1] = word.box;
    const [x, y] = [(x0 + x1 - plain.width) / 2, (y0 + y1 - plain.height) / 2];
    const middleX = image.width / 2 + cosine * x - sine * y;
    const middleY = image.height / 2 + sine * x + cosine * y;
    const wide = x1 - x0;
    const high = Math.max(0.6 * (y1 - y0), y1 - y0 - wide * Math.abs(sine));
    const box = [middleX - wide / 2, middleY - high / 2, middleX + wide / 2, middleY + high / 2];
    return { ...word, box: box.map(Math.round) as OcrWord["box"] };
  });
  return { ...page, words };
}
