/**
 * The document tree: what every format reader makes and every writer takes. `docs/document.md` explains it in prose.
 *
 * Coordinates: PDF points (1/72 inch), origin at the top left of the page as it is shown (rotation applied), y downwards.
 * Text is Unicode NFC; nothing in the tree is markup.
 */
import { z } from "zod";

/** [x0, y0, x1, y1], x0 <= x1, y0 <= y1. */
export const Box = z.tuple([z.number(), z.number(), z.number(), z.number()]);
export type Box = z.infer<typeof Box>;

/** Where a piece of a document stands. Formats without geometry leave `box` out (a slide or sheet is a page). */
export const Place = z.object({ page: z.int().min(1), box: Box.optional() });
export type Place = z.infer<typeof Place>;

export const SourceKind = z.enum(["text_layer", "ocr", "native", "model"]);
export type SourceKind = z.infer<typeof SourceKind>;

// ---- inline content ----
export type Inline =
  | { type: "text"; text: string }
  | {
      type: "strong" | "emphasis" | "strike" | "underline" | "superscript" | "subscript" | "highlight";
      content: Inline[];
    }
  | { type: "code"; text: string }
  /** `text` is LaTeX when `notation` is "latex", else the characters as printed. */
  | { type: "math"; text: string; notation: "latex" | "text" }
  | { type: "link"; href: string; title?: string | undefined; content: Inline[] }
  | { type: "image"; asset?: string | undefined; href?: string | undefined; alt: string }
  /** Points to the `note` block with the same `note` id. */
  | { type: "note_ref"; note: string; label: string }
  | { type: "checkbox"; checked: boolean }
  | { type: "break" };

export const Inline: z.ZodType<Inline> = z
  .lazy(() =>
    z.discriminatedUnion("type", [
      z.object({ type: z.literal("text"), text: z.string() }),
      z.object({
        type: z.enum(["strong", "emphasis", "strike", "underline", "superscript", "subscript", "highlight"]),
        content: z.array(Inline),
      }),
      z.object({ type: z.literal("code"), text: z.string() }),
      z.object({ type: z.literal("math"), text: z.string(), notation: z.enum(["latex", "text"]) }),
      z.object({ type: z.literal("link"), href: z.string(), title: z.string().optional(), content: z.array(Inline) }),
      z.object({
        type: z.literal("image"),
        asset: z.string().optional(),
        href: z.string().optional(),
        alt: z.string(),
      }),
      z.object({ type: z.literal("note_ref"), note: z.string(), label: z.string() }),
      z.object({ type: z.literal("checkbox"), checked: z.boolean() }),
      z.object({ type: z.literal("break") }),
    ]),
  )
  .meta({ id: "Inline" });

// ---- blocks ----
interface Node {
  /** Reading-order id ("n1", "n2", …), given by `finishDocument`. Readers leave it out. */
  id?: string | undefined;
  /** In reading order; more than one when the block runs over columns or pages. */
  places?: Place[] | undefined;
  source?: SourceKind | undefined;
  /** 0–1, when there is an honest one (OCR, table score). */
  confidence?: number | undefined;
}
export interface Heading extends Node {
  type: "heading" /** 1 is the top. */;
  level: number;
  content: Inline[];
}
export interface Paragraph extends Node {
  type: "paragraph";
  content: Inline[];
  /** `title` and `subtitle` are set apart from headings only when they are no section of their own. */
  role?: "caption" | "contents_entry" | "subtitle" | "byline" | undefined;
}
export interface ListItem {
  content: Block[];
  checked?: boolean | undefined /** The printed marker, e.g. "a)" or "•". */;
  marker?: string | undefined;
}
export interface List extends Node {
  type: "list";
  ordered: boolean /** First number of an ordered list. */;
  start?: number | undefined;
  items: ListItem[];
}
/** Exactly one of `text` (the usual, cheap case) and `content` (anything richer) is there; an empty cell has `text: ""`. */
export interface TableCell {
  text?: string | undefined;
  content?: Block[] | undefined;
  rowspan?: number | undefined;
  colspan?: number | undefined;
  /** Row or column header: written as `<th>`. */
  header?: boolean | undefined;
  align?: "left" | "center" | "right" | undefined;
  place?: Place | undefined;
}
/** Cells covered by a span from the left or from above are not repeated (HTML's model). */
export interface TableRow {
  cells: TableCell[];
  page?: number | undefined;
  hidden?: boolean | undefined;
}
export interface Table extends Node {
  type: "table";
  rows: TableRow[] /** Leading rows that are the head. */;
  headRows: number;
  caption?: Inline[] | undefined;
  name?: string | undefined;
}
export interface Figure extends Node {
  type: "figure";
  /** Id of the asset with the picture; absent when its bytes could not be had. */
  asset?: string | undefined;
  alt?: string | undefined;
  caption?: Inline[] | undefined;
  /** Text that stands inside the picture (labels of a drawing, OCR). */
  content?: Block[] | undefined;
}
export interface Code extends Node {
  type: "code";
  text: string;
  language?: string | undefined;
}
export interface MathBlock extends Node {
  type: "math";
  text: string;
  notation: "latex" | "text";
}
export interface Quote extends Node {
  type: "quote";
  content: Block[];
}
export interface Definitions extends Node {
  type: "definitions";
  items: { term: Inline[]; definitions: Block[][] }[];
}
/** A footnote, endnote or comment. Stands where it is printed, or at the end for formats that keep notes apart. */
export interface Note extends Node {
  type: "note";
  note: string;
  label: string;
  kind: "footnote" | "endnote" | "comment";
  content: Block[];
}
/** A run of blocks that belongs together and is not the main flow. */
export interface Group extends Node {
  type: "group";
  role: "contents" | "sidebar" | "textbox" | "speaker_notes" | "form" | "attachment" | "header" | "metadata";
  title?: string | undefined;
  content: Block[];
}
/** Running headers, footers, page and line numbers: kept in the tree, left out of the Markdown unless asked for. */
export interface Furniture extends Node {
  type: "furniture";
  role: "header" | "footer" | "page_number" | "line_number" | "watermark";
  content: Block[];
}
export interface Divider extends Node {
  type: "divider";
}

