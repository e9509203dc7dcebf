/** The smallest OLE compound files of each kind but Word: PowerPoint, Excel and Outlook. */
import xlsx from "@e965/xlsx";
import CFB from "cfb";

export function compoundOf(streams: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const container = CFB.utils.cfb_new();
  for (const [name, content] of Object.entries(streams)) CFB.utils.cfb_add(container, name, Buffer.from(content));
  return new Uint8Array(CFB.write(container, { type: "buffer" }) as Buffer);
}

/** A record of the presentation stream ([MS-PPT] 2.3.1). */
export function presentationRecord(type: number, body: Uint8Array, container = false, instance = 0): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt16LE((instance << 4) | (container ? 0xf : 0), 0);
  head.writeUInt16LE(type, 2);
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body]);
}

/** What the next text is: 0 a title, 1 a body, 2 notes, 4 other, 6 the title of a title slide ([MS-PPT] 2.13.33). */
export const kind = (value: number): Buffer => presentationRecord(3999, Buffer.from([value, 0, 0, 0]));
export const chars = (text: string): Buffer => presentationRecord(4000, Buffer.from(text, "utf16le"));

/** Two slides in the outline and a free shape on the first. */
export function presentationFile(): Uint8Array {
  const record = presentationRecord;
  const persist = record(1011, Buffer.alloc(20));
  const outline = record(
    4080,
    Buffer.concat([persist, kind(0), chars("First"), kind(1), chars("one\rtwo"), persist, kind(6), chars("Second")]),
    true,
  );
  const masters = record(4080, Buffer.concat([persist, kind(0), chars("Click to edit")]), true, 1);
  const drawn = record(1006, Buffer.concat([kind(4), chars("free shape")]), true);
  const document = record(1000, Buffer.concat([masters, outline]), true);
  return compoundOf({ "/PowerPoint Document": Buffer.concat([document, drawn, record(1006, Buffer.alloc(0), true)]) });
}

/** Two sheets with text, numbers, a date, a merge and a comment. */
export function binaryWorkbook(type: "biff8" | "xlsb"): Uint8Array {
  const sheet = xlsx.utils.aoa_to_sheet([
    ["Name", "Count", "Day"],
    ["one", 1, new Date(Date.UTC(2026, 0, 2))],
    ["two", 2.5, true],
    ["wide", null, null],
  ]);
  sheet["!merges"] = [{ s: { r: 3, c: 0 }, e: { r: 3, c: 2 } }];
  sheet["A2"].c = [{ a: "Ann", t: "a comment" }];
  const book = xlsx.utils.book_new();
  xlsx.utils.book_append_sheet(book, sheet, "Plan");
  xlsx.utils.book_append_sheet(book, xlsx.utils.aoa_to_sheet([["x"]]), "Other");
  return new Uint8Array(xlsx.write(book, { type: "buffer", bookType: type }) as Buffer);
}

/** An Outlook message: subject, sender, body, one recipient and one attachment ([MS-OXMSG] 2.1). */
export function outlookMessage(): Uint8Array {
  const unicode = (text: string) => Buffer.from(text, "utf16le");
  const kindOf = (propertyType: number, value: number) => {
    const entry = Buffer.alloc(16);
    entry.writeUInt32LE(propertyType, 0);
    entry.writeUInt32LE(6, 4);
    entry.writeUInt32LE(value, 8);
    return entry;
  };
  const recipient = "/__recip_version1.0_#00000000";
  const attachment = "/__attach_version1.0_#00000000";
  return compoundOf({
    "/__properties_version1.0": Buffer.alloc(32),
    "/__nameid_version1.0/__substg1.0_00020102": Buffer.alloc(16),
    "/__nameid_version1.0/__substg1.0_00030102": Buffer.alloc(8),
    "/__nameid_version1.0/__substg1.0_00040102": unicode("name"),
    "/__substg1.0_001A001F": unicode("IPM.Note"),
    "/__substg1.0_0037001F": unicode("Subject"),
    "/__substg1.0_0C1A001F": unicode("Ann"),
    "/__substg1.0_0C1F001F": unicode("ann@example.org"),
    "/__substg1.0_1000001F": unicode("Hello,\r\n\r\nthe body.\r\n"),
    "/__substg1.0_10130102": Buffer.from("<p>Hello, <b>body</b></p><table><tr><td>x</td></tr></table>"),
    [`${recipient}/__properties_version1.0`]: Buffer.concat([Buffer.alloc(8), kindOf(0x0c150003, 1)]),
    [`${recipient}/__substg1.0_3001001F`]: unicode("Bob"),
    [`${recipient}/__substg1.0_39FE001F`]: unicode("bob@example.org"),
    [`${attachment}/__properties_version1.0`]: Buffer.concat([Buffer.alloc(8), kindOf(0x37050003, 1)]),
    [`${attachment}/__substg1.0_3707001F`]: unicode("notes.txt"),
    [`${attachment}/__substg1.0_37010102`]: Buffer.from("Attached text.\n\nMore of it.\n"),
  });
}
