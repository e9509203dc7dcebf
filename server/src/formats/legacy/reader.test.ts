import { writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { problem } from "@knowhere/contract";
import CFB from "cfb";
import { describe, expect, it } from "vitest";
import type { OfficeConverter } from "../../ports/office.ts";
import { readProblem, readSource, rowOf, workbookOf, zipOf } from "../../testing/read-source.ts";
import { blocksOfText } from "./word.ts";

function record(type: number, body: Buffer, container = false, instance = 0): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt16LE((instance << 4) | (container ? 0xf : 0), 0);
  head.writeUInt16LE(type, 2);
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body]);
}
const kind = (value: number) => record(3999, Buffer.from([value, 0, 0, 0]));
const chars = (text: string) => record(4000, Buffer.from(text, "utf16le"));
const words = (...values: number[]) => Buffer.concat(values.map((value) => Buffer.from(Uint32Array.of(value).buffer)));
const fileOf = (streams: Readonly<Record<string, Buffer>>): Uint8Array => {
  const container = CFB.utils.cfb_new();
  for (const [name, content] of Object.entries(streams)) CFB.utils.cfb_add(container, `/${name}`, content);
  return new Uint8Array(CFB.write(container, { type: "buffer" }) as Buffer);
};

/** A presentation stream with an outline of two slides and a free shape on the first. */
function presentation(): Uint8Array {
  const persist = record(1011, Buffer.alloc(20));
  const outline = record(
    4080,
    Buffer.concat([persist, kind(0), chars("First"), kind(1), chars("one\rtwo"), persist, kind(6), chars("Second")]),
    true,
  );
  const masters = record(4080, Buffer.concat([persist, kind(0), chars("Click to edit")]), true, 1);
  const drawn = record(1006, Buffer.concat([kind(4), chars("free shape")]), true);
  const stream = Buffer.concat([
    record(1000, Buffer.concat([masters, outline]), true),
    drawn,
    record(1006, Buffer.alloc(0), true),
  ]);
  return fileOf({ "PowerPoint Document": stream });
}

/** A file saved twice: the second save replaced the slide and left the first version in the stream. */
function savedTwice(): Uint8Array {
  const parts: Buffer[] = [];
  const add = (part: Buffer): number => {
    const at = parts.reduce((sum, { length }) => sum + length, 0);
    parts.push(part);
    return at;
  };
  const slideWith = (text: string) => record(1006, Buffer.concat([kind(4), chars(text)]), true);
  const persist = (id: number, slideId: number) => record(1011, words(id, 0, 0, slideId, 0));
  const lists = Buffer.concat([
    record(4080, Buffer.concat([persist(2, 256), kind(0), chars("Title")]), true, 0),
    record(4080, persist(3, 300), true, 2),
  ]);
  const document = add(record(1000, lists, true));
  const first = add(slideWith("old words"));
  const notesBody = Buffer.concat([record(1009, words(256, 0)), kind(2), chars("say this"), kind(4), chars("3")]);
  const notes = add(record(1008, notesBody, true));
  const directory = add(record(6002, words((3 << 20) | 1, document, first, notes)));
  const edit = (last: number, at: number) => record(4085, words(0, 0, last, at, 1, 4, 0));
  const firstEdit = add(edit(0, directory));
  const second = add(slideWith("new words"));
  const secondDirectory = add(record(6002, words((1 << 20) | 2, second)));
  const secondEdit = add(edit(firstEdit, secondDirectory));
  const currentUser = record(4086, words(20, 0xe391c05f, secondEdit, 0, 0));
  return fileOf({ "PowerPoint Document": Buffer.concat(parts), "Current User": currentUser });
}

describe("PowerPoint 97-2003 without a converter", () => {
  it("reads titles and text slide by slide, with a warning", async () => {
    const { document } = await readSource("a.ppt", presentation());
    expect(document.pages.map((page) => page.kind)).toEqual(["slide", "slide"]);
    expect(document.content).toMatchObject([
      { type: "heading", content: [{ text: "First" }], places: [{ page: 1 }] },
      { content: [{ text: "one" }] },
      { content: [{ text: "two" }] },
      { content: [{ text: "free shape" }] },
      { type: "heading", content: [{ text: "Second" }], places: [{ page: 2 }] },
    ]);
    expect(document.warnings).toMatchObject([{ code: "STRUCTURE_NOT_READ" }]);
  });

  it("reads the slides as saved last, with their speaker notes", async () => {
    const { document } = await readSource("a.ppt", savedTwice());
    expect(document.content).toMatchObject([
      { type: "heading", content: [{ text: "Title" }] },
      { type: "paragraph", content: [{ text: "new words" }] },
      { type: "group", role: "speaker_notes", content: [{ content: [{ text: "say this" }] }], places: [{ page: 1 }] },
    ]);
    expect(document.content).toHaveLength(3);
  });
});

