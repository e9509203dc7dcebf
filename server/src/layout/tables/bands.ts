/**
 * Tables drawn with horizontal rules alone: the three-line table of science, ruled or shaded rows, a rule under the head.
 *
 * Rules of like extent make a family. The bands between its rules are looked at from top to bottom; a band of running
 * text, a caption or a large empty band ends a table. Columns come from the white space of the body lines.
 */

import { type Column, findColumns } from "./columns.ts";
import type { Candidate, Claims } from "./find.ts";
import { countColumns, countRows } from "./grid.ts";
import { growDown, growUp, standsOver } from "./grow.ts";
import { isCaption, isForm, isFullLine, isProse, looksCharted, overlapsDrawing, scoreTextGrid } from "./guards.ts";
import { joinHalfSteps } from "./half-steps.ts";
import { type OuterRows, outerRows } from "./outer-rows.ts";
import type { Rule } from "./rulings.ts";
import { buildTextGrid, findBodyStart, isFigureLine, isFull } from "./text-grid.ts";
import { buildTextLines, type TextLine } from "./text-lines.ts";
import type { PageView } from "./view.ts";
import { wordsInside } from "./words-inside.ts";

/** Shorter rules are underlines. */
const minRulePt = 50;
/** Pieces of one rule may stand this far apart (a rule drawn column by column). */
const pieceGapPt = 16;
/** Families looked at on one page. */
const maxFamilies = 80;

const noRows: OuterRows = { lines: [], borders: [] };

interface Family {
  left: number;
  right: number;
  rules: Rule[];
}

/** Tables between horizontal rules, widest families first. */
export function findBands(view: PageView, claims: Claims): Candidate[] {
  const out: Candidate[] = [];
  const held = new Set<number>();
  const free = view.rules.horizontals.filter((rule) => !claims.boxes.some((box) => liesIn(rule, box)));
  for (const family of findFamilies(free).slice(0, maxFamilies)) {
    for (const candidate of readFamily(family, view, claims)) {
      const words = candidate.grid.cells.flatMap((cell) => cell.words);
      if (candidate.score < 0.5 || words.some((index) => held.has(index))) continue;
      for (const index of words) held.add(index);
      out.push(candidate);
    }
  }
  return out;
}

/** The rule belongs to a table that is found already. */
function liesIn(rule: Rule, box: readonly [number, number, number, number]): boolean {
  const middle = (rule.from + rule.to) / 2;
  return rule.at >= box[1] - 3 && rule.at <= box[3] + 3 && middle >= box[0] && middle <= box[2];
}

/** Rules of like extent, pieces on one height joined; families with the most width first. */
export function findFamilies(horizontals: readonly Rule[]): Family[] {
  const spans = joinPieces(horizontals).filter((rule) => rule.to - rule.from >= minRulePt);
  const families: Family[] = [];
  for (const span of spans) {
    const tolerance = Math.max(5, 0.025 * (span.to - span.from));
    const family = families.find(
      (other) => Math.abs(other.left - span.from) <= tolerance && Math.abs(other.right - span.to) <= tolerance,
    );
    if (family) family.rules.push(span);
    else if (families.length < 400) families.push({ left: span.from, right: span.to, rules: [span] });
  }
  return families
    .filter((family) => family.rules.length >= 2)
    .sort((a, b) => b.right - b.left - (a.right - a.left) || b.rules.length - a.rules.length);
}

/** Rules on one height with small holes between them, as one. */
function joinPieces(horizontals: readonly Rule[]): Rule[] {
  const out: Rule[] = [];
  for (const rule of horizontals) {
    // Sorted by height: the pieces of one rule follow each other, give or take the snapping.
    let joined = false;
    for (let at = out.length - 1; at >= 0 && at >= out.length - 40; at--) {
      const other = out[at]!;
      if (rule.at - other.at > 1.5) break;
      if (rule.from - other.to > pieceGapPt || other.from - rule.to > pieceGapPt) continue;
      other.from = Math.min(other.from, rule.from);
      other.to = Math.max(other.to, rule.to);
      other.stroke ||= rule.stroke;
      joined = true;
      break;
    }
    if (!joined) out.push({ ...rule });
  }
  return out;
}

