/**
 * Files that cost a careless reader its memory, its time or its safety: small to make, one trick each. They are read in the
 * tests, in this process, and by `npm run hostile`, in the sandbox under its limits.
 */
import { crc32, deflateSync } from "node:zlib";
import { docxOf, p, table } from "./ooxml-builder.ts";
import { rowOf, workbookOf, zipOf } from "./read-source.ts";

type Make = () => Promise<Uint8Array> | Uint8Array | string;

const odf = "urn:oasis:names:tc:opendocument:xmlns";
const sheetOf = (rows: string) =>
  zipOf({
    mimetype: "application/vnd.oasis.opendocument.spreadsheet",
    "content.xml": `<office:document-content xmlns:office="${odf}:office:1.0" xmlns:text="${odf}:text:1.0" xmlns:table="${odf}:table:1.0"><office:body><office:spreadsheet><table:table table:name="T">${rows}</table:table></office:spreadsheet></office:body></office:document-content>`,
  });

/** Both names lead to the same compressed bytes, as in the densest ZIP bombs known. */
async function overlapping(): Promise<Uint8Array> {
  const zip = Buffer.from(await docxOf({ body: p("x"), members: { "word/a.xml": "<a/>", "word/b.xml": "<b/>" } }));
  const entryOf = (name: string) => zip.lastIndexOf(name) - 46;
  zip.copy(zip, entryOf("word/b.xml") + 42, entryOf("word/a.xml") + 42, entryOf("word/a.xml") + 46);
  return zip;
}

/** Names that lead out of wherever they are unpacked. What writes our ZIPs would not write them, so they are put in afterwards. */
async function outside(): Promise<Uint8Array> {
  const zip = Buffer.from(await docxOf({ body: p("x"), members: { "aa/aa/outside": "x", "b/etc/outside": "x" } }));
  for (const [name, evil] of [
    ["aa/aa/outside", "../../outside"],
    ["b/etc/outside", "/etc//outside"],
  ] as const)
    for (let at = zip.indexOf(name); at >= 0; at = zip.indexOf(name, at)) zip.write(evil, at, "latin1");
  return zip;
}

/** Objects in order, the catalogue first; readers find them without a table of offsets. */
const pdfOf = (...objects: readonly string[]) =>
  `%PDF-1.7\n${objects.map((body, at) => `${at + 1} 0 obj\n${body}\nendobj\n`).join("")}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\n%%EOF\n`;
const streamOf = (dictionary: string, content: string) =>
  `<< ${dictionary} /Length ${content.length} >>\nstream\n${content}\nendstream`;
const catalog = "<< /Type /Catalog /Pages 2 0 R >>";
const onePage = (more: string) => `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] ${more} >>`;

