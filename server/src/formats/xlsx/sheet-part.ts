/**
 * Streams one worksheet part: filled cells row by row, merges, links and hidden rows. The part is never built as a tree,
 * and what it declares about its size (`dimension`) is not believed.
 */
import { type Furniture, Problem, problem } from "@knowhere/contract";
import { decoderFor } from "../xml/encoding.ts";
import { addressOfFormula, columnOfCellName, type GridRow, type Merge, maxColumns, parseRange } from "./grid.ts";
import { RowBuilder, type RowContext } from "./row-builder.ts";
import { furnitureOf, runningElements } from "./running-text.ts";
import { attributeOf, TagScanner } from "./tag-scanner.ts";

export interface SheetPart {
  rows: GridRow[];
  merges: Merge[];
  /** Range, relationship id and/or place inside the workbook. */
  links: { range: Merge; id?: string | undefined; location?: string | undefined }[];
  hiddenColumns: number;
  running: Furniture[];
}
export interface SheetContext extends RowContext {
  readonly strings: readonly string[];
  readonly signal: AbortSignal;
}

/** One cell shows at most 32,767 characters (Excel specifications). */
const maxCellCharacters = 32_767;
export const maxMerges = 200_000;
const maxDepth = 64;

/** Reads the part. Throws PARSING_FAILED for broken XML, LIMIT_EXCEEDED for a DOCTYPE or too many cells. */
export async function readSheetPart(chunks: AsyncIterable<Uint8Array>, context: SheetContext): Promise<SheetPart> {
  const machine = new SheetMachine(context);
  const scanner = new TagScanner({
    open: (name, tag) => machine.open(name, tag),
    close: (name) => machine.close(name),
    text: (text) => machine.text(text),
    doctype: () => {
      throw problem("LIMIT_EXCEEDED", { message: "The document contains a DOCTYPE, which is not allowed." });
    },
  });
  let decoder: ReturnType<typeof decoderFor> | undefined;
  for await (const chunk of chunks) {
    context.signal.throwIfAborted();
    decoder ??= decoderFor(chunk);
    scan(scanner, decoder.write(chunk));
  }
  if (!decoder) throw brokenSheet();
  scan(scanner, decoder.end());
  try {
    scanner.finish();
  } catch (cause) {
    throw brokenSheet(cause);
  }
  return machine.finish();
}

function scan(scanner: TagScanner, text: string): void {
  try {
    scanner.write(text);
  } catch (cause) {
    throw cause instanceof Problem ? cause : brokenSheet(cause);
  }
}

const brokenSheet = (cause?: unknown): Error =>
  problem("PARSING_FAILED", { message: "Unable to parse document: a sheet's XML is not well formed." }, { cause });

interface OpenCell {
  column: number;
  type: string;
  style: number;
  value: string;
  formula: string;
}

class SheetMachine {
  readonly #part: SheetPart = { rows: [], merges: [], links: [], hiddenColumns: 0, running: [] };
  readonly #rows: RowBuilder;
  /** Cells may leave their address out: then they follow the one before. */
  #lastColumn = -1;
  #cell: OpenCell | undefined;
  /** What character data belongs to: a value, a formula, or nothing. */
  #target: "value" | "formula" | undefined;
  /** Text of the header or footer that is open. */
  #running: string | undefined;
  #depth = 0;
  /** Depth at which phonetic hints started; their text is no part of the cell. */
  #phoneticDepth = 0;

  constructor(private readonly context: SheetContext) {
    this.#rows = new RowBuilder(this.#part.rows, context);
  }

