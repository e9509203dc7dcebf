/**
 * Bytes of pictures and rendered crops. A plain JPEG without masks goes out as it is in the file; everything else is decoded by
 * PDFium with masks, alpha, flips and page rotation applied, and encoded as PNG.
 */
import { createHash } from "node:crypto";
import type { Box } from "@knowhere/contract";
import sharp from "sharp";
import { startCpuLimit } from "./cpu-clock.ts";
import { guard, type PdfEngine } from "./engine.ts";
import type { Matrix } from "./geometry.ts";
import type { PagePicture } from "./objects.ts";
import type { PdfPage } from "./page.ts";
import { type PictureMask, PictureStreams } from "./picture-streams.ts";

export interface EncodedPicture {
  bytes: Uint8Array;
  mediaType: "image/png" | "image/jpeg";
  width: number;
  height: number;
}

/** Larger bitmaps are rendered smaller: four bytes a pixel must fit the engine's memory. */
const maxBitmapPixels = 25_000_000;
const maxJpegBytes = 64 * 1024 * 1024;
const bitmapFormats = { gray: 1, bgr: 2, bgrx: 3, bgra: 4 };

interface Raster {
  data: Uint8Array;
  width: number;
  height: number;
  channels: 1 | 2 | 3 | 4;
}

/** Remembers encoded pictures by the hash of their raw bytes: a logo on every page is encoded once. */
export class PictureCache {
  readonly #known = new Map<string, EncodedPicture | null>();
  readonly #streams: PictureStreams;

  /** `source` is the file: its streams tell which pictures have a mask. */
  constructor(source: Uint8Array) {
    this.#streams = new PictureStreams(source);
  }

  async encode(page: PdfPage, picture: PagePicture): Promise<EncodedPicture | null> {
    const { engine } = page.file;
    const pixels = picture.pixelWidth * picture.pixelHeight;
    if (pixels <= 0) return null;
    const raw = guard(engine, () =>
      engine.bytesOf(
        (buffer, bytes) => engine.calls.FPDFImageObj_GetImageDataRaw(picture.handle, buffer, bytes),
        maxJpegBytes,
      ),
    );
    const mask = raw ? this.#maskOf(page, picture, raw) : "unknown";
    const key = raw && mask !== "unknown" ? keyOf(raw, mask, picture.matrix) : undefined;
    const known = key === undefined ? undefined : this.#known.get(key);
    if (known !== undefined) return known;
    const encoded = await this.#encodeNew(page, picture, raw, mask);
    if (key !== undefined) this.#known.set(key, encoded);
    return encoded;
  }

  /** Transparency that the graphics state adds is drawn by PDFium. */
  #maskOf(page: PdfPage, picture: PagePicture, raw: Uint8Array): PictureMask {
    const { engine } = page.file;
    if (guard(engine, () => engine.calls.FPDFPageObj_HasTransparency(picture.handle)) !== 0) return "unknown";
    return this.#streams.readMask(raw, picture.pixelWidth, picture.pixelHeight);
  }

  async #encodeNew(
    page: PdfPage,
    picture: PagePicture,
    raw: Uint8Array | null,
    mask: PictureMask,
  ): Promise<EncodedPicture | null> {
    if (raw && mask === "none" && isUpright(picture.matrix) && isPlainJpeg(page, picture, raw)) {
      return { bytes: raw, mediaType: "image/jpeg", width: picture.pixelWidth, height: picture.pixelHeight };
    }
    const raster = decodePicture(page, picture, mask) ?? renderPicture(page, picture);
    if (!raster) return null;
    if (raw && isUpright(picture.matrix) && isPlainJpeg(page, picture, raw) && raster.channels === 3) {
      return { bytes: raw, mediaType: "image/jpeg", width: picture.pixelWidth, height: picture.pixelHeight };
    }
    return encodeRaster(raster);
  }
}

/** Tells encoded pictures apart: their bytes, their mask, the sense of rotation and mirroring. */
function keyOf(raw: Uint8Array, mask: Uint8Array | "none", matrix: Matrix): string {
  const turned = matrix.slice(0, 4).map((value) => Math.sign(Math.round(value * 100)));
  return createHash("sha256").update(raw).update(mask).update(turned.join(",")).digest("hex");
}

