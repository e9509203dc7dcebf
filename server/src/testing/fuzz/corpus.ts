/**
 * A minimal file of each kind that a reader takes, built here: small, so that most mutations hit something that matters, and
 * with a little of everything, so that there is something to hit.
 */
import type { FormatName } from "@knowhere/contract";
import sharp from "sharp";
import { docxOf, item, level, p, pptxOf, rel, shape, style, table } from "../ooxml-builder.ts";
import { PdfWriter } from "../pdf-writer.ts";
import { rowOf, workbookOf, zipOf } from "../read-source.ts";
import { binaryWorkbook, outlookMessage, presentationFile } from "./compound-files.ts";
import { wordFile } from "./word-file.ts";

export interface Seed {
  format: FormatName;
  /** Names the kind of file within the format. */
  fileName: string;
  make(): Promise<Uint8Array> | Uint8Array;
}

const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4//8/w38GIAXDIBKE0DHxgljNBAAO9TXL0Y4OHwAAAABJRU5ErkJggg==",
  "base64",
);
const picture = `<w:p><w:r><w:drawing><wp:inline><wp:extent cx="63500" cy="63500"/><wp:docPr id="1" name="x" descr="alt"/><a:graphic><a:graphicData><pic:pic><pic:blipFill><a:blip r:embed="pic"/></pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>`;
const run = (inner: string) => `<w:p><w:r>${inner}</w:r></w:p>`;

const word = () =>
  docxOf({
    core: "<dc:title>Title</dc:title><dc:creator>Ann</dc:creator>",
    styles: style("h1", "heading 1", '<w:pPr><w:outlineLvl w:val="0"/></w:pPr>') + style("q", "Quote"),
    numbering: `<w:abstractNum w:abstractNumId="0">${level(0, "decimal", "%1.")}${level(1, "bullet", "•")}</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>`,
    footnotes: `<w:footnote w:id="2">${p("the note")}</w:footnote>`,
    comments: `<w:comment w:id="3" w:author="Ann">${p("a comment")}</w:comment>`,
    relationships: rel("pic", "image", "media/a.png") + rel("link", "hyperlink", "https://example.org/", true),
    members: { "word/media/a.png": png },
    body:
      p("Heading", '<w:pStyle w:val="h1"/>') +
      p("bold text", "", "<w:b/><w:vertAlign w:val='superscript'/>") +
      item("one", 1) +
      item("deeper", 1, 1) +
      run('<w:t>noted</w:t><w:footnoteReference w:id="2"/><w:commentReference w:id="3"/>') +
      '<w:p><w:hyperlink r:id="link"><w:r><w:t>link</w:t></w:r></w:hyperlink></w:p>' +
      table([
        ["a", '<w:tcPr><w:gridSpan w:val="2"/><w:vMerge w:val="restart"/></w:tcPr><w:p><w:r><w:t>b</w:t></w:r></w:p>'],
        ["c", "d", table([["e"]])],
      ]) +
      run(
        '<w:fldChar w:fldCharType="begin"/><w:instrText>PAGE</w:instrText><w:fldChar w:fldCharType="separate"/><w:t>1</w:t><w:fldChar w:fldCharType="end"/>',
      ) +
      "<w:p><m:oMath><m:f><m:num><m:r><m:t>1</m:t></m:r></m:num><m:den><m:r><m:t>x</m:t></m:r></m:den></m:f></m:oMath></w:p>" +
      picture,
  });

