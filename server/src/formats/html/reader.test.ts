import { describe, expect, it } from "vitest";
import { readMarkdown, readProblem, readSource } from "../../testing/read-source.ts";
import { htmlToBlocks } from "./blocks.ts";

const blocksOf = (html: string) => htmlToBlocks(html).blocks;
const png =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4//8/w38GIAXDIBKE0DHxgljNBAAO9TXL0Y4OHwAAAABJRU5ErkJggg==";
const whole = { options: { mainContent: false } };

describe("htmlToBlocks", () => {
  it("makes paragraphs of loose text between blocks", () => {
    expect(blocksOf("one <b>two</b><div>three<p>four</p>five</div>")).toMatchObject([
      { type: "paragraph", content: [{ text: "one " }, { type: "strong" }] },
      { content: [{ text: "three" }] },
      { content: [{ text: "four" }] },
      { content: [{ text: "five" }] },
    ]);
  });

  it("keeps row and column spans, head rows and captions of tables", () => {
    expect(
      blocksOf(
        "<table><caption>C</caption><thead><tr><th>a<th colspan=2>b</thead><tr><td rowspan=2>1<td>2<td>3<tr><td align=right>4<td>5</table>",
      ),
    ).toMatchObject([
      {
        type: "table",
        headRows: 1,
        caption: [{ text: "C" }],
        rows: [
          {
            cells: [
              { text: "a", header: true },
              { text: "b", colspan: 2 },
            ],
          },
          { cells: [{ text: "1", rowspan: 2 }, {}, {}] },
          { cells: [{ text: "4", align: "right" }, {}] },
        ],
      },
    ]);
  });

  it("takes tables apart that only lay the page out", () => {
    expect(
      blocksOf(
        "<table><tr><td><h1>T</h1><p>x</p></td><td><table border=1><tr><td>1<td>2</table></td></tr></table>",
      ).map((block) => block.type),
    ).toEqual(["heading", "paragraph", "table"]);
  });

  it("reads nested lists, also those that stand beside their item, and tasks", () => {
    expect(
      blocksOf(
        "<ol start=3><li>a<ul><li>b</ul><li><input type=checkbox checked> c</ol><ul><li>d</li><ul><li>e</li></ul></ul>",
      ),
    ).toMatchObject([
      {
        type: "list",
        ordered: true,
        start: 3,
        items: [
          { content: [{}, { type: "list", ordered: false }] },
          { checked: true, content: [{ content: [{ text: "c" }] }] },
        ],
      },
      { type: "list", items: [{ content: [{ type: "paragraph" }, { type: "list" }] }] },
    ]);
  });

  it("reads definition lists, quotes, rules and code with its language", () => {
    expect(
      blocksOf(
        '<dl><dt>T<dd>D<dd>E</dl><blockquote>q</blockquote><hr><pre><code class="language-js">a &lt; b\n  c</code></pre>',
      ),
    ).toMatchObject([
      { type: "definitions", items: [{ term: [{ text: "T" }], definitions: [[{}], [{}]] }] },
      { type: "quote" },
      { type: "divider" },
      { type: "code", language: "js", text: "a < b\n  c" },
    ]);
  });

  it("keeps the target of code that is a link as a whole", () => {
    expect(
      blocksOf('<p><code> <a href="https://a.b/c">one</a></code> <code>a <a href="https://a.b/c">b</a></code></p>'),
    ).toEqual([
      expect.objectContaining({
        content: [
          { type: "link", href: "https://a.b/c", content: [{ type: "code", text: "one" }] },
          { type: "text", text: " " },
          { type: "code", text: "a b" },
        ],
      }),
    ]);
  });

  it("reads formulas as LaTeX, in a line and on lines of their own", () => {
    expect(
      blocksOf(
        "<p>a <math><msup><mi>x</mi><mn>2</mn></msup></math> b</p><math display=block><mfrac><mn>1</mn><mn>2</mn></mfrac></math>",
      ),
    ).toMatchObject([
      { type: "paragraph", content: [{}, { type: "math", text: "x^{2}", notation: "latex" }, {}] },
      { type: "math", text: "\\frac{1}{2}" },
    ]);
  });

  it("reads what classes of the page's own style sheet make bold and italic, outside of conditions", async () => {
    const css = ".c1{font-weight:700} /* .c2{font-weight:700} */ p.c2 , span.c3{font-style:italic}";
    const page = `<html><head><style>${css}@media print{.c4{font-weight:bold}}.c5{color:red}</style></head><body><p class="c2">a <span class="c1">b</span> <span class="c3">c</span> <span class="c4">d</span> <span class="c5">e</span></p></body></html>`;
    expect((await readMarkdown("a.html", page)).trim()).toBe("a **b** *c* d e");
  });

  it("leaves hidden text out and counts it, unless asked to keep it", () => {
    const html =
      '<p>seen</p><p style="display: none">unseen</p><div hidden>unseen</div><span style="font-size:0">unseen</span>';
    expect(htmlToBlocks(html)).toMatchObject({ hiddenCount: 3, blocks: [{ content: [{ text: "seen" }] }] });
    expect(htmlToBlocks(html, { hiddenText: "keep" }).blocks).toHaveLength(4);
  });

  it("drops scripts and addresses that would run something", () => {
    expect(
      blocksOf(
        '<p onclick="x()">Body <a href="javascript:alert(2)">link</a></p><script>alert(1)</script><style>p{}</style>',
      ),
    ).toEqual([{ type: "paragraph", content: [{ type: "text", text: "Body link" }] }]);
  });

  it("keeps the link of whole blocks and resolves addresses against the base", () => {
    expect(htmlToBlocks('<a href="/x"><h2>T</h2></a>', { baseUrl: "https://example.org/a/" }).blocks).toMatchObject([
      { type: "heading", content: [{ type: "link", href: "https://example.org/x" }] },
    ]);
  });

  it("survives nesting that no page has", () => {
    for (const tag of ["div", "table><tr><td", "ul><li", "b", "blockquote"]) {
      expect(JSON.stringify(blocksOf(`${`<${tag}>`.repeat(30_000)}deep`))).toContain("deep");
    }
  });

  it("ends with a limit on more cells than allowed", () => {
    expect(() => htmlToBlocks(`<table>${"<tr><td>1<td>2".repeat(100)}</table>`, { maxCells: 50 })).toThrow(/limit/);
  });
});

