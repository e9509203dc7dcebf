import { describe, expect, it } from "vitest";
import { compoundOf } from "../../testing/fuzz/compound-files.ts";
import { readMarkdown, readProblem, readSource } from "../../testing/read-source.ts";
import { decompressRtf } from "./compressed-rtf.ts";

const png =
  "iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4//8/w38GIAXDIBKE0DHxgljNBAAO9TXL0Y4OHwAAAABJRU5ErkJggg==";
const head =
  "From: Ann =?utf-8?q?M=C3=BCller?= <ann@example.org>\r\nTo: bob@example.org, Carl <carl@example.org>\r\nSubject: Report\r\nDate: Mon, 23 Nov 2026 10:00:00 +0100\r\nMIME-Version: 1.0\r\n";
const part = (headers: string, body: string) => `--b\r\n${headers}\r\n\r\n${body}\r\n`;
const multipart = (...parts: string[]) =>
  `${head}Content-Type: multipart/mixed; boundary=b\r\n\r\n${parts.join("")}--b--\r\n`;
const attached = (name: string, type: string) =>
  `Content-Type: ${type}; name="${name}"\r\nContent-Disposition: attachment; filename="${name}"`;

describe("mail messages", () => {
  it("gives subject, headers and a plain body with its quotes", async () => {
    const { document } = await readSource("a.eml", `${head}\r\nHello Bob,\r\n\r\nfine.\r\n\r\n> was it\r\n> good?\r\n`);
    expect(document).toMatchObject({
      title: "Report",
      metadata: {
        from: "Ann Müller <ann@example.org>",
        to: "bob@example.org, Carl <carl@example.org>",
        date: "2026-11-23T09:00:00.000Z",
      },
    });
    expect(document.content.map((block) => block.type)).toEqual([
      "heading",
      "group",
      "paragraph",
      "paragraph",
      "quote",
    ]);
  });

  it("nests the quotes of a plain body as deep as they are", async () => {
    const mail = "Subject: s\n\n> one\n> > two\n>> two more\n> one again\n";
    expect((await readMarkdown("a.eml", Buffer.from(mail))).split("\n").slice(2)).toEqual([
      "> one",
      ">",
      "> > two  ",
      "> > two more",
      ">",
      "> one again",
      "",
    ]);
  });

  it("prefers the HTML body and shows the pictures that came with it", async () => {
    const { document, assets } = await readSource(
      "a.eml",
      multipart(
        part("Content-Type: text/html; charset=utf-8", '<p>Hi <b>Bob</b></p><img src="cid:pic@x">'),
        part("Content-Type: image/png\r\nContent-ID: <pic@x>\r\nContent-Transfer-Encoding: base64", png),
      ),
    );
    expect(document.content.slice(2)).toMatchObject([{ type: "paragraph" }, { type: "figure", asset: "image-1" }]);
    expect(assets.size).toBe(1);
    expect(document.attachments).toEqual([]);
  });

  it("reads attachments of known types as groups with pages of their own and lists the others", async () => {
    const { document } = await readSource(
      "a.eml",
      multipart(
        part("Content-Type: text/plain", "See below."),
        part(attached("t.csv", "text/csv"), "a,b\r\n1,2\r\n"),
        part(
          `${attached("x.bin", "application/octet-stream")}\r\nContent-Transfer-Encoding: base64`,
          "AAECAwQFBgcAAQIDBAUGBwABAgMEBQYH",
        ),
      ),
    );
    expect(document.content.at(-1)).toMatchObject({
      type: "group",
      role: "attachment",
      title: "t.csv",
      places: [{ page: 2 }],
      content: [{ type: "table", places: [{ page: 2 }] }],
    });
    expect(document.pages).toHaveLength(2);
    expect(document.attachments.map(({ name }) => name)).toEqual(["t.csv", "x.bin"]);
    expect(document.warnings).toMatchObject([{ code: "ATTACHMENT_NOT_READ" }]);
  });

  it("stops reading messages inside messages at a depth, and keeps picture ids apart", async () => {
    const wrap = (boundary: string, ...parts: string[]) =>
      multipart(...parts)
        .replace("boundary=b\r", `boundary=${boundary}\r`)
        .replaceAll("--b", `--${boundary}`);
    let inner = wrap("core", part("Content-Type: text/html", `<p>core</p><img src="data:image/png;base64,${png}">`));
    for (let level = 0; level < 6; level++)
      inner = wrap(
        `l${level}`,
        part("Content-Type: text/plain", `level ${level}`),
        part("Content-Type: message/rfc822", inner),
      );
    const { document } = await readSource("a.eml", inner);
    expect(document.warnings.map((warning) => warning.code)).toEqual(["ATTACHMENTS_NOT_READ"]);
    expect(await readMarkdown("a.eml", inner)).toContain("level 2");
  });

  it("reads Outlook bodies that are compressed RTF: the HTML they wrap, or the RTF itself", async () => {
    const message = (rtf: Uint8Array) =>
      compoundOf({
        "/__properties_version1.0": Buffer.alloc(32),
        "/__nameid_version1.0/__substg1.0_00020102": Buffer.alloc(16),
        "/__substg1.0_001A001F": Buffer.from("IPM.Note", "utf16le"),
        "/__substg1.0_0037001F": Buffer.from("Subject", "utf16le"),
        "/__substg1.0_10090102": rtf,
      });
    // Stored, not compressed.
    const stored = (rtf: string) => {
      const head = Buffer.alloc(16);
      head.writeUInt32LE(rtf.length + 12, 0);
      head.writeUInt32LE(rtf.length, 4);
      head.write("MELA", 8);
      return Buffer.concat([head, Buffer.from(rtf, "latin1")]);
    };
    const wrapped =
      "{\\rtf1\\ansi\\ansicpg1252\\fromhtml1 {\\fonttbl{\\f0\\fcharset204 Arial;}}{\\*\\htmltag64 <p>}\\htmlrtf {\\b \\htmlrtf0 {\\*\\htmltag84 <b>}caf\\'e9 \\u8364?{\\*\\htmltag92 </b>}\\htmlrtf }\\htmlrtf0 {\\f0 \\'cf}{\\*\\htmltag72 </p>}{\\*\\mhtmltag64 <p>no</p>}}";
    expect(await readMarkdown("a.msg", message(stored(wrapped)))).toBe("# Subject\n\n<strong>café €</strong>П\n");
    expect(await readMarkdown("a.msg", message(stored("{\\rtf1 {\\b bold} text\\par}")))).toBe(
      "# Subject\n\n**bold** text\n",
    );
  });

  it("expands compressed bodies by their dictionary, which begins with the usual words", () => {
    // "{\\rtf1" from the dictionary's start, then "}" as it is, then the reference that ends the text.
    const flags = 0b101;
    const end = 207 + 6 + 1;
    const body = Buffer.from([flags, 0x00, 0x04, 0x7d, end >> 4, (end & 0xf) << 4]);
    const head = Buffer.alloc(16);
    head.writeUInt32LE(body.length + 12, 0);
    head.writeUInt32LE(100, 4);
    head.write("LZFu", 8);
    const expanded = decompressRtf(Buffer.concat([head, body]));
    expect(Buffer.from(expanded!).toString()).toBe("{\\rtf1}");
    expect(decompressRtf(Buffer.alloc(20))).toBeUndefined();
  });

  it("refuses what is no message", async () => {
    expect(await readProblem("a.eml", "just a line of words")).not.toBe("no problem");
    expect(await readProblem("a.msg", Buffer.concat([Buffer.from("d0cf11e0a1b11ae1", "hex"), Buffer.alloc(600)]))).toBe(
      "PARSING_FAILED",
    );
  });
});
