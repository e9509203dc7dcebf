/** The frames of a picture file: pages of a TIFF, the first picture of an animation, else the one there is. */
import { problem } from "@knowhere/contract";
import sharp, { type Sharp } from "sharp";
import type { ReadLimits } from "../reader.ts";
import { decodeBitmap, isBitmap } from "./bitmap.ts";
import { type GrayImage, openPicture, pictureProblem, readGray } from "./pixels.ts";

export interface Frame {
  /** Pixels per inch; as stated when that is plausible, else guessed from the size. */
  dpi: number;
  /** Size as shown, in points. */
  sizePt: { width: number; height: number };
  /** Upright pixels. */
  gray(): Promise<GrayImage>;
  /** Colour pixels, upright; for crops. */
  picture(): Sharp;
  /** As browsers show it: the file's own bytes when they can, else a PNG. */
  encoded(): Promise<{ bytes: Uint8Array; mediaType: string; extension: string }>;
}

/** What a page of paper is high; a picture that states no resolution is taken for one. */
const pageInches = 11;
/** JPEG and TIFF scanners end here; what is longer is no page, and work by rows or columns of it takes for ever. */
const maxSidePixels = 65_535;
const shownAsTheyAre: Record<string, string> = { png: "image/png", jpeg: "image/jpeg", gif: "image/gif" };
const extensions: Record<string, string> = { png: ".png", jpeg: ".jpg", gif: ".gif" };

/**
 * @param converting Called when the frames are of a type that has to be re-encoded.
 * @throws PARSING_FAILED, LIMIT_EXCEEDED
 */
export async function openFrames(
  bytes: Uint8Array,
  limits: Pick<ReadLimits, "maxPixels" | "maxPages">,
  converting: () => void,
): Promise<Frame[]> {
  try {
    if (isBitmap(bytes)) {
      converting();
      const { data, ...raw } = decodeBitmap(bytes, limits.maxPixels);
      return [frameOf(() => sharp(data, { raw }), { format: "bmp", width: raw.width, height: raw.height }, undefined)];
    }
    const metadata = await openPicture(bytes, limits.maxPixels).metadata();
    const format = metadata.format ?? "";
    if (!(format in shownAsTheyAre)) converting();
    const count = format === "tiff" ? Math.min(metadata.pages ?? 1, limits.maxPages) : 1;
    const frames: Frame[] = [];
    for (let page = 0; page < count; page++) {
      const open = () => openPicture(bytes, limits.maxPixels, page);
      const facts =
        page === 0
          ? metadata
          : // A later page that is broken fails when it is read, alone.
            await open()
              .metadata()
              .catch(() => metadata);
      frames.push(frameOf(open, { ...facts, format }, count === 1 ? bytes : undefined));
    }
    return frames;
  } catch (error) {
    throw pictureProblem(error);
  }
}

interface FrameFacts {
  format: string;
  width?: number | undefined;
  height?: number | undefined;
  /** EXIF; from 5 on the picture lies on its side. */
  orientation?: number | undefined;
  density?: number | undefined;
}

function frameOf(
  open: () => Sharp,
  { format, width = 1, height = 1, orientation = 1, density }: FrameFacts,
  own: Uint8Array | undefined,
): Frame {
  if (Math.max(width, height) > maxSidePixels) throw problem("LIMIT_EXCEEDED", { limit: "pixels of a side" });
  const guarded = <T>(work: Promise<T>) => work.catch((error) => Promise.reject(pictureProblem(error)));
  // 72 and 96 are what programs write that know nothing.
  const stated = density !== undefined && density >= 100 && density <= 1200 ? density : undefined;
  const dpi = stated ?? Math.min(600, Math.max(50, Math.max(width, height) / pageInches));
  const [across, down] = orientation >= 5 ? [height, width] : [width, height];
  return {
    dpi,
    sizePt: { width: (across * 72) / dpi, height: (down * 72) / dpi },
    gray: () => guarded(readGray(open())),
    picture: () => open().autoOrient(),
    async encoded() {
      const mediaType = shownAsTheyAre[format];
      if (own && mediaType) return { bytes: own, mediaType, extension: extensions[format]! };
      const png = await guarded(open().autoOrient().toColourspace("srgb").png().toBuffer());
      return { bytes: png, mediaType: "image/png", extension: ".png" };
    },
  };
}
