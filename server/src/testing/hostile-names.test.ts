/** Names that lead elsewhere, or mean something to a system, stay data: members of the result are named by us alone. */
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openPackage, writePackage } from "../outputs/package/index.ts";
import { docxOf, rel } from "./ooxml-builder.ts";
import { packageInput } from "./package-input.ts";
import { PdfWriter } from "./pdf-writer.ts";
import { readSource, zipOf } from "./read-source.ts";

const names = [
  "../../../outside.png",
  "/etc/passwd.png",
  "C:\\Windows\\a.png",
  "..\\..\\b.png",
  "a\u0000.png",
  "line\r\nbreak\u001b[2J.png",
  "CON.png",
  "aux.png.",
  "same.png",
  "same.png",
  "SAME.png",
  "same\u200b.png",
  "\u202egnp.exe",
  `${"x".repeat(4000)}.png`,
  "chunks.json",
  "images/IMAGE_00000000-0000-0000-0000-000000000000.png",
  "a.png:stream",
  "...",
];

/** Pictures that differ, so that none is kept only once. */
const pictureOf = (at: number) =>
  sharp({ create: { width: 60, height: 60 + at, channels: 3, background: { r: at * 10, g: 90, b: 160 } } })
    .png()
    .toBuffer();
let pictures: Buffer[];
let folder: string;
beforeAll(async () => {
  pictures = await Promise.all(names.map((_, at) => pictureOf(at)));
  folder = await mkdtemp(join(tmpdir(), "knowhere-names-test-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** For an attribute. XML has no place for most control characters. */
const escapeXml = (text: string) =>
  text.replace(/[^\t\r\n\x20-\uffff]/g, "").replace(/[&<>"\t\r\n]/g, (sign) => `&#${sign.charCodeAt(0)};`);
/** Packed under harmless names of the same length first: what writes our ZIPs refuses the others. */
async function packed(folderName: string, pack: (pictures: Record<string, Uint8Array>) => Promise<Uint8Array>) {
  const hostile = names.map((name) => Buffer.from(folderName + name));
  const harmless = hostile.map((name, at) => `${"p".repeat(name.length - 2)}${String(at).padStart(2, "0")}`);
  const zip = Buffer.from(await pack(Object.fromEntries(harmless.map((name, at) => [name, pictures[at]!]))));
  for (const [index, name] of harmless.entries())
    for (let at = zip.indexOf(name); at >= 0; at = zip.indexOf(name, at + 1)) hostile[index]!.copy(zip, at);
  return zip;
}

const sources: Record<string, () => Promise<Uint8Array>> = {
  "attachments.eml": async () => {
    // RFC 2231: any byte may be in a name.
    const part = (name: string, at: number) =>
      `--b\r\nContent-Type: image/png\r\nContent-Disposition: attachment; filename*=utf-8''${encodeURIComponent(name)}\r\nContent-Transfer-Encoding: base64\r\n\r\n${pictures[at]!.toString("base64")}\r\n`;
    const head =
      "From: a@b.example\r\nSubject: s\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n";
    return Buffer.from(`${head}${names.map(part).join("")}--b--\r\n`);
  },
  "pictures.docx": async () => {
    const blip = (at: number) =>
      `<w:p><w:r><w:drawing><wp:inline><wp:docPr id="${at}" name="x"/><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:blipFill><a:blip r:embed="p${at}"/></pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>`;
    return packed("word/media/", (members) =>
      docxOf({
        body: names.map((_, at) => blip(at)).join(""),
        relationships: names.map((name, at) => rel(`p${at}`, "image", escapeXml(`media/${name}`))).join(""),
        members,
      }),
    );
  },
  "pictures.epub": () =>
    packed("OPS/", (members) =>
      zipOf({
        mimetype: "application/epub+zip",
        "META-INF/container.xml":
          '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="OPS/book.opf"/></rootfiles></container>',
        "OPS/book.opf": `<package xmlns="http://www.idpf.org/2007/opf"><manifest><item id="c" href="c.xhtml" media-type="application/xhtml+xml"/>${names.map((name, at) => `<item id="p${at}" href="${escapeXml(encodeURI(name))}" media-type="image/png"/>`).join("")}</manifest><spine><itemref idref="c"/></spine></package>`,
        "OPS/c.xhtml": `<html xmlns="http://www.w3.org/1999/xhtml"><body>${names.map((name) => `<p>x</p><img src="${escapeXml(encodeURI(name))}"/>`).join("")}</body></html>`,
        ...members,
      }),
    ),
  "attachments.pdf": async () => {
    const writer = new PdfWriter({ attachments: Object.fromEntries(names.map((name) => [name, "attached"])) });
    writer.page().text("A page with attachments", 72, 72);
    return writer.bytes();
  },
};

const uuid = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
const ours = new RegExp(
  `^(manifest|chunks|doc_nav|hierarchy|document)\\.json$|^(full|content)\\.md$|^images/IMAGE_${uuid}\\.png$|^tables/TABLE_${uuid}\\.html$`,
);

describe("hostile names", () => {
  it.each([
    // Every picture comes out, each once: those of one name too.
    ["attachments.eml", names.length],
    // A part of an Office file or a book is found by its name: of three that differ in nothing, or in case, one is there.
    ["pictures.docx", null],
    ["pictures.epub", null],
    ["attachments.pdf", 0],
  ])("in %s never name a member of the result", async (fileName, expected) => {
    const { document, assets } = await readSource(fileName, await sources[fileName]!());
    const path = join(folder, `${fileName}.zip`);
    await writePackage(packageInput(document, { assets, sourceFileName: `../../${fileName}` }), path);
    const zip = await openPackage(path);
    const members = zip.names;
    zip.close();
    // How many the end of the directory counts: two of one name would be one in the list.
    expect((await readFile(path)).readUInt16LE((await stat(path)).size - 12)).toBe(members.length);
    expect(members.filter((name) => !ours.test(name))).toEqual([]);
    expect(new Set(members.map((name) => name.toLowerCase())).size).toBe(members.length);
    const images = members.filter((name) => name.startsWith("images/")).length;
    if (expected === null) expect(images).toBeGreaterThan(names.length / 2);
    else expect(images).toBe(expected);
  });
});
