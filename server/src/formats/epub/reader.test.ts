import { describe, expect, it } from "vitest";
import { readMarkdown, readProblem, readSource, zipOf } from "../../testing/read-source.ts";

interface Parts {
  chapters: readonly string[];
  manifest?: string;
  members?: Record<string, string | Uint8Array>;
}
function epubOf({ chapters, manifest = "", members = {} }: Parts): Promise<Uint8Array> {
  const items = chapters
    .map((_, at) => `<item id="c${at}" href="text/c${at}.xhtml" media-type="application/xhtml+xml"/>`)
    .join("");
  const spine = chapters
    .map((_, at) => `<itemref idref="c${at}"/>`)
    .reverse()
    .join("");
  return zipOf({
    mimetype: "application/epub+zip",
    "META-INF/container.xml":
      '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="OPS/book.opf"/></rootfiles></container>',
    "OPS/book.opf": `<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata><dc:title>Book</dc:title><dc:creator>A</dc:creator><dc:creator>B</dc:creator><dc:language>en</dc:language></metadata><manifest>${items}${manifest}</manifest><spine>${spine}</spine></package>`,
    ...Object.fromEntries(
      chapters.map((chapter, at) => [
        `OPS/text/c${at}.xhtml`,
        `<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"><head><title/></head><body>${chapter}</body></html>`,
      ]),
    ),
    ...members,
  });
}
const png = Buffer.from("89504e470d0a1a0a0000000d4948445200000020000000300806000000", "hex");

describe("EPUB", () => {
  it("reads the chapters in spine order, each a page with its name from the contents", async () => {
    const ncx =
      '<!DOCTYPE ncx PUBLIC "-//NISO//DTD ncx 2005-1//EN" "http://www.daisy.org/z3986/2005/ncx-2005-1.dtd"><ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap><navPoint><navLabel><text>Opening</text></navLabel><content src="text/c1.xhtml#x"/></navPoint></navMap></ncx>';
    const manifest = '<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>';
    const bytes = await epubOf({
      chapters: ["<h1>Second</h1>", "<h1>First</h1><p>text</p>"],
      manifest,
      members: { "OPS/toc.ncx": ncx },
    });
    const { document } = await readSource("a.epub", bytes);
    expect(document).toMatchObject({ title: "Book", language: "en", metadata: { author: ["A", "B"] } });
    expect(document.pages).toMatchObject([{ number: 1, kind: "section", name: "Opening" }, { number: 2 }]);
    expect(document.content.map((block) => block.places)).toEqual([[{ page: 1 }], [{ page: 1 }], [{ page: 2 }]]);
    expect(await readMarkdown("a.epub", bytes)).toBe("# First\n\ntext\n\n# Second\n");
  });

  it("makes headings of the paragraphs that the contents name, also over two paragraphs, and of no others", async () => {
    const nav =
      '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"><body><nav epub:type="toc"><ol><li><a href="text/c0.xhtml">Chapter 1: The Start</a><ol><li><a href="text/c0.xhtml#a">Part A</a></li></ol></li></ol></nav></body></html>';
    const bytes = await epubOf({
      chapters: [
        "<p><b>CHAPTER 1</b></p><p>The Start</p><p>Text.</p><p>Part A</p><p>More about Part A</p><p>Part A</p>",
      ],
      manifest: '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>',
      members: { "OPS/nav.xhtml": nav },
    });
    expect(await readMarkdown("a.epub", bytes)).toBe(
      "# CHAPTER 1 The Start\n\nText.\n\n## Part A\n\nMore about Part A\n\nPart A\n",
    );
  });

  it("leaves the links back out of notes, and raises no reference twice", async () => {
    const chapter =
      '<p>Text<sup id="r"><a epub:type="noteref" href="#n">1</a></sup></p><aside epub:type="footnote" id="n"><p><sup><a href="#r">1</a></sup> See <a href="#r">here</a>.</p></aside><p id="s">Line<a epub:type="noteref" href="#m">*</a></p><aside epub:type="footnote" id="m"><p><a href="#s">20.</a> Cf. <a href="#s">↩</a></p></aside>';
    expect(await readMarkdown("a.epub", await epubOf({ chapters: [chapter] }))).toBe(
      "Text[^1]\n\nLine[^2]\n\n[^1]: See [here](#c0.xhtml_r).\n\n[^2]: [20.](#c0.xhtml_s) Cf.\n",
    );
  });

  it("reads what classes of its style sheets make bold or hide", async () => {
    const css = ".b{font-weight:bold}.h{display:none}.k{display:none}.k{display:block}";
    const chapter =
      '<link rel="stylesheet" href="../s.css"/><p>a <span class="b">b</span><span class="h"> unseen</span></p><div class="k">shown</div>';
    const bytes = await epubOf({ chapters: [chapter], members: { "OPS/s.css": css } });
    expect((await readMarkdown("a.epub", bytes)).trim()).toBe("a **b**\n\nshown");
    expect((await readSource("a.epub", bytes)).document.warnings).toMatchObject([{ code: "HIDDEN_TEXT", count: 1 }]);
  });

  it("turns links to notes into references", async () => {
    const chapter = '<p>word<a href="#n1">*</a></p><aside epub:type="footnote" id="n1"><p>the note</p></aside>';
    expect((await readMarkdown("a.epub", await epubOf({ chapters: [chapter] }))).trim()).toBe(
      "word[^1]\n\n[^1]: the note",
    );
  });

  it("stores pictures of the book, puts an unused cover first, and fetches nothing", async () => {
    const manifest = '<item id="cover" href="cover.png" media-type="image/png" properties="cover-image"/>';
    const other = Buffer.from(png);
    other[19] = 0x40;
    const bytes = await epubOf({
      chapters: ['<p><img src="../pic.png" alt="P"/></p><p>x <img src="http://127.0.0.1:9/y.png" alt="Y"/></p>'],
      manifest,
      members: { "OPS/cover.png": png, "OPS/pic.png": other },
    });
    const { document } = await readSource("a.epub", bytes);
    expect(document.assets).toHaveLength(2);
    expect(document.content).toMatchObject([
      { type: "figure", asset: "image-2" },
      { type: "figure", asset: "image-1", alt: "P" },
      { type: "paragraph" },
    ]);
  });

  it("reads self-closing anchors as empty, not as open", async () => {
    expect((await readMarkdown("a.epub", await epubOf({ chapters: ['<p><a id="x"/>one</p><p>two</p>'] }))).trim()).toBe(
      "one\n\ntwo",
    );
  });

  it("refuses protected books, books without chapters and too many chapters by name", async () => {
    const encryption =
      '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><EncryptedData xmlns="http://www.w3.org/2001/04/xmlenc#"><CipherData><CipherReference URI="OPS/text/c0.xhtml"/></CipherData></EncryptedData></encryption>';
    expect(
      await readProblem(
        "a.epub",
        await epubOf({ chapters: ["<p>x</p>"], members: { "META-INF/encryption.xml": encryption } }),
      ),
    ).toBe("ENCRYPTED");
    expect(await readProblem("a.epub", await epubOf({ chapters: [] }))).toBe("EMPTY_DOCUMENT");
    expect(
      await readProblem("a.epub", await epubOf({ chapters: ["<p>x</p>", "<p>y</p>"] }), { limits: { maxPages: 1 } }),
    ).toBe("TOO_MANY_PAGES");
  });
});
