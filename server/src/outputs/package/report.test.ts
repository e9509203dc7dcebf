import { type Block, type Document, QualityReport } from "@knowhere/contract";
import { describe, expect, it } from "vitest";
import { reportQuality } from "./report.ts";

const documentOf = (content: Block[], rest: Partial<Document> = {}) =>
  ({
    version: "1.0",
    format: "pdf",
    metadata: {},
    pages: [],
    content,
    assets: [],
    attachments: [],
    warnings: [],
    ...rest,
  }) as Document;
const recognised = (text: string, page: number, confidence: number): Block => ({
  type: "paragraph",
  content: [{ type: "text", text }],
  source: "ocr",
  confidence,
  places: [{ page }],
});
const tableOn = (page: number, confidence: number | undefined): Block => ({
  type: "table",
  headRows: 0,
  rows: [{ cells: [{ text: "1" }] }],
  places: [{ page }],
  confidence,
});

describe("the quality report", () => {
  it("is all zeros and empty lists for a document without trouble", () => {
    const report = reportQuality(documentOf([{ type: "paragraph", content: [{ type: "text", text: "fine" }] }]));
    expect(QualityReport.parse(report)).toEqual({
      pages_without_text: [],
      pages_with_garbled_text: [],
      pages_recognised: [],
      page_confidences: [],
      tables: 0,
      low_scoring_tables: [],
      hidden: {},
      missing_languages: [],
    });
  });

  it("names the recognition data that pages would have needed", () => {
    const missing = { code: "NEEDS_OCR_LANGUAGE", message: "", language: "deu", pages: [2, 7] };
    const warnings = [missing, { code: "NEEDS_OCR", message: "", pages: [1] }];
    expect(reportQuality(documentOf([], { warnings })).missing_languages).toEqual([{ language: "deu", pages: [2, 7] }]);
  });

  it("lists pages by what their text is worth", () => {
    const kinds = ["ok", "none", "garbled", "ocr", "none"] as const;
    const pages = kinds.map((text, at) => ({ number: at + 1, kind: "page" as const, width: 1, height: 1, text }));
    expect(reportQuality(documentOf([], { pages }))).toMatchObject({
      pages_without_text: [2, 5],
      pages_with_garbled_text: [3],
      pages_recognised: [4],
    });
  });

  it("gives the confidence of each page and of all, longer texts weighing more", () => {
    const content = [recognised("xxxxxxxx", 2, 0.9), recognised("yy", 1, 0.4), recognised("zzzz", 2, 0.6)];
    expect(reportQuality(documentOf(content))).toMatchObject({
      ocr_confidence: 0.743,
      page_confidences: [
        { page: 1, confidence: 0.4 },
        { page: 2, confidence: 0.8 },
      ],
    });
  });

  it("names doubtful tables with page and score, but for those a model rebuilt", () => {
    const rebuilt = { ...tableOn(4, 0.1), source: "model" } as Block;
    expect(reportQuality(documentOf([tableOn(1, 0.9), tableOn(2, 0.3), tableOn(3, undefined), rebuilt]))).toMatchObject(
      {
        tables: 4,
        low_scoring_tables: [{ page: 2, confidence: 0.3 }],
      },
    );
  });

  it("adds up what was hidden, and takes a warning without a count for one", () => {
    const warnings = [
      { code: "HIDDEN_TEXT", message: "", count: 12 },
      { code: "HIDDEN_TEXT", message: "", count: 3 },
      { code: "HIDDEN_SLIDES", message: "" },
      { code: "NEEDS_OCR", message: "", pages: [1] },
    ];
    expect(reportQuality(documentOf([], { warnings })).hidden).toEqual({ HIDDEN_TEXT: 15, HIDDEN_SLIDES: 1 });
  });
});
