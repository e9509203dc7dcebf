import type { Block, Document, Inline } from "@knowhere/contract";
import { describe, expect, it } from "vitest";
import { writeMarkdown } from "./writer.ts";

const t = (text: string): Inline => ({ type: "text", text });
const p = (...content: (string | Inline)[]): Block => ({
  type: "paragraph",
  content: content.map((piece) => (typeof piece === "string" ? t(piece) : piece)),
});
const documentOf = (content: Block[]): Document => ({
  version: "1.0",
  format: "text",
  metadata: {},
  pages: [],
  content,
  assets: [],
  attachments: [],
  warnings: [],
});
const write = (...content: Block[]) => writeMarkdown(documentOf(content)).trimEnd();
const inline = (...content: (string | Inline)[]) => write(p(...content));

describe("paragraph text", () => {
  it("leaves ordinary prose as it was printed", () => {
    for (const prose of [
      "Costs were $5 and $6 (about 3 * 4), see [12] and p_1 of a_b_c.",
      "Q&A: 5 < 6 > 4, 100% ~ 50, C# - fine! 2+2=4; e.g. #1",
      "Name: ______ Date: ______",
      "https://example.com/a_b?c=d&e=f",
    ]) {
      expect(inline(prose)).toBe(prose);
    }
  });

  it("escapes what would otherwise become markup", () => {
    expect(inline("*not* _emphasis_")).toBe("\\*not* \\_emphasis_");
    expect(inline("a `tick`")).toBe("a \\`tick\\`");
    expect(inline("<b>bold</b> &amp;")).toBe("\\<b>bold\\</b> \\&amp;");
    expect(inline("[x](y)")).toBe("[x\\](y)");
    expect(inline("see [^1]")).toBe("see \\[^1]");
    expect(inline("from $5-$x$")).toBe("from \\$5-\\$x\\$");
  });

  it("escapes what would make the line another block", () => {
    expect(inline("# no heading")).toBe("\\# no heading");
    expect(inline("1. no item")).toBe("1\\. no item");
    expect(inline("- no item")).toBe("\\- no item");
    expect(inline("> no quote")).toBe("\\> no quote");
    expect(inline("---")).toBe("\\---");
    expect(inline("[ref]: http://x")).toBe("\\[ref]: http://x");
    expect(inline({ type: "link", href: "https://x", content: [{ type: "code", text: "]:" }] })).toBe(
      "&#32;[`]:`](https://x)",
    );
    expect(inline("a", { type: "break" }, "===")).toBe("a  \n\\===");
  });

  it("joins white space and drops it at the ends", () => {
    expect(inline("  a\n b\t c ")).toBe("a b c");
  });
});

describe("marks", () => {
  const strong = (...content: Inline[]): Inline => ({ type: "strong", content });
  const emphasis = (...content: Inline[]): Inline => ({ type: "emphasis", content });

  it("moves space at the edge out of the delimiters", () => {
    expect(inline("a", strong(t(" b ")), "c")).toBe("a **b** c");
  });
  it("joins neighbours of one kind", () => {
    expect(inline(strong(t("a")), strong(t("b")))).toBe("**ab**");
  });
  it("uses tags where delimiters could not open or close", () => {
    expect(inline(strong(t("重要：")), "说明")).toBe("<strong>重要：</strong>说明");
    expect(inline(emphasis(t("a")), strong(t("b")))).toContain("<");
  });
  it("nests emphasis in strong text", () => {
    expect(inline(strong(t("a "), emphasis(t("b"))))).toBe("**a *b***");
  });
  it("writes what Markdown lacks as HTML", () => {
    expect(inline("H", { type: "subscript", content: [t("2")] }, "O")).toBe("H₂O");
    expect(inline("1", { type: "superscript", content: [t("st")] })).toBe("1<sup>st</sup>");
  });
  it("leaves empty marks out", () => {
    expect(inline("a", strong(t(" ")), "b")).toBe("a b");
  });
});

describe("links, pictures, notes and math", () => {
  it("writes links, and bare addresses between angle brackets", () => {
    expect(inline({ type: "link", href: "https://a.b/(c", content: [t("x]")] })).toBe("[x\\]](https://a.b/%28c)");
    expect(inline({ type: "link", href: "https://a.b/", content: [t("https://a.b/")] })).toBe("<https://a.b/>");
  });
  it("drops the target of script links and keeps their text", () => {
    expect(inline({ type: "link", href: "java\nscript:alert(1)", content: [t("x")] })).toBe("x");
  });
  it("links pictures to their files and falls back to their description", () => {
    const content: Block[] = [{ type: "figure", asset: "image-1", alt: "A [cat]", caption: [t("Figure 1")] }];
    const image = (asset: string) => `images/${asset}.png`;
    expect(writeMarkdown(documentOf(content), { image })).toBe("![A \\[cat\\]](images/image-1.png)\n\nFigure 1\n");
    expect(write(...content)).toBe("A [cat]\n\nFigure 1");
  });
  it("puts a short plain caption into the text of its picture, and keeps numbered or rich ones as paragraphs", () => {
    const image = (asset: string) => `images/${asset}.png`;
    const figure = (caption: Inline[], alt?: string) =>
      writeMarkdown(
        documentOf([{ type: "figure", asset: "image-1", caption, ...(alt === undefined ? {} : { alt }) }]),
        {
          image,
        },
      );
    expect(figure([t("The [moon]")])).toBe("![The \\[moon\\]](images/image-1.png)\n");
    expect(figure([t("The moon")], "A disc")).toBe("![A disc](images/image-1.png)\n\nThe moon\n");
    expect(figure([t("Figure 3: The moon")])).toBe("![](images/image-1.png)\n\nFigure 3: The moon\n");
    for (const numbered of ["Fig. A.1 A disc", "Supplementary Figure S2", "Abbildung IV: Mond", "그림1"])
      expect(figure([t(numbered)])).toBe(`![](images/image-1.png)\n\n${numbered}\n`);
    expect(figure([t("By "), { type: "link", href: "https://a.b/", content: [t("NASA")] }])).toBe(
      "![](images/image-1.png)\n\nBy [NASA](https://a.b/)\n",
    );
    // Without a file there is no picture to describe: the caption is text.
    expect(write({ type: "figure", asset: "image-1", caption: [t("The moon")] })).toBe("The moon");
  });
  it("ties notes to their references and keeps labels unique", () => {
    const ref = (note: string): Inline => ({ type: "note_ref", note, label: "1" });
    const note = (id: string, text: string): Block => ({
      type: "note",
      note: id,
      label: "1",
      kind: "footnote",
      content: [p(text)],
    });
    expect(write(p("a", ref("x")), note("x", "one"), p("b", ref("y")), note("y", "two"), note("z", "alone"))).toBe(
      "a[^1]\n\n[^1]: one\n\nb[^1-2]\n\n[^1-2]: two\n\n1 alone",
    );
  });
  it("writes LaTeX between dollars", () => {
    expect(inline("x is ", { type: "math", text: "x^2", notation: "latex" })).toBe("x is $x^2$");
    expect(write({ type: "math", text: "a\\\\b", notation: "latex" })).toBe("$$\na\\\\b\n$$");
  });
});