describe("web pages", () => {
  const article = `<p>${"The article says something that takes a good many words to say, and then goes on. ".repeat(8)}</p>`;
  const page = `<html lang="en-GB"><head><title>The title</title><meta name="author" content="Ann"><base href="https://example.org/"></head><body><nav><ul><li><a href="/a">Home</a><li><a href="/b">News</a></ul></nav><article><h2>Head</h2>${article}${article}<h3>Related articles</h3><ul><li><a href="/c">Another story altogether</a></ul></article><footer>Imprint</footer></body></html>`;

  it("gives the main content without navigation and boxes of other articles", async () => {
    const markdown = await readMarkdown("a.html", page);
    expect(markdown).toContain("The article says");
    for (const gone of ["Home", "Imprint", "Related", "Another story"]) expect(markdown).not.toContain(gone);
  });

  it("gives the whole page when asked to", async () => {
    const markdown = await readMarkdown("a.html", page, whole);
    for (const kept of ["Home", "Imprint", "Related articles", "Another story"]) expect(markdown).toContain(kept);
  });

  it("keeps everything where there is no article to find", async () => {
    expect(await readMarkdown("a.html", "<ul><li>Only<li>a list</ul>")).toBe("- Only\n- a list\n");
  });

  it("keeps the formulas of an article", async () => {
    const math =
      '<mjx-container class="MathJax Menu"><math display="block"><msup><mi>x</mi><mn>2</mn></msup></math></mjx-container>';
    expect(await readMarkdown("a.html", page.replace("</article>", `${math}${article}</article>`))).toContain("x^{2}");
  });

  it("reads title, language, metadata and pictures in the page itself", async () => {
    const { document, assets } = await readSource(
      "a.html",
      page.replace("</article>", `<figure><img src="${png}" alt="p"><figcaption>Cap</figcaption></figure></article>`),
      whole,
    );
    expect(document).toMatchObject({ title: "The title", language: "en-GB", metadata: { author: "Ann" } });
    expect(document.content).toContainEqual(
      expect.objectContaining({ type: "figure", asset: "image-1", alt: "p", caption: [{ type: "text", text: "Cap" }] }),
    );
    expect(assets.size).toBe(1);
  });

  it("takes the encoding from the page", async () => {
    const bytes = Buffer.from('<meta charset="windows-1251"><p>\xcf\xf0\xe8\xe2\xe5\xf2</p>', "latin1");
    expect(await readMarkdown("a.html", bytes)).toBe("Привет\n");
  });

  it("calls a page without anything shown empty", async () => {
    expect(await readProblem("a.html", "<table><tr><td>".repeat(5000))).toBe("EMPTY_DOCUMENT");
  });
});
