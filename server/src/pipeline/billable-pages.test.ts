import { type Block, type Document, type FormatName, formats } from "@knowhere/contract";
import { describe, expect, it } from "vitest";
import { countBillablePages } from "./billable-pages.ts";

const paragraph = (text: string): Block => ({ type: "paragraph", content: [{ type: "text", text }] });
const table = (rows: number, headRows: number): Block => ({
  type: "table",
  headRows,
  rows: Array.from({ length: rows }, () => ({ cells: [{ text: "a" }, { text: "b" }] })),
});
const documentOf = (content: Block[], pages: number): Document => ({
  version: "1.0",
  format: "text",
  metadata: {},
  pages: Array.from({ length: pages }, (_, at) => ({ number: at + 1, kind: "page", width: 0, height: 0 })),
  content,
  assets: [],
  attachments: [],
  warnings: [],
});
const pagesOf = (format: FormatName, content: Block[], pages = 3) =>
  countBillablePages(format, documentOf(content, pages));

const byPage: readonly FormatName[] = ["pdf", "pptx", "odp", "ppt"];
const byRow: readonly FormatName[] = ["xlsx", "xls", "xlsb", "ods", "csv"];

describe("billable pages", () => {
  it.each(byPage)("of %s are its physical pages or slides", (format) => {
    expect(pagesOf(format, [paragraph("word ".repeat(5000))])).toBe(3);
  });

  it("of a picture are one, however many frames it has", () => {
    expect(pagesOf("image", [paragraph("word ".repeat(5000))])).toBe(1);
  });

  it.each(byRow)("of %s are fifty data rows each over all sheets, heads not counted", (format) => {
    expect(pagesOf(format, [table(51, 1)])).toBe(1);
    expect(pagesOf(format, [table(40, 1), table(40, 1)])).toBe(2);
    // The first row is taken for the head where none is marked.
    expect(pagesOf(format, [table(51, 0)])).toBe(1);
  });

  it.each(
    formats
      .map(({ name }) => name)
      .filter((name) => name !== "image" && !byPage.includes(name) && !byRow.includes(name)),
  )("of %s are five hundred units each: words of Latin letters, numbers, ideographs", (format) => {
    expect(pagesOf(format, [paragraph("word 1.5 ".repeat(250))])).toBe(1);
    expect(pagesOf(format, [paragraph("word 1.5 ".repeat(250)), paragraph("漢")])).toBe(2);
    expect(pagesOf(format, [table(251, 1)])).toBe(2);
    expect(
      pagesOf(format, [
        paragraph("one"),
        { type: "furniture", role: "header", content: [paragraph("w ".repeat(900))] },
      ]),
    ).toBe(1);
  });

  it("are never none", () => {
    for (const { name } of formats) expect(pagesOf(name, [], 0)).toBe(1);
  });
});
