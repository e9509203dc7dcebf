/**
 * A walk over the records of an XLS workbook stream ([MS-XLS] 2.1.4) before the library reads it: refuses ranges and counts
 * that it would follow without a limit, takes away what it need not read, and finds what it does not tell, the targets of
 * HYPERLINK formulas.
 */
import xlsx from "@e965/xlsx";
import { problem } from "@knowhere/contract";
import { isWebAddress } from "./grid.ts";

/** Cells and columns that records may name by ranges, over the whole workbook: a link over all of a sheet is 16.8 million. */
const maxNamedCells = 100_000_000;
const boundSheet = 0x85;
const filePass = 0x2f;
const formula = 0x06;
const mergedCells = 0xe5;
const columnInfo = 0x7d;
/** Links and their tips begin with the range they are for (2.4.140, 2.4.141). */
const linkRecords = [0x1b8, 0x800];
/** What says what the cells show. Names, shared formulas, conditions and the like hold tokens that the library may never leave. */
const readRecords = new Set([
  // Begin and end of a part, its sheets, code page, epoch and password.
  ...[0x809, 0x09, 0x209, 0x409, 0x0a, boundSheet, 0x42, 0x22, filePass],
  // Fonts, formats and strings with what continues them.
  ...[0x31, 0x231, 0x41e, 0x1e, 0xe0, 0x43, 0x243, 0x443, 0xfc, 0x3c],
  // Rows and cells.
  ...[0x200, 0x208, 0x201, 0x203, 0x204, 0x205, 0xbd, 0xbe, 0xd6, 0xfd, 0x27e, 0x7e, formula, 0x207],
  // Merges, columns, links, and comments with the objects that hold their text.
  ...[mergedCells, columnInfo, ...linkRecords, 0x1c, 0x5d, 0x1b6],
]);
/** The type of vertical page breaks, which the library passes over. */
const unread = 0x1a;
/** Where a formula says how long its tokens are; they follow (2.4.127). */
const tokenLengthAt = 20;
const stringToken = 0x17;
const callTokens = [0x22, 0x42, 0x62];
const hyperlinkFunction = 359;

/** Addresses by sheet in the order of the tabs, then by `row * 65536 + column`. */
export type FormulaLinks = ReadonlyMap<number, ReadonlyMap<number, string>>;

export interface WorkbookStream {
  /** The compound file with what is left of its workbook stream; undefined for files of another kind. */
  readonly container: object | undefined;
  readonly links: FormulaLinks;
}

/** Throws LIMIT_EXCEEDED for ranges far beyond any workbook. */
export function openWorkbookStream(file: Uint8Array): WorkbookStream {
  const container = readContainer(file);
  const stream = container && streamOf(container);
  return { container, links: stream ? inspect(stream) : new Map() };
}

/** Changes the stream in place. */
function inspect(stream: Uint8Array): FormulaLinks {
  const links = new Map<number, Map<number, string>>();
  const view = new DataView(stream.buffer, stream.byteOffset, stream.byteLength);
  const sheetAt = new Map<number, number>();
  let sheet = -1;
  let named = 0;
  let isPlain = true;
  let at = 0;
  while (at + 4 <= stream.length) {
    const type = view.getUint16(at, true);
    const length = view.getUint16(at + 2, true);
    const body = at + 4;
    sheet = sheetAt.get(at) ?? sheet;
    if (!readRecords.has(type)) view.setUint16(at, unread, true);
    at = body + length;
    if (at > stream.length) break;
    // Bodies behind the record of the password are encrypted.
    if (type === filePass) isPlain = false;
    if (!isPlain) continue;
    const u16 = (offset: number) => view.getUint16(body + offset, true);
    if (type === boundSheet && length >= 4) sheetAt.set(view.getUint32(body, true), sheetAt.size);
    else if (type === columnInfo && length >= 4) named += span(u16(0), u16(2));
    else if (type === mergedCells && length >= 2) named += u16(0);
    else if (linkRecords.includes(type) && length >= 10) {
      // The tip has its own type before the range.
      const from = type === linkRecords[0] ? 0 : 2;
      named += span(u16(from), u16(from + 2)) * span(u16(from + 4), u16(from + 6));
    } else if (type === formula && length >= tokenLengthAt + 2) {
      const tokensAt = body + tokenLengthAt + 2;
      const tokens = stream.subarray(tokensAt, Math.min(at, tokensAt + u16(tokenLengthAt)));
      const address = addressOfTokens(tokens);
      if (address !== undefined) {
        if (!links.has(sheet)) links.set(sheet, new Map());
        links.get(sheet)!.set(u16(0) * 65_536 + u16(2), address);
      }
      view.setUint16(body + tokenLengthAt, 0, true);
    }
    if (named > maxNamedCells) throw problem("LIMIT_EXCEEDED", { limit: "cells named by ranges" });
  }
  return links;
}

const span = (first: number, last: number): number => Math.max(0, last - first + 1);

function readContainer(file: Uint8Array): object | undefined {
  if (file[0] !== 0xd0 || file[1] !== 0xcf) return undefined;
  try {
    // Of a copy: streams may share the memory of the file, and one of them is changed.
    return xlsx.CFB.read(Buffer.from(file), { type: "buffer" }) as object;
  } catch (cause) {
    throw problem(
      "PARSING_FAILED",
      { message: "Unable to parse document: the compound file that holds the workbook is damaged." },
      { cause },
    );
  }
}

function streamOf(container: object): Uint8Array | undefined {
  const entry = xlsx.CFB.find(container, "/Workbook") ?? xlsx.CFB.find(container, "/Book");
  // Of damaged files the library may make a plain list.
  return entry?.content instanceof Uint8Array ? entry.content : undefined;
}

/** The literal that is the first argument of a call of HYPERLINK, whose token comes last (2.5.198.89, .63; BIFF8 texts). */
function addressOfTokens(tokens: Uint8Array): string | undefined {
  if (tokens.length < 7 || tokens[0] !== stringToken || !callTokens.includes(tokens[tokens.length - 4]!))
    return undefined;
  if (tokens[tokens.length - 2]! + tokens[tokens.length - 1]! * 256 !== hyperlinkFunction) return undefined;
  const isWide = (tokens[2]! & 1) !== 0;
  const end = 3 + tokens[1]! * (isWide ? 2 : 1);
  if (end > tokens.length - 4) return undefined;
  const address = Buffer.from(tokens.subarray(3, end)).toString(isWide ? "utf16le" : "latin1");
  return isWebAddress(address) ? address : undefined;
}
