/**
 * Pages whose text runs against the page (slides and wide tables printed sideways, scans put in the wrong way) are laid
 * out as a reader would hold them; the boxes of what they hold are turned back at the end.
 */
import type { Block, Box, Place } from "@knowhere/contract";
import { visitBlocks } from "../document/visit.ts";
import type { Glyph, PageFacts } from "./facts.ts";
import { normalizeAngle } from "./pieces.ts";

/** How a page was turned: the direction its text had, and the size of the page as shown. */
export interface Turn {
  angle: 90 | 180 | 270;
  width: number;
  height: number;
}

/** Fewer glyphs than this are a stamp or a label. */
const minGlyphs = 60;
/** Share of the glyphs that run in one direction. */
const minShare = 0.8;

/** The facts of a page with its text upright, and how they were turned; undefined for most pages. */
export function turnUpright(facts: PageFacts): { facts: PageFacts; turn: Turn } | undefined {
  const angle = mainAngle(facts.glyphs);
  if (angle === undefined) return undefined;
  const turn: Turn = { angle, width: facts.width, height: facts.height };
  const sideways = angle !== 180;
  const boxed = <T extends { box: Box }>(items: readonly T[]): T[] =>
    items.map((item) => ({ ...item, box: turnBox(item.box, turn) }));
  return {
    turn,
    facts: {
      ...facts,
      width: sideways ? facts.height : facts.width,
      height: sideways ? facts.width : facts.height,
      glyphs: facts.glyphs.map((glyph) => turnGlyph(glyph, turn)),
      rulings: boxed(facts.rulings).map((rule) => ({ ...rule, vertical: rule.vertical !== sideways })),
      fills: boxed(facts.fills),
      drawings: boxed(facts.drawings),
      pictures: boxed(facts.pictures),
      links: boxed(facts.links),
      fields: boxed(facts.fields),
    },
  };
}

/** The direction of nearly all glyphs when that is not the page's own. */
function mainAngle(glyphs: readonly Glyph[]): Turn["angle"] | undefined {
  const counts = new Map<number, number>();
  let visible = 0;
  for (const glyph of glyphs) {
    if (glyph.hidden) continue;
    visible++;
    if (glyph.angle !== 0) counts.set(glyph.angle, (counts.get(glyph.angle) ?? 0) + 1);
  }
  if (visible < minGlyphs) return undefined;
  for (const angle of [90, 180, 270] as const) {
    let running = 0;
    for (const [degrees, count] of counts) if (normalizeAngle(degrees) === angle) running += count;
    if (running >= minShare * visible) return angle;
  }
  return undefined;
}

function turnGlyph(glyph: Glyph, turn: Turn): Glyph {
  const box = turnBox(glyph.box, turn);
  const [x, baseline] = turnPoint(glyph.x, glyph.baseline, turn);
  return { ...glyph, box, x, baseline, end: box[2], angle: normalizeAngle(glyph.angle - turn.angle) };
}

function turnPoint(x: number, y: number, { angle, width, height }: Turn): [number, number] {
  return angle === 90 ? [height - y, x] : angle === 270 ? [y, width - x] : [width - x, height - y];
}

function turnBox(box: Box, turn: Turn): Box {
  const [ax, ay] = turnPoint(box[0], box[1], turn);
  const [bx, by] = turnPoint(box[2], box[3], turn);
  return [Math.min(ax, bx), Math.min(ay, by), Math.max(ax, bx), Math.max(ay, by)];
}

/** A box of a page turned upright, on the page as shown. */
export function turnBoxBack(box: Box, { angle, width, height }: Turn): Box {
  if (angle === 180) return turnBox(box, { angle, width, height });
  return turnBox(box, { angle: angle === 90 ? 270 : 90, width: height, height: width });
}

/** Turns the places of blocks and table cells on the given pages back. */
export function turnPlacesBack(blocks: readonly Block[], turns: ReadonlyMap<number, Turn>): void {
  if (turns.size === 0) return;
  const turned = new Set<Place>();
  const turnBack = (place: Place | undefined): void => {
    const turn = place && turns.get(place.page);
    if (!turn || !place.box || turned.has(place)) return;
    turned.add(place);
    place.box = turnBoxBack(place.box, turn);
  };
  visitBlocks(blocks, (block) => {
    block.places?.forEach(turnBack);
    if (block.type === "table") for (const row of block.rows) for (const cell of row.cells) turnBack(cell.place);
  });
}