export type Block =
  | Heading
  | Paragraph
  | List
  | Table
  | Figure
  | Code
  | MathBlock
  | Quote
  | Definitions
  | Note
  | Group
  | Furniture
  | Divider;

const node = {
  id: z.string().optional(),
  places: z.array(Place).optional(),
  source: SourceKind.optional(),
  confidence: z.number().min(0).max(1).optional(),
};
const blocks = z.lazy(() => z.array(Block));
const inlines = z.array(Inline);

export const TableCell: z.ZodType<TableCell> = z
  .lazy(() =>
    z.object({
      text: z.string().optional(),
      content: blocks.optional(),
      rowspan: z.int().min(1).optional(),
      colspan: z.int().min(1).optional(),
      header: z.boolean().optional(),
      align: z.enum(["left", "center", "right"]).optional(),
      place: Place.optional(),
    }),
  )
  .meta({ id: "TableCell" });

export const Block: z.ZodType<Block> = z
  .lazy(() =>
    z.discriminatedUnion("type", [
      z.object({ ...node, type: z.literal("heading"), level: z.int().min(1), content: inlines }),
      z.object({
        ...node,
        type: z.literal("paragraph"),
        content: inlines,
        role: z.enum(["caption", "contents_entry", "subtitle", "byline"]).optional(),
      }),
      z.object({
        ...node,
        type: z.literal("list"),
        ordered: z.boolean(),
        start: z.int().optional(),
        items: z.array(z.object({ content: blocks, checked: z.boolean().optional(), marker: z.string().optional() })),
      }),
      z.object({
        ...node,
        type: z.literal("table"),
        rows: z.array(
          z.object({ cells: z.array(TableCell), page: z.int().min(1).optional(), hidden: z.boolean().optional() }),
        ),
        headRows: z.int().min(0),
        caption: inlines.optional(),
        name: z.string().optional(),
      }),
      z.object({
        ...node,
        type: z.literal("figure"),
        asset: z.string().optional(),
        alt: z.string().optional(),
        caption: inlines.optional(),
        content: blocks.optional(),
      }),
      z.object({ ...node, type: z.literal("code"), text: z.string(), language: z.string().optional() }),
      z.object({ ...node, type: z.literal("math"), text: z.string(), notation: z.enum(["latex", "text"]) }),
      z.object({ ...node, type: z.literal("quote"), content: blocks }),
      z.object({
        ...node,
        type: z.literal("definitions"),
        items: z.array(z.object({ term: inlines, definitions: z.array(blocks) })),
      }),
      z.object({
        ...node,
        type: z.literal("note"),
        note: z.string(),
        label: z.string(),
        kind: z.enum(["footnote", "endnote", "comment"]),
        content: blocks,
      }),
      z.object({
        ...node,
        type: z.literal("group"),
        role: z.enum(["contents", "sidebar", "textbox", "speaker_notes", "form", "attachment", "header", "metadata"]),
        title: z.string().optional(),
        content: blocks,
      }),
      z.object({
        ...node,
        type: z.literal("furniture"),
        role: z.enum(["header", "footer", "page_number", "line_number", "watermark"]),
        content: blocks,
      }),
      z.object({ ...node, type: z.literal("divider") }),
    ]),
  )
  .meta({ id: "Block" });

// ---- the whole ----
export const Page = z.object({
  number: z.int().min(1),
  kind: z.enum(["page", "slide", "sheet", "image", "section"]),
  /** Size as shown, in points; 0 where the format has no page geometry. */
  width: z.number(),
  height: z.number(),
  /** Printed label or the sheet's name. */
  name: z.string().optional(),
  hidden: z.boolean().optional(),
  /** What the text layer is worth; "none" and "garbled" pages want OCR. */
  text: z.enum(["ok", "none", "garbled", "ocr"]).optional(),
});
export type Page = z.infer<typeof Page>;

export const Asset = z.object({
  /** Unique in the document ("image-1", …); the package gives it its member name. */
  id: z.string(),
  mediaType: z.string(),
  /** With the dot: ".png", ".jpg". */
  extension: z.string(),
  bytes: z.int().min(0),
  sha256: z.string(),
  width: z.int().optional(),
  height: z.int().optional(),
});
export type Asset = z.infer<typeof Asset>;

export const Warning = z.object({
  code: z.string(),
  message: z.string(),
  page: z.int().min(1).optional(),
  pages: z.array(z.int().min(1)).optional(),
  count: z.int().optional(),
  /** Of NEEDS_OCR_LANGUAGE: the code of the recognition data that are missing. */
  language: z.string().optional(),
});
export type Warning = z.infer<typeof Warning>;

export const Document = z
  .object({
    version: z.literal("1.0"),
    format: z.string(),
    fileName: z.string().optional(),
    title: z.string().optional(),
    language: z.string().optional(),
    /** Author, dates, subject, custom properties … as the file states them. */
    metadata: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])),
    pages: z.array(Page),
    content: z.array(Block),
    assets: z.array(Asset),
    attachments: z.array(z.object({ name: z.string(), mediaType: z.string(), bytes: z.int().min(0) })),
    warnings: z.array(Warning),
  })
  .meta({ id: "Document" });
export type Document = z.infer<typeof Document>;