const slides = () =>
  pptxOf({
    slides: [
      {
        shapes:
          shape("Title", '<p:ph type="title"/>') +
          shape(
            '<a:p><a:pPr lvl="1"><a:buAutoNum type="arabicPeriod" startAt="3"/></a:pPr><a:r><a:rPr b="1" baseline="30000"/><a:t>one</a:t></a:r></a:p>',
            '<p:ph idx="1"/>',
            [10, 10, 200, 100],
          ) +
          '<p:graphicFrame><p:xfrm><a:off x="0" y="0"/><a:ext cx="100" cy="100"/></p:xfrm><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/table"><a:tbl><a:tblGrid><a:gridCol w="1"/><a:gridCol w="1"/></a:tblGrid><a:tr h="1"><a:tc gridSpan="2" rowSpan="1"><a:txBody><a:p><a:r><a:t>x</a:t></a:r></a:p></a:txBody></a:tc><a:tc hMerge="1"/></a:tr></a:tbl></a:graphicData></a:graphic></p:graphicFrame>' +
          '<p:grpSp><p:grpSpPr><a:xfrm><a:off x="1" y="1"/><a:ext cx="9" cy="9"/><a:chOff x="0" y="0"/><a:chExt cx="9" cy="9"/></a:xfrm></p:grpSpPr><p:pic><p:nvPicPr><p:cNvPr id="4" name="" descr="seen"/></p:nvPicPr><p:blipFill><a:blip r:embed="i"/></p:blipFill></p:pic></p:grpSp>',
        relationships: rel("i", "image", "../media/a.png"),
        notes: "spoken",
      },
      { shapes: shape("Second"), attributes: 'show="0"' },
    ],
    members: { "ppt/media/a.png": png },
  });

const workbook = () =>
  workbookOf(
    [
      {
        name: "Plan",
        rows: `${rowOf(1, ["a", "b", "c"])}<row r="2"><c r="A2" t="s"><v>1</v></c><c r="B2" s="2"><v>0.5</v></c><c r="C2" s="3"><v>45000</v></c></row><row r="3" hidden="1"><c r="A3"><f>1+1</f><v>2</v></c></row>`,
        after:
          '<mergeCells count="1"><mergeCell ref="A4:C5"/></mergeCells><hyperlinks><hyperlink ref="A1" r:id="l"/></hyperlinks><drawing r:id="d"/>',
        relationships: rel("l", "hyperlink", "https://example.org/", true) + rel("d", "drawing", "../drawings/d.xml"),
      },
      { rows: rowOf(1_000_000, ["far"]), state: "hidden" },
    ],
    {
      "xl/drawings/d.xml":
        '<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><xdr:twoCellAnchor><xdr:from><xdr:col>1</xdr:col><xdr:row>1</xdr:row></xdr:from><xdr:to><xdr:col>2</xdr:col><xdr:row>2</xdr:row></xdr:to><xdr:pic><xdr:nvPicPr><xdr:cNvPr id="1" name="p" descr="alt"/></xdr:nvPicPr><xdr:blipFill><a:blip r:embed="i"/></xdr:blipFill></xdr:pic></xdr:twoCellAnchor></xdr:wsDr>',
      "xl/drawings/_rels/d.xml.rels": `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${rel("i", "image", "../media/a.png")}</Relationships>`,
      "xl/media/a.png": png,
    },
  );

const odf = "urn:oasis:names:tc:opendocument:xmlns";
const odfNamespaces = `${["office", "style", "text", "table", "presentation", "meta"].map((name) => `xmlns:${name}="${odf}:${name}:1.0"`).join(" ")} xmlns:draw="${odf}:drawing:1.0" xmlns:fo="${odf}:xsl-fo-compatible:1.0" xmlns:svg="${odf}:svg-compatible:1.0" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:dc="http://purl.org/dc/elements/1.1/"`;
const odfOf = (kind: "text" | "presentation" | "spreadsheet", body: string) =>
  zipOf({
    mimetype: `application/vnd.oasis.opendocument.${kind}`,
    "content.xml": `<office:document-content ${odfNamespaces}><office:automatic-styles><style:style style:name="B" style:family="text" style:parent-style-name="A"><style:text-properties fo:font-weight="bold"/></style:style><text:list-style style:name="L"><text:list-level-style-number text:level="1" style:num-format="1" text:start-value="2"/></text:list-style></office:automatic-styles><office:body><office:${kind}>${body}</office:${kind}></office:body></office:document-content>`,
    "styles.xml": `<office:document-styles ${odfNamespaces}><office:styles><style:style style:name="A" style:family="text" style:parent-style-name="B"/></office:styles></office:document-styles>`,
    "meta.xml": `<office:document-meta ${odfNamespaces}><office:meta><dc:title>Title</dc:title></office:meta></office:document-meta>`,
    "Pictures/a.png": png,
  });
