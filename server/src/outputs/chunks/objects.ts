/** The pictures and tables of a document: what becomes a chunk and a file of its own. */
import type { Asset, Block, Document, Figure, Place, SourceKind, Table } from "@knowhere/contract";
import { visitAllInlines, visitBlocks } from "../../document/visit.ts";
import { describeFigure, nameFigure, summarizeTable, widthOf } from "../../enrich/objects.ts";
import { writeCellHtml } from "../html/blocks.ts";
import { escapeHtml } from "../html/escape.ts";
import { writeInlinesHtml } from "../html/inlines.ts";
import { writeTableHtml } from "../html/table.ts";
import { makeId, placeholderOf } from "./ids.ts";

interface Common {
  /** Also the chunk's id. */
  readonly id: string;
  readonly placeholder: string;
  /** Member name of the package. */
  readonly file: string;
  readonly places: readonly Place[];
  readonly source: SourceKind | undefined;
  readonly confidence: number | undefined;
}
export interface ImageObject extends Common {
  readonly type: "image";
  readonly asset: Asset;
  /** What the document says about it, or else its kind, page and size; never empty. */
  readonly description: string;
}
export interface TableObject extends Common {
  readonly type: "table";
  readonly html: string;
  readonly summary: string;
  readonly rows: number;
  readonly columns: number;
  /** Pictures in its cells. */
  readonly images: readonly ImageObject[];
}
export type EmbeddedObject = ImageObject | TableObject;

export interface Objects {
  /** The object a figure or table of the tree became; undefined for a figure without a file. */
  of(block: Block): EmbeddedObject | undefined;
  /** Member name of an asset's file; undefined when it has none. */
  fileOf(asset: string): string | undefined;
  readonly images: readonly ImageObject[];
  readonly tables: readonly TableObject[];
}

/**
 * Names every picture with a file and every table of `content`, in reading order. A picture that comes back with the same words
 * about it is one object; with other words it is another one with the same file. Tables in cells are part of the outer table.
 */
export function findObjects(
  document: Document,
  content: readonly Block[],
  root: string,
  has: (asset: string) => boolean,
): Objects {
  const finder = new Finder(document, root, has);
  visitBlocks(content, (block) => {
    if (block.type === "figure") finder.addFigure(block);
    if (block.type !== "table") return true;
    finder.addTable(block);
    return false;
  });
  return finder;
}

class Finder implements Objects {
  readonly images: ImageObject[] = [];
  readonly tables: TableObject[] = [];
  readonly #byBlock = new Map<Block, EmbeddedObject>();
  readonly #byWords = new Map<string, ImageObject>();
  readonly #files = new Map<string, string>();
  readonly #assets: ReadonlyMap<string, Asset>;
  readonly #document: Document;
  readonly #root: string;
  readonly #has: (asset: string) => boolean;

  constructor(document: Document, root: string, has: (asset: string) => boolean) {
    this.#document = document;
    this.#root = root;
    this.#has = has;
    this.#assets = new Map(document.assets.map((asset) => [asset.id, asset]));
  }

  of(block: Block): EmbeddedObject | undefined {
    return this.#byBlock.get(block);
  }

  fileOf(asset: string): string | undefined {
    return this.#files.get(asset);
  }

  addFigure(figure: Figure): ImageObject | undefined {
    const asset = figure.asset === undefined || !this.#has(figure.asset) ? undefined : this.#assets.get(figure.asset);
    if (asset === undefined) return undefined;
    const said = describeFigure(figure);
    const words = JSON.stringify([asset.id, said]);
    let image = this.#byWords.get(words);
    if (image === undefined) {
      const id = makeId("image", this.#root, this.images.length, asset.sha256, said);
      const file = this.#files.get(asset.id) ?? `images/IMAGE_${id}${safeExtension(asset.extension)}`;
      const description = said === "" ? nameFigure(this.#document, asset.id, figure.places?.[0]?.page) : said;
      image = {
        type: "image",
        id,
        placeholder: placeholderOf("image", id),
        file,
        asset,
        description,
        ...placed(figure),
      };
      this.#files.set(asset.id, file);
      this.#byWords.set(words, image);
      this.images.push(image);
    }
    this.#byBlock.set(figure, image);
    return image;
  }

  addTable(table: Table): void {
    const images = this.#addCellPictures(table);
    const html = this.#tableHtml(table);
    const id = makeId("table", this.#root, this.tables.length, html);
    const object: TableObject = {
      type: "table",
      id,
      placeholder: placeholderOf("table", id),
      file: `tables/TABLE_${id}.html`,
      html,
      summary: summarizeTable(table),
      rows: table.rows.length,
      columns: widthOf(table),
      images,
      ...placed(table),
    };
    this.tables.push(object);
    this.#byBlock.set(table, object);
  }

  #addCellPictures(table: Table): ImageObject[] {
    const found = new Set<ImageObject>();
    const add = (figure: Figure) => {
      const image = this.addFigure(figure);
      if (image !== undefined) found.add(image);
    };
    // Loops, here and below: there may be a million rows, and an empty list for each of them costs more than the look.
    const cells: Block[] = [];
    for (const row of table.rows)
      for (const cell of row.cells) if (cell.content !== undefined) cells.push(...cell.content);
    const places = table.places === undefined ? {} : { places: table.places };
    visitBlocks(cells, (block) => {
      if (block.type === "figure") add(block);
    });
    visitAllInlines(cells, (node) => {
      if (node.type === "image") add({ type: "figure", asset: node.asset, alt: node.alt, ...places });
    });
    return [...found];
  }

  /** One line, the caption inside: the file and the chunk can be understood by themselves. */
  #tableHtml(table: Table): string {
    const options = { image: (asset: string) => this.#files.get(asset), furniture: "keep" as const, newline: "" };
    const html = writeTableHtml(table, { writeCellBlocks: (blocks) => writeCellHtml(blocks, options) });
    const caption =
      table.caption === undefined ? escapeHtml(table.name ?? "") : writeInlinesHtml(table.caption, options);
    return caption.trim() === "" ? html : `<table><caption>${caption.trim()}</caption>${html.slice("<table>".length)}`;
  }
}

function placed(block: Figure | Table): Pick<Common, "places" | "source" | "confidence"> {
  const places = block.places ?? [];
  if (block.type === "table") {
    // A table that runs over pages says the page of each row.
    const known = new Set(places.map((place) => place.page));
    const pages = new Set<number>();
    for (const { page } of block.rows) if (page !== undefined && !known.has(page)) pages.add(page);
    const more = [...pages].map((page): Place => ({ page }));
    return { places: [...places, ...more], source: block.source, confidence: block.confidence };
  }
  return { places, source: block.source, confidence: block.confidence };
}

/** What a reader calls an extension becomes part of a member name only when it looks like one. */
function safeExtension(extension: string): string {
  return /^\.[a-z0-9]{1,8}$/.test(extension) ? extension : ".bin";
}
