import type { Table } from "@knowhere/contract";
import { describe, expect, it } from "vitest";
import { readMarkdown, readProblem, readSource } from "../../testing/read-source.ts";
import { tokenize } from "./tokenizer.ts";

const rtf = (content: string) => Buffer.from(`{\\rtf1\\ansi ${content}}`, "latin1");
const md = async (content: string) => (await readMarkdown("a.rtf", rtf(content))).trim();
const read = async (content: string, settings = {}) => (await readSource("a.rtf", rtf(content), settings)).document;

describe("text", () => {
  it("decodes code pages by font, hexadecimal bytes and Unicode with its fallback", async () => {
    expect(
      await md(
        "{\\fonttbl{\\f0\\fcharset204 Arial;}{\\f1\\fcharset128 MS;}}caf\\'e9 {\\f0 \\'cf\\'f0} {\\f1 \\'93\\'fa\\'96\\'7b} \\u8364? \\uc2\\u-10179??\\u-8704??",
      ),
    ).toBe("café Пр 日本 € 😀");
  });

  it("marks runs, ends marks with their group and skips unknown starred groups", async () => {
    expect(await md("{\\b bold {\\i both}} plain{\\*\\unknown secret}\\par next\\~line\\emdash end")).toBe(
      "**bold *both*** plain\n\nnext\u00a0line—end",
    );
  });

  it("leaves hidden and deleted text out", async () => {
    const document = await read("seen {\\v secret}{\\deleted gone}");
    expect(document.content).toMatchObject([{ content: [{ text: "seen" }] }]);
    expect(document.warnings).toMatchObject([{ code: "HIDDEN_TEXT", count: 6 }]);
  });

  it("takes heading levels from the style sheet, through what styles are based on", async () => {
    expect(
      await md(
        "{\\stylesheet{\\s1\\outlinelevel0 Kapitel;}{\\s2\\sbasedon1 Eigen;}{\\s3 heading 2;}}{\\pard\\s2 One\\par}{\\pard\\s3 Two\\par}\\pard text\\par",
      ),
    ).toBe("# One\n\n## Two\n\ntext");
  });
});

