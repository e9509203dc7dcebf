import iconv from "iconv-lite";
import { describe, expect, it } from "vitest";
import { readMarkdown, readProblem, readSource } from "../../testing/read-source.ts";
import { sniffDialect } from "./dialect.ts";

describe("CSV", () => {
  it("finds separator, quotes and charset", async () => {
    const text = 'Name;Preis\n"Müller; A";1,5\nB;2,0\n';
    expect(await readMarkdown("a.csv", new Uint8Array(iconv.encode(text, "windows-1252")))).toBe(
      "| Name | Preis |\n| --- | --- |\n| Müller; A | 1,5 |\n| B | 2,0 |\n",
    );
  });

  it.each([
    [",", "a,b\n1,2\n"],
    ["\t", "a\tb c, d\n1\t2, 3\n"],
    ["|", "a|b\n1|2\n"],
    [";", "a;b\n1,5;2,5\n1,7;2,5\n"],
    [";", "1,5;2,5\n1,7;2,5\n"],
  ])("sees that %j separates", (delimiter, text) => {
    expect(sniffDialect(text).delimiter).toBe(delimiter);
  });

  it("keeps what stands over the table as text, and cuts no sentences of one column at their commas", async () => {
    const { document } = await readSource("a.csv", "Report, \nfor 2024\n\nid,name\n1,x\n2,y\n3,z\n");
    expect(document.content).toMatchObject([
      { type: "paragraph", content: [{ text: "Report" }] },
      { type: "paragraph", content: [{ text: "for 2024" }] },
      { type: "table", headRows: 1, rows: [{ cells: [{ text: "id" }, {}] }, {}, {}, {}] },
    ]);
    const one = await readSource("a.csv", "remark\nfine\nwell, yes\nno\nmaybe\n");
    expect(one.document).toMatchObject({
      metadata: { delimiter: "none" },
      content: [{ rows: [{ cells: [{ text: "remark" }] }, {}, { cells: [{ text: "well, yes" }] }, {}, {}] }],
    });
  });

  it("takes Excel's word for the separator", async () => {
    expect(await readMarkdown("a.csv", "sep=;\na,1;b\n1;2\n")).toContain("| a,1 | b |");
  });

  it("pads short records and has no head where the first record holds values", async () => {
    const { document } = await readSource("a.csv", "1,2,3\n4,5\n");
    expect(document.content).toMatchObject([
      { type: "table", headRows: 0, rows: [{}, { cells: [{ text: "4" }, { text: "5" }, { text: "" }] }] },
    ]);
  });

  it("keeps lines inside quoted cells", async () => {
    const { document } = await readSource("a.csv", 'a,b\n"x\ny",2\n');
    expect(document.content).toMatchObject([{ rows: [{}, { cells: [{ text: "x\ny" }, {}] }] }]);
  });

  it("reads on as lines when a quote is never closed", async () => {
    const text = `a,b\n1,"open\n${"2,words here\n".repeat(60_000)}`;
    const { document } = await readSource("a.csv", text);
    expect(document.warnings).toMatchObject([{ code: "CSV_QUOTES_BROKEN" }]);
    expect(document.content).toMatchObject([{ rows: { length: 60_002 } }]);
  });

  it("stops at the limit of cells", async () => {
    expect(await readProblem("a.csv", "1,2\n".repeat(1000), { limits: { maxCells: 500 } })).toBe("LIMIT_EXCEEDED");
  });
});
