/** Tables whose coloured cells are their head alone: the rows below stand on plain paper, without a rule. */
import type { Candidate, Claims } from "./find.ts";
import { countColumns, countRows } from "./grid.ts";
import { growDown } from "./grow.ts";
import { isForm, looksCharted, overlapsDrawing, scoreTextGrid } from "./guards.ts";
import { joinHalfSteps } from "./half-steps.ts";
import type { Frame } from "./lattice.ts";
import { buildTextGrid } from "./text-grid.ts";
import { buildTextLines } from "./text-lines.ts";
import type { PageView } from "./view.ts";
import { wordsInside } from "./words-inside.ts";

/** A head is at most so many lines high. */
const maxHeadLines = 8;
/** Split lines below the colour that make it a head. */
const minBodyLines = 2;

/** The table that hangs below a frame drawn by fills alone; null when the frame is a table, or a box, by itself. */
export function readShadedHead(frame: Frame, view: PageView, claims: Claims): Candidate | null {
  if (frame.verticals.some((rule) => rule.stroke) || frame.horizontals.some((rule) => rule.stroke)) return null;
  const [left, top, right, bottom] = frame.box;
  // Bands of colour over the whole width are shaded rows.
  if (!frame.verticals.some((rule) => rule.at > left + 3 && rule.at < right - 3)) return null;
  const members = wordsInside(view, claims, left - 2, top, right + 2, view.height);
  const lines = joinHalfSteps(buildTextLines(view.words, members, view.rules.verticals));
  const head = lines.filter((line) => line.baseline < bottom);
  if (head.length === 0 || head.length > maxHeadLines || head.every((line) => line.chunks.length < 2)) return null;
  const body = growDown(lines, bottom, view.height, left, right);
  if (body.filter((line) => line.chunks.length > 1).length < minBodyLines) return null;
  const all = [...head, ...body];
  const rule = { at: bottom, from: left, to: right, stroke: false };
  const built = buildTextGrid({ lines: all, left, right, rules: [rule] });
  if (!built || countColumns(built.grid) < 2 || countRows(built.grid) < 3) return null;
  const box: [number, number, number, number] = [left, top, right, all[all.length - 1]!.y1];
  if (isForm(box, view) || overlapsDrawing(box, view) || looksCharted(box, view, [])) return null;
  return { grid: built.grid, kind: "bands", score: scoreTextGrid(built, { rules: 2, left, right }) };
}
