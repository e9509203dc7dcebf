import xlsx from "@e965/xlsx";
import { describe, expect, it } from "vitest";
import { binaryWorkbook, compoundOf } from "../../testing/fuzz/compound-files.ts";
import { readProblem, readSource } from "../../testing/read-source.ts";
import { openWorkbookStream } from "./biff-stream.ts";

function record(type: number, body: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16LE(type, 0);
  head.writeUInt16LE(body.length, 2);
  return Buffer.concat([head, body]);
}
function u16(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  for (const [at, value] of values.entries()) bytes.writeUInt16LE(value, at * 2);
  return bytes;
}
const bof = record(0x809, Buffer.concat([u16(0x600, 5), Buffer.alloc(12)]));
const eof = record(0x0a, Buffer.alloc(0));
/** Where the sheet begins, behind the globals of one sheet. */
const globals = (sheet: Buffer): Buffer => {
  const bound = (at: number) => {
    const body = Buffer.concat([Buffer.alloc(4), u16(0), Buffer.from([1, 0, 0x53])]);
    body.writeUInt32LE(at, 0);
    return record(0x85, body);
  };
  const length = bof.length + bound(0).length + eof.length;
  return Buffer.concat([bof, bound(length), eof, bof, sheet, eof]);
};
const fileOf = (...records: Buffer[]) => compoundOf({ "/Workbook": globals(Buffer.concat(records)) });

describe("the stream of an XLS workbook", () => {
  const whole = u16(0, 0xffff, 0, 0xffff);

  it.each([
    ["a link over more than a sheet", record(0x1b8, Buffer.concat([whole, Buffer.alloc(24)]))],
    ["a tip over more than a sheet", record(0x800, Buffer.concat([u16(0x800), whole, Buffer.alloc(4)]))],
    [
      "columns again and again",
      Buffer.concat(Array(2000).fill(record(0x7d, Buffer.concat([u16(0, 0xffff), u16(9, 0, 0, 0)])))),
    ],
    ["merges that are counted but not there", Buffer.concat(Array(2000).fill(record(0xe5, u16(0xffff))))],
  ])("is refused for %s", async (_, records) => {
    expect(await readProblem("a.xls", fileOf(records))).toBe("LIMIT_EXCEEDED");
  });

  it("may link and merge as much as a sheet has", () => {
    expect(
      openWorkbookStream(fileOf(record(0x1b8, Buffer.concat([u16(0, 0xffff, 0, 255), Buffer.alloc(24)])))).links.size,
    ).toBe(0);
  });

  it("names the targets of HYPERLINK formulas, in text of one and of two bytes", () => {
    const formula = (row: number, literal: Buffer, call = 359) => {
      const tokens = Buffer.concat([literal, Buffer.from([0x17, 1, 0, 0x78]), Buffer.from([0x42, 2]), u16(call)]);
      return record(6, Buffer.concat([u16(row, 3, 0), Buffer.alloc(14), u16(tokens.length), tokens]));
    };
    const narrow = (text: string) => Buffer.concat([Buffer.from([0x17, text.length, 0]), Buffer.from(text, "latin1")]);
    const wide = (text: string) => Buffer.concat([Buffer.from([0x17, text.length, 1]), Buffer.from(text, "utf16le")]);
    const { links } = openWorkbookStream(
      fileOf(
        formula(0, narrow("https://example.org/a")),
        formula(1, wide("https://example.org/ü")),
        formula(2, narrow("https://example.org/"), 1),
        formula(4, narrow("#Sheet2!A1")),
      ),
    );
    expect(links.get(0)).toEqual(
      new Map([
        [3, "https://example.org/a"],
        [65_536 + 3, "https://example.org/ü"],
      ]),
    );
  });

  it("is read without the records whose tokens the library would never come to the end of", async () => {
    const container = xlsx.CFB.read(binaryWorkbook("biff8"), { type: "buffer" });
    const stream = Buffer.from(xlsx.CFB.find(container, "/Workbook").content as Uint8Array);
    for (let at = 0; at + 4 <= stream.length; at += 4 + stream.readUInt16LE(at + 2))
      // A label with "Day" in it becomes a formula of another version.
      if (
        stream.readUInt16LE(at) === 0x204 &&
        stream.includes(Buffer.from("Day", "utf16le"), at) &&
        stream[at + 6] === 2
      )
        stream.writeUInt16LE(0x206, at);
    const { document } = await readSource("a.xls", compoundOf({ "/Workbook": stream }));
    expect(JSON.stringify(document.content)).toContain('"Count"');
    expect(JSON.stringify(document.content)).not.toContain('"Day"');
  });

  it("is left alone where the compound file is so damaged that it has none", async () => {
    const file = fileOf();
    // The stream is a long one whose first sector lies beyond the file.
    const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
    const entry = bytes.indexOf(Buffer.from("Workbook", "utf16le"));
    bytes.writeUInt32LE(0x720000, entry + 116);
    bytes.writeUInt32LE(5000, entry + 120);
    expect(["EMPTY_DOCUMENT", "PARSING_FAILED"]).toContain(await readProblem("a.xls", file));
  });
});
