import { describe, expect, it } from "vitest";
import { readMarkdown, readSource } from "../../testing/read-source.ts";
import { guardText } from "./parse.ts";

const png =
  "iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4//8/w38GIAXDIBKE0DHxgljNBAAO9TXL0Y4OHwAAAABJRU5ErkJggg==";

describe("Markdown", () => {
  it("reads front matter as metadata, not as content", async () => {
    const { document } = await readSource("a.md", "---\ntitle: Report\ntags: [a, b]\nlang: de\n---\n\n# One\n");
    expect(document).toMatchObject({
      title: "Report",
      language: "de",
      metadata: { title: "Report", tags: ["a", "b"] },
    });
    expect(document.content).toHaveLength(1);
  });

  it("reads definition lists, heading attributes and callouts, and leaves other colons alone", async () => {
    expect(
      await readMarkdown(
        "a.md",
        "# Title {#id .c}\n\nTerm\n: one\n: *two*\n\ntext\nmore\n: no\n\n> [!NOTE]\n> Mind.\n",
      ),
    ).toBe("# Title\n\nTerm  \none\n\n*two*\n\ntext more : no\n\n> **Note**\n>\n> Mind.\n");
  });

  it("reads what GFM adds: tables, task lists, strike-through, footnotes", async () => {
    const { document } = await readSource(
      "a.md",
      "| a | b |\n|:-|-:|\n| 1 | ~~2~~ |\n\n- [x] done\n- [ ] open\n\nText[^n].\n\n[^n]: Note.\n",
    );
    expect(document.content).toMatchObject([
      {
        type: "table",
        headRows: 1,
        rows: [
          { cells: [{ text: "a", header: true, align: "left" }, { align: "right" }] },
          { cells: [{ text: "1" }, { content: [{ content: [{ type: "strike" }] }] }] },
        ],
      },
      { type: "list", items: [{ checked: true }, { checked: false }] },
      { type: "paragraph", content: [{ type: "text" }, { type: "note_ref", note: "n" }, { type: "text" }] },
      { type: "note", note: "n", kind: "footnote" },
    ]);
  });

  it("reads raw HTML tables with spans, even with blank lines inside", async () => {
    const { document } = await readSource(
      "a.md",
      '<table>\n<tr><td colspan="2">x</td></tr>\n\n<tr><td>1</td><td>2</td></tr>\n</table>\n\nafter\n',
    );
    expect(document.content).toMatchObject([
      { type: "table", rows: [{ cells: [{ text: "x", colspan: 2 }] }, { cells: [{}, {}] }] },
      { type: "paragraph" },
    ]);
  });

  it("reads tags in a line", async () => {
    const { document } = await readSource("a.md", "H<sub>2</sub>O<br>and <b>bold *both*</b> <script>x</script>\n");
    expect(document.content[0]).toMatchObject({
      content: [{ text: "H" }, { type: "subscript" }, { text: "O" }, { type: "break" }, {}, { type: "strong" }, {}],
    });
  });

  it("tells formulas from money", async () => {
    const { document } = await readSource("a.md", "It cost $5 and $10, but $x^2$ is free.\n");
    const maths = document.content
      .flatMap((block) => (block.type === "paragraph" ? block.content : []))
      .filter((inline) => inline.type === "math");
    expect(maths).toEqual([{ type: "math", text: "x^2", notation: "latex" }]);
  });

  it("makes assets of data URIs and fetches nothing else", async () => {
    const { document, assets } = await readSource(
      "a.md",
      `![in](data:image/png;base64,${png})\n\n![out](https://example.org/x.png)\n\n[bad](javascript:alert(1))\n`,
    );
    expect(document.content).toMatchObject([
      { type: "figure", asset: "image-1", alt: "in" },
      { content: [{ type: "image", href: "https://example.org/x.png" }] },
      { content: [{ type: "text", text: "bad" }] },
    ]);
    expect(assets.size).toBe(1);
  });

  it("survives texts made to be slow, and keeps their words", async () => {
    for (const text of [
      "*a_ ".repeat(50_000),
      "[".repeat(50_000),
      `${">".repeat(20_000)} deep`,
      `${"- ".repeat(20_000)}deep`,
      `|${"a|".repeat(5000)}\n|${"-|".repeat(5000)}`,
    ]) {
      const { document } = await readSource("a.md", text);
      expect(document.content.length).toBeGreaterThan(0);
    }
    const nested = Array.from({ length: 1000 }, (_, level) => `${"  ".repeat(level)}- item`).join("\n");
    expect(await readMarkdown("a.md", nested)).toContain("item");
  });

  it("leaves honest texts alone", () => {
    const text = "# A\n\n*b* and [c](d)\n\n> q\n\n- x\n  - y\n";
    expect(guardText(text)).toEqual({ text, literals: [] });
  });

  it("reads a long text in pieces with definitions that hold for all of it", async () => {
    const sections = Array.from(
      { length: 1800 },
      (_, index) => `# Section ${index}\n\n${"words and words ".repeat(20)}[link][ref]\n`,
    ).join("\n");
    const { document } = await readSource("a.md", `${sections}\n[ref]: https://example.org/\n`);
    expect(document.content).toHaveLength(3600);
    expect(JSON.stringify(document.content[5])).toContain("https://example.org/");
  });
});
