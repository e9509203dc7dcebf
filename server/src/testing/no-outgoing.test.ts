/**
 * Nothing inside a document is ever fetched. Each document below names addresses in every way its format knows; all of
 * them lead to a listener in this process that counts who comes, and every socket that is opened at all is counted too.
 */
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server } from "node:net";
import { Problem } from "@knowhere/contract";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { docxOf, pptxOf, rel, shape } from "./ooxml-builder.ts";
import { readMarkdown, rowOf, workbookOf, zipOf } from "./read-source.ts";

let server: Server;
let address = "";
let arrivals = 0;
let sockets = 0;
/** Node tells of every client socket when it is made, whoever makes it (http, fetch, tls). */
const countSocket = () => {
  sockets += 1;
};

beforeAll(async () => {
  server = createServer((socket) => {
    arrivals += 1;
    socket.destroy();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  subscribe("net.client.socket", countSocket);
});
afterAll(() => {
  unsubscribe("net.client.socket", countSocket);
  server.close();
});
beforeEach(() => {
  arrivals = 0;
  sockets = 0;
});

const doctype = (root: string) =>
  `<!DOCTYPE ${root} PUBLIC "-//X//EN" "${address}/a.dtd" [<!ENTITY % p SYSTEM "${address}/p"> %p; <!ENTITY e SYSTEM "${address}/e">]>`;
const picture = '<pic:pic><pic:blipFill><a:blip r:link="picture"/></pic:blipFill></pic:pic>';

/** By file name: a document that names the listener wherever its format has room for an address. */
const documents: Readonly<Record<string, () => Promise<Uint8Array | string> | string>> = {
  "a.docx": () =>
    docxOf({
      body: `<w:p><w:r><w:drawing><wp:inline><a:graphic><a:graphicData>${picture}</a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p><w:p><w:hyperlink r:id="link"><w:r><w:t>text</w:t></w:r></w:hyperlink></w:p><w:p><w:r><w:pict><v:shape><v:imagedata r:href="picture"/></v:shape></w:pict></w:r></w:p><w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>INCLUDEPICTURE "${address}/field.png"</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>field</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p><w:altChunk r:id="chunk"/>`,
      relationships:
        rel("picture", "image", `${address}/p.png`, true) +
        rel("link", "hyperlink", `${address}/l`, true) +
        rel("chunk", "aFChunk", `${address}/chunk.html`, true) +
        rel("template", "attachedTemplate", `${address}/t.dotm`, true) +
        rel("frame", "frame", `${address}/f`, true) +
        rel("object", "oleObject", `${address}/o`, true),
    }),
  "dtd.docx": () =>
    docxOf({
      body: "<w:p/>",
      members: { "word/document.xml": `${doctype("w:document")}<w:document>&e;</w:document>` },
    }),
  "a.pptx": () =>
    pptxOf({
      slides: [
        {
          shapes: `${shape("text")}<p:pic><p:nvPicPr><p:cNvPr id="4" name="" descr="seen"/></p:nvPicPr><p:blipFill><a:blip r:link="i"/></p:blipFill></p:pic>`,
          relationships:
            rel("i", "image", `${address}/p.png`, true) +
            rel("v", "video", `${address}/v.mp4`, true) +
            rel("s", "slideLayout", `${address}/layout.xml`, true),
        },
      ],
    }),
  "a.xlsx": () =>
    workbookOf([
      {
        rows: `${rowOf(1, ["a", "text"])}<row r="2"><c r="A2"><f>WEBSERVICE("${address}/w")</f></c></row>`,
        after: '<hyperlinks><hyperlink ref="B1" r:id="l"/></hyperlinks><drawing r:id="d"/>',
        relationships:
          rel("l", "hyperlink", `${address}/l`, true) +
          rel("d", "drawing", `${address}/d.xml`, true) +
          rel("c", "comments", `${address}/c.xml`, true),
      },
    ]),
  "a.odt": () => {
    const odf = "urn:oasis:names:tc:opendocument:xmlns";
    const spaces = `xmlns:office="${odf}:office:1.0" xmlns:text="${odf}:text:1.0" xmlns:draw="${odf}:drawing:1.0" xmlns:xlink="http://www.w3.org/1999/xlink"`;
    return zipOf({
      mimetype: "application/vnd.oasis.opendocument.text",
      "content.xml": `<office:document-content ${spaces}><office:body><office:text><text:section><text:section-source xlink:href="${address}/s.odt"/><text:p>text <text:a xlink:href="${address}/l">link</text:a><draw:frame><draw:image xlink:href="${address}/p.png"/></draw:frame><draw:frame><draw:object xlink:href="${address}/o"/></draw:frame></text:p></text:section></office:text></office:body></office:document-content>`,
    });
  },
  "a.epub": () =>
    zipOf({
      mimetype: "application/epub+zip",
      "META-INF/container.xml":
        '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="b.opf"/></rootfiles></container>',
      "b.opf": `<package xmlns="http://www.idpf.org/2007/opf"><manifest><item id="a" href="a.xhtml" media-type="application/xhtml+xml"/><item id="r" href="${address}/r.xhtml" media-type="application/xhtml+xml"/></manifest><spine><itemref idref="a"/><itemref idref="r"/></spine></package>`,
      "a.xhtml": `${doctype("html")}<html xmlns="http://www.w3.org/1999/xhtml"><head><link rel="stylesheet" href="${address}/s.css"/></head><body><p>text <img src="${address}/p.png" alt="seen"/></p></body></html>`,
    }),
  "a.html": () =>
    `<!DOCTYPE html SYSTEM "${address}/a.dtd"><html><head><base href="${address}/"><link rel="stylesheet" href="s.css"><link rel="preload" as="image" href="q.png"><meta http-equiv="refresh" content="0;url=${address}/m"><script src="${address}/s.js"></script><style>@import url(${address}/i.css);</style></head><body><p style="background:url(${address}/b.png)">text <a href="l">link</a><img src="p.png" srcset="p2.png 2x" alt="seen"></p><iframe src="f"></iframe><object data="o"></object><video src="v"></video><embed src="e"><svg><image href="p.svg"/><use href="${address}/u#a"/></svg></body></html>`,
  "a.md": () => `# text\n\n![seen](${address}/p.png) [link](${address}/l) <img src="${address}/q.png">\n`,
  "a.xml": () => `<?xml-stylesheet href="${address}/s.xsl"?>${doctype("a")}<a>text &e;</a>`,
  "include.xml": () =>
    `<a xmlns:xi="http://www.w3.org/2001/XInclude" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="u ${address}/x.xsd"><xi:include href="${address}/x"/>text</a>`,
  "a.json": () => JSON.stringify({ $schema: `${address}/schema`, $ref: `${address}/ref`, a: "text" }),
  "a.yaml": () => `a: text\nb: !include ${address}/x\n`,
  "a.csv": () => `a,b\n"=WEBSERVICE(""${address}/w"")",text\n1,2\n`,
  "a.rtf": () =>
    `{\\rtf1{\\*\\template ${address}/t.dot}{\\field{\\*\\fldinst{INCLUDEPICTURE "${address}/p.png" \\\\d}}{\\fldrslt text}}{\\field{\\*\\fldinst{HYPERLINK "${address}/l"}}{\\fldrslt link}}\\par}`,
  "a.eml": () =>
    `From: a@b.example\r\nTo: c@d.example\r\nSubject: text\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/html\r\n\r\n<p>text <img src="${address}/p.png"></p>\r\n--x\r\nContent-Type: message/external-body; access-type=URL; URL="${address}/x"\r\n\r\nContent-Type: text/plain\r\n\r\n--x--\r\n`,
};

describe("Reading opens no connection", () => {
  for (const [fileName, make] of Object.entries(documents)) {
    it(`for ${fileName}`, async () => {
      const outcome = await readMarkdown(fileName, await make()).catch((error: unknown) => {
        // A document may be refused (a DTD is), but only by name.
        if (error instanceof Problem) return error.problem;
        throw error;
      });
      expect(outcome).toMatch(fileName === "dtd.docx" ? /^LIMIT_EXCEEDED$/ : /text|LIMIT_EXCEEDED/);
      // A request that was only just begun would arrive within the next turns.
      await new Promise((resolve) => setImmediate(resolve));
      expect({ arrivals, sockets }).toEqual({ arrivals: 0, sockets: 0 });
    });
  }

  it("and the listener would have noticed", async () => {
    const socket = connect(Number(new URL(address).port), "127.0.0.1");
    await once(socket, "close");
    expect({ arrivals, sockets }).toEqual({ arrivals: 1, sockets: 1 });
  });
});
