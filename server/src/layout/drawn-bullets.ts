/**
 * Bullets that are drawn, not written: design programs and browsers print a list's dots as small shapes, rings on the second
 * level. They become glyphs, so that everything after this sees a list like any other.
 *
 * A shape is a bullet when it is small, about as wide as high, stands alone before the first letter of a line (behind it where
 * that is Arabic or Hebrew), and has a twin of the same size at the same x. A lone dot may be anything, unless the line below
 * is set in to where the dot's own text begins.
 */
import type { Box } from "@knowhere/contract";
import type { Glyph, PageFacts } from "./facts.ts";
import { isRtl } from "./scripts.ts";

const largestPt = 8;
const smallestPt = 0.7;
const maxAspect = 1.5;
/** Of the letter beside it. */
const maxShareOfSize = 0.75;
const widestGapEm = 3;
const sameXPt = 1.5;
/** More small shapes than this are a drawing or a map. */
const maxShapes = 3000;

interface Candidate {
  box: Box;
  color: number;
  /** Index of the first letter of the line. */
  first: number;
}

/** The same facts when there are none; else with bullet glyphs added and their shapes taken out. */
export function readDrawnBullets(facts: PageFacts): PageFacts {
  const shapes = [...facts.drawings, ...facts.fills].filter(({ box }) => isDot(box));
  if (shapes.length === 0 || shapes.length > maxShapes || facts.glyphs.length === 0) return facts;
  const rows = indexRows(facts.glyphs);
  const candidates: Candidate[] = [];
  for (const { box, color } of shapes) {
    const first = findFirstLetter(box, facts.glyphs, rows);
    if (first !== null) candidates.push({ box, color, first });
  }
  const bullets = candidates.filter(
    (one) =>
      candidates.some((other) => other.first !== one.first && isTwin(one.box, other.box)) ||
      hangsBelow(facts.glyphs[one.first]!, facts.glyphs, rows),
  );
  if (bullets.length === 0) return facts;

  const before = new Map(bullets.map((bullet) => [bullet.first, bullet]));
  const taken = new Set(bullets.map(({ box }) => box));
  return {
    ...facts,
    glyphs: facts.glyphs.flatMap((glyph, index) => {
      const bullet = before.get(index);
      return bullet ? [bulletGlyph(bullet, glyph), { ...glyph, spaceBefore: true }] : [glyph];
    }),
    drawings: facts.drawings.filter(({ box }) => !taken.has(box)),
    fills: facts.fills.filter(({ box }) => !taken.has(box)),
  };
}

function isDot([x0, y0, x1, y1]: Box): boolean {
  const [wide, high] = [x1 - x0, y1 - y0];
  return (
    Math.min(wide, high) >= smallestPt && Math.max(wide, high) <= Math.min(largestPt, maxAspect * Math.min(wide, high))
  );
}

function isTwin(one: Box, other: Box): boolean {
  return Math.abs(one[0] - other[0]) <= sameXPt && Math.abs(one[2] - one[0] - other[2] + other[0]) <= 0.5;
}

const rowPt = 6;

/** Upright visible glyphs by the bands of the page their boxes touch. */
function indexRows(glyphs: readonly Glyph[]): Map<number, number[]> {
  const rows = new Map<number, number[]>();
  glyphs.forEach(({ box, angle, hidden, text }, index) => {
    if (angle !== 0 || hidden || text.trim() === "" || box[3] - box[1] > 200) return;
    for (let row = Math.floor(box[1] / rowPt); row <= Math.floor(box[3] / rowPt); row++) {
      const known = rows.get(row);
      if (known) known.push(index);
      else rows.set(row, [index]);
    }
  });
  return rows;
}

/**
 * The nearest letter right of the shape on the line it stands on, when nothing stands left of the shape or between them;
 * the other way round for a letter of a script that is written from right to left.
 */
function findFirstLetter(box: Box, glyphs: readonly Glyph[], rows: ReadonlyMap<number, number[]>): number | null {
  const middle = (box[1] + box[3]) / 2;
  const line = (rows.get(Math.floor(middle / rowPt)) ?? []).filter((index) => {
    const { baseline, size } = glyphs[index]!;
    return middle >= baseline - size && middle <= baseline + 0.1 * size;
  });
  return firstRightOf(box, glyphs, line) ?? lastLeftOf(box, glyphs, line);
}

function firstRightOf(box: Box, glyphs: readonly Glyph[], line: readonly number[]): number | null {
  let first: number | null = null;
  for (const index of line) {
    const glyph = glyphs[index]!;
    const near = widestGapEm * glyph.size;
    if (glyph.box[2] > box[0] - near && glyph.box[0] < box[2] - 0.1) return null;
    if (glyph.box[0] >= box[2] - 0.1 && (first === null || glyph.box[0] < glyphs[first]!.box[0])) first = index;
  }
  if (first === null) return null;
  return fits(box, glyphs[first]!.box[0] - box[2], glyphs[first]!.size) ? first : null;
}

function lastLeftOf(box: Box, glyphs: readonly Glyph[], line: readonly number[]): number | null {
  let last: number | null = null;
  for (const index of line) {
    const glyph = glyphs[index]!;
    const near = widestGapEm * glyph.size;
    if (glyph.box[0] < box[2] + near && glyph.box[2] > box[0] + 0.1) return null;
    if (glyph.box[2] <= box[0] + 0.1 && (last === null || glyph.box[2] > glyphs[last]!.box[2])) last = index;
  }
  if (last === null || !isRtl(glyphs[last]!.text)) return null;
  return fits(box, box[0] - glyphs[last]!.box[2], glyphs[last]!.size) ? last : null;
}

const fits = (box: Box, gap: number, size: number): boolean =>
  gap >= 0.1 * size && gap <= widestGapEm * size && box[3] - box[1] <= maxShareOfSize * size;

/** The next line below goes on where the text behind the dot begins: a hanging indent, as only items of lists have. */
function hangsBelow(first: Glyph, glyphs: readonly Glyph[], rows: ReadonlyMap<number, number[]>): boolean {
  const { baseline, size } = first;
  const [near, far] = [baseline + 0.9 * size, baseline + 2 * size];
  const seen: Glyph[] = [];
  for (let row = Math.floor((near - size) / rowPt); row <= Math.floor(far / rowPt); row++)
    for (const index of rows.get(row) ?? []) {
      const glyph = glyphs[index]!;
      if (glyph.baseline >= near && glyph.baseline <= far) seen.push(glyph);
    }
  const edge = (glyph: Glyph) => (isRtl(first.text) ? -glyph.end : glyph.x);
  const goesOn = (glyph: Glyph) => glyph.size === size && /^[\p{Ll}\p{Lo}]/u.test(glyph.text);
  return (
    seen.some((glyph) => Math.abs(edge(glyph) - edge(first)) < sameXPt && goesOn(glyph)) &&
    !seen.some((glyph) => edge(glyph) < edge(first) - sameXPt && edge(glyph) > edge(first) - 2 * widestGapEm * size)
  );
}

function bulletGlyph({ box, color }: Candidate, beside: Glyph): Glyph {
  return {
    text: "•",
    box,
    x: box[0],
    baseline: beside.baseline,
    end: box[2],
    size: beside.size,
    font: beside.font,
    color,
    angle: 0,
    mcid: beside.mcid,
    run: -1,
    spaceBefore: true,
  };
}
