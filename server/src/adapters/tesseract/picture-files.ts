/** Grey pixels as files that Tesseract's library of pictures (Leptonica) reads. */
import { endianness } from "node:os";
import type { OcrPicture } from "../../ports/ocr.ts";

/** A portable greymap (PGM, "P5"): a header and the pixels as they are. */
export function encodeGreymap({ data, width, height }: OcrPicture): Uint8Array {
  return Buffer.concat([Buffer.from(`P5\n${width} ${height}\n255\n`, "latin1"), data]);
}

/**
 * Leptonica's picture as it lies in memory ("spix"), which is copied and not decoded: "spix", width, height, bits a pixel, words a row,
 * colours of a palette, bytes of pixels, pixels. Everything is in words of four bytes in the machine's order, the leftmost pixel in the
 * highest byte of its word; rows are filled up to whole words.
 */
export function encodeSerialized(picture: OcrPicture): Uint8Array {
  if (endianness() !== "LE") return encodeGreymap(picture);
  const { data, width, height } = picture;
  const words = Math.ceil(width / 4);
  const header = 28;
  const file = Buffer.alloc(header + 4 * words * height);
  file.write("spix", "latin1");
  const facts = [width, height, 8, words, 0, 4 * words * height];
  for (const [at, value] of facts.entries()) file.writeUInt32LE(value, 4 + 4 * at);
  const pixels = file.subarray(header);
  for (let y = 0; y < height; y++) pixels.set(data.subarray(y * width, (y + 1) * width), 4 * words * y);
  pixels.swap32();
  return file;
}
