/**
 * Optional content that is switched off. PDFium's interface names the marked content but not the state of its layer; its renderer
 * knows. So the page is drawn twice, with and without the marked text objects: a run whose glyphs change no pixel is not shown.
 */
import type { Glyph } from "../../layout/facts.ts";
import type { TextRun } from "./objects.ts";
import type { PdfPage } from "./page.ts";
import { rasterize } from "./pictures.ts";

const dpi = 72;
const maxPixels = 4_000_000;

/** The runs of optional content that are not painted. Costs two renderings, only on pages that have such runs. */
export function findHiddenOptional(page: PdfPage, glyphs: Glyph[], runs: (TextRun | null)[]): Set<TextRun> {
  const hidden = new Set<TextRun>();
  for (const run of runs) if (run?.optional) hidden.add(run);
  if (hidden.size === 0) return hidden;
  const whole: [number, number, number, number] = [0, 0, page.geometry.width, page.geometry.height];
  const { calls } = page.file.engine;
  const setActive = (active: number): void => {
    for (const run of hidden) calls.FPDFPageObj_SetIsActive(run.handle, active);
  };
  const before = rasterize(page, whole, dpi, maxPixels);
  setActive(0);
  const after = rasterize(page, whole, dpi, maxPixels);
  setActive(1);
  if (!before || !after) return new Set();
  const scale = before.width / page.geometry.width;
  for (let i = 0; i < glyphs.length; i++) {
    const run = runs[i];
    if (!run?.optional || !hidden.has(run)) continue;
    const [x0, y0, x1, y1] = glyphs[i]!.box;
    const changed = differs(
      before,
      after,
      Math.floor(x0 * scale),
      Math.floor(y0 * scale),
      Math.ceil(x1 * scale),
      Math.ceil(y1 * scale),
    );
    if (changed) hidden.delete(run);
  }
  return hidden;
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
