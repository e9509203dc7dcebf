/**
 * Flow blocks: a page reduced to blocks in reading order, small enough to keep for every page of a long file. The passes
 * over the whole document (furniture, headings, joining, lists, notes, captions) read and annotate them; `tree.ts` makes
 * the document's nodes of them.
 *
 * Coordinates as in `facts.ts`.
 */
import type { Box } from "@knowhere/contract";
import type { TableRegion } from "./facts.ts";

/** A stretch of one line in one style. */
export interface FlowSpan {
  text: string;
  /** A space stands between the span before it in the line and this one. */
  spaced: boolean;
  size: number;
  bold: boolean;
  italic: boolean;
  mono: boolean;
  /** Set in a font for formulas. */
  math?: boolean | undefined;
  color: number;
  shift?: "super" | "sub" | undefined;
  href?: string | undefined;
}

export interface FlowLine {
  /** Text of all spans, spaces put in. */
  text: string;
  spans: FlowSpan[];
  box: Box;
  baseline: number;
  /** By most characters. */
  size: number;
  /** At least nine tenths of the letters are bold. */
  bold: boolean;
  italic: boolean;
  /** At least eight tenths of the characters are monospaced. */
  mono: boolean;
  /** Colour of most characters. */
  color: number;
  /** Index of the commonest font name in `FlowPage.fonts`. */
  font: number;
  /** Marked-content ids of its words, in order, without repeats. */
  mcids: number[];
  code?: CodeLine | undefined;
  /** Mean of the words' confidence, for OCR. */
  confidence?: number | undefined;
  /** Set when white space of more than two and a half em stands inside: what stands between, left to right. */
  parts?: LinePart[] | undefined;
}

/** A monospaced line: its text with the inner white space kept, where its first cell begins, and how wide a cell is. */
export interface CodeLine {
  text: string;
  x: number;
  cell: number;
}

/** A stretch of a line with wide white space around it. */
export interface LinePart {
  text: string;
  x0: number;
  x1: number;
}

/** What a block is by its geometry. Headings and furniture are decided later, over the whole document. */
export type FlowKind = "text" | "code" | "math" | "contents" | "caption" | "note" | "table" | "figure" | "field";

export interface FlowBlock {
  kind: FlowKind;
  page: number;
  /** Number of the column or box it stands in, in reading order on its page. */
  region: number;
  /** Extent of that column or box. */
  regionBox: Box;
  /** True when the region is a filled or framed box, a side-bar, or text turned against the page. */
  boxed: boolean;
  box: Box;
  /** Written from right to left: lines begin at the right, and the places of the marker are counted from there, negative. */
  rtl?: boolean | undefined;
  lines: FlowLine[];
  /** Style of most characters; bold, italic and caps only when all letters are. */
  size: number;
  bold: boolean;
  italic: boolean;
  caps: boolean;
  mono: boolean;
  color: number;
  font: string;
  /** White space to the block before and after it in its region, in points; Infinity at the region's ends. */
  gapAbove: number;
  gapBelow: number;
  /** Set for list items: the printed marker, and where the text after it begins. */
  marker?: ListMarker | undefined;
  table?: TableRegion["table"] | undefined;
  tableScore?: number | undefined;
  tableKind?: TableRegion["kind"] | undefined;
  columns?: number[] | undefined;
  /** Set on a table that is the rest of an earlier page's, which then has its rows. */
  joinedTo?: FlowBlock | undefined;
  /** Set on a table with rows of later pages: the blocks of all its parts, itself first. */
  parts?: FlowBlock[] | undefined;
  figure?: FlowFigure | undefined;
  field?: { name: string; value: string; checked?: boolean | undefined } | undefined;
  /** Set by the heading pass: 1 is the top. */
  level?: number | undefined;
  /** Set by the furniture pass. */
  furniture?: "header" | "footer" | "page_number" | "line_number" | "watermark" | undefined;
  /** Set on a caption: the table or figure it belongs to, which then carries it. */
  caption?: FlowBlock | undefined;
  /** A paragraph that goes on from the block before it (over a column or page). */
  continues?: boolean | undefined;
}

export interface ListMarker {
  text: string;
  ordered: boolean;
  /** Value of an ordered marker ("c)" is 3). */
  value?: number | undefined;
  /** Kind of an ordered marker: "1.", "1)", "(1)", "a.", "A.", "i.", … so that sequences can be told apart. */
  style: string;
  /** Characters it takes at the start of the first line. */
  characters: number;
  /** Where the marker begins, and the text after it: left edges, or what a mirror shows for text from right to left. */
  x: number;
  textX: number;
  /** Ticked state of a check-box bullet. */
  checked?: boolean | undefined;
}

export interface FlowFigure {
  asset?: string | undefined;
  alt?: string | undefined;
  mcid: number;
  /** Text that stands inside it. */
  content: FlowBlock[];
}

export interface FlowPage {
  page: number;
  width: number;
  height: number;
  label?: string | undefined;
  /** Names of the page's fonts. */
  fonts: string[];
  blocks: FlowBlock[];
  /** Most of its letters are written from right to left. */
  rtl: boolean;
  /** Horizontal rulings outside tables and figures. */
  rules: Box[];
  origin: "text_layer" | "ocr";
}

/** Text of a block, lines joined with a space; good enough to compare and to test, not to print. */
export function blockText(block: FlowBlock): string {
  return block.lines.map((line) => line.text).join(" ");
}
