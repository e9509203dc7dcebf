import { describe, expect, it } from "vitest";
import { readMarkdown, readSource } from "../../testing/read-source.ts";

describe("plain text", () => {
  it("joins lines that were wrapped by a machine and keeps apart those that were not", async () => {
    const wrapped =
      "This is the first line of a paragraph that was wrapped\nat about fifty-five characters, as mail programs do it,\nand it ends here.";
    const verse = "Roses are red\nViolets are blue";
    expect(await readMarkdown("a.txt", `${wrapped}\n\n${verse}\n`)).toBe(
      "This is the first line of a paragraph that was wrapped at about fifty-five characters, as mail programs do it, and it ends here.\n\nRoses are red  \nViolets are blue\n",
    );
  });

  it("finds headings that say so, and none when told not to", async () => {
    const text = "Title\n=====\n\nSome text here.\n\n2.1 Scope of this\n\nMore text.\n";
    const kinds = async (findHeadings: boolean) =>
      (await readSource("a.txt", text, { options: { findHeadings } })).document.content.map((block) => block.type);
    expect(await kinds(true)).toEqual(["heading", "paragraph", "heading", "paragraph"]);
    expect(await kinds(false)).not.toContain("heading");
  });

  it("reads lists with their lead-in and nesting", async () => {
    const { document } = await readSource("a.txt", "Buy:\n- milk\n- bread\n  - rye\n");
    expect(document.content).toMatchObject([
      { type: "paragraph" },
      { type: "list", ordered: false, items: [{}, { content: [{ type: "paragraph" }, { type: "list" }] }] },
    ]);
  });

  it("keeps columns as they stand", async () => {
    const { document } = await readSource("a.txt", "name     amount\nfirst      1.00\nsecond    20.00\n");
    expect(document.content).toMatchObject([
      { type: "code", text: "name     amount\nfirst      1.00\nsecond    20.00" },
    ]);
  });

  it("takes form feeds for page ends", async () => {
    const { document } = await readSource("a.txt", "one\n\ftwo\n\f");
    expect(document.pages).toHaveLength(2);
    expect(document.content.map((block) => block.places?.[0]?.page)).toEqual([1, 2]);
  });

  it("cuts a line of a million characters into paragraphs without losing a word", async () => {
    const line = "lorem ipsum ".repeat(90_000).trim();
    const { document } = await readSource("a.txt", line);
    const texts = document.content
      .flatMap((block) => (block.type === "paragraph" ? block.content : []))
      .map((inline) => (inline.type === "text" ? inline.text : ""));
    expect(Math.max(...texts.map((text) => text.length))).toBeLessThanOrEqual(20_000);
    expect(texts.join(" ")).toBe(line);
  });
});
