/**
 * Writes the fixtures of formats that nobody can type: packages and compound files, made from what stands here. Run it with
 * `npm run golden -- --make`; the trees beside them are then written by `npm run golden -- --accept`.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { utils, write } from "@e965/xlsx";
import CFB from "cfb";
import sharp from "sharp";
import { docxOf, item, level, p, pptxOf, rel, shape, style, table } from "./ooxml-builder.ts";
import { rowOf, workbookOf, zipOf } from "./read-source.ts";

const formats = join(dirname(dirname(fileURLToPath(import.meta.url))), "formats");

/** A word processor's document with a bit of everything a tree can say about it. */
function report(): Promise<Uint8Array> {
  const numbering =
    `<w:abstractNum w:abstractNumId="0">${level(0, "decimal", "%1.")}${level(1, "lowerLetter", "%2)")}</w:abstractNum>` +
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>';
  const merged = `<w:tcPr><w:gridSpan w:val="2"/></w:tcPr>${p("Cargo")}`;
  return docxOf({
    core: "<dc:title>Harbour report</dc:title><dc:creator>Ann Lind</dc:creator>",
    styles: style("H1", "heading 1") + style("H2", "heading 2") + style("Q", "Quote"),
    numbering,
    footnotes: '<w:footnote w:id="2"><w:p><w:r><w:t>Counted at noon.</w:t></w:r></w:p></w:footnote>',
    relationships: rel("site", "hyperlink", "https://example.org/harbour", true),
    body:
      p("Harbour report", '<w:pStyle w:val="H1"/>') +
      '<w:p><w:r><w:t xml:space="preserve">Twelve ships </w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>arrived</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r><w:r><w:t xml:space="preserve">; see </w:t></w:r><w:hyperlink r:id="site"><w:r><w:t>the site</w:t></w:r></w:hyperlink><w:r><w:t>.</w:t></w:r></w:p>' +
      p("Ships", '<w:pStyle w:val="H2"/>') +
      table(
        [
          ["Name", merged],
          ["Aurora", "timber", "40 t"],
        ],
        '<w:tblLook w:firstRow="1"/>',
      ) +
      item("unload", 1) +
      item("weigh", 1, 1) +
      item("store", 1) +
      p("Nothing was lost.", '<w:pStyle w:val="Q"/>') +
      "<w:p><m:oMathPara><m:oMath><m:f><m:num><m:r><m:t>a</m:t></m:r></m:num><m:den><m:r><m:t>b</m:t></m:r></m:den></m:f></m:oMath></m:oMathPara></w:p>",
  });
}

function slides(): Promise<Uint8Array> {
  const bullet = (text: string, at: number) =>
    `<a:p><a:pPr lvl="${at}"><a:buChar char="•"/></a:pPr><a:r><a:t>${text}</a:t></a:r></a:p>`;
  return pptxOf({
    slides: [
      {
        shapes:
          shape("Harbour", '<p:ph type="title"/>', [30, 20, 600, 60]) +
          shape(bullet("ships", 0) + bullet("timber", 1) + bullet("cranes", 0), '<p:ph idx="1"/>', [30, 100, 300, 300]),
        notes: "Greet the pilots.",
      },
      { shapes: shape("Thank you", '<p:ph type="title"/>'), attributes: 'show="0"' },
    ],
  });
}

function workbook(): Promise<Uint8Array> {
  return workbookOf([
    {
      name: "Ships",
      rows:
        rowOf(1, ["Name", "Tons", "Cargo"]) + rowOf(2, ["Aurora", 40, "timber"]) + rowOf(3, ["Borealis", 12.5, "fish"]),
      after: '<mergeCells><mergeCell ref="A3:A4"/></mergeCells>',
    },
    { name: "Notes", rows: rowOf(1, ["kept apart"]), state: "hidden" },
  ]);
}

/** The same small workbook in the forms that only a library writes. */
function bookAs(bookType: "biff8" | "xlsb" | "ods"): Uint8Array {
  const book = utils.book_new();
  const rows = [
    ["Name", "Tons"],
    ["Aurora", 40],
    ["Borealis", 12.5],
  ];
  utils.book_append_sheet(book, utils.aoa_to_sheet(rows), "Ships");
  return write(book, { type: "buffer", bookType }) as Uint8Array;
}

const odf = "urn:oasis:names:tc:opendocument:xmlns";
const odfNames =
  ["office", "style", "text", "table", "presentation"].map((name) => `xmlns:${name}="${odf}:${name}:1.0"`).join(" ") +
  ` xmlns:draw="${odf}:drawing:1.0" xmlns:svg="${odf}:svg-compatible:1.0" xmlns:fo="${odf}:xsl-fo-compatible:1.0" xmlns:xlink="http://www.w3.org/1999/xlink"`;

function openDocument(kind: "text" | "presentation", body: string, automatic = ""): Promise<Uint8Array> {
  return zipOf({
    mimetype: `application/vnd.oasis.opendocument.${kind}`,
    "content.xml": `<office:document-content ${odfNames}><office:automatic-styles>${automatic}</office:automatic-styles><office:body><office:${kind}>${body}</office:${kind}></office:body></office:document-content>`,
  });
}

