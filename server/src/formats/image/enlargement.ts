/** Small print made larger before it is read. What is chosen here was measured: docs/recognition.md has the table. */
import { findLetterHeight } from "./letter-height.ts";
import { findThreshold, type GrayImage, grayPipeline, takeGray } from "./pixels.ts";

export interface Enlarged {
  image: GrayImage;
  /** Pixels of `image` for one of the picture's. */
  factor: number;
  /** What the engine is told as the resolution, as a share of the true one. */
  statedShare: number;
}

/** Letters (an x) lower than this many pixels read badly: small pictures are enlarged towards it. */
const goodLetterPx = 12;
/** What is left of letters as low as this needs more of the blur that enlarging makes of their steps. */
const tinyLetterPx = 6;
const goodTinyLetterPx = 18;
const maxEnlargement = 4;
const leastEnlargement = 1.15;
/** Where letters cannot be measured the longer side is enlarged to this. */
const goodSidePx = 1600;
/** Pictures that are this large already, and those that would become it, are not enlarged. */
const largePixels = 8_000_000;
/** Taken for print of a finer resolution, a page has less that the engine tries as lines, and reads as well. */
const finerPrint = 1.5;

/** The picture with its letters as high as the engine likes them; the same picture when they are. */
export async function enlarge(image: GrayImage): Promise<Enlarged> {
  const same = { image, factor: 1, statedShare: 1 };
  const most = Math.min(maxEnlargement, Math.sqrt(largePixels / (image.width * image.height)));
  if (most < leastEnlargement) return same;
  const letter = findLetterHeight(image, findThreshold(image));
  const tiny = letter !== undefined && letter <= tinyLetterPx;
  const good = tiny ? goodTinyLetterPx : goodLetterPx;
  const wanted = letter ? good / letter : goodSidePx / Math.max(image.width, image.height);
  const factor = Math.min(most, wanted);
  if (factor < leastEnlargement) return same;
  const width = Math.round(image.width * factor);
  // Cubics keep what is left of tiny letters; those that are whole need no more than lines between their pixels.
  const kernel = tiny ? "cubic" : "linear";
  const larger = await takeGray(grayPipeline(image).resize({ width, kernel }));
  return { image: larger, factor: larger.width / image.width, statedShare: tiny ? 1 : finerPrint };
}