const odfTable =
  '<table:table table:name="T"><table:table-column table:number-columns-repeated="2"/><table:table-row table:number-rows-repeated="2"><table:table-cell table:number-columns-spanned="2" table:number-rows-spanned="1" office:value-type="string"><text:p>wide</text:p></table:table-cell><table:covered-table-cell/></table:table-row><table:table-row><table:table-cell table:number-columns-repeated="2"><text:p>x</text:p><office:annotation><text:p>note</text:p></office:annotation></table:table-cell></table:table-row></table:table>';
const odfFrame = '<draw:frame svg:width="1cm" svg:height="1cm"><draw:image xlink:href="Pictures/a.png"/></draw:frame>';

const book = () =>
  zipOf({
    mimetype: "application/epub+zip",
    "META-INF/container.xml":
      '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="OPS/book.opf"/></rootfiles></container>',
    "OPS/book.opf":
      '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata><dc:title>Book</dc:title></metadata><manifest><item id="a" href="a.xhtml" media-type="application/xhtml+xml"/><item id="n" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/><item id="p" href="a.png" media-type="image/png"/></manifest><spine><itemref idref="a"/></spine></package>',
    "OPS/nav.xhtml":
      '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"><body><nav epub:type="toc"><ol><li><a href="a.xhtml#x">One</a></li></ol></nav></body></html>',
    "OPS/a.xhtml":
      '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"><body><h1 id="x">One</h1><p>text<a href="#n" epub:type="noteref">1</a> <img src="a.png" alt="alt"/></p><aside epub:type="footnote" id="n"><p>note</p></aside><table><tr><td colspan="2" rowspan="2">x</td></tr></table></body></html>',
    "OPS/a.png": png,
  });

function page(): Uint8Array {
  const writer = new PdfWriter({
    info: { Title: "Title" },
    outline: [{ title: "One", page: 0, kids: [{ title: "Two", page: 1 }] }],
    tags: [
      {
        type: "Document",
        kids: [
          { type: "H1", page: 0, kids: [0] },
          { type: "P", page: 0, kids: [1] },
        ],
      },
    ],
    layers: { shown: true, hidden: false },
    attachments: { "a.txt": "attached" },
  });
  const first = writer.page();
  first.text("Heading", 72, 80, { size: 18, mcid: 0 }).text("A paragraph of text on a page.", 72, 120, { mcid: 1 });
  first.text("turned", 200, 300, { angle: 90 }).text("layer", 72, 400, { layer: "hidden" });
  for (const at of [0, 1, 2]) {
    first.line(72, 500 + at * 20, 272, 500 + at * 20).line(72 + at * 100, 500, 72 + at * 100, 540);
  }
  first.text("a", 80, 514).text("b", 180, 514).text("c", 80, 534).text("d", 180, 534);
  first.link([72, 110, 172, 130], "https://example.org/");
  writer.page(842, 595, "/Rotate 90").text("Second page", 72, 80, { font: "Unicode" });
  return writer.bytes();
}