/** On the page as shown (y down) an upright picture has a > 0 and d < 0. */
function isUpright(matrix: Matrix): boolean {
  return (
    matrix[0] > 0 && matrix[3] < 0 && Math.abs(matrix[1]) < 0.01 * matrix[0] && Math.abs(matrix[2]) < 0.01 * -matrix[3]
  );
}

/** One DCT filter, 8 bits, grey or RGB: any viewer shows it as PDFium does. CMYK and decode tricks are rendered instead. */
function isPlainJpeg(page: PdfPage, picture: PagePicture, raw: Uint8Array): boolean {
  const { engine } = page.file;
  const { calls, scratch } = engine;
  if (raw[0] !== 0xff || raw[1] !== 0xd8) return false;
  return guard(engine, () => {
    if (calls.FPDFImageObj_GetImageFilterCount(picture.handle) !== 1) return false;
    if (
      engine.utf8((buffer, bytes) => calls.FPDFImageObj_GetImageFilter(picture.handle, 0, buffer, bytes)) !==
      "DCTDecode"
    )
      return false;
    if (!calls.FPDFImageObj_GetImageMetadata(picture.handle, page.handle, scratch)) return false;
    // FPDF_IMAGEOBJ_METADATA: width, height, horizontal_dpi, vertical_dpi, bits_per_pixel, colorspace, marked_content_id.
    const bits = engine.i32[(scratch >> 2) + 4]!;
    const colorspace = engine.i32[(scratch >> 2) + 5]!;
    // 1 DeviceGray, 2 DeviceRGB, 4 CalGray, 5 CalRGB, 7 ICCBased.
    return (bits === 8 && [1, 4, 7].includes(colorspace)) || (bits === 24 && [2, 5, 7].includes(colorspace));
  });
}

/** The pixels of an upright picture as they are in the file; null where PDFium has to draw it, at five times the cost. */
function decodePicture(page: PdfPage, picture: PagePicture, mask: PictureMask): Raster | null {
  if (mask === "unknown" || !isUpright(picture.matrix)) return null;
  if (picture.pixelWidth * picture.pixelHeight > maxBitmapPixels) return null;
  const { engine } = page.file;
  return guard(engine, () => {
    const bitmap = engine.calls.FPDFImageObj_GetBitmap(picture.handle);
    return bitmap === 0 ? null : takeBitmap(engine, bitmap, mask === "none" ? undefined : mask);
  });
}

/**
 * `FPDFImageObj_GetRenderedBitmap` draws at the size of the object's matrix (points), so the matrix is scaled to the picture's
 * own pixels for the call and put back afterwards.
 */
function renderPicture(page: PdfPage, picture: PagePicture): Raster | null {
  const { engine } = page.file;
  const { calls, scratch } = engine;
  return guard(engine, () => {
    if (!calls.FPDFPageObj_GetMatrix(picture.handle, scratch)) return null;
    const own = Array.from(engine.f32.subarray(scratch >> 2, (scratch >> 2) + 6)) as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const shrink = Math.min(1, Math.sqrt(maxBitmapPixels / (picture.pixelWidth * picture.pixelHeight)));
    const [a, b, c, d] = picture.matrix;
    const across = Math.hypot(a, b);
    const down = Math.hypot(c, d);
    if (!(across > 0) || !(down > 0)) return null;
    const sx = (picture.pixelWidth * shrink) / across;
    const sy = (picture.pixelHeight * shrink) / down;
    // The page's y axis points down, the renderer's up.
    calls.FPDFImageObj_SetMatrix(picture.handle, a * sx, -b * sx, c * sy, -d * sy, 0, 0);
    const bitmap = calls.FPDFImageObj_GetRenderedBitmap(page.file.handle, page.handle, picture.handle);
    calls.FPDFImageObj_SetMatrix(picture.handle, ...own);
    return bitmap === 0 ? null : takeBitmap(engine, bitmap);
  });
}

