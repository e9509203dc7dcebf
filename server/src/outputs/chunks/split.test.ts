import type { Block, Document } from "@knowhere/contract";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { loadTokenCounter } from "../../enrich/tokens.ts";
import { defaultChunkOptions, makeChunks } from "./chunks.ts";
import { cutText } from "./cut.ts";
import { makeId } from "./ids.ts";

const sentence = (n: number) => `Sentence number ${n} of this paragraph says something about item ${n}.`;
const paragraph = (first: number, count: number): Block => ({
  type: "paragraph",
  content: [{ type: "text", text: Array.from({ length: count }, (_, at) => sentence(first + at)).join(" ") }],
  places: [{ page: 1 }],
});
const documentOf = (content: Block[]): Document => ({
  version: "1.0",
  format: "text",
  metadata: {},
  pages: [{ number: 1, kind: "page", width: 0, height: 0 }],
  content,
  assets: [],
  attachments: [],
  warnings: [],
});
const chunk = async (content: Block[], chunking = defaultChunkOptions.chunking) =>
  (await makeChunks(documentOf(content), { ...defaultChunkOptions, fileName: "a.txt", chunking }, () => false)).chunks;

describe("cutting text", () => {
  it("loses nothing, and every part fits, for any text and limit", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), fc.integer({ min: 1, max: 40 }), (text, limit) => {
        const parts = cutText(text, (part) => [...part].length <= limit, limit, "");
        expect(
          parts
            .map((part) => part.joint + part.text)
            .join("")
            .trimEnd(),
        ).toBe(text.trimEnd());
        for (const part of parts) expect([...part.text].length).toBeLessThanOrEqual(limit);
      }),
      { numRuns: 500, examples: [["a\t\n\nb\t\u0000", 1]] },
    );
  });

  it("makes few parts of a sentence without an end", () => {
    const text = "word ".repeat(20_000);
    const parts = cutText(text, (part) => part.length <= 8000, 2666, "");
    expect(parts.map((part) => part.joint + part.text).join("")).toBe(text.trimEnd());
    expect(parts.length).toBeLessThan(text.length / 250);
    expect(parts.every((part) => /^word.*word$/.test(part.text))).toBe(true);
  });
});

describe("long sections", () => {
  it("stay whole up to 8,000 characters and are split at paragraph ends above", async () => {
    expect(await chunk([paragraph(0, 50), paragraph(50, 50)])).toHaveLength(1);
    const chunks = await chunk([0, 50, 100, 150].map((first) => paragraph(first, 50)));
    expect(chunks.length).toBeGreaterThan(1);
    for (const { content, path } of chunks) {
      expect(content.length).toBeLessThanOrEqual(8000);
      expect(content).toMatch(/^Sentence number (?:0|50|100|150) /);
      expect(path).toBe("Default_Root/a.txt");
    }
    expect(new Set(chunks.map((one) => one.chunk_id)).size).toBe(chunks.length);
  });

  it("are split at the token limit of the request when it names one", async () => {
    const count = await loadTokenCounter();
    const long = [paragraph(0, 10), paragraph(10, 10), { ...paragraph(20, 10) }];
    const heads: Block[] = [{ type: "heading", level: 1, content: [{ type: "text", text: "Next" }] }, paragraph(30, 1)];
    const chunks = await chunk([...long, ...heads], { strategy: "section", maxTokens: 200, overlapTokens: 0 });
    expect(chunks.length).toBeGreaterThan(3);
    for (const { content } of chunks) expect(count(content)).toBeLessThanOrEqual(200);
    expect(chunks.at(-1)!.path).toBe("Default_Root/a.txt-->Next");
  });

  it("end in a quote of one long paragraph too", async () => {
    const quote: Block = { type: "quote", content: [paragraph(0, 40)] };
    const chunks = await chunk([quote], { strategy: "tokens", maxTokens: 64, overlapTokens: 0 });
    const text = chunks.map(({ content }) => content).join(" ");
    for (let n = 0; n < 40; n++) expect(text).toContain(`Sentence number ${n} `);
  });

  it("keep to the token limit, and repeat the end of the chunk before when asked to", async () => {
    const count = await loadTokenCounter();
    const chunks = await chunk([paragraph(0, 40)], { strategy: "tokens", maxTokens: 120, overlapTokens: 30 });
    expect(chunks.length).toBeGreaterThan(3);
    for (const one of chunks) expect(one.metadata.token_count).toBeLessThanOrEqual(120 + 8);
    const [first, second] = chunks;
    const repeated = second!.content.split("\n\n")[0]!;
    expect(repeated).toMatch(/^Sentence/);
    expect(first!.content.endsWith(repeated)).toBe(true);
    expect(count(second!.content)).toBe(second!.metadata.token_count);
  });

  it("split lists between items and go on counting, and fence both halves of code", async () => {
    const list: Block = {
      type: "list",
      ordered: true,
      items: Array.from({ length: 30 }, (_, at) => ({ content: [paragraph(at, 5)] })),
    };
    const lists = await chunk([list]);
    expect(lists.length).toBeGreaterThan(1);
    expect(
      lists
        .map((one) => one.content)
        .join("\n")
        .match(/^\d+\. /gm)
        ?.map(Number.parseFloat),
    ).toEqual(Array.from({ length: 30 }, (_, at) => at + 1));
    const codes = await chunk([
      { type: "code", text: Array.from({ length: 900 }, (_, at) => `line ${at};`).join("\n") },
    ]);
    expect(codes.length).toBeGreaterThan(1);
    for (const one of codes) expect(one.content).toMatch(/^```\nline [^`]+\n```$/);
  });
});

describe("ids", () => {
  it("are version 5 UUIDs that depend on every part", () => {
    expect(makeId("a", "b")).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(makeId("a", "b")).toBe(makeId("a", "b"));
    expect(makeId("a", "b")).not.toBe(makeId("ab"));
    expect(makeId("a", 1)).not.toBe(makeId("a", "1"));
  });
});

describe("empty sections", () => {
  const heading = (level: number, text: string): Block => ({
    type: "heading",
    level,
    content: [{ type: "text", text }],
    places: [{ page: 1 }],
  });
  it("of a heading alone say their title, those with sections below say nothing", async () => {
    const chunks = await chunk([heading(1, "A"), heading(2, "B"), heading(1, "C --> D")]);
    expect(chunks.map((one) => [one.path, one.content, one.metadata.page_nums])).toEqual([
      ["Default_Root/a.txt-->A-->B", "B", [1]],
      ["Default_Root/a.txt-->C → D", "C → D", [1]],
    ]);
  });
});
