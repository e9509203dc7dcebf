import type { Table } from "@knowhere/contract";
import { describe, expect, it } from "vitest";
import { docxOf, item, level, p, rel, style, table, wordNamespaces } from "../../testing/ooxml-builder.ts";
import { readMarkdown, readProblem, readSource } from "../../testing/read-source.ts";
import { ooxmlNamespaces } from "../ooxml/namespaces.ts";
import { streamXml } from "../xml/stream.ts";
import { flowContainers } from "./flow.ts";

const md = async (parts: Parameters<typeof docxOf>[0], settings = {}) =>
  (await readMarkdown("a.docx", await docxOf(parts), settings)).trim();
const read = async (parts: Parameters<typeof docxOf>[0], settings = {}) =>
  (await readSource("a.docx", await docxOf(parts), settings)).document;
const field = (instruction: string, result: string) =>
  `<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>${instruction}</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>${result}<w:r><w:fldChar w:fldCharType="end"/></w:r>`;
const run = (text: string, properties = "") =>
  `<w:r>${properties ? `<w:rPr>${properties}</w:rPr>` : ""}<w:t xml:space="preserve">${text}</w:t></w:r>`;
const png = Buffer.from("89504e470d0a1a0a0000000d4948445200000002000000030806000000", "hex");

describe("headings and paragraphs", () => {
  it("takes outline levels through style inheritance, whatever the style is called", async () => {
    const styles =
      style("Base", "Überschrift", '<w:pPr><w:outlineLvl w:val="1"/></w:pPr>') +
      style("Child", "Mein Kapitel", '<w:basedOn w:val="Base"/>');
    expect(
      await md({ styles, body: p("Title", '<w:pStyle w:val="Child"/>') + p("Direct", '<w:outlineLvl w:val="0"/>') }),
    ).toBe("## Title\n\n# Direct");
  });

  it("falls back to the built-in heading ids without a style part, and ends cycles of styles", async () => {
    expect(await md({ body: p("Top", '<w:pStyle w:val="Heading1"/>') })).toBe("# Top");
    const styles = style("A", "a", '<w:basedOn w:val="B"/>') + style("B", "b", '<w:basedOn w:val="A"/>');
    expect(await md({ styles, body: p("text", '<w:pStyle w:val="A"/>') })).toBe("text");
  });

  it("prints the numbers of numbered headings", async () => {
    const numbering = `<w:abstractNum w:abstractNumId="0">${level(0, "decimal", "%1")}${level(1, "decimal", "%1.%2")}</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>`;
    const heading = (text: string, at: number) =>
      p(text, `<w:numPr><w:ilvl w:val="${at}"/><w:numId w:val="1"/></w:numPr><w:outlineLvl w:val="${at}"/>`);
    expect(
      await md({ numbering, body: heading("One", 0) + heading("Sub", 1) + heading("Two", 0) + heading("Sub", 1) }),
    ).toBe("# 1 One\n\n## 1.1 Sub\n\n# 2 Two\n\n## 2.1 Sub");
  });

  it("joins runs that Word split and nests marks", async () => {
    const body = `<w:p>${run("bo", "<w:b/>")}${run("ld ", "<w:b/>")}${run("both", "<w:b/><w:i/>")}${run(" plain")}</w:p>`;
    expect(await md({ body })).toBe("**bold *both*** plain");
    const lines = `<w:p>${run("all lines ", '<w:u w:val="single"/>')}${run("slanted", '<w:i/><w:u w:val="single"/>')}</w:p>`;
    expect(await md({ body: lines })).toBe("<u>all lines *slanted*</u>");
  });

  it("leaves hidden text out, counts it, and keeps it when asked", async () => {
    const body = `<w:p>${run("seen ")}${run("secret", "<w:vanish/>")}${run("white", '<w:color w:val="FFFFFF"/>')}</w:p>`;
    const document = await read({ body });
    expect(await md({ body })).toBe("seen");
    expect(document.warnings).toMatchObject([{ code: "HIDDEN_TEXT", count: 11 }]);
    expect(await md({ body }, { options: { hiddenText: "keep" } })).toBe("seen secretwhite");
  });

  it("keeps insertions, drops deletions and what was moved away, and joins at a deleted paragraph mark", async () => {
    const body =
      `<w:p>${run("a")}<w:ins>${run("b")}</w:ins><w:del><w:r><w:delText>c</w:delText></w:r></w:del><w:moveFrom>${run("d")}</w:moveFrom><w:moveTo>${run("e")}</w:moveTo></w:p>` +
      `<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>${run("first ")}</w:p>${p("second")}`;
    expect(await md({ body })).toBe("abe\n\nfirst second");
    const glued = `<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>${run("split")}</w:p>${p("apart")}`;
    expect(await md({ body: glued })).toBe("split apart");
  });

  it("reads quotes, code lines and captions by style", async () => {
    const styles = style("Q", "Intense Quote") + style("C", "HTML Preformatted") + style("K", "caption");
    const body =
      p("said", '<w:pStyle w:val="Q"/>') +
      p("if x:", '<w:pStyle w:val="C"/>') +
      p("  y", '<w:pStyle w:val="C"/>') +
      p("Table 1", '<w:pStyle w:val="K"/>');
    const document = await read({ styles, body });
    expect(document.content.map((block) => block.type)).toEqual(["quote", "code", "paragraph"]);
    expect(document.content[1]).toMatchObject({ text: "if x:\n  y" });
    expect(document.content[2]).toMatchObject({ role: "caption" });
  });
});

