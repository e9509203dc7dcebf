/** The pictures of a recognised page: areas of ink without words, cut from the levelled page. */
import type { Box } from "@knowhere/contract";
import type { PageFacts, PageImages } from "../../layout/facts.ts";
import { findInkRegions } from "./ink-regions.ts";
import { grayPipeline } from "./pixels.ts";
import type { Recognition } from "./recognition.ts";

/** The facts with their pictures, and the way to their bytes. */
export function findPictures(recognition: Recognition): { facts: PageFacts; images: PageImages } {
  const pictures = picturesOf(recognition);
  return { facts: { ...recognition.facts, pictures }, images: cropsOf(recognition, pictures) };
}

type Pictures = PageFacts["pictures"];

function picturesOf({ image, threshold, facts, scale }: Recognition): Pictures {
  const pixels = (box: Box): Box => box.map((value) => value / scale) as unknown as Box;
  const words = facts.glyphs.map(({ box }) => pixels(box));
  const lines = facts.rulings.map(({ box }) => pixels(box));
  return findInkRegions(image, threshold, words, lines).map((box, index) => ({
    box: box.map((value) => value * scale) as unknown as Box,
    index,
    pixelWidth: box[2] - box[0],
    pixelHeight: box[3] - box[1],
    mcid: -1,
    mask: false,
  }));
}

function cropsOf({ image, scale }: Recognition, pictures: Pictures): PageImages {
  const cut = async (box: Box) => {
    const [left, top, right, bottom] = box.map((value) => Math.round(value / scale)) as [
      number,
      number,
      number,
      number,
    ];
    const [x, y] = [Math.max(0, left), Math.max(0, top)];
    const [width, height] = [Math.min(image.width, right) - x, Math.min(image.height, bottom) - y];
    if (width < 1 || height < 1) return null;
    const bytes = await grayPipeline(image).extract({ left: x, top: y, width, height }).png().toBuffer();
    return { bytes, mediaType: "image/png", width, height };
  };
  return { picture: (_page, index) => cut(pictures[index]!.box), crop: (_page, box) => cut(box) };
}