const mail = () => {
  const part = (headers: string, body: string) => `--b\r\n${headers}\r\n\r\n${body}\r\n`;
  return Buffer.from(
    `From: Ann =?utf-8?q?M=C3=BCller?= <ann@example.org>\r\nTo: bob@example.org\r\nSubject: =?utf-8?b?UmVwb3J0?=\r\nDate: Mon, 23 Nov 2026 10:00:00 +0100\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n${part("Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable", '<p>Hi =3D <b>Bob</b></p><img src=3D"cid:p@x">')}${part("Content-Type: image/png\r\nContent-ID: <p@x>\r\nContent-Transfer-Encoding: base64", png.toString("base64"))}${part('Content-Type: text/csv; name="t.csv"\r\nContent-Disposition: attachment; filename="t.csv"', "a,b\r\n1,2\r\n")}${part("Content-Type: message/rfc822", "From: a@b.example\r\nSubject: Inner\r\n\r\nInner text\r\n")}--b--\r\n`,
  );
};

const texts: readonly [FormatName, string, string][] = [
  ["text", "a.txt", "CHAPTER ONE\n\nSome words of text,\nand more of them.\n\n1. one\n2. two\n\n- dot\n\n  indented\n"],
  [
    "markdown",
    "a.md",
    '---\ntitle: T\ntags: [a, b]\n---\n# One\n\nText **bold** _it_ `code` [link](https://example.org "t") ![alt](a.png)[^1]\n\n> quote\n> - a\n>   1. b\n\n| a | b |\n|---|:-:|\n| 1 | 2 |\n\n```js\ncode\n```\n\n$$x^2$$\n\n<table><tr><td colspan="2">h</td></tr></table>\n\n- [x] done\n\n[^1]: Note\n',
  ],
  [
    "html",
    "a.html",
    '<!doctype html><html lang="en"><head><title>T</title><meta name="author" content="A"></head><body><nav>menu</nav><main><h1>One</h1><p>Text <b>bold</b> <a href="/x">link</a> <img src="data:image/png;base64,iVBORw0KGgo=" alt="alt"></p><ul><li>a<ol start="3"><li>b</li></ol></li></ul><table><thead><tr><th colspan="2">h</th></tr></thead><tr><td rowspan="2">1</td><td>2</td></tr></table><pre>code</pre><p style="display:none">hidden</p><math><mfrac><mn>1</mn><mi>x</mi></mfrac></math><dl><dt>t</dt><dd>d</dd></dl></main></body></html>',
  ],
  ["csv", "a.csv", 'name,count,day\n"one ""x""",1,2026-01-02\ntwo,2.5,\n"multi\nline",3,x\n'],
  ["csv", "a.tsv", "a\tb\n1\t2\n3\t4\n"],
  [
    "json",
    "a.json",
    '{"title":"T","list":[1,2.5,null,true,{"a":"b\\u00e9"}],"rows":[{"x":1,"y":"a"},{"x":2,"y":"b"}]}',
  ],
  ["json", "a.jsonl", '{"x":1,"y":"a"}\n{"x":2,"y":"b"}\n'],
  [
    "yaml",
    "a.yaml",
    "title: T\nlist: &l\n  - a\n  - 1.5\n  - {x: 1, y: [2]}\nagain: *l\ntext: |\n  lines\n  more\n---\nsecond: !!str 1\n",
  ],
  [
    "xml",
    "a.xml",
    '<?xml version="1.0"?><root xmlns:n="urn:n"><n:item id="1">one<sub>x</sub></n:item><item id="2"><![CDATA[two]]></item><!-- c --></root>',
  ],
  [
    "rtf",
    "a.rtf",
    '{\\rtf1\\ansi\\ansicpg1252{\\fonttbl{\\f0 Arial;}}{\\stylesheet{\\s1 heading 1;}}{\\info{\\title T}}\\pard\\s1\\outlinelevel0 One\\par\\pard {\\b bold} \\u8364?\\\'e9{\\footnote n}\\par\\trowd\\clmgf\\cellx100\\clmrg\\cellx200\\intbl x\\cell y\\cell\\row\\pard{\\field{\\*\\fldinst HYPERLINK "https://example.org"}{\\fldrslt link}}{\\pict\\pngblip\\picw5\\pich5 89504e470d0a1a0a}\\par{\\*\\bkmkstart a}\\bin3 abc}',
  ],
];