/** Copies a bitmap out (BGRA -> RGBA, opaque ones without alpha) and destroys it. `alpha` has one byte a pixel. */
function takeBitmap(engine: PdfEngine, bitmap: number, alpha?: Uint8Array): Raster | null {
  const { calls } = engine;
  try {
    const width = calls.FPDFBitmap_GetWidth(bitmap);
    const height = calls.FPDFBitmap_GetHeight(bitmap);
    const stride = calls.FPDFBitmap_GetStride(bitmap);
    const format = calls.FPDFBitmap_GetFormat(bitmap);
    const buffer = calls.FPDFBitmap_GetBuffer(bitmap);
    if (width <= 0 || height <= 0 || buffer === 0 || (alpha && alpha.length !== width * height)) return null;
    const bytes = engine.u8;
    const source = { bytes, buffer, width, height, stride };
    if (format === bitmapFormats.gray) return alpha ? withAlpha(copyGray(source), alpha) : copyGray(source);
    if (format === bitmapFormats.bgra && !alpha && !isOpaque(bytes, buffer, width, height, stride))
      return copyBgra(source);
    const raster = format === bitmapFormats.bgr ? copyBgr(source) : copyBgrx(source);
    return alpha ? withAlpha(raster, alpha) : raster;
  } finally {
    calls.FPDFBitmap_Destroy(bitmap);
  }
}

/** A bitmap in PDFium's memory. Rows are `stride` bytes apart, a multiple of four. */
interface Bitmap {
  bytes: Uint8Array;
  buffer: number;
  width: number;
  height: number;
  stride: number;
}

function copyGray({ bytes, buffer, width, height, stride }: Bitmap): Raster {
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const from = buffer + y * stride;
    data.set(bytes.subarray(from, from + width), y * width);
  }
  return { data, width, height, channels: 1 };
}

function copyBgr({ bytes, buffer, width, height, stride }: Bitmap): Raster {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0, to = 0; y < height; y++) {
    const row = bytes.subarray(buffer + y * stride, buffer + y * stride + width * 3);
    for (let at = 0; at < row.length; at += 3, to += 3) {
      data[to] = row[at + 2]!;
      data[to + 1] = row[at + 1]!;
      data[to + 2] = row[at]!;
    }
  }
  return { data, width, height, channels: 3 };
}

/** Four bytes a pixel -> three. A page's picture has millions of pixels, so four of them are packed into three words at a time. */
function copyBgrx({ bytes, buffer, width, height, stride }: Bitmap): Raster {
  const words = new Uint32Array(bytes.buffer, buffer, (stride * height) >> 2);
  const data = new Uint8Array(width * height * 3);
  // Whole groups of four within a row, as long as the output stays on a word's border; single pixels after them.
  const packed = new Uint32Array(data.buffer, 0, data.length >> 2);
  for (let y = 0; y < height; y++) {
    let from = y * (stride >> 2);
    const end = from + width;
    let to = y * width * 3;
    if ((to & 3) === 0) {
      for (let word = to >> 2; from + 4 <= end; from += 4, to += 12) {
        const a = words[from]!;
        const b = words[from + 1]!;
        const c = words[from + 2]!;
        const d = words[from + 3]!;
        packed[word++] = ((a >>> 16) & 0xff) | (a & 0xff00) | ((a & 0xff) << 16) | ((b << 8) & 0xff000000);
        packed[word++] = ((b >>> 8) & 0xff) | ((b & 0xff) << 8) | (c & 0xff0000) | ((c & 0xff00) << 16);
        packed[word++] = (c & 0xff) | ((d >>> 8) & 0xff00) | ((d & 0xff00) << 8) | ((d & 0xff) << 24);
      }
    }
    for (; from < end; from++) {
      const pixel = words[from]!;
      data[to++] = pixel >>> 16;
      data[to++] = pixel >>> 8;
      data[to++] = pixel;
    }
  }
  return { data, width, height, channels: 3 };
}

function copyBgra({ bytes, buffer, width, height, stride }: Bitmap): Raster {
  const words = new Uint32Array(bytes.buffer, buffer, (stride * height) >> 2);
  const out = new Uint32Array(width * height);
  let to = 0;
  for (let y = 0; y < height; y++) {
    const end = y * (stride >> 2) + width;
    for (let from = end - width; from < end; from++) {
      const pixel = words[from]!;
      out[to++] = (pixel & 0xff00ff00) | ((pixel >>> 16) & 0xff) | ((pixel & 0xff) << 16);
    }
  }
  return { data: new Uint8Array(out.buffer), width, height, channels: 4 };
}

