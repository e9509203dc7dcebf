/**
 * Drawings told by their caption: a plot in many pieces (frames, curves, colour bars) has its numbers and titles around
 * them, where nothing but the caption below says that they belong to one figure. After the idea of PDFFigures 2.0 (Clark and
 * Divvala 2016): the region above a caption, up to running text, is the figure.
 */
import type { Box } from "@knowhere/contract";
import {
  areaOf,
  centerX,
  growBox,
  heightOf,
  holds,
  holdsCenter,
  overlap,
  overlapX,
  overlapY,
  unionOf,
  widthOf,
} from "./boxes.ts";
import type { PageFacts, Word } from "./facts.ts";
import { clusterDrawings } from "./figures.ts";
import type { TextRow } from "./text-rows.ts";

const figureCaption =
  /^(?:supplementary |extended data |appendix )?(?:figure|fig\.?|abbildung|abb\.|figura|\u0440\u0438\u0441\.?|\u0440\u0438\u0441\u0443\u043d\u043e\u043a|\u56fe|\u5716|\u56f3|\uadf8\ub9bc)\s*[A-Z]?\d+(?:[.-]\d+)*[a-z]?\s*(?<end>[.:|\u2014\u2013)])?/iu;
const figureWord = /(?:^fig|^abb|\u0440\u0438\u0441|[\u56fe\u5716\u56f3]|\uadf8\ub9bc)/iu;
/** Rows of so many words are running text, not labels. */
const proseWords = 7;
/** Pieces of one figure, and figure and caption, are so many points apart at most. */
const reachPt = 60;
/** Labels stand so close to what they name: beside it and above or below it. */
const labelReach = { x: 30, y: 16 };
/** The least that is a drawing and not a frame or a rule. */
const least = { strokes: 24, side: 40, piece: 10 };
/** Words cover this share of a drawing at most. */
const mostInk = 0.12;
/** A bar or sector counts as so many strokes. */
const fillStrokes = 3;

/** A page without a figure's name or without anything drawn needs no look at its rows. */
export function mayCaptionDrawings(facts: PageFacts, words: readonly Word[]): boolean {
  if (facts.origin === "ocr" || facts.drawings.length + facts.fills.length === 0) return false;
  return words.some(({ text }) => figureWord.test(text));
}

/** The boxes of captioned drawings with their labels. Pictures alone are left to those who place pictures. */
export function findCaptionedDrawings(facts: PageFacts, words: readonly Word[], rows: readonly TextRow[]): Box[] {
  if (!mayCaptionDrawings(facts, words)) return [];
  const captions = rows.filter(isFigureCaption);
  if (captions.length === 0) return [];
  const pieces = [...clusterDrawings(facts, []), ...facts.pictures.map(({ box }) => box)].filter(
    (box) =>
      areaOf(box) < 0.6 * facts.width * facts.height &&
      Math.min(widthOf(box), heightOf(box)) >= least.piece &&
      !holdsText(box, facts, words),
  );
  // Pages whose first caption has nothing above it have their captions above the figures.
  if (!gatherPieces(captions[0]!, captions, pieces, rows)) return [];
  const turned = words.filter(({ angle }) => angle !== 0);
  return captions.flatMap((caption) => {
    const box = gatherPieces(caption, captions, pieces, rows);
    if (!box || countStrokes(box, facts) < least.strokes) return [];
    addLabels(box, caption, rows, turned);
    return isFull(box, words) || rows.some((row) => isBarrier(row, caption) && holdsCenter(box, row.box)) ? [] : [box];
  });
}

/** Full of text, or nothing but lines from side to side with text between them, not beside them: a table or a panel. */
function holdsText(box: Box, facts: PageFacts, words: readonly Word[]): boolean {
  const inside = words.filter((word) => holdsCenter(box, word.box));
  if (inside.length < 4) return false;
  if (isFull(box, inside)) return true;
  const drawn = facts.drawings.reduce(
    (sum, { box: other, segments }) => sum + (holds(box, other, 2) ? segments : 0),
    0,
  );
  if (drawn >= least.strokes) return false;
  const lines = facts.rulings.filter((rule) => holdsCenter(box, rule.box, 2));
  const across = lines.filter((rule) => !rule.vertical && widthOf(rule.box) > 0.6 * widthOf(box));
  const down = lines.filter((rule) => rule.vertical && heightOf(rule.box) > 0.6 * heightOf(box));
  return across.length >= 3 && (down.length >= 3 || fillsRows(across, inside, box));
}

/** Text between most of the lines, not only beside them: the frames of plots that stand over each other are empty of it. */
function fillsRows(across: readonly { box: Box }[], inside: readonly Word[], box: Box): boolean {
  const middle = inside.filter((word) => Math.abs(centerX(word.box) - centerX(box)) < 0.3 * widthOf(box));
  const lines = across.map((rule) => rule.box[1]).sort((a, b) => a - b);
  const gaps = lines.flatMap((y, i) => (i > 0 && y - lines[i - 1]! > 3 ? [[lines[i - 1]!, y] as const] : []));
  const filled = gaps.filter(([from, to]) => middle.some((word) => overlap(from, to, word.box[1], word.box[3]) > 0));
  return filled.length >= 0.75 * gaps.length;
}

