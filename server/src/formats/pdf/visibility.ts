/**
 * Which glyphs a reader of the printed page would not see, and why. White on white, size nought, off the page, clipped away,
 * invisible ink: the places where text is hidden from people and shown to machines. An invisible text layer over a page
 * picture is the opposite, the words of a scan, and stays.
 */
import type { Box } from "@knowhere/contract";
import type { Glyph } from "../../layout/facts.ts";
import type { PageGeometry } from "./geometry.ts";
import type { PageObjects, TextRun } from "./objects.ts";
import type { OrderedFill } from "./paths.ts";

/** Nobody reads type smaller than this (pt). */
const tinyPt = 1;
/** Colours closer than this in every channel cannot be told apart. */
const channelDistance = 12;
/** Pictures that cover this share of the page make it a scan. */
const scanCover = 0.5;

export interface Visibility {
  /** Glyphs of an invisible layer over a page picture: words of a scan, kept. */
  ocrLayer: number;
}

/** Sets `hidden` on the glyphs. `invisibleOptional` tells whether the optional content of a run is switched off. */
export function classifyVisibility(
  glyphs: Glyph[],
  runs: (TextRun | null)[],
  objects: PageObjects,
  geometry: PageGeometry,
  invisibleOptional: (run: TextRun) => boolean,
): Visibility {
  const backdrop = new Backdrop(objects, geometry);
  let ocrLayer = 0;
  for (let i = 0; i < glyphs.length; i++) {
    const glyph = glyphs[i]!;
    const run = runs[i];
    if (isOffPage(glyph.box, geometry)) glyph.hidden = "off_page";
    else if (glyph.size < tinyPt) glyph.hidden = "tiny";
    if (!run || glyph.hidden) continue;
    if (run.mode === 3 || run.mode === 7 || run.alpha === 0) {
      if (backdrop.isScan(glyph.box)) ocrLayer++;
      else glyph.hidden = "invisible";
    } else if (run.clip && isOutside(glyph.box, run.clip)) glyph.hidden = "clipped";
    else if (run.layer !== undefined && invisibleOptional(run)) glyph.hidden = "optional_content";
    else if (backdrop.isSameColour(glyph, run)) glyph.hidden = "same_colour";
  }
  return { ocrLayer };
}

function isOffPage(box: Box, geometry: PageGeometry): boolean {
  return box[2] <= 0 || box[3] <= 0 || box[0] >= geometry.width || box[1] >= geometry.height;
}

/** The middle of the glyph lies outside the clip by more than a hair. */
function isOutside(box: Box, clip: Box): boolean {
  const x = (box[0] + box[2]) / 2;
  const y = (box[1] + box[3]) / 2;
  return x < clip[0] - 1 || x > clip[2] + 1 || y < clip[1] - 1 || y > clip[3] + 1;
}

function isNear(a: number, b: number): boolean {
  return (
    Math.abs(((a >> 16) & 255) - ((b >> 16) & 255)) <= channelDistance &&
    Math.abs(((a >> 8) & 255) - ((b >> 8) & 255)) <= channelDistance &&
    Math.abs((a & 255) - (b & 255)) <= channelDistance
  );
}

const white = 0xffffff;
const maxLayersLookedAt = 20_000;

/** What lies behind a point of the page: the last fill, drawing or picture painted there before the text. */
class Backdrop {
  readonly #fills: OrderedFill[];
  readonly #colours: number[];
  readonly #objects: PageObjects;
  readonly #scan: boolean;
  readonly #judged = new Map<TextRun, boolean>();

  constructor(objects: PageObjects, geometry: PageGeometry) {
    this.#objects = objects;
    this.#fills = objects.fills.slice(0, maxLayersLookedAt);
    this.#colours = [...new Set(this.#fills.map((fill) => fill.color))].slice(0, 256);
    let covered = 0;
    for (const picture of objects.pictures)
      covered += (picture.box[2] - picture.box[0]) * (picture.box[3] - picture.box[1]);
    this.#scan = covered >= scanCover * geometry.width * geometry.height;
  }

  /** The glyph's middle lies on a picture, and the pictures cover most of the page. */
  isScan(box: Box): boolean {
    if (!this.#scan) return false;
    const x = (box[0] + box[2]) / 2;
    const y = (box[1] + box[3]) / 2;
    return this.#objects.pictures.some((picture) => contains(picture.box, x, y));
  }

  /** Judged once for a run, at its first glyph with ink; a run on two backgrounds counts as visible if that one is. */
  isSameColour(glyph: Glyph, run: TextRun): boolean {
    const known = this.#judged.get(run);
    if (known !== undefined) return known && this.#matches(glyph, run);
    const same = this.#matches(glyph, run);
    this.#judged.set(run, same);
    return same;
  }

  #matches(glyph: Glyph, run: TextRun): boolean {
    // Stroked letters (modes 1, 2) show their outline; patterns and shadings have no one colour.
    if (run.mode !== 0) return false;
    const pale = isNear(run.color, white);
    if (!pale && !this.#colours.some((colour) => isNear(run.color, colour))) return false;
    const x = (glyph.box[0] + glyph.box[2]) / 2;
    const y = (glyph.box[1] + glyph.box[3]) / 2;
    let behind: OrderedFill | undefined;
    for (const fill of this.#fills) if (fill.order < run.order && contains(fill.box, x, y)) behind = fill;
    // A picture, a shading or a drawn shape behind the text: its colour at this point is unknown.
    if (this.#objects.pictures.some((picture) => picture.order < run.order && contains(picture.box, x, y)))
      return false;
    if (this.#objects.drawings.some((drawing) => drawing.filled && contains(drawing.box, x, y))) return false;
    return behind ? isNear(behind.color, run.color) : pale;
  }
}

function contains(box: Box, x: number, y: number): boolean {
  return x >= box[0] && x <= box[2] && y >= box[1] && y <= box[3];
}