describe("structure", () => {
  it("knows code, quotations and lines by the names of their styles, and keeps the indents of code", async () => {
    const styles = "{\\stylesheet{\\s1 Preformatted Text;}{\\s2 Quotations;}{\\s3 Horizontal Line;}}";
    const body = "\\pard\\s1 if x:\\par   go\\par\\pard\\s2 said\\par\\pard\\s3\\par\\pard end\\par";
    expect(await md(styles + body)).toBe("```\nif x:\n  go\n```\n\n> said\n\n---\n\nend");
  });

  it("takes the bold look off headings, and raised and lowered text for what it is", async () => {
    const styles = "{\\stylesheet{\\s1\\outlinelevel0\\b Heading;}}";
    expect(await md(`${styles}\\pard\\s1\\b One\\par\\pard\\plain H{\\dn4 2}O m{\\up6 2}\\par`)).toBe(
      "# One\n\nH₂O m²",
    );
  });

  it("nests lists by level and takes paragraphs without a marker into the item before", async () => {
    const table =
      "{\\*\\listtable{\\list{\\listlevel\\levelnfc0\\levelstartat1}{\\listlevel\\levelnfc23}\\listid9}}{\\*\\listoverridetable{\\listoverride\\listid9\\ls1}}";
    const item = (text: string, level: number, marker?: string) =>
      `\\pard\\ls1\\ilvl${level} ${marker ? `{\\listtext\\pard ${marker}\\tab}` : ""}${text}\\par `;
    expect(
      await md(table + item("one", 0, "1.") + item("more", 0) + item("dot", 1, "\\u8226 ?") + item("two", 0, "2.")),
    ).toBe("1. one\n\n   more\n\n   - dot\n\n2. two");
  });

  it("reads rows, spans from cell edges and vertical merges", async () => {
    const row = (cells: string[], defs: string) =>
      `\\trowd${defs}\\pard\\intbl ${cells.map((cell) => `${cell}\\cell `).join("")}\\row `;
    const document = await read(
      `${row(["wide"], "\\trhdr\\cellx2000")}${row(["tall", "x"], "\\clvmgf\\cellx1000\\cellx2000")}${row(["", "y"], "\\clvmrg\\cellx1000\\cellx2000")}\\pard after\\par`,
    );
    const [found] = document.content as [Table];
    expect(found.headRows).toBe(1);
    expect(
      found.rows.map((one) => one.cells.map(({ text, colspan, rowspan }) => [text, colspan ?? 1, rowspan ?? 1])),
    ).toEqual([
      [["wide", 2, 1]],
      [
        ["tall", 1, 2],
        ["x", 1, 1],
      ],
      [["y", 1, 1]],
    ]);
    expect(document.content).toHaveLength(2);
  });

  it("keeps nested tables inside their cell", async () => {
    const document = await read(
      "\\trowd\\cellx2000\\pard\\intbl outer\\par\\pard\\intbl\\itap2 inner\\nestcell{\\*\\nesttableprops\\trowd\\cellx1000\\nestrow}\\pard\\intbl\\itap1\\cell\\row",
    );
    expect(document.content).toMatchObject([
      {
        rows: [
          { cells: [{ content: [{ type: "paragraph" }, { type: "table", rows: [{ cells: [{ text: "inner" }] }] }] }] },
        ],
      },
    ]);
  });

  it("takes a first row with a rule below it for the head of a table without other lines", async () => {
    const row = (first: string, defs: [string, string]) =>
      `\\trowd${defs[0]}\\cellx1000${defs[1]}\\cellx2000\\pard\\intbl ${first}\\cell b\\cell \\row `;
    const rule = "\\clbrdrb\\brdrs";
    const none = "\\clbrdrb\\brdrnone";
    const headRows = async (...rows: string[]) => ((await read(rows.join(""))).content[0] as Table).headRows;
    const middle = row("1", [none, ""]);
    expect(await headRows(row("H", [rule, rule]), middle, row("2", [rule, rule]))).toBe(1);
    expect(await headRows(row("H", [rule, ""]), middle)).toBe(0);
    expect(await headRows(row("H", [rule, rule]), row("1", [rule, rule]), middle)).toBe(0);
  });

  it("describes pictures with what the file says about them", async () => {
    const png = "89504e470d0a1a0a0000000d4948445200000002000000030806000000";
    const property = (name: string, value: string) => `{\\sp{\\sn ${name}}{\\sv ${value}}}`;
    const { content } = await read(
      `{\\pict{\\*\\picprop${property("shapeType", "75")}${property("wzDescription", "A \\u233?t\\'e9 ")}}\\pngblip ${png}}\\par`,
    );
    expect(content).toMatchObject([{ type: "figure", alt: "A été" }]);
  });

  it("leads links to bookmarks in headings to the heading, and reads box bullets as tasks", async () => {
    expect(
      await md(
        '{\\field{\\*\\fldinst HYPERLINK \\\\l "_Toc1"}{\\fldrslt go}} {\\field{\\*\\fldinst HYPERLINK \\\\l "_Toc2"}{\\fldrslt lost}}\\par\\pard\\outlinelevel0{\\*\\bkmkstart _Toc1}{\\*\\bkmkend _Toc1}The part\\par\\pard{\\listtext\\u9746?\\tab}\\ls1 done\\par',
      ),
    ).toBe("[go](#the-part) lost\n\n# The part\n\n- [x] done");
  });

  it("reads links, notes, pictures, headers and metadata", async () => {
    const png = "89504e470d0a1a0a0000000d4948445200000002000000030806000000";
    const document = await read(
      `{\\info{\\title The title}{\\author Ann}{\\creatim\\yr2020\\mo3\\dy4\\hr5\\min6}}{\\header Top\\par}{\\field{\\*\\fldinst HYPERLINK "https://example.org"}{\\fldrslt site}} text{\\footnote \\chftn foot}\\par {\\pict\\pngblip ${png}}\\par`,
    );
    expect(document).toMatchObject({
      title: "The title",
      metadata: { author: "Ann", created: "2020-03-04T05:06" },
      assets: [{ width: 2, height: 3 }],
    });
    expect(document.content.map((block) => block.type)).toEqual(["furniture", "paragraph", "figure", "note"]);
    expect(document.content[1]).toMatchObject({
      content: [{ type: "link", href: "https://example.org" }, { text: " text" }, { type: "note_ref" }],
    });
  });
});

describe("hostile files", () => {
  it("read on to the end when they are cut off, and say so", async () => {
    const document = (await readSource("a.rtf", Buffer.from("{\\rtf1 {\\b text that ends"))).document;
    expect(document.warnings).toMatchObject([{ code: "TRUNCATED" }]);
    expect(document.content).toHaveLength(1);
  });

  it("are bounded in groups, cells and numbers", async () => {
    expect(await readProblem("a.rtf", rtf("{".repeat(30_000)))).toBe("LIMIT_EXCEEDED");
    expect(await readProblem("a.rtf", rtf("\\intbl x\\cell ".repeat(50)), { limits: { maxCells: 40 } })).toBe(
      "LIMIT_EXCEEDED",
    );
    expect(await readProblem("a.rtf", rtf("\\page x".repeat(50)), { limits: { maxPages: 40 } })).toBe("TOO_MANY_PAGES");
    expect(await md("\\uc999999999 a\\u99999999999 b\\bin99999999999 c")).toBe("a");
  });

  it("tokenize any bytes without throwing", () => {
    for (const text of ["\\", "\\'", "\\'z", "{\\u}", "\\bin5 ab", "\\-\\", "\\a-", "\\*"]) {
      expect(() => [...tokenize(Buffer.from(text))]).not.toThrow();
    }
  });
});
