import { describe, expect, it } from "vitest";
import { readMarkdown, readProblem, readSource } from "../../testing/read-source.ts";

const types = async (name: string, text: string) =>
  (await readSource(name, text)).document.content.map((block) => block.type);

describe("JSON", () => {
  it("shows arrays of like objects as tables and the rest as definitions and sections", async () => {
    const long = "words ".repeat(100);
    const text = JSON.stringify({
      name: "x",
      list: [
        { a: 1, b: "c" },
        { a: 2, b: "d" },
      ],
      deep: { note: { text: long, ids: [1, 2] } },
    });
    expect(await readMarkdown("a.json", text)).toBe(
      `name  \nx\n\n# list\n\n| a | b |\n| --- | --- |\n| 1 | c |\n| 2 | d |\n\n# deep\n\n## note\n\ntext  \n${long.trim()}\n\nids  \n1, 2\n`,
    );
  });

  it("names the entries of a list of unlike objects by what people call them", async () => {
    const text = JSON.stringify([
      { title: "First", body: { x: { y: 1 } } },
      { title: "Second", other: { z: { w: 2 } }, more: 1 },
    ]);
    const { document } = await readSource("a.json", text);
    expect(document.content.filter((block) => block.type === "heading" && block.level === 1)).toMatchObject([
      { content: [{ text: "First" }] },
      { content: [{ text: "Second" }] },
    ]);
  });

  it("makes one table of records with unlike keys, and sections of records that hold records", async () => {
    const events = [
      { type: "start", user: { name: "Ann", tags: ["a", "b"] } },
      { type: "click", x: 1 },
      { type: "click", x: 2, y: 3 },
    ];
    const linesOf = (values: unknown[]) => values.map((value) => JSON.stringify(value)).join("\n");
    expect(await readMarkdown("a.jsonl", linesOf(events))).toBe(
      "| type | user | x | y |\n| --- | --- | --- | --- |\n| start | name: Ann; tags: a, b | | |\n| click | | 1 | |\n| click | | 2 | 3 |\n",
    );
    const chat = (...contents: string[]) => ({ messages: contents.map((content) => ({ role: "user", content })) });
    expect(await types("a.jsonl", linesOf([chat("Hi", "Ho"), chat("Bye", "Now")]))).toEqual([
      "heading",
      "heading",
      "table",
      "heading",
      "heading",
      "table",
    ]);
  });

  it("reads JSON Lines, leaving out single broken ones with a warning", async () => {
    const lines = Array.from({ length: 30 }, (_, at) => `{"n":${at}}`).join("\n");
    const { document } = await readSource("a.jsonl", `${lines}\n{"n":\n`);
    expect(document.content).toMatchObject([{ type: "table", rows: { length: 31 } }]);
    expect(document.warnings).toMatchObject([{ code: "LINES_UNREADABLE", count: 1 }]);
  });

  it("keeps what is nested too deep as text, and fails on what is no JSON", async () => {
    expect((await readSource("a.json", "[".repeat(5000) + "]".repeat(5000))).document.warnings).toMatchObject([
      { code: "NESTING_TOO_DEEP" },
    ]);
    expect(await readProblem("a.json", "no json at all")).toBe("PARSING_FAILED");
    expect(await readProblem("a.json", "{}")).toBe("EMPTY_DOCUMENT");
  });

  it("shows very long lists of plain values as code and refuses objects of more members than a document has paragraphs", async () => {
    const { document } = await readSource("a.json", JSON.stringify(Array.from({ length: 20_000 }, (_, at) => at)));
    expect(new Set(document.content.map((block) => block.type))).toEqual(new Set(["code"]));
    const members = Array.from({ length: 300_001 }, (_, at) => `"k${at}":${at}`).join(",");
    expect(await readProblem("a.json", `{${members}}`)).toBe("LIMIT_EXCEEDED");
  });

  it("has no prototype to poison", async () => {
    expect(await readMarkdown("a.json", '[{"__proto__": "p", "a": 1}, {"a": 2}]')).toContain("| p | 1 |");
  });
});

describe("YAML", () => {
  it("reads several documents one after the other", async () => {
    expect(await types("a.yaml", "a: 1\n---\nb: [x, y]\n")).toEqual(["definitions", "divider", "definitions"]);
    expect(await readMarkdown("a.yaml", "base: &b {x: 1, y: 2}\nown: {<<: *b, y: 3}\n")).toBe(
      "base  \nx: 1; y: 2\n\nown  \nx: 1; y: 3\n",
    );
  });

  it("keeps the lines of block scalars", async () => {
    expect(await readMarkdown("a.yaml", "a: |\n  one\n  two\n\n  three\n")).toBe("a  \none  \ntwo  \nthree\n");
  });

  it("keeps alias bombs and broken files as text", async () => {
    const bomb = `a: &a [x,x]\nb: &b [${"*a,".repeat(9)}]\nc: &c [${"*b,".repeat(9)}]\nd: &d [${"*c,".repeat(9)}]\ne: [${"*d,".repeat(9)}]\n`;
    for (const text of [bomb, "a: [1, 2\nb: }", `${"- ".repeat(5000)}x`]) {
      const { document } = await readSource("a.yaml", text);
      expect(document.warnings).toMatchObject([{ code: "KEPT_AS_TEXT" }]);
      expect(document.content[0]).toMatchObject({ type: "code", language: "yaml" });
    }
  });
});

describe("XML", () => {
  it("shows repeated records as a table", async () => {
    expect(await readMarkdown("a.xml", '<shop><item id="1"><n>A</n></item><item id="2"><n>B</n></item></shop>')).toBe(
      "# shop\n\n| id | n |\n| --- | --- |\n| 1 | A |\n| 2 | B |\n",
    );
  });

  it("refuses declared entities and XML that is not well formed, and bounds depth and size", async () => {
    expect(await readProblem("a.xml", '<!DOCTYPE a [<!ENTITY b "bb">]><a>&b;</a>')).toBe("LIMIT_EXCEEDED");
    expect(await readProblem("a.xml", '<?xml version="1.0"?><a><b></a>')).toBe("PARSING_FAILED");
    expect((await readSource("a.xml", `${"<a>".repeat(500)}x${"</a>".repeat(500)}`)).document.warnings).toMatchObject([
      { code: "NESTING_TOO_DEEP" },
    ]);
    expect(await readProblem("a.xml", "<a/>")).toBe("EMPTY_DOCUMENT");
    const attributes = Array.from({ length: 10_001 }, (_, at) => `a${at}="1"`).join(" ");
    expect(await readProblem("a.xml", `<a ${attributes}>x</a>`)).toBe("LIMIT_EXCEEDED");
  });
});