const pixels = () =>
  sharp({ create: { width: 40, height: 30, channels: 3, background: "#fff" } }).composite([
    { input: Buffer.from('<svg width="20" height="10"><rect width="20" height="10"/></svg>'), left: 5, top: 5 },
  ]);

/** An uncompressed Windows bitmap of 2 × 2 pixels. */
function bitmap(): Uint8Array {
  const bytes = Buffer.alloc(54 + 16, 0x80);
  bytes.fill(0, 0, 54);
  bytes.write("BM", 0, "latin1");
  bytes.writeUInt32LE(bytes.length, 2);
  bytes.writeUInt32LE(54, 10);
  bytes.writeUInt32LE(40, 14);
  bytes.writeInt32LE(2, 18);
  bytes.writeInt32LE(2, 22);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(24, 28);
  return bytes;
}

export const seeds: readonly Seed[] = [
  { format: "pdf", fileName: "a.pdf", make: page },
  { format: "docx", fileName: "a.docx", make: word },
  { format: "pptx", fileName: "a.pptx", make: slides },
  { format: "xlsx", fileName: "a.xlsx", make: workbook },
  {
    format: "odt",
    fileName: "a.odt",
    make: () =>
      odfOf(
        "text",
        `<text:h text:outline-level="1">One</text:h><text:p>a<text:s text:c="2"/><text:span text:style-name="B">b</text:span><text:note text:note-class="footnote"><text:note-body><text:p>note</text:p></text:note-body></text:note></text:p><text:list text:style-name="L"><text:list-item text:start-value="3"><text:p>one</text:p></text:list-item></text:list>${odfTable}<text:p>${odfFrame}</text:p>`,
      ),
  },
  {
    format: "odp",
    fileName: "a.odp",
    make: () =>
      odfOf(
        "presentation",
        `<draw:page draw:name="p1"><draw:frame presentation:class="title" svg:x="1cm" svg:y="1cm" svg:width="5cm" svg:height="2cm"><draw:text-box><text:p>Title</text:p></draw:text-box></draw:frame>${odfFrame}<draw:frame>${odfTable}</draw:frame><draw:g><draw:custom-shape><text:p>shape</text:p></draw:custom-shape></draw:g><presentation:notes><draw:frame><draw:text-box><text:p>notes</text:p></draw:text-box></draw:frame></presentation:notes></draw:page>`,
      ),
  },
  { format: "ods", fileName: "a.ods", make: () => odfOf("spreadsheet", odfTable) },
  { format: "epub", fileName: "a.epub", make: book },
  ...texts.map(([format, fileName, content]): Seed => ({ format, fileName, make: () => Buffer.from(content) })),
  { format: "email", fileName: "a.eml", make: mail },
  { format: "msg", fileName: "a.msg", make: outlookMessage },
  { format: "doc", fileName: "a.doc", make: wordFile },
  { format: "ppt", fileName: "a.ppt", make: presentationFile },
  { format: "xls", fileName: "a.xls", make: () => binaryWorkbook("biff8") },
  { format: "xlsb", fileName: "a.xlsb", make: () => binaryWorkbook("xlsb") },
  { format: "image", fileName: "a.png", make: () => pixels().png().toBuffer() },
  { format: "image", fileName: "a.jpg", make: () => pixels().jpeg().toBuffer() },
  { format: "image", fileName: "a.tiff", make: () => pixels().tiff({ compression: "lzw" }).toBuffer() },
  { format: "image", fileName: "a.webp", make: () => pixels().webp().toBuffer() },
  { format: "image", fileName: "a.gif", make: () => pixels().gif().toBuffer() },
  { format: "image", fileName: "a.avif", make: () => pixels().avif({ effort: 0 }).toBuffer() },
  { format: "image", fileName: "a.bmp", make: bitmap },
];
