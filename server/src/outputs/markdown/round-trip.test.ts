import type { Document } from "@knowhere/contract";
import fc from "fast-check";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";
import { parseFragment } from "parse5";
import { describe, expect, it } from "vitest";
import { plainBlocks } from "../../document/plain.ts";
import { inlines, randomDocument } from "../../testing/random-tree.ts";
import { writeMarkdown } from "./writer.ts";

/** The words a Markdown reader shows, white space and all markup dropped. */
function shownText(markdown: string): string {
  const pieces: string[] = [];
  const walk = (node: { type: string; value?: string; children?: unknown[] }) => {
    if (node.type === "html") pieces.push(htmlText(node.value!));
    else if (node.value !== undefined) pieces.push(node.value);
    for (const child of node.children ?? []) walk(child as never);
  };
  walk(fromMarkdown(markdown, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] }) as never);
  return squeeze(pieces.join(""));
}

function htmlText(html: string): string {
  const walk = (node: { nodeName: string; value?: string; childNodes?: unknown[] }): string =>
    node.nodeName === "#text" ? node.value! : (node.childNodes ?? []).map((child) => walk(child as never)).join("");
  return walk(parseFragment(html) as never);
}

/** Raised and lowered digits and signs are the same text (NFKC folds them; its minus is U+2212). */
const squeeze = (text: string) =>
  text
    .normalize("NFKC")
    .replace(/\u2212/g, "-")
    .replace(/\s+/g, "");

describe("written Markdown", () => {
  it("shows the same text as the tree, whatever inline content it holds", () => {
    fc.assert(
      fc.property(inlines, (content) => {
        const document: Pick<Document, "content"> = { content: [{ type: "paragraph", content }] };
        const markdown = writeMarkdown(document as Document);
        expect(shownText(markdown)).toBe(squeeze(plainBlocks(document.content)));
      }),
      { numRuns: 400 },
    );
  });

  it("shows the same text as the tree, whatever blocks it holds", () => {
    fc.assert(
      fc.property(randomDocument, (document) => {
        expect(shownText(writeMarkdown(document))).toBe(squeeze(plainBlocks(document.content)));
      }),
      { numRuns: 150 },
    );
  });
});
