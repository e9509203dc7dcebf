import { describe, expect, it } from "vitest";
import { rowModifier, sprm, type WordParagraph, wordFileOf } from "../../testing/fuzz/word-file.ts";
import { readMarkdown, readProblem, readSource } from "../../testing/read-source.ts";

const p = (text: string, more: Partial<WordParagraph> = {}): WordParagraph => ({ runs: [text], ...more });
const inTable = sprm(0x2416, 1);
const cell = (text: string): WordParagraph => p(text, { mark: "\u0007", modifiers: inTable });
const row = (...modifiers: Buffer[]): WordParagraph => ({
  runs: [],
  mark: "\u0007",
  modifiers: Buffer.concat([inTable, sprm(0x2417, 1), ...modifiers]),
});
const md = async (bytes: Uint8Array) => (await readMarkdown("a.doc", bytes)).trim();

describe("Word 97-2003 files", () => {
  it("have headings by built-in style or outline level, whatever the style is called, and links to them", async () => {
    const styles = [
      { identifier: 0, name: "Standard" },
      { identifier: 1, name: "Überschrift 1", base: 0 },
      { identifier: 0xffe, name: "Kapitel", base: 0, paragraph: sprm(0x2640, 1) },
      { identifier: 0xffe, name: "Kapitel neu", base: 2 },
    ];
    const link = '\u0013 HYPERLINK \\l "_Toc1" \u0014go\u0015';
    const body = [p(link), p("One", { style: 1 }), p("Two", { style: 3 }), p("Text.")];
    const bookmarks = [{ name: "_Toc1", at: link.length + 1 }];
    expect(await md(wordFileOf({ body, styles, bookmarks }))).toBe("[go](#one)\n\n# One\n\n## Two\n\nText.");
  });

  it("have marks of runs and of character styles, and no deleted or hidden text", async () => {
    const styles = [
      { identifier: 0, name: "Normal" },
      { identifier: 0xffe, name: "Strong", isCharacter: true, character: sprm(0x0835, 1) },
    ];
    const body = [
      {
        runs: [
          "a ",
          { text: "b", modifiers: sprm(0x4a30, 1, 0) },
          { text: "c", modifiers: Buffer.concat([sprm(0x0836, 1), sprm(0x2a48, 1)]) },
          { text: " gone", modifiers: sprm(0x0800, 1) },
          { text: " secret", modifiers: sprm(0x083c, 1) },
          { text: "(", modifiers: sprm(0x6a09, 0, 0, 0x61, 0xf0) },
        ],
      },
    ];
    expect(await md(wordFileOf({ body, styles }))).toBe("a **b**<em><sup>c</sup></em>α");
    const { document } = await readSource("a.doc", wordFileOf({ body, styles }));
    expect(document.warnings).toMatchObject([{ code: "STRUCTURE_NOT_READ" }, { code: "HIDDEN_TEXT", count: 6 }]);
  });

  it("have numbers and bullets of their lists, by level", async () => {
    const lists = [
      [
        { text: "\u0000.", format: 0 },
        { text: "\u0001)", format: 4 },
        { text: "\uf0b7", format: 23 },
      ],
    ];
    const item = (text: string, level: number) =>
      p(text, { modifiers: Buffer.concat([sprm(0x260a, level), sprm(0x460b, 1, 0)]) });
    const body = [item("one", 0), item("inner", 1), item("dot", 2), item("two", 0), item("again", 1)];
    expect(await md(wordFileOf({ body, lists }))).toBe("1. one\n   - a) inner\n     - dot\n2. two\n   - a) again");
  });

  it("have tables with cells merged across, down and by wider edges, and head rows", async () => {
    const wide = rowModifier([{ edge: 2000 }, { edge: 3000 }]);
    const three = (flags: number) => rowModifier([{ edge: 1000, flags }, { edge: 2000 }, { edge: 3000 }]);
    const across = rowModifier([{ edge: 1000 }, { edge: 2000, flags: 0x01 }, { edge: 3000, flags: 0x02 }]);
    const body = [
      ...[cell("Head"), cell("H2"), row(wide, sprm(0x3404, 1))],
      ...[cell("down"), cell("b"), cell("c"), row(three(0x60))],
      ...[cell(""), cell("e"), cell("f"), row(three(0x20))],
      ...[cell("g"), cell("over"), cell(""), row(across)],
      p("After"),
    ];
    const { document } = await readSource("a.doc", wordFileOf({ body }));
    expect(document.content).toMatchObject([
      {
        type: "table",
        headRows: 1,
        rows: [
          { cells: [{ text: "Head", colspan: 2 }, { text: "H2" }] },
          { cells: [{ text: "down", rowspan: 2 }, { text: "b" }, { text: "c" }] },
          { cells: [{ text: "e" }, { text: "f" }] },
          { cells: [{ text: "g" }, { text: "over", colspan: 2 }] },
        ],
      },
      { type: "paragraph" },
    ]);
  });

  it("have notes where they are referred to, headers once, and pictures", async () => {
    const png = Buffer.from("89504e470d0a1a0a0000000d4948445200000002000000030806000000", "hex");
    const length = Buffer.from(Uint32Array.of(png.length + 17).buffer);
    const blip = Buffer.concat([Buffer.from([0x00, 0x6e, 0x1e, 0xf0]), length, Buffer.alloc(17), png]);
    const data = Buffer.concat([Buffer.alloc(8), Buffer.alloc(68), blip]);
    data.writeUInt32LE(68 + blip.length, 8);
    data.writeUInt16LE(68, 12);
    const body = [p("See\u0002 it."), { runs: [{ text: "\u0001", modifiers: sprm(0x6a03, 8, 0, 0, 0) }] }];
    const footnotes = [p("\u0002 The note.")];
    const empty = Array.from({ length: 7 }, () => p("", { mark: "" }));
    const headers = [...empty, p("Head"), p("", { mark: "" }), p("Foot")];
    const bytes = wordFileOf({ body, footnotes, headers, data });
    expect(await md(bytes)).toBe("See[^1] it.\n\n![](images/image-1)\n\n[^1]: The note.");
    const { document } = await readSource("a.doc", bytes);
    expect(document.content.filter((block) => block.type === "furniture")).toMatchObject([
      { role: "header", content: [{ content: [{ text: "Head" }] }] },
      { role: "footer", content: [{ content: [{ text: "Foot" }] }] },
    ]);
  });

  it("are refused with the cure when they are older or protected", async () => {
    const bytes = wordFileOf({ body: [p("x")] });
    const mark = Buffer.from(bytes).indexOf(Buffer.from([0xec, 0xa5, 0xc1, 0x00]));
    const changed = (at: number, value: number) => {
      const copy = Uint8Array.from(bytes);
      copy[mark + at] = value;
      return copy;
    };
    expect(await readProblem("a.doc", changed(2, 0x68))).toBe("PARSING_FAILED");
    await expect(readSource("a.doc", changed(2, 0x68))).rejects.toThrow(/before Word 97/);
    expect(await readProblem("a.doc", changed(11, 0x03))).toBe("ENCRYPTED");
  });
});