function readFamily(family: Family, view: PageView, claims: Claims): Candidate[] {
  const out: Candidate[] = [];
  const { rules } = family;
  // A table of many rules ends near the last one; the body of a ruled head may hang down to the foot of the page.
  const floor = rules.length > 3 ? rules[rules.length - 1]!.at + 150 : view.height;
  const members = wordsInside(view, claims, family.left - 4, rules[0]!.at - 80, family.right + 4, floor);
  if (members.length < 4) return out;
  const lines = joinHalfSteps(buildTextLines(view.words, members, view.rules.verticals));
  let start = 0;
  for (let at = 0; at < rules.length; at++) {
    const last = at + 1 >= rules.length;
    const ends = last || endsTable(bandLines(lines, rules[at]!, rules[at + 1]!), rules[at]!, rules[at + 1]!, family);
    if (!ends) continue;
    const candidate = readRun(rules.slice(start, at + 1), family, lines, view, last ? view.height : rules[at + 1]!.at);
    if (candidate) out.push(candidate);
    start = at + 1;
  }
  return out;
}

function bandLines(lines: readonly TextLine[], above: Rule, below: Rule): TextLine[] {
  return lines.filter(
    (line) => line.baseline - 0.3 * line.size > above.at && line.baseline - 0.3 * line.size < below.at,
  );
}

/** What stands between two rules is no part of a table. */
function endsTable(band: TextLine[], above: Rule, below: Rule, family: Family): boolean {
  if (band.length === 0) return below.at - above.at > 40;
  if (band.some((line) => isCaption(line))) return true;
  const split = band.filter((line) => line.chunks.length > 1);
  if (isProse(band, family.left, family.right)) return true;
  if (band.filter((line) => isFullLine(line, family.left, family.right - family.left)).length >= 2) return true;
  const wide = band.filter(
    (line) => line.x1 - line.x0 > 0.5 * (family.right - family.left) && line.chunks[0]!.words.length >= 5,
  );
  return split.length === 0 && band.length > 1 && wide.length > 0;
}

/** The table of consecutive rules, with what belongs to it above the first and below the last one. */
function readRun(
  rules: Rule[],
  family: Family,
  lines: readonly TextLine[],
  view: PageView,
  floor: number,
): Candidate | null {
  const top = rules[0]!;
  const bottom = rules[rules.length - 1]!;
  let inside = rules.length > 1 ? bandLines(lines, top, bottom) : [];
  const { left, right } = family;
  const inner = rules.slice(1, -1);
  const headOnly = inside.length === 0 || findBodyStart(inside, inner) >= inside.length || !hasBody(inside, inner);
  let columns: Column[];
  let sparse = false;
  if (headOnly || rules.length === 1) {
    // Only the head is ruled (or only a rule below it): the body hangs below the last rule.
    const below = growDown(lines, bottom.at, Math.min(floor, view.height), left, right);
    if (below.length < 2) return null;
    inside = [...inside, ...below];
  }
  if (inside.length < 2) return null;
  if (!headOnly && rules.length === 2 && !top.stroke && !bottom.stroke) {
    // The edges of one fill: a box, which holds a table only when that is figures.
    if (inside.filter(isFigureLine).length < 0.5 * inside.length) return null;
  }
  const bodyStart = findBodyStart(inside, rules.slice(1));
  columns = findColumns(inside.slice(bodyStart));
  if (columns.length < 2) columns = findColumns(inside);
  if (columns.length < 2) {
    const captioned = hasCaptionBeside(lines, top.at, bottom.at, left, right);
    if (!captioned || rules.length < 2 || !rules.every((rule) => rule.stroke)) return null;
    columns = headColumns(inside);
    sparse = true;
    if (columns.length < 2) return readSingleColumn(inside, rules, family);
  }
  const ruledHead =
    bodyStart > 0 &&
    rules.slice(1).some((rule) => rule.at > inside[0]!.baseline && rule.at < (inside[bodyStart]?.y1 ?? 0));
  const rowsAbove = outerRows(lines, rules, columns, true);
  const above =
    rowsAbove.lines.length > 0
      ? rowsAbove.lines
      : ruledHead && inside.slice(0, bodyStart).some((line) => line.chunks.length > 1)
        ? []
        : growUp(lines, inside[0]!, top.at, columns);
  const below = headOnly ? [] : rowsBelow(lines, rules, columns, inside);
  const rest: OuterRows = below.length > 0 || headOnly ? noRows : outerRows(lines, rules, columns, false);
  const all = [...above, ...inside, ...below, ...rest.lines];
  const partial = view.rules.horizontals.filter(
    (rule) =>
      rule.at > (all[0]?.y0 ?? 0) - 2 &&
      rule.at < all[all.length - 1]!.y1 + 2 &&
      rule.to > left &&
      rule.from < right &&
      !isFull(rule, left, right),
  );
  const headRules = [...rowsAbove.borders, ...(above.length > 0 ? rules : rules.slice(1)), ...rest.borders];
  const built = buildTextGrid({
    lines: all,
    left,
    right,
    rules: [...headRules, ...partial].sort((a, b) => a.at - b.at),
    columns: sparse ? columns : undefined,
  });
  if (!built || countColumns(built.grid) < 2 || countRows(built.grid) < 2) return null;
  built.grid.ys[0] = Math.min(built.grid.ys[0]!, above.length > 0 ? Number.POSITIVE_INFINITY : top.at);
  const box: [number, number, number, number] = [left, all[0]!.y0, right, all[all.length - 1]!.y1];
  const stroked = rules.filter((rule) => rule.stroke);
  if (
    isForm(box, view) ||
    overlapsDrawing(box, view) ||
    looksCharted([left, Math.min(top.at, box[1]), right, Math.max(bottom.at, box[3])], view, stroked)
  )
    return null;
  const score = scoreTextGrid(built, { rules: rules.length, left, right });
  return { grid: built.grid, kind: "bands", score };
}

