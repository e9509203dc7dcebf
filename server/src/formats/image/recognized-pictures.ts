/** The pictures of a recognised page: areas of ink without words, cut from the levelled page. */
import type { Box } from "@knowhere/contract";
import { heightOf, holdsCenter, widthOf } from "../../layout/boxes.ts";
import type { PageFacts, PageImages } from "../../layout/facts.ts";
import { findDiagrams } from "./diagrams.ts";
import { findInkRegions } from "./ink-regions.ts";
import { grayPipeline } from "./pixels.ts";
import { findPlots } from "./plots.ts";
import type { Recognition } from "./recognition.ts";

/** The facts with their pictures, and the way to their bytes. */
export function findPictures(recognition: Recognition): { facts: PageFacts; images: PageImages } {
  const { facts, image, threshold, scale } = recognition;
  const { glyphs } = facts;
  const drawn = [
    ...findPlots({ image, threshold, scale, glyphs, rulings: facts.rulings }),
    ...findDiagrams(facts.rulings, glyphs),
  ];
  const pictures = picturesOf(recognition, drawn);
  // The grid of a plot is no table's, nor are the boxes of a diagram.
  const rulings = facts.rulings.filter(({ box }) => !drawn.some((other) => holdsCenter(other, box)));
  return { facts: { ...facts, rulings, pictures }, images: cropsOf(recognition, pictures) };
}

type Pictures = PageFacts["pictures"];

function picturesOf({ image, threshold, facts, scale }: Recognition, drawn: readonly Box[]): Pictures {
  const pixels = (box: Box): Box => box.map((value) => value / scale) as unknown as Box;
  const words = facts.glyphs.map(({ box }) => pixels(box));
  const lines = facts.rulings.map(({ box }) => pixels(box));
  const regions = findInkRegions(image, threshold, words, lines).map(
    (box) => box.map((value) => value * scale) as unknown as Box,
  );
  return [...drawn, ...regions.filter((region) => !drawn.some((other) => holdsCenter(other, region)))].map(
    (box, index) => ({
      box,
      index,
      pixelWidth: Math.round(widthOf(box) / scale),
      pixelHeight: Math.round(heightOf(box) / scale),
      mcid: -1,
      mask: false,
    }),
  );
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
