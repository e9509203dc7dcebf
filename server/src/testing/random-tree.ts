/** Random trees for property tests, full of signs that mean something in Markdown and HTML. */
import type { Block, Document, Inline } from "@knowhere/contract";
import fc from "fast-check";

const word = fc.oneof(
  { weight: 6, arbitrary: fc.stringMatching(/^[a-zA-Z0-9]{1,6}$/) },
  { weight: 2, arbitrary: fc.constantFrom("重要", "ünï", "说明：", "ไทย", "😀", "«q»", "“x”") },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      ..."* _ ** __ ~ ~~ ` [ ] ( ) < > & # - + | $ ! \\ = : . 1. 2) [^1] [x] <b> &amp; ~~~ ``` $$ --- === *a _b c* d_ a*b http://a.b/c_d a](b) \\* |--|".split(
        " ",
      ),
    ),
  },
);
const textNode: fc.Arbitrary<Inline> = fc
  .array(word, { minLength: 1, maxLength: 5 })
  .chain((words) => fc.boolean().map((spaced): Inline => ({ type: "text", text: words.join(spaced ? " " : "") })));

const inlineTree = fc.letrec<{ inlines: Inline[]; inline: Inline }>((tie) => ({
  inlines: fc.array(tie("inline"), { minLength: 1, maxLength: 4 }),
  inline: fc.oneof(
    { maxDepth: 2, depthIdentifier: "inline" },
    textNode,
    fc
      .tuple(fc.constantFrom("strong", "emphasis", "strike", "underline", "superscript", "highlight"), tie("inlines"))
      .map(([type, content]) => ({ type, content }) as Inline),
    tie("inlines").map((content): Inline => ({ type: "link", href: "https://example.com/a", content })),
    fc.array(word, { minLength: 1, maxLength: 2 }).map((words): Inline => ({ type: "code", text: words.join(" ") })),
    fc.constant<Inline>({ type: "break" }),
  ),
}));
export const inlines = inlineTree.inlines;

const blockTree = fc.letrec<{ blocks: Block[]; block: Block }>((tie) => ({
  blocks: fc.array(tie("block"), { minLength: 1, maxLength: 3 }),
  block: fc.oneof(
    { maxDepth: 2, depthIdentifier: "block" },
    inlines.map((content): Block => ({ type: "paragraph", content })),
    fc
      .tuple(fc.integer({ min: 1, max: 7 }), inlines)
      .map(([level, content]): Block => ({ type: "heading", level, content })),
    fc.array(word, { minLength: 1, maxLength: 4 }).map((words): Block => ({ type: "code", text: words.join("\n") })),
    fc
      .tuple(fc.boolean(), fc.array(tie("blocks"), { minLength: 1, maxLength: 3 }))
      .map(([ordered, items]): Block => ({ type: "list", ordered, items: items.map((content) => ({ content })) })),
    tie("blocks").map((content): Block => ({ type: "quote", content })),
    fc.tuple(tie("blocks"), fc.array(word, { minLength: 4, maxLength: 4 }), fc.boolean()).map(
      ([content, words, rich]): Block => ({
        type: "table",
        headRows: 1,
        rows: [
          { cells: [{ text: words[0]! }, { text: words[1]! }] },
          { cells: [{ text: words[2]! }, rich ? { content } : { text: words[3]! }] },
        ],
      }),
    ),
    fc.constant<Block>({ type: "divider" }),
  ),
}));

export const randomDocument: fc.Arbitrary<Document> = fc
  .array(blockTree.block, { minLength: 1, maxLength: 5 })
  .map((content) => ({
    version: "1.0",
    format: "text",
    fileName: "random.txt",
    metadata: {},
    pages: [{ number: 1, kind: "page", width: 600, height: 800 }],
    content,
    assets: [],
    attachments: [],
    warnings: [],
  }));