describe("lines and gaps", () => {
  it("keeps the words on both sides of a page break apart", async () => {
    expect(await md({ body: `<w:p>${run("a")}<w:r><w:br w:type="page"/></w:r>${run("b")}</w:p>` })).toBe("a  \nb");
  });

  it("reads Word's horizontal line and an empty paragraph of that style as a divider", async () => {
    const line =
      '<w:p><w:r><w:pict><v:rect o:hr="t" xmlns:o="urn:schemas-microsoft-com:office:office"/></w:pict></w:r></w:p>';
    const styles = style("H", "Horizontal Line");
    expect(await md({ styles, body: `${p("a")}${line}${p("b")}<w:p><w:pPr><w:pStyle w:val="H"/></w:pPr></w:p>` })).toBe(
      "a\n\n---\n\nb\n\n---",
    );
  });

  it("takes smaller text off the line for raised or lowered", async () => {
    const body = `<w:p>${run("H")}${run("2", '<w:position w:val="-4"/><w:sz w:val="16"/>')}${run("O", '<w:position w:val="4"/>')}</w:p>`;
    expect(await md({ body })).toBe("H₂O");
  });
});

describe("lists", () => {
  const numbering =
    `<w:abstractNum w:abstractNumId="0">${level(0, "decimal", "%1.")}${level(1, "lowerLetter", "%2)")}</w:abstractNum>` +
    `<w:abstractNum w:abstractNumId="1">${level(0, "bullet", "\uf0b7")}</w:abstractNum>` +
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>' +
    '<w:num w:numId="3"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="7"/></w:lvlOverride></w:num>';

  it("nests by level, counts on after an interruption and restarts deeper levels", async () => {
    const body = item("one", 1) + item("deep", 1, 1) + p("between") + item("two", 1) + item("deep again", 1, 1);
    const { content } = await read({ numbering, body });
    expect(content.map((block) => block.type)).toEqual(["list", "paragraph", "list"]);
    expect(content[0]).toMatchObject({
      ordered: true,
      items: [{ content: [{ type: "paragraph" }, { type: "list", items: [{ marker: "a)" }] }] }],
    });
    expect(content[2]).toMatchObject({ start: 2, items: [{ content: [{}, { items: [{ marker: "a)" }] }] }] });
  });

  it("puts an unnumbered paragraph of a list style under the item that it is set in below", async () => {
    const indented = numbering.replaceAll(
      /<w:lvl w:ilvl="(\d)">(.*?)<\/w:lvl>/g,
      (_, at: string, inner: string) =>
        `<w:lvl w:ilvl="${at}">${inner}<w:pPr><w:ind w:left="${720 * (Number(at) + 1)}"/></w:pPr></w:lvl>`,
    );
    const styles = style("L", "List Paragraph", '<w:pPr><w:ind w:left="720"/></w:pPr>');
    const listed = (text: string, left: number) => p(text, `<w:pStyle w:val="L"/><w:ind w:left="${left}"/>`);
    const items = item("one", 1) + item("deep", 1, 1);
    const under = "1. one\n\n   - a) deep";
    expect(await md({ numbering: indented, styles, body: items + listed("more", 1440) })).toBe(`${under}\n\n     more`);
    expect(await md({ numbering: indented, styles, body: items + listed("more", 720) })).toBe(`${under}\n\n   more`);
    expect(await md({ numbering: indented, styles, body: items + listed("apart", 0) })).toBe(
      "1. one\n   - a) deep\n\napart",
    );
  });

  it("obeys start overrides and maps symbol-font bullets", async () => {
    const { content } = await read({ numbering, body: item("seven", 3) + item("dot", 2) });
    expect(content[0]).toMatchObject({ ordered: true, start: 7 });
    expect(content[1]).toMatchObject({ ordered: false, items: [{ marker: "•" }] });
  });

  it("reads boxes at the start of items as their state", async () => {
    expect(await md({ numbering, body: item("☐ open", 2) + item("☒ done", 2) })).toBe("- [ ] open\n- [x] done");
  });
});

