/** Pictures as grey pixels: decoding within limits, Otsu's threshold, and what the recognition needs to know of a picture. */
import { problem } from "@knowhere/contract";
import sharp, { type Sharp } from "sharp";
import type { OcrPicture } from "../../ports/ocr.ts";

sharp.cache(false);
sharp.concurrency(1);

/** One byte a pixel, row by row, 0 is black. */
export type GrayImage = OcrPicture;

/** A decoder within limits. Rejects later with what `decodeProblem` translates. */
export function openPicture(bytes: Uint8Array, maxPixels: number, page = 0): Sharp {
  return sharp(bytes, { limitInputPixels: maxPixels, page, failOn: "none", animated: false, unlimited: false });
}

/** Upright (EXIF), without alpha (over white), grey, 8 bit, and of the given width when it is wider than that. */
export async function readGray(picture: Sharp, maxWidth?: number): Promise<GrayImage> {
  const flat = picture.clone().autoOrient().flatten({ background: "#ffffff" }).toColourspace("b-w");
  const sized = maxWidth ? flat.resize({ width: maxWidth, withoutEnlargement: true, kernel: "cubic" }) : flat;
  const { data, info } = await sized.extractChannel(0).raw({ depth: "uchar" }).toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

export function grayPipeline({ data, width, height }: GrayImage): Sharp {
  return sharp(data, { raw: { width, height, channels: 1 } });
}

/** The grey pixels that a pipeline ends in; one channel all the way, where sharp would make three of it. */
export async function takeGray(pipeline: Sharp): Promise<GrayImage> {
  const { data, info } = await pipeline.toColourspace("b-w").raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

/** Pixels looked at for the threshold, at least; more do not change it. */
const thresholdSamples = 100_000;

/** The grey value that parts ink from paper best (Otsu 1979: least variance within the two classes). */
export function findThreshold({ data }: GrayImage): number {
  const counts = new Uint32Array(256);
  // An odd step, so that no columns of a picture of even width are left out.
  const step = Math.max(1, Math.floor(data.length / thresholdSamples)) | 1;
  let samples = 0;
  for (let i = 0; i < data.length; i += step, samples++) counts[data[i]!]!++;
  let total = 0;
  for (let value = 0; value < 256; value++) total += value * counts[value]!;
  let below = 0;
  let sumBelow = 0;
  let best = 128;
  let most = -1;
  for (let value = 0; value < 256; value++) {
    below += counts[value]!;
    if (below === 0) continue;
    const above = samples - below;
    if (above === 0) break;
    sumBelow += value * counts[value]!;
    const between = below * above * (sumBelow / below - (total - sumBelow) / above) ** 2;
    if (between > most) [best, most] = [value + 1, between];
  }
  return best;
}

/** What sharp's refusal of a picture means to the caller. */
export function pictureProblem(error: unknown): Error {
  const text = error instanceof Error ? error.message : String(error);
  if (/pixel limit|too (large|many)|exceeds/i.test(text)) {
    return problem(
      "LIMIT_EXCEEDED",
      {
        file_type: "image",
        message: "The picture has more pixels than the server decodes. Scale it down and send it again.",
      },
      { cause: error },
    );
  }
  return problem(
    "PARSING_FAILED",
    { file_type: "image", message: "Unable to parse document: the picture appears to be corrupted" },
    { cause: error },
  );
}