  open(name: string, tag: string): void {
    if (++this.#depth > maxDepth) throw problem("LIMIT_EXCEEDED", { limit: "XML depth" });
    switch (name) {
      case "row":
        this.#openRow(tag);
        return;
      case "c":
        this.#openCell(tag);
        return;
      case "v":
        if (this.#cell) this.#target = "value";
        return;
      case "t":
        if (this.#cell && this.#phoneticDepth === 0) this.#target = "value";
        return;
      case "f":
        if (this.#cell) this.#target = "formula";
        return;
      case "rPh":
        this.#phoneticDepth = this.#depth;
        return;
      case "mergeCell": {
        const merge = parseRange(attributeOf(tag, "ref") ?? "");
        if (merge && this.#part.merges.length < maxMerges) this.#part.merges.push(merge);
        return;
      }
      case "hyperlink": {
        const range = parseRange(attributeOf(tag, "ref") ?? "");
        const id = attributeOf(tag, "id");
        if (range && this.#part.links.length < maxMerges)
          this.#part.links.push({ range, id, location: attributeOf(tag, "location") });
        return;
      }
      case "col":
        if (isTrue(attributeOf(tag, "hidden"))) this.#part.hiddenColumns += columnSpan(tag);
        return;
      default:
        if (runningElements.has(name)) this.#running = "";
    }
  }

  text(text: string): void {
    if (this.#running !== undefined && this.#running.length < maxCellCharacters) this.#running += text;
    if (!this.#cell || !this.#target || this.#cell[this.#target].length > maxCellCharacters) return;
    this.#cell[this.#target] += text;
  }

  close(name: string): void {
    if (name === "v" || name === "t" || name === "f") this.#target = undefined;
    else if (name === "c") this.#closeCell();
    else if (name === "row") this.#rows.close();
    else if (this.#running !== undefined && runningElements.has(name)) {
      this.#part.running.push(...furnitureOf(name, this.#running));
      this.#running = undefined;
    }
    if (this.#phoneticDepth === this.#depth) this.#phoneticDepth = 0;
    this.#depth--;
  }

  finish(): SheetPart {
    this.#rows.finish();
    return this.#part;
  }

  #openRow(tag: string): void {
    const stated = Number(attributeOf(tag, "r"));
    this.#rows.open(
      Number.isInteger(stated) && stated >= 1 ? stated - 1 : undefined,
      isTrue(attributeOf(tag, "hidden")),
    );
    this.#lastColumn = -1;
  }

  #openCell(tag: string): void {
    if (!this.#rows.isOpen) return;
    const named = attributeOf(tag, "r");
    const column = (named === undefined ? undefined : columnOfCellName(named)) ?? this.#lastColumn + 1;
    this.#lastColumn = column;
    this.#cell = {
      column,
      type: attributeOf(tag, "t") ?? "n",
      style: Number(attributeOf(tag, "s") ?? 0),
      value: "",
      formula: "",
    };
  }

  #closeCell(): void {
    const cell = this.#cell;
    this.#cell = undefined;
    if (!cell) return;
    const address = cell.formula === "" ? undefined : addressOfFormula(cell.formula);
    this.#rows.cell(cell.column, this.#shown(cell), cell.style, address);
  }

  /** What the cell shows (18.18.11 ST_CellType). A formula without a stored value shows itself. */
  #shown(cell: OpenCell): string {
    const { value, type } = cell;
    if (value === "") return type === "n" && cell.formula ? `=${cell.formula}` : "";
    switch (type) {
      case "s":
        return this.context.strings[Number(value)] ?? "";
      case "b":
        return value.trim() === "1" || value.trim() === "true" ? "TRUE" : "FALSE";
      case "n": {
        const number = Number(value);
        return Number.isFinite(number) ? tidy(this.context.styles.format(number, cell.style)) : value.trim();
      }
      default:
        return tidy(value);
    }
  }
}

/** Cell text on its own lines, without blanks around it. Excel writes line ends inside cells as _x000D_ (22.9.2.19). */
export function tidy(text: string): string {
  return text
    .replace(/_x000[dD]_\r?\n?/g, "\n")
    .replace(/\r\n?/g, "\n")
    .trim();
}

function isTrue(value: string | undefined): boolean {
  return value === "1" || value === "true";
}

function columnSpan(tag: string): number {
  const span = Number(attributeOf(tag, "max")) - Number(attributeOf(tag, "min")) + 1;
  return span >= 1 && span <= maxColumns ? span : 1;
}
