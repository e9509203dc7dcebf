import { Problem } from "@knowhere/contract";
import { describe, expect, it } from "vitest";
import { workbookOf, zipOf } from "../testing/read-source.ts";
import { detect } from "./detect.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const noise = (length: number): Uint8Array => {
  let state = 7;
  return Uint8Array.from({ length }, () => (state = (state * 1103515245 + 12345) & 0x7fffffff) >>> 16);
};
async function problemOf(bytes: Uint8Array, fileName: string): Promise<Problem> {
  const error = await detect(bytes, { fileName }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(Problem);
  return error as Problem;
}

describe("detect", () => {
  it("takes the name's word among texts that fit it", async () => {
    for (const [name, format] of [
      ["a.md", "markdown"],
      ["a.txt", "text"],
      ["a.csv", "csv"],
      ["a.yml", "yaml"],
    ] as const) {
      expect(await detect(bytesOf("a, b\n1, 2\n"), { fileName: name })).toEqual({ format });
    }
  });

  it("uses the media type when the name has no extension", async () => {
    expect((await detect(bytesOf("a: 1"), { fileName: "feed", mediaType: "text/yaml; charset=utf-8" })).format).toBe(
      "yaml",
    );
  });

  it.each([
    ["html", "<!DOCTYPE html><p>x"],
    ["rtf", "{\\rtf1 x}"],
    ["json", '{"a": [1, 2]}'],
    ["json", '{"a":1}\n{"a":2}\n'],
    ["xml", '<?xml version="1.0"?><a/>'],
    ["email", "From: a@b.c\nTo: d@e.f\nSubject: x\n\nbody"],
    ["csv", "a;b\n1;2\n3;4\n"],
    ["markdown", "# Title\n\ntext"],
    ["text", "Just a sentence."],
  ])("finds %s in a file without a name", async (format, text) => {
    expect((await detect(bytesOf(text))).format).toBe(format);
  });

  it("finds UTF-16 texts by their mark", async () => {
    const utf16 = Buffer.from("\ufeff<html><body>x</body></html>", "utf16le");
    expect((await detect(utf16, { fileName: "a.html" })).format).toBe("html");
  });

  it("reads a workbook by its content types whatever its name is, and says so", async () => {
    const workbook = await workbookOf([{ rows: "" }]);
    expect(await detect(workbook, { fileName: "a.xlsx" })).toEqual({ format: "xlsx" });
    expect(await detect(workbook, { fileName: "a.pdf" })).toMatchObject({
      format: "xlsx",
      warning: { code: "TYPE_CORRECTED" },
    });
  });

  it("reads a web page named as a workbook as the web page it is", async () => {
    expect(await detect(bytesOf("<html><table><tr><td>1"), { fileName: "a.xls" })).toMatchObject({
      format: "html",
      warning: { code: "TYPE_CORRECTED" },
    });
  });

  it("tells apart containers by their mimetype member", async () => {
    expect((await detect(await zipOf({ mimetype: "application/epub+zip" }))).format).toBe("epub");
    expect((await detect(await zipOf({ mimetype: "application/vnd.oasis.opendocument.spreadsheet" }))).format).toBe(
      "ods",
    );
  });

  it("leaves a damaged container to the reader its name asks for", async () => {
    const workbook = await workbookOf([{ rows: "" }]);
    expect((await detect(workbook.subarray(0, 300), { fileName: "a.xlsx" })).format).toBe("xlsx");
  });

  it("refuses archives of documents with the reason", async () => {
    const problem = await problemOf(await zipOf({ "a.txt": "x", "b.txt": "y" }), "docs.zip");
    expect(problem.problem).toBe("UNSUPPORTED_TYPE");
    expect(problem.message).toMatch(/one by one/);
  });

  it("holds the name against bytes that are nothing we read", async () => {
    expect((await problemOf(noise(5000), "a.pdf")).problem).toBe("TYPE_MISMATCH");
    expect((await problemOf(noise(5000), "a.txt")).problem).toBe("TYPE_MISMATCH");
    expect((await problemOf(noise(5000), "a.bin")).problem).toBe("UNSUPPORTED_TYPE");
  });

  it.each(["a.heic", "a.jpg", "a"])(
    "says what to do with a picture of a type that is not read, named %s",
    async (name) => {
      const problem = await problemOf(bytesOf("\0\0\0\x18ftypheic\0\0\0\0mif1heic\0\0\0\0meta"), name);
      expect(problem.problem).toBe("UNSUPPORTED_TYPE");
      expect(problem.message).toMatch(/image\/heic.*Save it as PNG or JPEG/);
    },
  );

  it("calls no bytes and blank texts empty", async () => {
    expect((await problemOf(new Uint8Array(), "a.pdf")).problem).toBe("EMPTY_DOCUMENT");
    expect((await problemOf(bytesOf(" \n\t\n"), "a.txt")).problem).toBe("EMPTY_DOCUMENT");
  });

  it("still sees a PDF with a damaged head by its end", async () => {
    expect(
      (await detect(Buffer.concat([noise(3000), bytesOf("\nstartxref\n123\n%%EOF\n")]), { fileName: "a.pdf" })).format,
    ).toBe("pdf");
  });
});