function withAlpha({ data, width, height, channels }: Raster, alpha: Uint8Array): Raster {
  if (channels === 1) {
    const out = new Uint8Array(width * height * 2);
    for (let pixel = 0, to = 0; pixel < alpha.length; pixel++) {
      out[to++] = data[pixel]!;
      out[to++] = alpha[pixel]!;
    }
    return { data: out, width, height, channels: 2 };
  }
  const words = new Uint32Array(width * height);
  for (let pixel = 0, from = 0; pixel < alpha.length; pixel++, from += 3)
    words[pixel] = data[from]! | (data[from + 1]! << 8) | (data[from + 2]! << 16) | (alpha[pixel]! << 24);
  return { data: new Uint8Array(words.buffer), width, height, channels: 4 };
}

function isOpaque(bytes: Uint8Array, buffer: number, width: number, height: number, stride: number): boolean {
  for (let y = 0; y < height; y++) {
    const end = buffer + y * stride + width * 4;
    for (let at = buffer + y * stride + 3; at < end; at += 4) if (bytes[at] !== 255) return false;
  }
  return true;
}

async function encodeRaster(raster: Raster): Promise<EncodedPicture> {
  const { data, width, height, channels } = raster;
  const bytes = await sharp(data, { raw: { width, height, channels }, limitInputPixels: false })
    .png({ compressionLevel: 6 })
    .toBuffer();
  return {
    bytes: new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    mediaType: "image/png",
    width,
    height,
  };
}

/** A part of a page that takes more processor time to draw goes without its picture. */
const maxRenderCpuMs = 4000;
/** FPDF_RENDER_DONE (fpdf_progressive.h). */
const renderDone = 2;
/** FPDF_ANNOT: annotations are part of what a reader sees. */
const renderAnnotations = 0x01;

/**
 * Renders a part of the page as shown. The dpi is lowered when the crop would be too large; null when it has no area or takes
 * too long to draw.
 */
export async function renderCrop(
  page: PdfPage,
  box: Box,
  dpi: number,
  maxPixels = maxBitmapPixels,
): Promise<EncodedPicture | null> {
  const raster = rasterize(page, box, dpi, maxPixels);
  return raster ? encodeRaster(raster) : null;
}

/** The pixels of a part of the page on white, RGB. */
export function rasterize(page: PdfPage, box: Box, dpi: number, maxPixels: number): Raster | null {
  const { engine } = page.file;
  const { calls } = engine;
  const { width: pageWidth, height: pageHeight } = page.geometry;
  const x0 = Math.max(0, box[0]);
  const y0 = Math.max(0, box[1]);
  const widthPt = Math.min(pageWidth, box[2]) - x0;
  const heightPt = Math.min(pageHeight, box[3]) - y0;
  if (!(widthPt > 0) || !(heightPt > 0)) return null;
  const scale = Math.min(dpi / 72, Math.sqrt(maxPixels / (widthPt * heightPt)));
  const width = Math.max(1, Math.round(widthPt * scale));
  const height = Math.max(1, Math.round(heightPt * scale));
  return guard(engine, () => {
    // A bitmap that PDFium cannot make is a null pointer, without an error.
    const bitmap = calls.FPDFBitmap_CreateEx(width, height, bitmapFormats.bgrx, 0, 0);
    if (bitmap === 0) return null;
    calls.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, 0xffffffff);
    engine.renderExpired = startCpuLimit(maxRenderCpuMs);
    const status = calls.FPDF_RenderPageBitmap_Start(
      bitmap,
      page.handle,
      Math.round(-x0 * scale),
      Math.round(-y0 * scale),
      Math.round(pageWidth * scale),
      Math.round(pageHeight * scale),
      0,
      renderAnnotations,
      engine.pause,
    );
    calls.FPDF_RenderPage_Close(page.handle);
    if (status !== renderDone) {
      calls.FPDFBitmap_Destroy(bitmap);
      return null;
    }
    return takeBitmap(engine, bitmap);
  });
}
