/**
 * The text layer -> glyphs. Style comes from the text object (see `objects.ts`); per character only code, boxes and origin are
 * asked for. PDFium's text page adds characters of its own (spaces, line ends): they are dropped, real spaces are kept as
 * `spaceBefore`. Characters of one ligature, and of one mapping to several characters, share a box and become one glyph.
 */
import type { Box } from "@knowhere/contract";
import type { Glyph } from "../../layout/facts.ts";
import { foldCharacter, isUnmapped, symbolOf } from "./characters.ts";
import { isRtl } from "./direction.ts";
import type { PdfEngine } from "./engine.ts";
import { type Matrix, mapBox, multiply, type PageGeometry } from "./geometry.ts";
import type { PageObjects, TextRun } from "./objects.ts";
import { texSign } from "./tex-encodings.ts";

/** More characters than this are left unread (a page of a dense telephone book has 20,000). */
export const maxGlyphsPerPage = 200_000;

export interface PageText {
  glyphs: Glyph[];
  /** The run of each glyph, for judging its visibility. */
  runs: (TextRun | null)[];
  /** True when a limit cut the page short. */
  cut: boolean;
}

interface RunStyle {
  run: TextRun | null;
  index: number;
  size: number;
  angle: number;
}

/** Reads all glyphs of a loaded page in PDFium's order, which is logical order within a line. */
export function readGlyphs(
  engine: PdfEngine,
  page: number,
  geometry: PageGeometry,
  objects: PageObjects,
  expired: () => boolean,
): PageText {
  const { calls, scratch } = engine;
  const text = calls.FPDFText_LoadPage(page);
  const out: PageText = { glyphs: [], runs: [], cut: false };
  if (text === 0) return out;
  try {
    const total = calls.FPDFText_CountChars(text);
    const count = Math.min(total, maxGlyphsPerPage);
    out.cut = total > count;
    let style: RunStyle = { run: null, index: -1, size: 0, angle: 0 };
    let object = -1;
    let space = false;
    let high = 0;
    // Box, origin and loose box of a glyph go to different places, so that one look at the heap reads all three.
    const d = scratch >> 3;
    const loose = scratch + 48;
    const f = loose >> 2;
    const { toPage } = geometry;
    const [a, b, c, dd, e, ff] = toPage;
    const upright = b === 0 && c === 0;
    for (let i = 0; i < count; i++) {
      if (i % 2048 === 0 && expired()) {
        out.cut = true;
        break;
      }
      let code = calls.FPDFText_GetUnicode(text, i);
      if (code <= 0x20 || code === 0xa0 || code === 0xfffe) {
        // 2 and U+FFFE stand for a hyphen at a line's end.
        if (code === 2 || code === 0xfffe) code = 0x2d;
        else if (code > 0x20 || calls.FPDFText_HasUnicodeMapError(text, i) !== 1) {
          if (code !== 13 && code !== 10 && calls.FPDFText_IsGenerated(text, i) !== 1) space = true;
          continue;
        }
      }
      if (code >= 0xd800 && code <= 0xdbff) {
        high = code;
        continue;
      }
      if (code >= 0xdc00 && code <= 0xdfff && high > 0) code = 0x10000 + ((high - 0xd800) << 10) + (code - 0xdc00);
      high = 0;
      const owner = calls.FPDFText_GetTextObject(text, i);
      if (owner !== object) {
        object = owner;
        style = readStyle(engine, text, i, objects.runs.get(owner) ?? null, geometry, style.index + 1);
      }
      if (!calls.FPDFText_GetCharBox(text, i, scratch, scratch + 8, scratch + 16, scratch + 24)) continue;
      const hasOrigin = calls.FPDFText_GetCharOrigin(text, i, scratch + 32, scratch + 40) !== 0;
      const f64 = engine.f64;
      const box = mapBox(toPage, f64[d]!, f64[d + 2]!, f64[d + 1]!, f64[d + 3]!);
      // A soft hyphen without ink is a place to break, not a sign; so are zero-width spaces and byte-order marks.
      if ((code === 0xad && box[2] - box[0] < 0.05) || code === 0x200b || code === 0xfeff) continue;
      const ux = hasOrigin ? f64[d + 4]! : 0;
      const uy = hasOrigin ? f64[d + 5]! : 0;
      const x = hasOrigin ? a * ux + c * uy + e : box[0];
      const baseline = hasOrigin ? b * ux + dd * uy + ff : box[3];
      const font = style.run ? objects.fonts[style.run.font] : undefined;
      const unmappedByFont = calls.FPDFText_HasUnicodeMapError(text, i) === 1;
      const sign = unmappedByFont && font ? texSign(font.name, code) : undefined;
      const folded = sign ?? (font?.symbolic ? symbolOf(font.name, code) : foldCharacter(code));
      const previous = out.glyphs[out.glyphs.length - 1];
      if (
        previous &&
        !space &&
        previous.run === style.index &&
        sameBox(previous.box, box) &&
        previous.x === x &&
        previous.baseline === baseline
      ) {
        previous.text = joinPieces(previous.text, folded);
        continue;
      }
      if (
        previous &&
        !space &&
        previous.run === style.index &&
        previous.x === x &&
        isSplitLigature(previous, box, folded)
      ) {
        previous.text = folded + previous.text;
        previous.box = [previous.box[0], previous.box[1], box[2], previous.box[3]];
        previous.end = Math.max(previous.end, box[2]);
        continue;
      }
      let end = box[2];
      // The loose box spans the advance. For turned text the tight box must do.
      if (style.angle === 0 && calls.FPDFText_GetLooseCharBox(text, i, loose)) {
        const f32 = engine.f32;
        if (upright) end = Math.max(a * f32[f]! + e, a * f32[f + 2]! + e);
        else end = mapBox(toPage, f32[f]!, f32[f + 3]!, f32[f + 2]!, f32[f + 1]!)[2];
      }
      const glyph: Glyph = {
        text: folded,
        box,
        x,
        baseline,
        end,
        size: style.size,
        font: style.run?.font ?? 0,
        color: style.run?.color ?? 0,
        angle: style.angle,
        mcid: style.run?.mcid ?? -1,
        run: style.index,
        spaceBefore: space,
      };
      if (sign === undefined && (unmappedByFont || isUnmapped(folded))) glyph.unmapped = true;
      if (style.run?.artifact) glyph.artifact = true;
      out.glyphs.push(glyph);
      out.runs.push(style.run);
      space = false;
    }
  } finally {
    if (!engine.broken) calls.FPDFText_ClosePage(text);
  }
  return out;
}

