/**
 * Page facts: what is on a page before anybody says what it means. The PDF text layer and OCR both make them;
 * `layout/` turns them into the tree and is the only room that sees them.
 *
 * Coordinates: PDF points, origin top left of the page as shown (page rotation applied), y downwards.
 * All text is what the file says, one entry per glyph (or per word for OCR), before any joining.
 */
import type { Box } from "@knowhere/contract";

export interface FontFact {
  /** PostScript name without the subset prefix: "Times-BoldItalic". */
  name: string;
  /** From the name, then the descriptor's weight relative to the body's, then the render mode. */
  bold: boolean;
  italic: boolean;
  monospace: boolean;
  serif: boolean;
}

/** One glyph (or a ligature's letters, or an OCR word). */
export interface Glyph {
  /** Unicode as decoded; several characters for a ligature. Generated spaces are left out. */
  text: string;
  /** Tight box, upright. */
  box: Box;
  /** Origin of the glyph on its baseline. */
  x: number;
  baseline: number;
  /** Advance end on the baseline when known, else box[2]. */
  end: number;
  /** True font size in points (matrix applied). */
  size: number;
  /** Index into PageFacts.fonts. */
  font: number;
  /** 0xRRGGBB fill colour. */
  color: number;
  /** Direction of the baseline in degrees, counter-clockwise, 0 for ordinary text. */
  angle: number;
  /** Marked-content id on this page, -1 when untagged. */
  mcid: number;
  /** Text object number: glyphs of one show-text run share it. */
  run: number;
  /** The file had a real space right before this glyph. */
  spaceBefore: boolean;
  /** Why a reader of the printed page would not see it; undefined for visible text. */
  hidden?: "invisible" | "tiny" | "off_page" | "same_colour" | "clipped" | "optional_content" | undefined;
  /** The decoder had no mapping (private use, U+FFFD). */
  unmapped?: boolean | undefined;
  /** Marked as an artifact in a tagged file: running header, page number, decoration. */
  artifact?: boolean | undefined;
  /** OCR only: 0–1. */
  confidence?: number | undefined;
}

/** A straight horizontal or vertical stroke, or a filled rectangle thinner than 3 pt. */
export interface Ruling {
  /** x0 === x1 for a vertical one, y0 === y1 for a horizontal one, after snapping. */
  box: Box;
  vertical: boolean;
  width: number;
  color: number;
}

/** A filled area that is not a ruling: cell backgrounds, bars, boxes. */
export interface Fill {
  box: Box;
  color: number;
  /** Painted with strokes too (a bordered box). */
  stroked: boolean;
}

/** Any other path (curves, slanted lines, polygons): evidence of drawings. */
export interface Drawing {
  box: Box;
  segments: number;
  filled: boolean;
  color: number;
}

export interface PictureFact {
  box: Box;
  /** Index for the reader's `picture(index)`; equal bytes share a hash. */
  index: number;
  pixelWidth: number;
  pixelHeight: number;
  mcid: number;
  /** A stencil or soft-mask only image. */
  mask: boolean;
}

export interface LinkFact {
  box: Box;
  href?: string | undefined;
  /** Internal target. */
  page?: number | undefined;
}

/** A node of the structure tree that is present on this page. */
export interface TagNode {
  /** Standard type after role mapping: "H1", "P", "Table", "Artifact", … */
  type: string;
  alt?: string | undefined;
  actualText?: string | undefined;
  rowspan?: number | undefined;
  colspan?: number | undefined;
  scope?: string | undefined;
  /** Marked-content ids owned directly, mixed with children in order. */
  kids: (number | TagNode)[];
}

export interface FieldFact {
  box: Box;
  name: string;
  kind: "text" | "checkbox" | "radio" | "choice" | "button" | "signature";
  value: string;
  checked?: boolean | undefined;
}

export interface PageFacts {
  /** 1-based number in the file. */
  page: number;
  width: number;
  height: number;
  label?: string | undefined;
  fonts: FontFact[];
  glyphs: Glyph[];
  rulings: Ruling[];
  fills: Fill[];
  drawings: Drawing[];
  pictures: PictureFact[];
  links: LinkFact[];
  tags: TagNode[] | null;
  fields: FieldFact[];
  /** How the glyphs were had. */
  origin: "text_layer" | "ocr";
}

/** Facts of the whole file. */
export interface OutlineEntry {
  title: string;
  /** 1-based depth. */
  level: number;
  page?: number | undefined;
  /** From the page's top, when the destination names it. */
  y?: number | undefined;
}
export interface FileFacts {
  pageCount: number;
  title?: string | undefined;
  metadata: Record<string, string>;
  outline: OutlineEntry[];
  tagged: boolean;
  language?: string | undefined;
}

/**
 * What layout asks back from whoever holds the page open: bytes of a picture, or a rendered crop of the page.
 * Both resolve to an encoded PNG or JPEG, null when it cannot be had.
 */
export interface PageImages {
  picture(
    page: number,
    index: number,
  ): Promise<{ bytes: Uint8Array; mediaType: string; width: number; height: number } | null>;
  crop(
    page: number,
    box: Box,
    dpi: number,
  ): Promise<{ bytes: Uint8Array; mediaType: string; width: number; height: number } | null>;
}

/**
 * A word: glyphs joined on one baseline. Made by `words.ts`, the unit of everything after it.
 * Superscripts and subscripts that belong to a word's line are words of their own with `shift` set.
 */
export interface Word {
  text: string;
  box: Box;
  baseline: number;
  size: number;
  font: number;
  bold: boolean;
  italic: boolean;
  color: number;
  angle: number;
  mcid: number;
  shift?: "super" | "sub" | undefined;
  /** The sum or product that this stands right below or above: it is read behind it, wherever it begins. */
  limitOf?: Word | undefined;
  /** No space stands between the word before it in the line and this one (a change of style inside a word, a script). */
  glued?: boolean | undefined;
  /** Indices into PageFacts.glyphs, in text order: how the "every glyph exactly once" invariant is checked. */
  glyphs: number[];
  confidence?: number | undefined;
}

/** A table found on one page. `layout/tables` makes it, `layout/` takes its words out of the lines and puts it in order. */
export interface TableRegion {
  box: Box;
  table: import("@knowhere/contract").Table;
  /** Indices into the page's words that the table's cells (and nothing else) hold. */
  words: number[];
  kind: "lattice" | "bands" | "aligned" | "tagged";
  /** 0–1: how sure we are that this is a table and that its grid is right. */
  score: number;
  /** x of the column borders, left to right, for joining with the next page's. */
  columns: number[];
}
