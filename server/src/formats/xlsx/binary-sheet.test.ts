import { describe, expect, it } from "vitest";
import { readMarkdown, readSource, zipOf } from "../../testing/read-source.ts";

/** One record: a type of one or two bytes, a length of up to four, a body. */
function record(type: number, ...body: Buffer[]): Buffer {
  const bytes = Buffer.concat(body);
  const head = type < 128 ? [type] : [(type & 0x7f) | 0x80, type >> 7];
  for (let rest = bytes.length; ; rest >>= 7) {
    head.push(rest > 127 ? (rest & 0x7f) | 0x80 : rest);
    if (rest <= 127) break;
  }
  return Buffer.concat([Buffer.from(head), bytes]);
}
const u8 = (...values: number[]) => Buffer.from(values);
function u16(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  for (const [at, value] of values.entries()) bytes.writeUInt16LE(value, at * 2);
  return bytes;
}
function u32(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [at, value] of values.entries()) bytes.writeUInt32LE(value >>> 0, at * 4);
  return bytes;
}
function f64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes;
}
const units = (text: string) => Buffer.from(text, "utf16le");
const string = (text: string) => Buffer.concat([u32(text.length), units(text)]);
const none = u32(0xffffffff);

const row = (index: number, flags = 0) => record(0, u32(index, 0), u16(300), u8(0, flags), u8(0));
const textCell = (column: number, text: string, style = 0) => record(6, u32(column, style), string(text));
/** `HYPERLINK("address", "text")` behind the text it shows: literals, then a call of function 359 with two parameters. */
function linkCell(column: number, address: string, text: string): Buffer {
  const literal = (value: string) => Buffer.concat([u8(0x17), u16(value.length), units(value)]);
  const tokens = Buffer.concat([literal(address), literal(text), u8(0x42, 2), u16(359)]);
  return record(8, u32(column, 0), string(text), u16(0), u32(tokens.length), tokens, u32(0));
}

const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const relationships = (inner: string) =>
  `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${inner}</Relationships>`;
const relationship = (id: string, type: string, target: string, mode = "") =>
  `<Relationship Id="${id}" Type="${office}/${type}" Target="${target}" ${mode}/>`;

const styles = Buffer.concat([
  record(44, u16(164), string("0.00")),
  record(43, u16(220, 0, 400), u16(0)),
  record(43, u16(220, 0, 700), u16(0)),
  // The format of a named style comes first and is not one of a cell's.
  record(47, u16(0, 9, 0)),
  record(617, u32(3)),
  record(47, u16(0, 0, 0)),
  record(47, u16(0, 164, 0)),
  record(47, u16(0, 14, 1)),
  record(618),
]);
const strings = record(19, u8(1), string("shared"), u32(1), u16(0, 0));

function workbook(sheet: Buffer, extra: Record<string, string | Uint8Array> = {}, hidden = 0): Promise<Uint8Array> {
  return zipOf({
    "[Content_Types].xml":
      '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/xl/workbook.bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/></Types>',
    "_rels/.rels": relationships(relationship("r1", "officeDocument", "xl/workbook.bin")),
    "xl/workbook.bin": Buffer.concat([
      record(153, u32(0, 0)),
      record(156, u32(hidden, 1), string("s1"), string("Plan")),
    ]),
    "xl/_rels/workbook.bin.rels": relationships(
      relationship("s1", "worksheet", "worksheets/sheet1.bin") +
        relationship("st", "styles", "styles.bin") +
        relationship("ss", "sharedStrings", "sharedStrings.bin"),
    ),
    "xl/styles.bin": styles,
    "xl/sharedStrings.bin": strings,
    "xl/worksheets/sheet1.bin": sheet,
    ...extra,
  });
}
const markdown = async (...records: Buffer[]) => readMarkdown("a.xlsb", await workbook(Buffer.concat(records)));

