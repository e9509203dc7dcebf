import type { Block, Document, Inline } from "@knowhere/contract";
import { describe, expect, it } from "vitest";
import { finishDocument, maxTreeDepth } from "./finish.ts";
import { plainInlines, tidyInlines } from "./inlines.ts";
import { outlineOf, walkSections } from "./outline.ts";
import { plainBlocks } from "./plain.ts";
import { visitBlocks } from "./visit.ts";

const t = (text: string): Inline => ({ type: "text", text });
const p = (text: string): Block => ({ type: "paragraph", content: [t(text)] });
const h = (level: number, text: string): Block => ({ type: "heading", level, content: [t(text)] });
const documentOf = (content: Block[], more: Partial<Document> = {}): Document => ({
  version: "1.0",
  format: "text",
  metadata: {},
  pages: [{ number: 1, kind: "page", width: 100, height: 100 }],
  content,
  assets: [],
  attachments: [],
  warnings: [],
  ...more,
});

describe("finishing a document", () => {
  it("numbers the blocks in reading order, parents first, and says the same when done twice", () => {
    const document = documentOf([
      h(1, "a"),
      { type: "list", ordered: false, items: [{ content: [p("b")] }, { content: [p("c")] }] },
      { type: "table", headRows: 0, rows: [{ cells: [{ content: [p("d")] }] }] },
    ]);
    const ids = () => {
      const seen: string[] = [];
      visitBlocks(document.content, (block) => seen.push(`${block.id} ${block.type}`));
      return seen;
    };
    finishDocument(document);
    const first = ids();
    expect(first).toEqual(["n1 heading", "n2 list", "n3 paragraph", "n4 paragraph", "n5 table", "n6 paragraph"]);
    finishDocument(document);
    expect(ids()).toEqual(first);
  });

  it("drops references to pictures that are not there and keeps their words", () => {
    const document = finishDocument(
      documentOf([
        { type: "figure", asset: "gone", alt: "A cat" },
        { type: "paragraph", content: [{ type: "image", asset: "gone", alt: "A dog" }] },
      ]),
    );
    expect(JSON.stringify(document)).not.toContain("gone");
    expect(plainBlocks(document.content)).toBe("A cat\nA dog");
  });

  it("brings places, spans, levels and confidences into their ranges", () => {
    const [table, heading] = finishDocument(
      documentOf([
        {
          type: "table",
          headRows: 9,
          rows: [{ cells: [{ text: "x", rowspan: 1, colspan: 0 }, {}] }],
          places: [{ page: 2 }],
        },
        { type: "heading", level: 0, content: [], confidence: 7 },
      ]),
    ).content;
    expect(JSON.parse(JSON.stringify(table))).toEqual({
      id: "n1",
      type: "table",
      headRows: 1,
      rows: [{ cells: [{ text: "x" }, { text: "" }] }],
    });
    expect(heading).toMatchObject({ level: 1, confidence: 1 });
  });

  it("refuses a tree that is nested deeper than writers may recurse", () => {
    let nested: Block = p("deep");
    for (let depth = 0; depth < maxTreeDepth; depth++) nested = { type: "quote", content: [nested] };
    expect(() => finishDocument(documentOf([nested]))).toThrow(/nested deeper/);
  });
});

describe("the outline", () => {
  it("nests sections by level, skipped levels leave nothing empty behind", () => {
    const sections = [
      ...walkSections(outlineOf(documentOf([p("0"), h(1, "a"), h(3, "b"), p("x"), h(2, "c"), h(1, "d")]))),
    ];
    expect(
      sections.map(({ section, headings }) => [
        section.depth,
        headings.map((heading) => plainInlines(heading.content)).join("/"),
      ]),
    ).toEqual([
      [0, ""],
      [1, "a"],
      [2, "a/b"],
      [2, "a/c"],
      [1, "d"],
    ]);
    expect(sections[2]!.section.body).toEqual([p("x")]);
  });
  it("takes headings inside other blocks for text", () => {
    const outline = outlineOf(documentOf([{ type: "quote", content: [h(1, "a")] }]));
    expect(outline.sections).toEqual([]);
    expect(outline.body).toHaveLength(1);
  });
});

describe("tidy inline content", () => {
  it("joins equal neighbours, moves space out of marks and drops what is empty", () => {
    expect(
      tidyInlines([
        t("a "),
        { type: "strong", content: [t(" b")] },
        { type: "strong", content: [t("c ")] },
        { type: "emphasis", content: [] },
        t(" d"),
      ]),
    ).toEqual([t("a "), { type: "strong", content: [t("bc")] }, t(" d")]);
  });
  it("keeps no-break spaces", () => {
    expect(tidyInlines([t("10\u00a0kg  net")])).toEqual([t("10\u00a0kg net")]);
  });

  it("nests marks alike whatever their order was, so that neighbours join, and underlines no link", () => {
    const link = (content: Inline[]): Inline => ({ type: "link", href: "#x", content });
    expect(
      tidyInlines([
        { type: "strong", content: [t("These-")] },
        { type: "underline", content: [{ type: "emphasis", content: [{ type: "strong", content: [t("are")] }] }] },
      ]),
    ).toEqual([
      {
        type: "strong",
        content: [t("These-"), { type: "emphasis", content: [{ type: "underline", content: [t("are")] }] }],
      },
    ]);
    expect(
      tidyInlines([{ type: "underline", content: [link([t("a")])] }, link([{ type: "underline", content: [t("b")] }])]),
    ).toEqual([link([t("a")]), link([t("b")])]);
  });
});

describe("plain text", () => {
  it("has a line for each paragraph and row, and no furniture unless asked for", () => {
    const content: Block[] = [
      { type: "furniture", role: "header", content: [p("Page 1")] },
      {
        type: "table",
        headRows: 0,
        caption: [t("T")],
        rows: [{ cells: [{ text: "a" }, { content: [p("b"), p("c")] }] }],
      },
    ];
    expect(plainBlocks(content)).toBe("T\na\tb c");
    expect(plainBlocks(content, { furniture: true })).toBe("Page 1\nT\na\tb c");
  });
});