describe("tables", () => {
  it("fills rows that end before the others", async () => {
    expect(await md({ body: table([["a", "b"], ["c"]]) })).toBe("| | |\n| --- | --- |\n| a | b |\n| c | |");
  });

  it("resolves spans across and down and takes marked rows as the head", async () => {
    const cell = (properties: string, text: string) => `<w:tcPr>${properties}</w:tcPr>${p(text)}`;
    const body =
      `<w:tbl><w:tr><w:trPr><w:tblHeader/></w:trPr><w:tc>${cell('<w:gridSpan w:val="2"/>', "wide")}</w:tc></w:tr>` +
      `<w:tr><w:tc>${cell('<w:vMerge w:val="restart"/>', "tall")}</w:tc><w:tc>${p("x")}</w:tc></w:tr>` +
      `<w:tr><w:tc>${cell("<w:vMerge/>", "")}</w:tc><w:tc>${p("y")}</w:tc></w:tr></w:tbl>`;
    const [found] = (await read({ body })).content as [Table];
    expect(found.headRows).toBe(1);
    expect(
      found.rows.map((row) => row.cells.map(({ text, colspan, rowspan }) => [text, colspan ?? 1, rowspan ?? 1])),
    ).toEqual([
      [["wide", 2, 1]],
      [
        ["tall", 1, 2],
        ["x", 1, 1],
      ],
      [["y", 1, 1]],
    ]);
  });

  it("keeps tables inside cells, and drops rows that were deleted", async () => {
    const inner = table([["in"]]);
    const deleted = `<w:tr><w:trPr><w:del/></w:trPr><w:tc>${p("gone")}</w:tc></w:tr>`;
    const body =
      table([[`${inner}${p("after")}`]]).replace("</w:tbl>", `</w:tbl>`) +
      `<w:tbl>${deleted}<w:tr><w:tc>${p("kept")}</w:tc></w:tr></w:tbl>`;
    const { content } = await read({ body });
    expect(content[0]).toMatchObject({
      rows: [{ cells: [{ content: [{ type: "table", rows: [{ cells: [{ text: "in" }] }] }, { type: "paragraph" }] }] }],
    });
    expect(content[1]).toMatchObject({ rows: [{ cells: [{ text: "kept" }] }] });
  });
});

