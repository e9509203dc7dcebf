/**
 * Optional content that is switched off. PDFium's interface names the marked content but not the state of its layer; its renderer
 * knows. So the page is drawn twice, with and without the marked text objects: a run whose glyphs change no pixel is not shown.
 */
import type { Box } from "@knowhere/contract";
import { unionOf } from "../../layout/boxes.ts";
import type { Glyph } from "../../layout/facts.ts";
import type { TextRun } from "./objects.ts";
import type { PdfPage } from "./page.ts";
import { rasterize } from "./pictures.ts";

const dpi = 72;
const maxPixels = 4_000_000;

/**
 * The runs of optional content that are not painted. Layers that were seen painted before (`shownLayers`, for the whole file)
 * are not tried again; others cost two renderings of the part of the page where their glyphs stand.
 */
export function findHiddenOptional(
  page: PdfPage,
  glyphs: Glyph[],
  runs: (TextRun | null)[],
  shownLayers: Set<string>,
): Set<TextRun> {
  const suspects = new Set<TextRun>();
  for (const run of runs) if (run?.layer !== undefined && !shownLayers.has(run.layer)) suspects.add(run);
  if (suspects.size === 0) return suspects;
  const suspected = glyphs.filter((_, i) => suspects.has(runs[i]!)).map((glyph) => glyph.box);
  if (suspected.length === 0) return new Set();
  const [left, top, right, bottom] = unionOf(suspected);
  const part: Box = [Math.floor(left) - 2, Math.floor(top) - 2, Math.ceil(right) + 2, Math.ceil(bottom) + 2];
  const { calls } = page.file.engine;
  const setActive = (active: number): void => {
    for (const run of suspects) calls.FPDFPageObj_SetIsActive(run.handle, active);
  };
  const before = rasterize(page, part, dpi, maxPixels);
  setActive(0);
  const after = rasterize(page, part, dpi, maxPixels);
  setActive(1);
  if (!before || !after) return new Set();
  const [originX, originY] = [Math.max(0, part[0]), Math.max(0, part[1])];
  const scale = before.width / (Math.min(page.geometry.width, part[2]) - originX);
  const shown = new Set<TextRun>();
  for (let i = 0; i < glyphs.length; i++) {
    const run = runs[i];
    if (!run || !suspects.has(run) || shown.has(run)) continue;
    const [x0, y0, x1, y1] = glyphs[i]!.box;
    const from = [Math.floor((x0 - originX) * scale), Math.floor((y0 - originY) * scale)] as const;
    const to = [Math.ceil((x1 - originX) * scale), Math.ceil((y1 - originY) * scale)] as const;
    if (!differs(before, after, ...from, ...to)) continue;
    shown.add(run);
    if (run.layer) shownLayers.add(run.layer);
  }
  for (const run of suspects) if (shown.has(run) || shownLayers.has(run.layer!)) suspects.delete(run);
  return suspects;
}

interface Pixels {
  data: Uint8Array;
  width: number;
  height: number;
}

function differs(a: Pixels, b: Pixels, x0: number, y0: number, x1: number, y1: number): boolean {
  for (let y = Math.max(0, y0); y < Math.min(a.height, y1 + 1); y++) {
    const from = (y * a.width + Math.max(0, x0)) * 3;
    const to = (y * a.width + Math.min(a.width, x1 + 1)) * 3;
    for (let at = from; at < to; at++) if (a.data[at] !== b.data[at]) return true;
  }
  return false;
}
