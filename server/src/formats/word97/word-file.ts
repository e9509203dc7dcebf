/** The streams of a Word 97–2003 file and its text: file information block and piece table ([MS-DOC] 2.5, 2.8.35). */
import { problem } from "@knowhere/contract";
import CFB from "cfb";
import { hasSoundStreams } from "../sniff/cfb.ts";
import { Bytes } from "./bytes.ts";

/** Numbers of the pairs of offset and length in the table stream (2.5.6–2.5.10). */
export const tableParts = {
  styles: 1,
  footnoteReferences: 2,
  footnoteTexts: 3,
  commentReferences: 4,
  commentTexts: 5,
  headers: 11,
  characterRuns: 12,
  paragraphs: 13,
  fonts: 15,
  bookmarkNames: 21,
  bookmarkStarts: 22,
  pieces: 33,
  endnoteReferences: 46,
  endnoteTexts: 47,
  lists: 73,
  listOverrides: 74,
} as const;

/** The parts of the text, in the order they stand in (2.4.1). */
const storyNames = ["main", "footnotes", "headers", "macros", "comments", "endnotes", "boxes"] as const;
export type StoryName = (typeof storyNames)[number];

/** A stretch of text whose characters stand one after the other in the main stream. */
export interface Piece {
  /** First character position. */
  readonly start: number;
  readonly end: number;
  /** Where it begins in the main stream. */
  readonly offset: number;
  readonly bytesPerCharacter: 1 | 2;
}
/** Character positions. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

export interface WordFile {
  readonly main: Bytes;
  readonly table: Bytes;
  /** Large property lists and pictures. */
  readonly data: Bytes;
  readonly pieces: readonly Piece[];
  readonly stories: Readonly<Record<StoryName, Range>>;
  /** A structure of the table stream; empty when the file has none. */
  part(number: number): Bytes;
}

const wordMark = 0xa5ec;
/** The first version with this layout (Word 97). */
const firstVersion = 0x00c0;

const tooOld =
  "Unable to parse document: this Word file is of a version before Word 97. Install LibreOffice or save it as .docx and upload it again.";
const damaged = "Unable to parse document: this Word file is damaged. Save it as .docx and upload it again.";

/** Throws ENCRYPTED for protected files and PARSING_FAILED for damaged ones and those of Word 6 and 95. */
export function openWordFile(bytes: Uint8Array): WordFile {
  const { main, tables, data } = openStreams(bytes);
  const mark = main.u16(0);
  if (mark === 0xa5dc || (mark === wordMark && main.u16(2) < firstVersion))
    throw problem("PARSING_FAILED", { message: tooOld });
  if (mark !== wordMark) throw problem("PARSING_FAILED", { message: damaged });
  const flags = main.u16(10);
  if ((flags & 0x0100) !== 0) throw problem("ENCRYPTED");
  const table = tables[(flags & 0x0200) !== 0 ? 1 : 0];
  const part = (number: number): Bytes => {
    const at = 154 + number * 8;
    return number < main.u16(152) ? table.part(main.u32(at), main.u32(at + 4)) : new Bytes(new Uint8Array(0));
  };
  const pieces = readPieces(main, part(tableParts.pieces));
  const last = pieces.at(-1)?.end ?? 0;
  if (last === 0 || last > main.length) throw problem("PARSING_FAILED", { message: damaged });
  return { main, table, data, pieces, stories: readStories(main, last), part };
}

function openStreams(bytes: Uint8Array): { main: Bytes; tables: [Bytes, Bytes]; data: Bytes } {
  try {
    if (!hasSoundStreams(bytes)) throw new Error("streams claim more than the file has");
    const container = CFB.read(Buffer.from(bytes), { type: "buffer" });
    const stream = (name: string): Bytes => {
      const content = CFB.find(container, `/${name}`)?.content;
      return new Bytes(content ? Uint8Array.from(content) : new Uint8Array(0));
    };
    return { main: stream("WordDocument"), tables: [stream("0Table"), stream("1Table")], data: stream("Data") };
  } catch (cause) {
    throw problem("PARSING_FAILED", { message: damaged }, { cause });
  }
}

/** The lengths of the stories stand from offset 76 on (2.5.4); macros' is a reserved one. */
function readStories(main: Bytes, last: number): Record<StoryName, Range> {
  const stories = {} as Record<StoryName, Range>;
  let at = 0;
  for (const [index, name] of storyNames.entries()) {
    const end = Math.min(last, at + main.u32(76 + index * 4));
    stories[name] = { start: at, end };
    at = end;
  }
  return stories;
}

/** Property modifications (0x01) are passed over; the piece table proper follows (0x02). */
function readPieces(main: Bytes, clx: Bytes): Piece[] {
  let at = 0;
  while (at < clx.length && clx.u8(at) === 1) at += 3 + clx.u16(at + 1);
  if (clx.u8(at) !== 2) return [];
  const list = clx.part(at + 5, clx.u32(at + 1));
  const count = Math.floor((list.length - 4) / 12);
  const pieces: Piece[] = [];
  for (let index = 0; index < count; index++) {
    const start = list.u32(index * 4);
    const end = list.u32(index * 4 + 4);
    const stated = list.u32((count + 1) * 4 + index * 8 + 2);
    const isCompressed = (stated & 0x40000000) !== 0;
    const offset = isCompressed ? (stated & 0x3fffffff) >>> 1 : stated & 0x3fffffff;
    const bytesPerCharacter = isCompressed ? 1 : 2;
    if (end <= start || (pieces.at(-1)?.end ?? 0) !== start) break;
    if (offset + (end - start) * bytesPerCharacter > main.length) break;
    pieces.push({ start, end, offset, bytesPerCharacter });
  }
  return pieces;
}

/** The characters of a piece from one position to another. */
export function textOfPiece(file: WordFile, piece: Piece, from: number, to: number): string {
  const at = piece.offset + (from - piece.start) * piece.bytesPerCharacter;
  if (piece.bytesPerCharacter === 2) return file.main.utf16(at, to - from);
  return new TextDecoder("windows-1252").decode(file.main.part(at, to - from).raw);
}

/** The positions at the head of a list of positions and entries of a size (2.2.2). */
export function positionsOf(list: Bytes, entryBytes: number): number[] {
  const count = list.length < 4 ? 0 : Math.floor((list.length - 4) / (4 + entryBytes)) + 1;
  return Array.from({ length: count }, (_, index) => list.u32(index * 4));
}