describe("links, fields, notes", () => {
  it("links through relationships and fields, and leads bookmarks in headings to the heading", async () => {
    const relationships =
      rel("h1", "hyperlink", "https://example.org/a", true) + rel("h2", "hyperlink", "javascript:alert(1)", true);
    const body =
      `<w:p><w:pPr><w:outlineLvl w:val="0"/></w:pPr><w:bookmarkStart w:id="0" w:name="bm"/>${run("My Part!")}</w:p>` +
      `<w:p><w:hyperlink r:id="h1">${run("one")}</w:hyperlink>${run(" ")}${field(' HYPERLINK "https://example.org/b" \\l "x" ', run("two"))}${run(" ")}${field(" REF bm \\h ", run("three"))}${run(" ")}<w:hyperlink r:id="h2">${run("bad")}</w:hyperlink></w:p>`;
    expect(await md({ relationships, body })).toBe(
      "# My Part!\n\n[one](https://example.org/a) [two](https://example.org/b#x) [three](#my-part) bad",
    );
  });

  it("keeps the text alone of links to marks that Word set itself and that are no headings", async () => {
    const body =
      `<w:p><w:bookmarkStart w:id="0" w:name="_Ref1"/>${run("Figure 1")}</w:p>` +
      `<w:p>${run("See ")}${field(" REF _Ref1 \\h ", run("Figure 1"))}${run(" and ")}<w:hyperlink w:anchor="Terms">${run("terms")}</w:hyperlink></w:p>`;
    expect(await md({ body })).toBe("Figure 1\n\nSee Figure 1 and [terms](#Terms)");
  });

  it("puts the entries of a table of contents into one group", async () => {
    const entry = `<w:p>${run("Chapter")}<w:r><w:tab/></w:r>${run("3")}</w:p>`;
    const body = `<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr><w:sdtContent>${entry}${entry}</w:sdtContent></w:sdt>${p("text")}`;
    const { content } = await read({ body });
    expect(content.map((block) => block.type)).toEqual(["group", "paragraph"]);
    expect(content[0]).toMatchObject({
      role: "contents",
      content: [{ role: "contents_entry" }, { role: "contents_entry" }],
    });
  });

  it("sets a reference behind the word it is about, not behind the space after it", async () => {
    const comments = '<w:comment w:id="0" w:author="Ann"><w:p><w:r><w:t>remark</w:t></w:r></w:p></w:comment>';
    const body = `<w:p>${run("some ")}<w:r><w:commentReference w:id="0"/></w:r>${run("text")}</w:p>`;
    expect(await md({ comments, body })).toBe("some[^1] text\n\n[^1]: remark");
  });

  it("numbers footnotes and endnotes as they are referred to, and sets comments behind their paragraph", async () => {
    const note = (name: string, id: number, text: string) =>
      `<w:${name} w:id="${id}" w:author="Ann">${p(text)}</w:${name}>`;
    const reference = (name: string, id: number) => `<w:r><w:${name}Reference w:id="${id}"/></w:r>`;
    const { content } = await read({
      footnotes: `<w:footnote w:id="0" w:type="separator">${p("-")}</w:footnote>${note("footnote", 5, "foot")}`,
      endnotes: note("endnote", 2, "end"),
      comments: note("comment", 0, "remark"),
      body: `<w:p>${run("a")}${reference("footnote", 5)}${reference("endnote", 2)}${reference("comment", 0)}</w:p>${p("b")}`,
    });
    const seen = content.map((block) => (block.type === "note" ? [block.kind, block.label] : block.type));
    expect(seen).toEqual([
      "paragraph",
      ["comment", "Comment 1 (Ann)"],
      "paragraph",
      ["footnote", "1"],
      ["endnote", "i"],
    ]);
  });
});