function pngOf(width: number, height: number): Uint8Array {
  const chunk = (type: string, data: Uint8Array) => {
    const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 0, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from("89504e470d0a1a0a", "hex"),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(Buffer.alloc(10_000_000))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

const mailHead = "From: a@b.example\r\nSubject: s\r\nMIME-Version: 1.0\r\n";
const manyParts = (count: number) =>
  `${mailHead}Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\nContent-Type: text/plain; name="a.txt"\r\nContent-Disposition: attachment; filename="a.txt"\r\n\r\nx\r\n'.repeat(count)}--b--\r\n`;
function deepParts(depth: number): string {
  let text = mailHead;
  for (let at = 0; at < depth; at++) text += `Content-Type: multipart/mixed; boundary=b${at}\r\n\r\n--b${at}\r\n`;
  return `${text}Content-Type: text/plain\r\n\r\ndeep\r\n`;
}
function messages(depth: number): string {
  let text = `${mailHead}\r\ninnermost\r\n`;
  for (let at = 0; at < depth; at++)
    text = `${mailHead}Content-Type: multipart/mixed; boundary=m${at}\r\n\r\n--m${at}\r\nContent-Type: message/rfc822\r\n\r\n${text}\r\n--m${at}--\r\n`;
  return text;
}
const laughs = (levels: number) =>
  `a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n${Array.from({ length: levels }, (_, at) => `a${at + 1}: &a${at + 1} [${Array.from({ length: 10 }, () => `*a${at}`).join(", ")}]`).join("\n")}\n`;

/** By file name. */
export const bombs: Readonly<Record<string, Make>> = {
  // Containers.
  "ratio.docx": () => docxOf({ body: "", members: { "word/document.xml": Buffer.alloc(64 * 1024 * 1024, 0x20) } }),
  "entries.docx": () =>
    docxOf({ body: p("x"), members: Object.fromEntries(Array.from({ length: 11_000 }, (_, at) => [`a/${at}`, "x"])) }),
  "overlap.docx": overlapping,
  "outside.docx": outside,
  // XML.
  "entities.xml": () =>
    `<!DOCTYPE a [<!ENTITY a0 "xxxxxxxxxx">${Array.from({ length: 12 }, (_, at) => `<!ENTITY a${at + 1} "${`&a${at};`.repeat(10)}">`).join("")}]><a>&a12;</a>`,
  "attributes.xml": () => `<a ${Array.from({ length: 20_000 }, (_, at) => `a${at}="x"`).join(" ")}>x</a>`,
  "deep.xml": () => `${"<a>".repeat(200_000)}x${"</a>".repeat(200_000)}`,
  "wide.xml": () => `<a>${"<b/>".repeat(100_000)}</a>`,
  // PDF.
  "page-loop.pdf": () => pdfOf(catalog, "<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>"),
  "page-count.pdf": () => pdfOf(catalog, "<< /Type /Pages /Kids [3 0 R] /Count 2000000000 >>", onePage("")),
  "page-kids.pdf": () =>
    pdfOf(catalog, `<< /Type /Pages /Kids [${"3 0 R ".repeat(100_000)}] /Count 100000 >>`, onePage("")),
  "page-depth.pdf": () =>
    pdfOf(
      catalog,
      ...Array.from({ length: 5000 }, (_, at) => `<< /Type /Pages /Kids [${at + 3} 0 R] /Count 1 >>`),
      onePage(""),
    ),
  "form-loop.pdf": () =>
    pdfOf(
      catalog,
      "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
      onePage("/Contents 4 0 R /Resources << /XObject << /F 5 0 R >> >>"),
      streamOf("", "/F Do"),
      streamOf("/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /F 5 0 R >> >>", "/F Do /F Do"),
    ),
  "form-tree.pdf": () =>
    pdfOf(
      catalog,
      "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
      onePage("/Contents 4 0 R /Resources << /XObject << /F 5 0 R >> >>"),
      streamOf("", "/F Do"),
      ...Array.from({ length: 20 }, (_, at) =>
        streamOf(
          `/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /F ${at + 6} 0 R >> >>`,
          "/F Do ".repeat(10),
        ),
      ),
    ),
  "stream-loop.pdf": () =>
    pdfOf(
      catalog,
      "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
      streamOf("/Type /ObjStm /N 1 /First 4 /Extends 3 0 R", "3 0 << /Length 3 0 R >>"),
    ),
  "outline-loop.pdf": () =>
    pdfOf(
      "<< /Type /Catalog /Pages 2 0 R /Outlines 4 0 R >>",
      "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
      onePage("/Contents 6 0 R"),
      "<< /First 5 0 R /Last 5 0 R >>",
      "<< /Title (a) /Parent 4 0 R /Next 5 0 R /First 5 0 R >>",
      streamOf("", "BT ET"),
    ),
  "giant-type.pdf": () =>
    pdfOf(
      catalog,
      "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
      onePage("/Contents 4 0 R /Resources << /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>"),
      streamOf("", "BT /F 18 Tf 1 0 0 4294967295 7 76 Tm (Heading) Tj ET"),
    ),
  "giant-page.pdf": () =>
    pdfOf(
      catalog,
      "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
      "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 1e9 1e9] /Contents 4 0 R /Resources << /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
      streamOf("", "BT /F 12 Tf 10 10 Td (far) Tj ET"),
    ),
  // Pictures.
  "gigapixels.png": () => pngOf(60_000, 60_000),
  "thin.png": () => pngOf(1, 9_000_000),
  // Tables.
  "repeats.ods": () =>
    sheetOf(
      '<table:table-row table:number-rows-repeated="1048576"><table:table-cell table:number-columns-repeated="16384"><text:p>x</text:p></table:table-cell></table:table-row>',
    ),
  "far.xlsx": () =>
    workbookOf([
      {
        rows: '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        after: '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>',
      },
    ]),
  "sheets.xlsx": () => workbookOf(Array.from({ length: 6000 }, () => ({ rows: "" }))),
  "same-names.xlsx": () => workbookOf(Array.from({ length: 300 }, () => ({ name: "a", rows: rowOf(1, ["x"]) }))),
  "spans.html": () =>
    `<table>${'<tr><td colspan="1000000000" rowspan="1000000000">x</td><td colspan="99999">y</td></tr>'.repeat(200)}</table>`,
  "spans.docx": () =>
    docxOf({ body: table([['<w:tcPr><w:gridSpan w:val="2147483647"/></w:tcPr><w:p><w:r><w:t>x</w:t></w:r></w:p>']]) }),
  "columns.csv": () => `${"x,".repeat(100_000)}\n`,
  "line.csv": () => `${"word ".repeat(1_000_000)}\n`,
  "quote.csv": () => `a,b\n"${"x\n".repeat(50_000)}`,
  "pipes.md": () => `|${"a|".repeat(20_000)}\n|${"-|".repeat(20_000)}\n${"|x\n".repeat(20_000)}`,
  // Nesting.
  "deep.html": () => `${"<div>".repeat(100_000)}x`,
  "tables.html": () => `${"<table><tr><td>".repeat(5000)}x`,
  "lists.html": () => `${"<ul><li>".repeat(20_000)}x`,
  "marks.html": () => `${"<b><i>".repeat(20_000)}x`,
  "deep.json": () => `${"[".repeat(200_000)}1${"]".repeat(200_000)}`,
  "deep.yaml": () => "[".repeat(50_000),
  "indent.yaml": () => Array.from({ length: 2000 }, (_, at) => `${" ".repeat(at)}a:`).join("\n"),
  "laughs.yaml": () => laughs(12),
  "self.yaml": () => "a: &a [*a]\n",
  "quotes.md": () => `${">".repeat(50_000)} x`,
  "emphasis.md": () => `${"*a **b ".repeat(10_000)}`,
  "brackets.md": () => `${"[".repeat(50_000)}x${"](y)".repeat(50_000)}`,
  "headings.md": () => "# a\n".repeat(3000),
  "groups.rtf": () => `{\\rtf1${"{".repeat(200_000)}x`,
  "binary.rtf": () => "{\\rtf1\\bin2147483647 x}",
  // Mail.
  "parts.eml": () => manyParts(10_000),
  "deep.eml": () => deepParts(2000),
  "messages.eml": () => messages(60),
  // Lies and files that are two things.
  "lie.docx": () => "%PDF-1.7\n",
  "lie.png": () => "<html><body>x</body></html>",
  "empty.pdf": () => "",
  "zip-and-pdf.pdf": async () =>
    Buffer.concat([await docxOf({ body: p("word") }), Buffer.from(pdfOf(catalog, "<< >>"))]),
  "pdf-and-html.html": () => `<!-- %PDF-1.7 --><p>page</p>${pdfOf(catalog, "<< >>")}`,
  "nul.txt": () => "\0".repeat(1_000_000),
};
