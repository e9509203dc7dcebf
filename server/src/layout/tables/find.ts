/**
 * Finds the tables of a page. Methods run from the surest to the weakest, and the first that claims a word keeps it:
 * ruled lattices, bands between horizontal rules, columns of aligned text.
 *
 * Sources of the ideas: pdfplumber (rules, intersections, cells), tabula (text edges), pdf-lessons of the peers' misses.
 */
import type { Box } from "@knowhere/contract";
import type { PageFacts, TableRegion, Word } from "../facts.ts";
import { findAligned } from "./aligned.ts";
import { findBands } from "./bands.ts";
import type { Grid } from "./grid.ts";
import { boxOfGrid, toTable, wordsOfGrid } from "./grid.ts";
import { findLattices, findShadedLattices } from "./lattice-table.ts";
import { findTextColumns } from "./text-columns.ts";
import type { TextLine } from "./text-lines.ts";
import { makeViews, type PageView, turnBack } from "./view.ts";

/** A grid that a method is sure enough of. */
export interface Candidate {
  grid: Grid;
  kind: TableRegion["kind"];
  score: number;
}

/** What is still free for the next method. */
export interface Claims {
  /** By word index: a table has it. */
  taken: Uint8Array;
  /** Tables found so far, in the coordinates of the view at work. */
  boxes: Box[];
  /** Lines of the free words, as of so many tables found. */
  free?: { view: PageView; tables: number; lines: readonly TextLine[] } | undefined;
}

/** Candidates below this are text; the fewer rules speak for a table, the more its text must. */
const minScore: Record<TableRegion["kind"], number> = { lattice: 0.5, bands: 0.5, aligned: 0.62, tagged: 0.5 };

/** Tables of one page, top to bottom. Every word is in at most one cell of one table; words are never made up. */
export function findTables(page: PageFacts, words: Word[]): TableRegion[] {
  if (words.length === 0) return [];
  const claims: Claims = { taken: new Uint8Array(words.length), boxes: [] };
  const regions: TableRegion[] = [];
  for (const view of makeViews(page, words)) {
    claims.boxes = [];
    for (const method of [findLattices, findBands, findShadedLattices, findTextColumns, findAligned]) {
      for (const candidate of method(view, claims)) {
        if (candidate.score < minScore[candidate.kind]) continue;
        const members = wordsOfGrid(candidate.grid);
        if (members.length === 0 || members.some((index) => claims.taken[index] === 1)) continue;
        for (const index of members) claims.taken[index] = 1;
        claims.boxes.push(boxOfGrid(candidate.grid, view.words));
        regions.push(toRegion(candidate, view, members));
      }
    }
  }
  // Tables side by side seldom start on the very same height.
  const step = (region: TableRegion) => Math.round(region.box[1] / 8);
  return regions.sort((a, b) => step(a) - step(b) || a.box[0] - b.box[0]);
}

function toRegion(candidate: Candidate, view: PageView, members: number[]): TableRegion {
  const { grid } = candidate;
  const table = toTable(grid, view.words, view.page);
  if (view.angle !== 0) {
    for (const row of table.rows) {
      for (const cell of row.cells) if (cell.place?.box) cell.place.box = turnBack(cell.place.box, view);
    }
  }
  return {
    box: turnBack(boxOfGrid(grid, view.words), view),
    table,
    words: members.sort((a, b) => a - b),
    kind: candidate.kind,
    score: candidate.score,
    columns: grid.xs.slice(),
  };
}
