import { writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { problem } from "@knowhere/contract";
import { describe, expect, it } from "vitest";
import type { OfficeConverter } from "../../ports/office.ts";
import {
  chars,
  compoundOf,
  kind,
  presentationFile,
  presentationRecord as record,
} from "../../testing/fuzz/compound-files.ts";
import { readProblem, readSource, rowOf, workbookOf, zipOf } from "../../testing/read-source.ts";

const words = (...values: number[]) => Buffer.concat(values.map((value) => Buffer.from(Uint32Array.of(value).buffer)));

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
  return compoundOf({ "/PowerPoint Document": Buffer.concat(parts), "/Current User": currentUser });
}

describe("PowerPoint 97-2003 without a converter", () => {
  it("reads titles and text slide by slide, with a warning", async () => {
    const { document } = await readSource("a.ppt", presentationFile());
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
    const bytes = compoundOf({ "/WordDocument": Buffer.alloc(4096) });
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
    const bytes = compoundOf({ "/Workbook": Buffer.alloc(4096) });
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
    const bytes = compoundOf({ "/Workbook": Buffer.alloc(4096) });
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