describe("drawings and formulas", () => {
  const picture = (id: string) =>
    `<w:drawing><wp:inline><wp:docPr id="1" name="x" descr="A red square"/><a:graphic><a:graphicData><pic:pic><pic:blipFill><a:blip r:embed="${id}"/></pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing>`;

  it("stores pictures once, as figures or inside text", async () => {
    const parts = {
      relationships: rel("i1", "image", "media/a.png"),
      members: { "word/media/a.png": png },
      body: `<w:p><w:r>${picture("i1")}</w:r></w:p><w:p>${run("see ")}<w:r>${picture("i1")}</w:r></w:p>`,
    };
    const { document, assets } = await readSource("a.docx", await docxOf(parts));
    expect(document.assets).toMatchObject([{ id: "image-1", mediaType: "image/png", width: 2, height: 3 }]);
    expect(assets.get("image-1")).toEqual(png);
    expect(document.content).toMatchObject([
      { type: "figure", asset: "image-1", alt: "A red square" },
      { type: "paragraph", content: [{ text: "see " }, { type: "image", asset: "image-1" }] },
    ]);
  });

  it("never fetches external pictures and says so", async () => {
    const document = await read({
      relationships: rel("i1", "image", "http://127.0.0.1:9/x.png", true),
      body: `<w:p>${run("t")}<w:r>${picture("i1")}</w:r></w:p>`,
    });
    expect(document.warnings.map((warning) => warning.code)).toEqual(["PICTURE_NOT_EMBEDDED"]);
    expect(document.assets).toEqual([]);
  });

  it("takes one branch of alternate content and reads text boxes", async () => {
    const box = (text: string) => `<w:txbxContent>${p(text)}</w:txbxContent>`;
    const body = `<w:p>${run("anchor")}<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:anchor><wps:wsp><wps:txbx>${box("boxed")}</wps:txbx></wps:wsp></wp:anchor></w:drawing></mc:Choice><mc:Fallback><w:pict><v:shape><v:textbox>${box("boxed")}</v:textbox></v:shape></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>`;
    expect((await read({ body })).content).toMatchObject([
      { type: "paragraph" },
      { type: "group", role: "textbox", content: [{ content: [{ text: "boxed" }] }] },
    ]);
  });

  it("shows charts as the table of their cached values", async () => {
    const cache = (name: string, kind: string, values: string[]) =>
      `<c:${name}><c:${kind}><c:ptCount val="${values.length}"/>${values.map((v, i) => `<c:pt idx="${i}"><c:v>${v}</c:v></c:pt>`).join("")}</c:${kind}></c:${name}>`;
    const chart = `<c:chartSpace ${wordNamespaces}><c:chart><c:plotArea><c:barChart><c:ser><c:tx><c:strRef><c:strCache><c:pt idx="0"><c:v>Sales</c:v></c:pt></c:strCache></c:strRef></c:tx>${cache("cat", "strLit", ["Q1", "Q2"])}${cache("val", "numLit", ["4.1000000000000005", "5"])}</c:ser></c:barChart></c:plotArea></c:chart></c:chartSpace>`;
    const body = `<w:p><w:r><w:drawing><wp:inline><a:graphic><a:graphicData><c:chart r:id="c1"/></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>`;
    const document = await read({
      body,
      relationships: rel("c1", "chart", "charts/c1.xml"),
      members: { "word/charts/c1.xml": chart },
    });
    const [found] = document.content as [Table];
    expect(found.rows.map((row) => row.cells.map((cell) => cell.text))).toEqual([
      ["", "Sales"],
      ["Q1", "4.1"],
      ["Q2", "5"],
    ]);
  });

  it("writes formulas as LaTeX, alone as blocks and inside text", async () => {
    const fraction =
      "<m:f><m:num><m:r><m:t>a</m:t></m:r></m:num><m:den><m:sSup><m:e><m:r><m:t>b</m:t></m:r></m:e><m:sup><m:r><m:t>2</m:t></m:r></m:sup></m:sSup></m:den></m:f>";
    const { content } = await read({
      body: `<w:p><m:oMathPara><m:oMath>${fraction}</m:oMath></m:oMathPara></w:p><w:p>${run("so ")}<m:oMath><m:r><m:t>α≤∞</m:t></m:r></m:oMath></w:p>`,
    });
    expect(content).toMatchObject([
      { type: "math", text: "\\frac{a}{b^{2}}" },
      { content: [{ text: "so " }, { type: "math", text: "\\alpha \\leq \\infty" }] },
    ]);
  });
});