/**
 * Rows below the last rule: the plain row that ends rows shaded by turns, and rows of figures over the same columns when
 * the last rule parts groups of rows and none ends the table.
 */
function rowsBelow(
  lines: readonly TextLine[],
  rules: readonly Rule[],
  columns: readonly Column[],
  inside: readonly TextLine[],
): TextLine[] {
  const bottom = rules[rules.length - 1]!;
  const out: TextLine[] = [];
  const shade = bottom.stroke ? 0 : bottom.at - (rules[rules.length - 2]?.at ?? bottom.at);
  let last = inside[inside.length - 1]!;
  for (const line of lines) {
    if (line.baseline - 0.3 * line.size <= bottom.at) continue;
    const isRow = line.chunks.length > 1 && standsOver(line, columns);
    const near = line.baseline - last.baseline < 1.7 * Math.max(line.size, last.size);
    const figures = isFigureLine(line) && line.chunks.length >= 0.5 * columns.length && isFigureLine(last);
    if (!isRow || !(line.baseline < bottom.at + shade || (near && figures))) break;
    out.push(line);
    last = line;
  }
  return out;
}

/** Lines below the head's rule that are inside the run. */
function hasBody(inside: readonly TextLine[], inner: readonly Rule[]): boolean {
  if (inner.length > 0) return true;
  const start = findBodyStart(inside, []);
  const body = inside.slice(start).filter((line) => line.chunks.length > 1);
  return body.length >= 2 || inside.length - start >= 3;
}

/** "Table 3" stands right above the first rule or below the last one. */
function hasCaptionBeside(
  lines: readonly TextLine[],
  top: number,
  bottom: number,
  left: number,
  right: number,
): boolean {
  return lines.some((line) => {
    if (!isCaption(line) || line.x0 > right || line.x1 < left) return false;
    return (
      (line.baseline <= top && top - line.baseline < 4 * line.size) ||
      (line.y0 >= bottom - 1 && line.y0 - bottom < 2.5 * line.size)
    );
  });
}

/** Columns that only the head names: a form to fill in. All body entries must stand below the first title. */
function headColumns(inside: readonly TextLine[]): Column[] {
  const columns = findColumns(inside.slice(0, 1), { strictness: 0.7 });
  const second = columns[1];
  if (!second || inside.slice(1).some((line) => line.x1 > second.x0)) return [];
  return columns;
}

/** A captioned three-line table of one column: one row between two rules. Only short lines, or it is a box of text. */
function readSingleColumn(inside: readonly TextLine[], rules: readonly Rule[], family: Family): Candidate | null {
  if (rules.length < 3 || inside.length > 60) return null;
  if (inside.some((line) => line.chunks.length > 1 || line.chunks[0]!.words.length > 8)) return null;
  const cells = rules.slice(1).map((below, row) => ({
    row,
    column: 0,
    rowspan: 1,
    colspan: 1,
    words: bandLines(inside, rules[row]!, below).flatMap((line) => line.chunks.flatMap((chunk) => chunk.words)),
  }));
  if (cells.some((cell) => cell.words.length === 0)) return null;
  const grid = { xs: [family.left, family.right], ys: rules.map((rule) => rule.at), cells, headRows: 1 };
  return { grid, kind: "bands", score: 0.6 };
}