function letter(): Promise<Uint8Array> {
  const bold =
    '<style:style style:name="B" style:family="text"><style:text-properties fo:font-weight="bold"/></style:style>';
  const row = (...cells: string[]) =>
    `<table:table-row>${cells.map((cell) => `<table:table-cell><text:p>${cell}</text:p></table:table-cell>`).join("")}</table:table-row>`;
  return openDocument(
    "text",
    '<text:h text:outline-level="1">Letter</text:h><text:p>Dear <text:span text:style-name="B">harbour master</text:span>,<text:note text:note-class="footnote"><text:note-citation>1</text:note-citation><text:note-body><text:p>On duty in May.</text:p></text:note-body></text:note> thank you.</text:p>' +
      "<text:list><text:list-item><text:p>ships</text:p></text:list-item><text:list-item><text:p>cranes</text:p></text:list-item></text:list>" +
      `<table:table><table:table-header-rows>${row("Name", "Tons")}</table:table-header-rows>${row("Aurora", "40")}</table:table>`,
    bold,
  );
}

function talk(): Promise<Uint8Array> {
  const frame = (kind: string, text: string, y: number) =>
    `<draw:frame presentation:class="${kind}" svg:x="1cm" svg:y="${y}cm" svg:width="20cm" svg:height="3cm"><draw:text-box><text:p>${text}</text:p></draw:text-box></draw:frame>`;
  return openDocument(
    "presentation",
    `<draw:page draw:name="one">${frame("title", "Harbour", 1)}${frame("outline", "Twelve ships", 5)}</draw:page>`,
  );
}

function book(): Promise<Uint8Array> {
  const chapter = (title: string, text: string) =>
    `<html xmlns="http://www.w3.org/1999/xhtml"><head><title>${title}</title></head><body><h1>${title}</h1><p>${text}</p></body></html>`;
  return zipOf({
    mimetype: "application/epub+zip",
    "META-INF/container.xml":
      '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="OPS/book.opf"/></rootfiles></container>',
    "OPS/book.opf":
      '<package xmlns="http://www.idpf.org/2007/opf"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>The pier</dc:title><dc:creator>Ann Lind</dc:creator><dc:language>en</dc:language></metadata><manifest><item id="b" href="b.xhtml" media-type="application/xhtml+xml"/><item id="a" href="a.xhtml" media-type="application/xhtml+xml"/></manifest><spine><itemref idref="a"/><itemref idref="b"/></spine></package>',
    "OPS/a.xhtml": chapter("Low water", "The <em>pier</em> stood dry."),
    "OPS/b.xhtml": chapter("High water", 'See <a href="a.xhtml">before</a>.'),
  });
}

function compound(streams: Readonly<Record<string, Buffer>>): Uint8Array {
  const container = CFB.utils.cfb_new();
  for (const [name, content] of Object.entries(streams)) CFB.utils.cfb_add(container, `/${name}`, content);
  return new Uint8Array(CFB.write(container, { type: "buffer" }) as Buffer);
}

/** An Outlook message: a stream a property, named by its tag and its type (001F is text). */
function message(): Uint8Array {
  const text = (value: string) => Buffer.from(value, "utf16le");
  return compound({
    "__properties_version1.0": Buffer.alloc(32),
    "__substg1.0_001A001F": text("IPM.Note"),
    "__substg1.0_0037001F": text("Berth 4"),
    "__substg1.0_0C1A001F": text("Ann Lind"),
    "__substg1.0_0C1F001F": text("ann@example.org"),
    "__substg1.0_0E04001F": text("Harbour master"),
    "__substg1.0_1000001F": text("The Aurora lies at berth 4.\r\n\r\nAnn"),
  });
}

/** A presentation stream ([MS-PPT] 2.4.1): an outline of two slides. */
function oldSlides(): Uint8Array {
  const record = (type: number, body: Buffer, container = false): Buffer => {
    const head = Buffer.alloc(8);
    head.writeUInt16LE(container ? 0xf : 0, 0);
    head.writeUInt16LE(type, 2);
    head.writeUInt32LE(body.length, 4);
    return Buffer.concat([head, body]);
  };
  const kind = (value: number) => record(3999, Buffer.from([value, 0, 0, 0]));
  const chars = (value: string) => record(4000, Buffer.from(value, "utf16le"));
  const persist = record(1011, Buffer.alloc(20));
  const pieces = [persist, kind(0), chars("Harbour"), kind(1), chars("ships\rcranes"), persist, kind(0), chars("End")];
  const slide = record(1006, Buffer.alloc(0), true);
  const outline = record(1000, record(4080, Buffer.concat(pieces), true), true);
  return compound({ "PowerPoint Document": Buffer.concat([outline, slide, slide]) });
}

const picture = (): Promise<Uint8Array> =>
  sharp({ create: { width: 24, height: 16, channels: 3, background: "#204060" } })
    .png()
    .toBuffer();

/** By path below `formats/`. */
const fixtures: Readonly<Record<string, () => Uint8Array | Promise<Uint8Array>>> = {
  "docx/fixtures/report.docx": report,
  "pptx/fixtures/slides.pptx": slides,
  "xlsx/fixtures/ships.xlsx": workbook,
  "xlsx/fixtures/ships.xls": () => bookAs("biff8"),
  "xlsx/fixtures/ships.xlsb": () => bookAs("xlsb"),
  "xlsx/fixtures/ships.ods": () => bookAs("ods"),
  "odf/fixtures/letter.odt": letter,
  "odf/fixtures/talk.odp": talk,
  "epub/fixtures/book.epub": book,
  "email/fixtures/note.msg": message,
  "legacy/fixtures/slides.ppt": oldSlides,
  "image/fixtures/blue.png": picture,
};

for (const [path, make] of Object.entries(fixtures)) {
  const target = join(formats, path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, await make());
  console.log(path);
}
