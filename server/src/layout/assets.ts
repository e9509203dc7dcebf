/** Bytes of figures: a picture's own, or a crop of the page. */
import type { AssetCollector } from "../document/assets.ts";
import type { PageImages } from "./facts.ts";
import type { FigureRegion } from "./figures.ts";

const cropDpi = 144;

/** Adds a figure's picture to the assets; returns its id, undefined when it cannot be had. */
export async function takeFigure(
  figure: FigureRegion,
  page: number,
  images: PageImages,
  assets: AssetCollector,
): Promise<string | undefined> {
  const image = figure.picture
    ? ((await images.picture(page, figure.picture.index)) ?? (await images.crop(page, figure.box, cropDpi)))
    : await images.crop(page, figure.box, cropDpi);
  if (!image) return undefined;
  const extension =
    image.mediaType === "image/jpeg" ? ".jpg" : `.${image.mediaType.slice(image.mediaType.indexOf("/") + 1)}`;
  return assets.add(image.bytes, { mediaType: image.mediaType, extension })?.id;
}