const isFull = (box: Box, words: readonly Word[]): boolean =>
  words.reduce((ink, word) => ink + (holdsCenter(box, word.box) ? areaOf(word.box) : 0), 0) > mostInk * areaOf(box);

/** "Figure 3." or "Figure 3:"; without a mark only in bold, as sentences begin with "Figure 3 shows". */
function isFigureCaption({ text, words }: TextRow): boolean {
  const match = figureCaption.exec(text);
  return match !== null && (match.groups!.end !== undefined || words[0]!.bold);
}

/** Above a caption these end its figure: running text, other captions, headings. */
function isBarrier(row: TextRow, caption: TextRow): boolean {
  const size = caption.words[0]!.size;
  return (
    row.words.length >= proseWords ||
    row.words[0]!.size > 1.15 * size ||
    /^(?:fig|tab|abb)[a-z]*\.?\s*\d+\s*[.:]/i.test(row.text)
  );
}

/** What is drawn or placed above the caption, piece by piece upwards, as far as nothing ends the figure. */
function gatherPieces(
  caption: TextRow,
  captions: readonly TextRow[],
  pieces: readonly Box[],
  rows: readonly TextRow[],
): Box | undefined {
  const bottom = caption.box[1];
  const barriers = rows.filter((row) => row.box[3] <= bottom + 2 && row !== caption && isBarrier(row, caption));
  const open = new Set(pieces.filter((piece) => piece[3] <= bottom + 3));
  let box: Box | undefined;
  for (let grew = true; grew; ) {
    grew = false;
    for (const piece of open) {
      const above = overlapX(piece, box ?? caption.box) > 0;
      const gap = above ? (box ? box[1] : bottom) - piece[3] : 0;
      const beside =
        box !== undefined &&
        overlapY(piece, box) > 0.5 * Math.min(heightOf(piece), heightOf(box)) &&
        overlapX(piece, box) > -labelReach.x;
      if (!(above && gap <= reachPt) && !beside) continue;
      const between: Box = box ? unionOf([piece, box]) : [piece[0], piece[1], piece[2], bottom];
      if (barriers.some((row) => overlapX(row.box, between) > 0 && holdsY(between, row.box))) continue;
      // What stands over another caption is that one's.
      if (captions.some((other) => other !== caption && standsOver(piece, other.box, caption.box))) continue;
      box = box ? between : [...piece];
      open.delete(piece);
      grew = true;
    }
  }
  return box;
}

const holdsY = (outer: Box, inner: Box): boolean =>
  overlap(outer[1], outer[3], inner[1], inner[3]) > 0.5 * heightOf(inner);

function standsOver(piece: Box, other: Box, own: Box): boolean {
  const away = other[1] - piece[3];
  return away > -3 && away < own[1] - piece[3] + 3 && overlapX(piece, other) > Math.max(0, overlapX(piece, own));
}

/** Lines, curves and small fills in a box; of one too small for a figure none. */
function countStrokes(box: Box, facts: PageFacts): number {
  if (Math.min(widthOf(box), heightOf(box)) < least.side) return 0;
  const inside = ({ box: other }: { box: Box }): boolean => holds(box, other, 2);
  let strokes = facts.rulings.filter(inside).length + fillStrokes * facts.fills.filter(inside).length;
  for (const drawing of facts.drawings) if (inside(drawing)) strokes += drawing.segments;
  return strokes;
}

/** Grows the box by the numbers and titles around it, and those around these. */
function addLabels(box: Box, caption: TextRow, rows: readonly TextRow[], turned: readonly Word[]): void {
  const labels = rows
    .filter((row) => row.box[3] <= caption.box[1] + 2 && !isBarrier(row, caption) && !endsProse(row, rows))
    .map((row) => row.box);
  const open = new Set([...labels, ...turned.map((word) => word.box)]);
  for (let round = 0; round < 4; round++) {
    let grew = false;
    for (const label of open) {
      if (overlapX(label, box) < -labelReach.x || overlapY(label, box) < -labelReach.y) continue;
      if (label[3] > caption.box[1] + 2) continue;
      open.delete(label);
      if (holds(box, label)) continue;
      growBox(box, label);
      grew = true;
    }
    if (!grew) return;
  }
}

/** The last line of a paragraph has few words and stands right below a long one. */
function endsProse(row: TextRow, rows: readonly TextRow[]): boolean {
  const { size } = row.words[0]!;
  return rows.some(
    (other) =>
      other.words.length >= proseWords &&
      Math.abs(other.words[0]!.size - size) < 0.1 * size &&
      row.box[1] - other.box[3] < size &&
      row.box[1] > other.box[1] &&
      overlapX(row.box, other.box) > 0,
  );
}
