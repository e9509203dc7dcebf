import type { Block, Document } from "@knowhere/contract";
import fc from "fast-check";
import { parse } from "parse5";
import { describe, expect, it } from "vitest";
import { plainBlocks } from "../../document/plain.ts";
import { randomDocument } from "../../testing/random-tree.ts";
import { writeText } from "../text/writer.ts";
import { safeHref } from "./escape.ts";
import { renderHtmlPage } from "./page.ts";

const documentOf = (content: Block[]): Document => ({
  version: "1.0",
  format: "text",
  title: "</title><script>alert(1)</script>",
  language: 'en" onload="x',
  metadata: {},
  pages: [],
  content,
  assets: [],
  attachments: [],
  warnings: [],
});

interface Node {
  nodeName: string;
  value?: string;
  attrs?: { name: string; value: string }[];
  childNodes?: Node[];
}
function walk(node: Node, visit: (node: Node) => void): void {
  visit(node);
  for (const child of node.childNodes ?? []) walk(child, visit);
}
const nodesOf = (html: string) => {
  const nodes: Node[] = [];
  walk(parse(html) as unknown as Node, (node) => nodes.push(node));
  return nodes;
};
const bodyText = (html: string) => {
  const body = nodesOf(html).find((node) => node.nodeName === "body")!;
  let text = "";
  walk(body, (node) => {
    if (node.nodeName === "#text") text += node.value;
  });
  return text.replace(/\s+/g, "");
};

describe("the HTML page", () => {
  it("shows the text of the tree, whatever signs are in it", () => {
    fc.assert(
      fc.property(randomDocument, (document) => {
        expect(bodyText(renderHtmlPage(document))).toBe(plainBlocks(document.content).replace(/\s+/g, ""));
      }),
      { numRuns: 100 },
    );
  });

  it("holds no script, no handler and no foreign picture", () => {
    const html = renderHtmlPage(
      documentOf([
        {
          type: "paragraph",
          content: [
            { type: "link", href: " jAvaScript:alert(1)", content: [{ type: "text", text: "<img onerror=x>" }] },
          ],
        },
        {
          type: "paragraph",
          content: [{ type: "image", href: "https://evil.example/pixel.gif", alt: '" onerror="x' }],
        },
        { type: "code", text: "</code><script>", language: '"><script>' },
      ]),
    );
    const nodes = nodesOf(html);
    expect(nodes.filter((node) => ["script", "img", "iframe"].includes(node.nodeName))).toEqual([]);
    for (const node of nodes) for (const attribute of node.attrs ?? []) expect(attribute.name).not.toMatch(/^on/);
    expect(nodes.filter((node) => node.nodeName === "a").map((node) => node.attrs)).toEqual([
      [{ name: "href", value: "https://evil.example/pixel.gif" }],
    ]);
  });

  it("links references to their notes and pictures to the files of the package", () => {
    const document = documentOf([
      { type: "paragraph", content: [{ type: "note_ref", note: "x", label: "1" }] },
      {
        type: "note",
        note: "x",
        label: "1",
        kind: "footnote",
        content: [{ type: "paragraph", content: [{ type: "text", text: "N" }] }],
      },
      { type: "figure", asset: "image-1", alt: "A" },
    ]);
    document.assets = [
      {
        id: "image-1",
        mediaType: "image/png",
        extension: ".png",
        bytes: 1,
        sha256: "0",
        path: "images/a.png",
      } as never,
    ];
    const html = renderHtmlPage(document);
    expect(html).toContain('<sup><a href="#note-1">1</a></sup>');
    expect(html).toContain('<aside class="footnote" id="note-1"><sup>1</sup> N</aside>');
    expect(html).toContain('<img src="images/a.png" alt="A">');
  });
});

describe("links", () => {
  it("hold no other links: a linked picture from elsewhere is its alternative text", async () => {
    const { writeInlinesHtml } = await import("./inlines.ts");
    const picture = { type: "image", href: "https://example.org/a.png", alt: "A" } as const;
    const options = { image: () => undefined };
    expect(writeInlinesHtml([picture], options)).toBe('<a href="https://example.org/a.png">A</a>');
    expect(writeInlinesHtml([{ type: "link", href: "https://example.org/", content: [picture] }], options)).toBe(
      '<a href="https://example.org/">A</a>',
    );
  });
});

describe("link targets", () => {
  it("are kept when harmless and dropped when they run or hold something", () => {
    for (const good of ["https://a.b/c", "mailto:a@b.c", "#part", "../x.html", "tel:+1"])
      expect(safeHref(good)).toBe(good);
    for (const bad of ["javascript:x", "java\tscript:x", "data:text/html,x", "vbscript:x", "file:///etc/passwd", " "])
      expect(safeHref(bad)).toBeUndefined();
  });
});

describe("plain text output", () => {
  it("draws lists, tables and quotes", () => {
    const t = (text: string): Block => ({ type: "paragraph", content: [{ type: "text", text }] });
    expect(
      writeText(
        documentOf([
          {
            type: "list",
            ordered: true,
            start: 3,
            items: [
              { content: [t("a"), { type: "list", ordered: false, items: [{ content: [t("b")] }] }] },
              { content: [t("c")] },
            ],
          },
          { type: "table", headRows: 0, rows: [{ cells: [{ text: "x" }, { text: "y" }] }] },
          { type: "quote", content: [t("q"), t("r")] },
        ]),
      ),
    ).toBe("3. a\n   - b\n4. c\n\nx\ty\n\n> q\n\n> r\n");
  });
});
