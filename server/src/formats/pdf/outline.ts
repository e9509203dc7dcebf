/** Bookmarks -> outline entries with their target page and height. Bounded against loops: PDFium does not check them. */
import type { OutlineEntry } from "../../layout/facts.ts";
import type { PdfEngine } from "./engine.ts";
import { guard } from "./engine.ts";
import type { PdfFile } from "./file.ts";

const maxEntries = 20_000;
const maxDepth = 32;

export function readOutline(file: PdfFile): OutlineEntry[] {
  const { engine, handle } = file;
  return guard(engine, () => {
    const out: OutlineEntry[] = [];
    const seen = new Set<number>();
    const walk = (parent: number, level: number): void => {
      let bookmark = engine.calls.FPDFBookmark_GetFirstChild(handle, parent);
      while (bookmark !== 0 && !seen.has(bookmark) && out.length < maxEntries) {
        seen.add(bookmark);
        const at = bookmark;
        const title = engine
          .utf16((buffer, bytes) => engine.calls.FPDFBookmark_GetTitle(at, buffer, bytes))
          .replace(/\s+/g, " ")
          .trim();
        if (title !== "") out.push({ title, level, ...targetOf(engine, handle, bookmark) });
        if (level < maxDepth) walk(bookmark, level + 1);
        bookmark = engine.calls.FPDFBookmark_GetNextSibling(handle, bookmark);
      }
    };
    walk(0, 1);
    return out;
  });
}

function targetOf(engine: PdfEngine, handle: number, bookmark: number): { page?: number; y?: number } {
  const { calls } = engine;
  let dest = calls.FPDFBookmark_GetDest(handle, bookmark);
  if (dest === 0) {
    const action = calls.FPDFBookmark_GetAction(bookmark);
    if (action !== 0) dest = calls.FPDFAction_GetDest(handle, action);
  }
  return dest === 0 ? {} : readDestination(engine, handle, dest);
}

/**
 * Page (1-based) of a destination, and the height it names in user space: y grows upwards from the file's own origin, so the
 * caller who knows the page's geometry turns it.
 */
export function readDestination(engine: PdfEngine, handle: number, dest: number): { page?: number; y?: number } {
  const { calls, scratch } = engine;
  const index = calls.FPDFDest_GetDestPageIndex(handle, dest);
  if (index < 0) return {};
  const found = calls.FPDFDest_GetLocationInPage(
    dest,
    scratch,
    scratch + 4,
    scratch + 8,
    scratch + 12,
    scratch + 16,
    scratch + 20,
  );
  const at = scratch >> 2;
  if (found && engine.i32[at + 1]) return { page: index + 1, y: engine.f32[at + 4]! };
  // FitH and FitBH name a top edge (PDFDEST_VIEW_FITH 3, FITBH 7).
  const view = calls.FPDFDest_GetView(dest, scratch, scratch + 4);
  if ((view === 3 || view === 7) && engine.i32[at]! >= 1) return { page: index + 1, y: engine.f32[at + 1]! };
  return { page: index + 1 };
}
