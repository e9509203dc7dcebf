import { describe, expect, it } from "vitest";
import { readMarkdown, readSource } from "../../testing/read-source.ts";

const exported = (generator: string, body: string) =>
  `<html><head><meta name="generator" content="${generator}"></head><body>${body}</body></html>`;

describe("pages that word processors wrote", () => {
  it("reads all of them, however much they look like a page with a sidebar", async () => {
    const links = '<p><a href="#a">A 1</a></p>'.repeat(10);
    const text = `<h1><a name="a"></a>Title</h1><p>${"A sentence of some length, with commas. ".repeat(20)}</p>`;
    const markdown = await readMarkdown(
      "html",
      exported("LibreOffice 24.2", `<div id="Table of Contents1">${links}</div>${text}<p>End</p>`),
    );
    expect(markdown.match(/A 1/g)).toHaveLength(10);
    expect(markdown).toContain("[A 1](#title)");
    expect(markdown).toMatch(/End\n?$/);
  });

  it("takes LibreOffice's header and footer for furniture and nests lists that are only moved to the right", async () => {
    const { document } = await readSource(
      "html",
      exported(
        "LibreOffice 24.2",
        '<div title="header"><p>Top</p></div><ul><li>a</li></ul><ul><ul><li>b</li></ul></ul><p>x</p><ol><ol><li>c</li></ol></ol><div title="footer"><p>1</p></div>',
      ),
    );
    expect(document.content).toMatchObject([
      {
        type: "list",
        items: [{ content: [{ content: [{ text: "a" }] }, { type: "list", items: [{ content: [{}] }] }] }],
      },
      { type: "paragraph" },
      { type: "list", ordered: true, items: [{ content: [{ type: "paragraph" }] }] },
      { type: "furniture", role: "header" },
      { type: "furniture", role: "footer" },
    ]);
  });

  it("makes lists of Word's list paragraphs, whole pages and filtered ones", async () => {
    const item = (level: number, mark: string, text: string) =>
      `<p class=MsoListParagraph style='mso-list:l0 level${level} lfo1'><![if !supportLists]><span style='mso-list:Ignore'>${mark}<span style='font:7.0pt "Times New Roman"'>&nbsp; </span></span><![endif]>${text}</p>`;
    const filtered = (inches: number, mark: string, text: string) =>
      `<p class=MsoListParagraphCxSpMiddle style='margin-left:${inches}in'><span style='font-family:Symbol'>${mark}<span style='font:7.0pt "Times New Roman"'>&nbsp; </span></span>${text}</p>`;
    expect(
      await readMarkdown(
        "html",
        exported(
          "Microsoft Word 15",
          `${item(1, "3.", "three")}\n${item(2, "·", "dot")}\n${item(2, "b)", "letter")}\n${item(1, "4.", "four")}<p>between</p>${filtered(0.5, "·", "one")}${filtered(1, "o", "two")}`,
        ),
      ),
    ).toBe("3. three\n   - dot\n   - b) letter\n4. four\n\nbetween\n\n- one\n  - two\n");
  });

  it("reads what Google Docs exports: titles by class, lists in runs, redirects, comments", async () => {
    const run = (name: string, level: number, text: string, start = "") =>
      `<ul class="c1 lst-kix_${name}-${level} ${start}"><li><span>${text}</span></li></ul>`;
    const html = `<html><body class="c9 doc-content"><p class="c2 title"><span>Title</span></p><p>see <a href="https://www.google.com/url?q=https://example.org/a%3Fb%3D1&amp;sa=D&amp;ust=1">link</a><sup><a href="#cmnt1" id="cmnt_ref1">[a]</a></sup></p>${run("x", 0, "one", "start")}${run("x", 1, "inner", "start")}${run("x", 0, "two")}${run("y", 0, "other", "start")}<div><p><a href="#cmnt_ref1" id="cmnt1">[a]</a><span>remark</span></p></div></body></html>`;
    expect(await readMarkdown("html", html)).toBe(
      "# Title\n\nsee [link](https://example.org/a?b=1)[^a]\n\n- one\n  - inner\n- two\n\n* other\n\n[^a]: remark\n",
    );
  });

  it("reads Word's titles and quotations by class, and the numbers of its headings with one space", async () => {
    expect(
      await readMarkdown(
        "html",
        exported(
          "Microsoft Word 15",
          "<p class=MsoTitle>T</p><h1><![if !supportLists]><span style='mso-list:Ignore'>1.<span>&nbsp;&nbsp; </span></span><![endif]>Intro</h1><p class=MsoQuote>Q</p><p><a href='https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fexample.org%2F&amp;data=x'>s</a></p>",
        ),
      ),
    ).toBe("# T\n\n# 1. Intro\n\n> Q\n\n[s](https://example.org/)\n");
  });

  it.each([
    [
      "Word",
      '<p>Text<a href="#_ftn1" name="_ftnref1"><span>[1]</span></a>.</p><div style="mso-element:footnote-list"><br clear=all><hr><div style="mso-element:footnote" id=ftn1><p><a href="#_ftnref1" name="_ftn1"><span>[1]</span></a> Note.</p><p>More.</p></div></div>',
    ],
    [
      "LibreOffice",
      '<p>Text<a class="sdfootnoteanc" name="sdfootnote1anc" href="#sdfootnote1sym"><sup>1</sup></a>.</p><div id="sdfootnote1"><p><a class="sdfootnotesym" name="sdfootnote1sym" href="#sdfootnote1anc">1</a> Note.</p><p>More.</p></div>',
    ],
    [
      "Google Docs",
      '<p>Text<sup><a href="#ftnt1" id="ftnt_ref1">[1]</a></sup>.</p><hr class="c3"><div><p><a href="#ftnt_ref1" id="ftnt1">[1]</a> Note.</p><p>More.</p></div>',
    ],
    [
      "pandoc",
      '<p>Text<a href="#fn1" id="fnref1" role="doc-noteref"><sup>1</sup></a>.</p><section role="doc-endnotes"><hr><ol><li id="fn1"><p>Note.</p><p>More.<a href="#fnref1">↩︎</a></p></li></ol></section>',
    ],
  ])("makes notes of the links that %s writes for them", async (_, body) => {
    expect(await readMarkdown("html", exported("Microsoft Word 15", body))).toBe(
      "Text[^1].\n\n[^1]: Note.\n\n    More.\n",
    );
  });

  it("keeps links as they are that have no link back, or lead around the reference itself", async () => {
    const body = '<p id="fn1"><a href="#fn1" id="r">1</a> <a href="#fn2">2</a></p><p id="fn2">Note</p>';
    expect(await readMarkdown("html", body)).toBe("[1](#fn1) [2](#fn2)\n\nNote\n");
  });
});
