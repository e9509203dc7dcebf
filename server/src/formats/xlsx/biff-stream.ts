/**
 * A walk over the records of an XLS workbook stream ([MS-XLS] 2.1.4) before the library reads it: refuses ranges and counts
 * that it would follow without a limit, and finds what it does not tell, the targets of HYPERLINK formulas.
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
const stringToken = 0x17;
const callTokens = [0x22, 0x42, 0x62];
const hyperlinkFunction = 359;

/** Addresses by sheet in the order of the tabs, then by `row * 65536 + column`. */
export type FormulaLinks = ReadonlyMap<number, ReadonlyMap<number, string>>;

/** Throws LIMIT_EXCEEDED for ranges far beyond any workbook. Encrypted streams and other files give nothing. */
export function inspectWorkbookStream(file: Uint8Array): FormulaLinks {
  const stream = workbookStream(file);
  const links = new Map<number, Map<number, string>>();
  if (!stream) return links;
  const view = new DataView(stream.buffer, stream.byteOffset, stream.byteLength);
  const sheetAt = new Map<number, number>();
  let sheet = -1;
  let named = 0;
  let at = 0;
  while (at + 4 <= stream.length) {
    const type = view.getUint16(at, true);
    const length = view.getUint16(at + 2, true);
    const body = at + 4;
    sheet = sheetAt.get(at) ?? sheet;
    at = body + length;
    if (at > stream.length || type === filePass) break;
    const u16 = (offset: number) => view.getUint16(body + offset, true);
    if (type === boundSheet && length >= 4) sheetAt.set(view.getUint32(body, true), sheetAt.size);
    else if (type === columnInfo && length >= 4) named += span(u16(0), u16(2));
    else if (type === mergedCells && length >= 2) named += u16(0);
    else if (linkRecords.includes(type) && length >= 10) {
      // The tip has a header of four bytes with its own type before the range.
      const from = type === linkRecords[0] ? 0 : 2;
      named += span(u16(from), u16(from + 2)) * span(u16(from + 4), u16(from + 6));
    } else if (type === formula && length >= 22) {
      const address = addressOfTokens(stream.subarray(body + 22, Math.min(at, body + 22 + u16(20))));
      if (address === undefined) continue;
      if (!links.has(sheet)) links.set(sheet, new Map());
      links.get(sheet)!.set(u16(0) * 65_536 + u16(2), address);
    }
    if (named > maxNamedCells) throw problem("LIMIT_EXCEEDED", { limit: "cells named by ranges" });
  }
  return links;
}

const span = (first: number, last: number): number => Math.max(0, last - first + 1);

function workbookStream(file: Uint8Array): Uint8Array | undefined {
  if (file[0] !== 0xd0 || file[1] !== 0xcf) return undefined;
  try {
    const container = xlsx.CFB.read(file, { type: "buffer" });
    const entry = xlsx.CFB.find(container, "/Workbook") ?? xlsx.CFB.find(container, "/Book");
    return entry ? Buffer.from(entry.content as Uint8Array) : undefined;
  } catch {
    // The library says better what is wrong.
    return undefined;
  }
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