/**
 * `FPDFText_GetFontSize` is the nominal size, 1 in many files: the true one is it times the vertical scale of the glyph's
 * matrix, which already holds the matrices of text, object and forms.
 */
function readStyle(
  engine: PdfEngine,
  text: number,
  index: number,
  run: TextRun | null,
  geometry: PageGeometry,
  number: number,
): RunStyle {
  const { calls, scratch } = engine;
  const nominal = run ? run.nominalSize : calls.FPDFText_GetFontSize(text, index);
  if (!calls.FPDFText_GetMatrix(text, index, scratch)) return { run, index: number, size: nominal, angle: 0 };
  const at = scratch >> 2;
  const m = engine.f32;
  const glyph: Matrix = [m[at]!, m[at + 1]!, m[at + 2]!, m[at + 3]!, 0, 0];
  const shown = multiply(glyph, [...geometry.toPage.slice(0, 4), 0, 0] as unknown as Matrix);
  const size = Math.abs(nominal) * Math.hypot(shown[2], shown[3]);
  // The page's y axis points down, so counter-clockwise is negative y.
  const degrees = (Math.atan2(-shown[1], shown[0]) * 180) / Math.PI;
  const angle = Math.abs(degrees) < 0.5 ? 0 : Math.round(((degrees + 360) % 360) * 10) / 10;
  return { run, index: number, size: Math.round(size * 100) / 100, angle: angle === 360 ? 0 : angle };
}

function sameBox(a: Box, b: Box): boolean {
  return a[0] === b[0] && a[1] === b[1] && a[2] === b[2] && a[3] === b[3];
}

/**
 * PDFium may share the box of a right-to-left ligature out among its letters, from left to right, and tell them in that order:
 * one origin, the boxes side by side. What stands at the right is read first.
 */
export function isSplitLigature(left: Pick<Glyph, "text" | "box">, box: Box, text: string): boolean {
  return (
    Math.abs(left.box[2] - box[0]) < 0.05 &&
    left.box[1] === box[1] &&
    left.box[3] === box[3] &&
    isRtl(text) &&
    isRtl(left.text)
  );
}

/**
 * Pieces of one ligature in the file's order, but PDFium splits the Arabic lam-alef the wrong way round
 * (so do MuPDF, pdf.js and poppler): an alef before a lam in one box is turned.
 */
export function joinPieces(first: string, second: string): string {
  if (second === "\u0644" && /^[\u0622\u0623\u0625\u0627\u0671]$/u.test(first)) return second + first;
  return first + second;
}
