import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type BookType, utils, write } from "@e965/xlsx";
import { formats } from "@knowhere/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PdfFile } from "../src/formats/pdf/file.ts";
import { PdfPage } from "../src/formats/pdf/page.ts";
import { docxOf, p, pptxOf, shape } from "../src/testing/ooxml-builder.ts";
import { zipOf } from "../src/testing/read-source.ts";
import { type Client, createClient } from "./client.ts";
import { makeDataDir, type StartedServer, startServer } from "./server.ts";

const odfNames = ["office", "text", "table", "draw", "presentation"]
  .map((name) => `xmlns:${name}="urn:oasis:names:tc:opendocument:xmlns:${name === "draw" ? "drawing" : name}:1.0"`)
  .join(" ");
const odfOf = (kind: string, body: string) =>
  zipOf({
    mimetype: `application/vnd.oasis.opendocument.${kind}`,
    "content.xml": `<office:document-content ${odfNames}><office:body><office:${kind}>${body}</office:${kind}></office:body></office:document-content>`,
  });
const sheet = (type: BookType) => async () => {
  const book = utils.book_new();
  utils.book_append_sheet(
    book,
    utils.aoa_to_sheet([
      ["place", "cm"],
      ["lock", 40],
    ]),
    "Gauges",
  );
  return new Uint8Array(write(book, { type: "buffer", bookType: type }));
};
/** Rendered by PDFium, whose fonts are its own: a bare machine has none. */
const picture = async () => {
  const file = await PdfFile.open(new Uint8Array(await fixture("pdf", "report.pdf")()), undefined);
  const page = PdfPage.open(file, 2)!;
  const rendered = await page.crop([0, 0, 595, 300], 200);
  page.close();
  file.close();
  return rendered!.bytes;
};
const fixture = (format: string, name: string) => () =>
  readFile(new URL(`../src/formats/${format}/fixtures/${name}`, import.meta.url));

/** One small file of each format, and a text that must come out. */
const samples: Record<string, { file: string; bytes(): Promise<Uint8Array>; text: string }> = {
  pdf: { file: "report.pdf", bytes: fixture("pdf", "report.pdf"), text: "107,450" },
  markdown: { file: "notes.md", bytes: fixture("markdown", "notes.md"), text: "High water comes" },
  text: { file: "chapters.txt", bytes: fixture("text", "chapters.txt"), text: "Most ships come in the morning" },
  html: { file: "table.html", bytes: fixture("html", "table.html"), text: "Ships that called" },
  csv: { file: "semicolons.csv", bytes: fixture("csv", "semicolons.csv"), text: "287" },
  json: { file: "ships.json", bytes: fixture("json", "ships.json"), text: "Eastquay" },
  yaml: { file: "settings.yaml", bytes: fixture("yaml", "settings.yaml"), text: "Eastquay" },
  xml: { file: "ships.xml", bytes: fixture("xml-file", "ships.xml"), text: "Ada" },
  rtf: { file: "letter.rtf", bytes: fixture("rtf", "letter.rtf"), text: "high water is at" },
  email: { file: "attachment.eml", bytes: fixture("email", "attachment.eml"), text: "The lock stands at 40 cm" },
  docx: { file: "a.docx", bytes: () => docxOf({ body: p("Dear reader") }), text: "Dear reader" },
  pptx: {
    file: "a.pptx",
    bytes: () => pptxOf({ slides: [{ shapes: shape("Tides", '<p:ph type="title"/>') }] }),
    text: "Tides",
  },
  odt: { file: "a.odt", bytes: () => odfOf("text", "<text:p>Dear reader</text:p>"), text: "Dear reader" },
  odp: {
    file: "a.odp",
    bytes: () =>
      odfOf(
        "presentation",
        '<draw:page draw:name="one"><draw:frame><draw:text-box><text:p>Tides</text:p></draw:text-box></draw:frame></draw:page>',
      ),
    text: "Tides",
  },
  epub: {
    file: "a.epub",
    bytes: () =>
      zipOf({
        mimetype: "application/epub+zip",
        "META-INF/container.xml":
          '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="book.opf"/></rootfiles></container>',
        "book.opf":
          '<package xmlns="http://www.idpf.org/2007/opf"><metadata/><manifest><item id="c" href="c.xhtml" media-type="application/xhtml+xml"/></manifest><spine><itemref idref="c"/></spine></package>',
        "c.xhtml": '<html xmlns="http://www.w3.org/1999/xhtml"><body><h1>Tides</h1><p>High water.</p></body></html>',
      }),
    text: "High water.",
  },
  xlsx: { file: "a.xlsx", bytes: sheet("xlsx"), text: "lock" },
  xls: { file: "a.xls", bytes: sheet("biff8"), text: "lock" },
  xlsb: { file: "a.xlsb", bytes: sheet("xlsb"), text: "lock" },
  ods: { file: "a.ods", bytes: sheet("ods"), text: "lock" },
  image: { file: "gauge.png", bytes: picture, text: "highest tide" },
};
/** Made by LibreOffice from the modern sibling, as nothing else writes them. Outlook messages are written by nothing here. */
const legacy: Record<string, { from: string; text: string }> = {
  doc: { from: "docx", text: "Dear reader" },
  ppt: { from: "pptx", text: "Tides" },
};
const withoutSample = new Set(["msg"]);

let dataDir: Awaited<ReturnType<typeof makeDataDir>>;
let scratch: string;
let server: StartedServer;
let client: Client;
beforeAll(async () => {
  dataDir = await makeDataDir();
  scratch = await mkdtemp(join(tmpdir(), "knowhere-formats-"));
  server = await startServer(dataDir.path);
  client = createClient(server);
}, 300_000);
afterAll(async () => {
  await server?.stop();
  await rm(scratch, { recursive: true, force: true });
  await dataDir?.remove();
});

describe("from outside", () => {
  it("there is a sample of every format", () => {
    expect(
      formats
        .map(({ name }) => name as string)
        .filter((name) => !(name in samples) && !(name in legacy) && !withoutSample.has(name)),
    ).toEqual([]);
  });

  it.each(Object.keys(samples))("%s goes in and comes out as text with places", async (name) => {
    const { file, bytes, text } = samples[name]!;
    const job = await client.parse(file, await bytes());
    expect(job).toMatchObject({ status: "done" });
    const members = await client.download(job);
    expect(members.get("full.md")!.toString()).toContain(text);
    const { chunks } = JSON.parse(members.get("chunks.json")!.toString());
    expect(chunks.length).toBeGreaterThan(0);
    for (const chunk of chunks) expect(chunk.metadata.page_nums.length).toBeGreaterThan(0);
  });

  it.for(Object.keys(legacy))("%s is converted where LibreOffice is installed", async (name, context) => {
    const run = promisify(execFile);
    const installed = await run("soffice", ["--version"], { timeout: 30_000 }).catch(() => null);
    if (!installed) context.skip("LibreOffice is not installed");
    const { from, text } = legacy[name]!;
    const source = join(scratch, `a.${from}`);
    await writeFile(source, await samples[from]!.bytes());
    await run(
      "soffice",
      [
        `-env:UserInstallation=file://${scratch}/profile`,
        "--headless",
        "--convert-to",
        name,
        "--outdir",
        scratch,
        source,
      ],
      { timeout: 120_000 },
    );
    const made = (await readdir(scratch)).find((file) => file === `a.${name}`)!;
    const job = await client.parse(made, await readFile(join(scratch, made)));
    expect(job).toMatchObject({ status: "done", file_extension: name.toUpperCase() });
    expect((await client.download(job)).get("full.md")!.toString()).toContain(text);
  });
});