describe("pages, furniture, metadata", () => {
  it("counts drawn and explicit page breaks once each", async () => {
    const explicit = '<w:p><w:r><w:br w:type="page"/></w:r></w:p>';
    const drawn = (text: string) => `<w:p><w:r><w:lastRenderedPageBreak/><w:t>${text}</w:t></w:r></w:p>`;
    const { content, pages } = await read({
      body: `${p("one")}${explicit}${drawn("two")}${drawn("three")}<w:sectPr><w:pgSz w:w="12240" w:h="15840"/></w:sectPr>`,
    });
    expect(content.map((block) => block.places?.map((place) => place.page))).toEqual([[1], [2], [2, 3]]);
    expect(pages.map((page) => [page.number, page.width, page.height])).toEqual(
      [1, 2, 3].map((number) => [number, 612, 792]),
    );
  });

  it("keeps headers and footers as furniture, each once", async () => {
    const header = `<w:hdr ${wordNamespaces}>${p("Confidential")}</w:hdr>`;
    const footer = `<w:ftr ${wordNamespaces}><w:p>${field(" PAGE ", run("3"))}</w:p></w:ftr>`;
    const section =
      '<w:sectPr><w:headerReference w:type="default" r:id="h"/><w:footerReference w:type="default" r:id="f"/></w:sectPr>';
    const document = await read({
      relationships: rel("h", "header", "header1.xml") + rel("f", "footer", "footer1.xml"),
      members: { "word/header1.xml": header, "word/footer1.xml": footer },
      body: `<w:p><w:pPr>${section}</w:pPr>${run("a")}</w:p>${p("b")}${section}`,
    });
    expect(document.content.map((block) => (block.type === "furniture" ? block.role : block.type))).toEqual([
      "header",
      "paragraph",
      "page_number",
      "paragraph",
    ]);
    // A letterhead: the header is all there is.
    const letterhead = await read({
      relationships: rel("h", "header", "header1.xml") + rel("f", "footer", "footer1.xml"),
      members: { "word/header1.xml": header, "word/footer1.xml": footer },
      body: `<w:p/>${section}`,
    });
    expect(letterhead.content).toMatchObject([{ type: "paragraph", places: [{ page: 1 }] }]);
  });

  it("reads Strict files and their properties", async () => {
    const namespaces = 'xmlns:w="http://purl.oclc.org/ooxml/wordprocessingml/main"';
    const document = await read({
      namespaces,
      body: p("strict"),
      core: "<dc:title>T</dc:title><dc:creator>A</dc:creator>",
    });
    expect(document).toMatchObject({ title: "T", metadata: { author: "A" } });
    expect(document.content).toHaveLength(1);
  });

  it("names an included file that it does not read", async () => {
    const document = await read({ body: `${p("a")}<w:altChunk r:id="x"/>` });
    expect(document.warnings).toMatchObject([{ code: "EMBEDDED_FILE_IGNORED" }]);
  });
});

describe("hostile documents", () => {
  it("refuses tables nested past the limit, entity bombs and empty documents by name", async () => {
    const deep = "<w:tbl><w:tr><w:tc>".repeat(120) + p("x") + "</w:tc></w:tr></w:tbl>".repeat(120);
    expect(await readProblem("a.docx", await docxOf({ body: deep }))).toBe("LIMIT_EXCEEDED");
    expect(await readProblem("a.docx", await docxOf({ body: "<w:p/>" }))).toBe("EMPTY_DOCUMENT");
    const bomb = { "word/document.xml": '<!DOCTYPE d [<!ENTITY a "aaaa">]><w:document>&a;</w:document>' };
    expect(await readProblem("a.docx", await docxOf({ body: "", members: bomb }))).toBe("LIMIT_EXCEEDED");
  });

  it("reads on without damaged side parts and says what is missing", async () => {
    const document = await read({
      body: p("text"),
      relationships: rel("s", "styles", "styles.xml"),
      members: { "word/styles.xml": "<w:styles" },
    });
    expect(document.content).toHaveLength(1);
    expect(document.warnings).toMatchObject([{ code: "PART_UNREADABLE" }]);
  });

  it("ends text boxes that contain themselves by depth", async () => {
    const open = "<w:p><w:r><w:pict><v:shape><v:textbox><w:txbxContent>";
    const close = "</w:txbxContent></v:textbox></v:shape></w:pict></w:r></w:p>";
    expect(await readProblem("a.docx", await docxOf({ body: open.repeat(120) + p("x") + close.repeat(120) }))).toBe(
      "LIMIT_EXCEEDED",
    );
  });

  it("takes a long document part paragraph by paragraph, never as one tree", async () => {
    const rows = table([
      ["a", "b"],
      [table([["c"]]), "d"],
    ]);
    const xml = `<w:document ${wordNamespaces}><w:body>${p("one").repeat(50)}${rows}<w:sdt><w:sdtContent>${p("in")}</w:sdtContent></w:sdt></w:body></w:document>`;
    const trees: string[] = [];
    const handlers = {
      open: () => true,
      close: () => undefined,
      tree: (element: { name: string }) => void trees.push(element.name),
    };
    await streamXml([Buffer.from(xml)], { namespaces: ooxmlNamespaces, containers: flowContainers }, handlers);
    expect(new Set(trees)).toEqual(new Set(["w:p"]));
    expect(trees).toHaveLength(50 + 4 + 1);
  });
});
