/** The parts of a binary workbook beside its sheets: the list of sheets, shared strings, styles and comments. */
import { type RecordBody, readRecords } from "./binary-records.ts";
import { readBinarySheet, richString } from "./binary-sheet.ts";
import { commentOf, inCellOrder, maxComments } from "./comments.ts";
import type { CellComment } from "./grid.ts";
import { SharedStrings } from "./strings-part.ts";
import { cellStyles } from "./styles.ts";
import type { DeclaredSheet, WorkbookParts } from "./workbook-parts.ts";

const maxSheets = 10_000;
const maxStyles = 65_536;
const maxFormats = 10_000;
const boldWeight = 700;

export const binaryParts: WorkbookParts = {
  /** [MS-XLSB] 2.1.7.61. */
  async workbook(opened, part) {
    const sheets: DeclaredSheet[] = [];
    let date1904 = false;
    await readRecords(opened.archive.stream(part), {
      // BrtWbProp
      153: (body) => {
        date1904 = (body.u32() & 1) !== 0;
      },
      // BrtBundleSh
      156: (body) => {
        const hidden = body.u32() !== 0;
        body.skip(4);
        const id = body.nullableString();
        const name = body.string();
        if (sheets.length < maxSheets) sheets.push({ id, name, hidden });
      },
    });
    return { date1904, sheets };
  },

  async strings(opened, part) {
    const strings = new SharedStrings();
    if (part === undefined) return strings.list;
    // BrtSSTItem
    await readRecords(opened.archive.stream(part), { 19: (body) => strings.add(richString(body)) });
    return strings.list;
  },

  async styles(opened, part, date1904) {
    const codes = new Map<number, string>();
    const boldFonts: boolean[] = [];
    const cells: { format: number; font: number }[] = [];
    let inCells = false;
    if (part !== undefined)
      await readRecords(opened.archive.stream(part), {
        // BrtFmt
        44: (body) => {
          const id = body.u16();
          if (codes.size < maxFormats) codes.set(id, body.string());
        },
        // BrtFont
        43: (body) => {
          body.skip(4);
          if (boldFonts.length < maxStyles) boldFonts.push(body.u16() >= boldWeight);
        },
        // BrtBeginCellXFs and BrtEndCellXFs: the formats of named styles are kept in records of the same type.
        617: () => {
          inCells = true;
        },
        618: () => {
          inCells = false;
        },
        // BrtXF
        47: (body) => {
          if (!inCells || cells.length >= maxStyles) return;
          body.skip(2);
          cells.push({ format: body.u16(), font: body.u16() });
        },
      });
    return cellStyles(
      cells.map(({ format, font }) => ({ format: codes.get(format) ?? format, bold: boldFonts[font] === true })),
      date1904,
    );
  },

  sheet: readBinarySheet,

  /** [MS-XLSB] 2.1.7.7. */
  async comments(opened, part) {
    const authors: string[] = [];
    const comments: CellComment[] = [];
    let author = "";
    let cell: { row: number; column: number } | undefined;
    await readRecords(opened.archive.stream(part), {
      // BrtCommentAuthor
      632: (body) => {
        authors.push(body.string().trim());
      },
      // BrtBeginComment
      635: (body) => {
        author = authors[body.u32()] ?? "";
        cell = firstCell(body);
      },
      // BrtCommentText
      637: (body) => {
        const comment = cell && commentOf(cell, author, richString(body));
        if (comment && comments.length < maxComments) comments.push(comment);
      },
    });
    return inCellOrder(comments);
  },
};

/** The corner of a range (2.5.154). */
function firstCell(body: RecordBody): { row: number; column: number } {
  const row = body.u32();
  body.skip(4);
  return { row, column: body.u32() };
}