describe("lists", () => {
  const list = (ordered: boolean, ...items: (string | Block[])[]): Block => ({
    type: "list",
    ordered,
    items: items.map((item) => ({ content: typeof item === "string" ? [p(item)] : item })),
  });

  it("nests under the text of the item", () => {
    expect(write(list(true, [p("a"), list(false, "b", "c")], "d"))).toBe("1. a\n   - b\n   - c\n2. d");
  });
  it("keeps blank lines where an item has more than text", () => {
    expect(write(list(false, [p("a"), p("b")], "c"))).toBe("- a\n\n  b\n\n- c");
  });
  it("keeps the bracket behind numbers that are printed with one", () => {
    const numbered = (...markers: string[]): Block => ({
      type: "list",
      ordered: true,
      items: markers.map((marker) => ({ marker, content: [p("x")] })),
    });
    expect(write(numbered("1)", "2)"))).toBe("1) x\n2) x");
    expect(write(numbered("(3)", "(4)"))).toBe("3) x\n4) x");
    expect(write(numbered("1)"), numbered("1)"))).toBe("1) x\n\n1. x");
  });

  it("does not let two lists run into one", () => {
    expect(write(list(false, "a"), list(false, "b"), list(false, "c"))).toBe("- a\n\n* b\n\n- c");
  });
  it("keeps markers Markdown cannot draw as text", () => {
    expect(
      write({
        type: "list",
        ordered: true,
        items: [
          { marker: "(a)", content: [p("x")] },
          { marker: "(b)", content: [p("y")] },
        ],
      }),
    ).toBe("- (a) x\n- (b) y");
    expect(write({ type: "list", ordered: true, items: [{ marker: "4.", content: [p("x")] }] })).toBe("4. x");
  });
  it("writes check boxes", () => {
    expect(write({ type: "list", ordered: false, items: [{ checked: true, content: [p("x")] }] })).toBe("- [x] x");
  });
});

describe("tables", () => {
  it("is a pipe table when that loses nothing", () => {
    expect(
      write({
        type: "table",
        headRows: 1,
        rows: [
          { cells: [{ text: "a|b" }, { text: "n", align: "right" }] },
          { cells: [{ text: "x\ny" }, { text: "1", align: "right" }] },
        ],
      }),
    ).toBe("| a\\|b | n |\n| --- | --: |\n| x<br>y | 1 |");
  });
  it("is HTML with its spans otherwise, without a blank line in it", () => {
    expect(
      write({
        type: "table",
        headRows: 1,
        rows: [
          { cells: [{ text: "a & b", colspan: 2 }] },
          { cells: [{ content: [p("x"), p("y")] }, { content: [{ type: "code", text: "1\n\n2" }] }] },
        ],
      }),
    ).toBe(
      '<table>\n<tr><th colspan="2">a &amp; b</th></tr>\n<tr><td><p>x</p><p>y</p></td><td><pre><code>1&#10;&#10;2</code></pre></td></tr>\n</table>',
    );
  });
});

describe("other blocks", () => {
  it("fences code with enough backticks", () => {
    expect(write({ type: "code", text: "```\n", language: "md" })).toBe("````md\n```\n````");
  });
  it("caps headings at six signs and keeps a trailing sign", () => {
    expect(write({ type: "heading", level: 9, content: [t("C #")] })).toBe("###### C \\#");
  });
  it("leaves furniture out unless it is asked for", () => {
    const content: Block[] = [{ type: "furniture", role: "header", content: [p("Page 1")] }, p("x")];
    expect(write(...content)).toBe("x");
    expect(writeMarkdown(documentOf(content), { furniture: "keep" })).toBe("Page 1\n\nx\n");
  });
  it("quotes every line", () => {
    expect(write({ type: "quote", content: [p("a"), p("b")] })).toBe("> a\n>\n> b");
  });
  it("puts another text in the place of a table", () => {
    const table: Block = { type: "table", headRows: 0, rows: [{ cells: [{ text: "x" }] }], caption: [t("T 1")] };
    expect(writeMarkdown(documentOf([table]), { replace: () => "HERE" })).toBe("T 1\n\nHERE\n");
  });
});