describe("sheets of binary workbooks", () => {
  it("show every kind of value by its format, also in the short form that follows the cell before", async () => {
    expect(
      await markdown(
        row(0),
        textCell(0, "text"),
        record(13, u32(0), u32((125 << 2) | 3)),
        record(12, u32(0)),
        record(16, u32(1), f64(2.5)),
        record(18, u32(0), u32(0)),
        row(1),
        record(2, u32(0, 0), u32((7 << 2) | 2)),
        record(4, u32(1, 0), u8(1)),
        record(3, u32(2, 0), u8(0x2a)),
        record(9, u32(3, 2), f64(46024), u16(0), u32(0)),
        record(62, u32(4, 0), u8(1), string("rich"), u32(0xffffffff)),
      ),
    ).toBe(
      "# Plan\n\n| | | | | |\n| --- | --- | --- | --- | --- |\n| text | 1.25 | | 2.50 | shared |\n| 7 | TRUE | #N/A | **1/2/26** | rich |\n",
    );
  });

  it("keep merges, links of cells and of formulas, hidden rows, columns and sheets, headers and comments", async () => {
    const sheet = Buffer.concat([
      record(60, u32(3, 4, 0, 0), u16(1)),
      row(0),
      textCell(0, "wide"),
      row(1, 0x10),
      textCell(0, "site"),
      linkCell(1, "https://example.org/b", "page"),
      record(176, u32(0, 0, 0, 1)),
      record(494, u32(1, 1, 0, 0), string("l1"), string(""), string(""), string("")),
      record(479, u16(0), string("&LReport"), none, none, none, none, none),
    ]);
    const { document } = await readSource(
      "a.xlsb",
      await workbook(
        sheet,
        {
          "xl/worksheets/_rels/sheet1.bin.rels": relationships(
            relationship("l1", "hyperlink", "https://example.org/a", 'TargetMode="External"') +
              relationship("c1", "comments", "../comments1.bin"),
          ),
          "xl/comments1.bin": Buffer.concat([
            record(632, string("Ann")),
            record(635, u32(0), u32(1, 1, 0, 0), Buffer.alloc(16)),
            record(637, u8(1), string("Ann:\nlook"), u32(1), u16(0, 0)),
            record(636),
          ]),
        },
        1,
      ),
    );
    expect(document.content[1]).toMatchObject({
      rows: [{ cells: [{ text: "wide", colspan: 2 }] }, { hidden: true }],
    });
    const tree = JSON.stringify(document);
    for (const expected of ["https://example.org/a", "https://example.org/b", "look", "Ann", "Report"])
      expect(tree).toContain(expected);
    expect(document.warnings.map(({ code, count }) => [code, count])).toEqual([
      ["HIDDEN_SHEETS", 1],
      ["HIDDEN_ROWS", 1],
      ["HIDDEN_COLUMNS", 2],
    ]);
  });

  it("do not follow ranges and counts beyond any sheet", async () => {
    const whole = u32(0, 0xfffffffe, 0, 0xfffffffe);
    expect(
      await markdown(
        record(60, u32(0, 0xffffffff, 0, 0), u16(1)),
        row(0),
        textCell(0, "a"),
        record(176, whole),
        record(494, whole, string("l1"), string("x"), string(""), string("")),
        record(494, u32(0, 1_048_575, 0, 16_383), string(""), string("Plan!A1"), string(""), string("")),
      ),
    ).toBe("# Plan\n\n| |\n| --- |\n| a |\n");
  });

  it("are named in a warning when a text claims more than its record has, or a record more than the part", async () => {
    for (const broken of [record(6, u32(0, 0), u32(0xfffffff0)), u8(6, 0xff, 0xff, 0xff, 0x7f, 1, 2), u8(6, 0xff)]) {
      const { document } = await readSource(
        "a.xlsb",
        await workbook(Buffer.concat([row(0), textCell(0, "a"), broken])),
      );
      expect(document.warnings).toMatchObject([{ code: "SHEET_UNREADABLE", page: 1 }]);
    }
  });

  it("are read alike however the part is cut into chunks", async () => {
    const { readRecords } = await import("./binary-records.ts");
    const part = Buffer.concat([
      row(0),
      textCell(0, "x".repeat(300)),
      record(500, Buffer.alloc(1000)),
      textCell(1, "y"),
    ]);
    for (const size of [1, 3, 7, 200, part.length]) {
      const texts: string[] = [];
      const chunks = async function* () {
        for (let at = 0; at < part.length; at += size) yield part.subarray(at, at + size);
      };
      await readRecords(chunks(), {
        6: (body) => {
          body.skip(8);
          texts.push(body.string());
        },
      });
      expect(texts).toEqual(["x".repeat(300), "y"]);
    }
  });
});
