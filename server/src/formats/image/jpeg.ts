/** Any picture we can decode as a JPEG of bounded size, for models. */
import { openPicture } from "./pixels.ts";

export interface JpegOptions {
  /** Longer side; larger pictures are scaled down. */
  longestPx: number;
  maxPixels: number;
}

/** Null for what cannot be decoded. */
export async function toJpeg(bytes: Uint8Array, { longestPx, maxPixels }: JpegOptions): Promise<Uint8Array | null> {
  try {
    return await openPicture(bytes, maxPixels)
      .autoOrient()
      .flatten({ background: "#ffffff" })
      .resize({ width: longestPx, height: longestPx, fit: "inside", withoutEnlargement: true })
      .jpeg({ quality: 85 })
      .toBuffer();
  } catch {
    return null;
  }
}