describe("Word 97-2003", () => {
  it("reads lines that end in a tab as rows of a table, with empty cells and cells of several lines", () => {
    const [before, table, after] = blocksOfText(
      "Before\nName\tQty\tPrice\t\nPear\t\t2.10\t\nFig\tone\ntwo\t9\t\nAfter\n",
    );
    expect([before, after]).toMatchObject([{ type: "paragraph" }, { content: [{ text: "After" }] }]);
    const texts = table?.type === "table" ? table.rows.map((row) => row.cells.map((cell) => cell.text)) : [];
    expect(texts).toEqual([
      ["Name", "Qty", "Price"],
      ["Pear", "", "2.10"],
      ["Fig", "one\ntwo", "9"],
    ]);
  });

  it("names the cure for files it cannot read", async () => {
    const container = CFB.utils.cfb_new();
    CFB.utils.cfb_add(container, "/WordDocument", Buffer.alloc(4096));
    expect(await readProblem("a.doc", new Uint8Array(CFB.write(container, { type: "buffer" }) as Buffer))).toBe(
      "PARSING_FAILED",
    );
  });
});

describe("with a converter", () => {
  it("reads the converted file, says that it is converting, and keeps the name and format that came in", async () => {
    let converting = 0;
    const office: OfficeConverter = {
      name: "fake",
      async convert(_path, to, outDir) {
        const target = join(outDir, `out.${to}`);
        await writeFile(target, await wordFile("Converted"));
        return target;
      },
    };
    const container = CFB.utils.cfb_new();
    CFB.utils.cfb_add(container, "/WordDocument", Buffer.alloc(4096));
    const bytes = new Uint8Array(CFB.write(container, { type: "buffer" }) as Buffer);
    const { document } = await readSource("old.doc", bytes, { context: { office, converting: () => converting++ } });
    expect(converting).toBe(1);
    expect(document).toMatchObject({
      format: "doc",
      fileName: "old.doc",
      content: [{ content: [{ text: "Converted" }] }],
    });
  });

  it("reads old workbooks as the converted workbook, with the file's own name and format", async () => {
    const asked: string[] = [];
    let converting = 0;
    const office: OfficeConverter = {
      name: "fake",
      async convert(path, to, outDir) {
        asked.push(`${basename(path)} to ${to}`);
        const target = join(outDir, `out.${to}`);
        await writeFile(target, await workbookOf([{ name: "Plan", rows: rowOf(1, ["converted", 1]) }]));
        return target;
      },
    };
    const container = CFB.utils.cfb_new();
    CFB.utils.cfb_add(container, "/Workbook", Buffer.alloc(4096));
    const bytes = new Uint8Array(CFB.write(container, { type: "buffer" }) as Buffer);
    const { document } = await readSource("old.xls", bytes, { context: { office, converting: () => converting++ } });
    expect(asked).toEqual(["source.xls to xlsx"]);
    expect(converting).toBe(1);
    expect(document).toMatchObject({ format: "xls", fileName: "old.xls", pages: [{ kind: "sheet", name: "Plan" }] });
    expect(JSON.stringify(document.content)).toContain("converted");
  });

  it("passes on what stops the converter", async () => {
    const office: OfficeConverter = {
      name: "fake",
      convert: () => Promise.reject(problem("PARSING_FAILED", { message: "The file could not be converted." })),
    };
    const container = CFB.utils.cfb_new();
    CFB.utils.cfb_add(container, "/Workbook", Buffer.alloc(4096));
    const bytes = new Uint8Array(CFB.write(container, { type: "buffer" }) as Buffer);
    expect(await readProblem("old.xls", bytes, { context: { office } })).toBe("PARSING_FAILED");
  });
});

/** The smallest Word file. */
function wordFile(text: string): Promise<Uint8Array> {
  const main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";
  const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument";
  return zipOf({
    "[Content_Types].xml": `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="${main}"/></Types>`,
    "_rels/.rels": `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" Type="${office}" Target="word/document.xml"/></Relationships>`,
    "word/document.xml": `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>${text}</w:t></w:r></w:p></w:body></w:document>`,
  });
}
