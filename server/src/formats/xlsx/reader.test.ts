import xlsx from "@e965/xlsx";
import { describe, expect, it } from "vitest";
import { plainRows } from "../../document/plain.ts";
import { readMarkdown, readProblem, readSource, rowOf, workbookOf, zipOf } from "../../testing/read-source.ts";

const row = rowOf;
const tables = async (bytes: Uint8Array, name = "a.xlsx") =>
  (await readSource(name, bytes)).document.content.filter((block) => block.type === "table");

describe("Excel workbooks", () => {
  it("keeps the headers and footers of printed sheets as furniture, without their codes and fields", async () => {
    const after =
      '<headerFooter><oddHeader>&amp;L&amp;"Arial,Bold"&amp;12Acme &amp;&amp; Sons&amp;R&amp;A &amp;D</oddHeader><oddFooter>&amp;CPage &amp;P of &amp;N&amp;RInternal</oddFooter></headerFooter>';
    const { document } = await readSource("a.xlsx", await workbookOf([{ rows: row(1, ["a", "b"]), after }]));
    expect(document.content.slice(2)).toMatchObject([
      { type: "furniture", role: "header", content: [{ content: [{ text: "Acme & Sons" }] }], places: [{ page: 1 }] },
      { role: "page_number", content: [{ content: [{ text: "Page of" }] }] },
      { role: "footer", content: [{ content: [{ text: "Internal" }] }] },
    ]);
  });

  it("links cells whose formula is HYPERLINK with a literal address", async () => {
    const cell = (name: string, formula: string) => `<c r="${name}" t="str"><f>${formula}</f><v>shown</v></c>`;
    const rows = `<row r="1">${cell("A1", 'HYPERLINK("https://example.org/?a=""1""","shown")')}${cell("B1", "HYPERLINK(C1)")}${cell("C1", 'HYPERLINK("javascript:x","shown")')}</row>`;
    expect((await tables(await workbookOf([{ rows }])))[0]!.rows[0]!.cells).toMatchObject([
      { content: [{ content: [{ type: "link", href: 'https://example.org/?a="1"' }] }] },
      { text: "shown" },
      { text: "shown" },
    ]);
  });

  it("gives a page and a heading to each sheet and marks hidden ones", async () => {
    const { document } = await readSource(
      "a.xlsx",
      await workbookOf([
        { name: "One", rows: row(1, ["a", "b"]) },
        { name: "Two", rows: row(1, ["c"]), state: "hidden" },
      ]),
    );
    expect(document.pages).toMatchObject([
      { kind: "sheet", name: "One" },
      { name: "Two", hidden: true },
    ]);
    expect(document.content.map((block) => [block.type, block.places?.[0]?.page])).toEqual([
      ["heading", 1],
      ["table", 1],
      ["heading", 2],
      ["table", 2],
    ]);
    expect(document.warnings).toMatchObject([{ code: "HIDDEN_SHEETS", pages: [2] }]);
  });

  it("shows values as their formats do, and formulas without a value as themselves", async () => {
    const cells =
      '<row r="1"><c r="A1" s="2"><v>0.25</v></c><c r="B1" s="3"><v>43831</v></c><c r="C1" t="b"><v>1</v></c><c r="D1" t="s"><v>1</v></c><c r="E1"><f>A1*2</f></c><c r="F1" t="e"><v>#N/A</v></c><c r="G1"><v>0.1</v></c></row>';
    const [table] = await tables(await workbookOf([{ rows: cells }]));
    expect(table).toMatchObject({
      rows: [
        {
          cells: [
            { text: "25%" },
            { text: "1/1/20" },
            { text: "TRUE" },
            { text: "rich text" },
            { text: "=A1*2" },
            { text: "#N/A" },
            { text: "0.1" },
          ],
        },
      ],
    });
  });

  it("reads merges as spans and names columns by a bold head", async () => {
    const head =
      '<row r="1"><c r="A1" s="1" t="s"><v>0</v></c><c r="C1" s="1" t="inlineStr"><is><t>x</t></is></c></row>';
    const [table] = await tables(
      await workbookOf([
        { rows: head + row(2, [1, 2, 3]), after: '<mergeCells><mergeCell ref="A1:B1"/></mergeCells>' },
      ]),
    );
    expect(table).toMatchObject({
      headRows: 1,
      rows: [{ cells: [{ colspan: 2, header: true }, { header: true }] }, { cells: [{ text: "1" }, {}, {}] }],
    });
    expect(table!.rows[0]!.cells[1]!.content).toMatchObject([{ content: [{ type: "strong" }] }]);
    expect(plainRows(table!)[0]).toEqual(["shared", "x"]);
  });

  it("separates tables that stand apart, and leaves gaps inside one alone", async () => {
    const two = row(1, ["a", "b"]) + row(2, [1, 2]) + row(4, ["c", "d"]) + row(5, [3, 4]);
    expect(await tables(await workbookOf([{ rows: two }]))).toHaveLength(2);
    const gap = row(1, ["a", "b"]) + row(2, [1, 2]) + row(4, ["total"]);
    expect(await tables(await workbookOf([{ rows: gap }]))).toHaveLength(1);
    const beside = row(1, ["a", "b", undefined, "c", "d"]) + row(2, [1, 2, undefined, 3, 4]);
    expect(await tables(await workbookOf([{ rows: beside }]))).toHaveLength(2);
  });

  it("marks hidden rows", async () => {
    const { document } = await readSource(
      "a.xlsx",
      await workbookOf([{ rows: row(1, ["a"]) + row(2, ["b"], 'hidden="1"') }]),
    );
    expect(document.content[1]).toMatchObject({ rows: [{}, { hidden: true }] });
    expect(document.warnings).toMatchObject([{ code: "HIDDEN_ROWS", count: 1 }]);
  });

  it("links cells and keeps comments as notes", async () => {
    const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const bytes = await workbookOf(
      [
        {
          rows: row(1, ["site", "x"]),
          after: '<hyperlinks><hyperlink ref="A1" r:id="h" location="part"/></hyperlinks>',
          relationships: `<Relationship Id="h" Type="${office}/hyperlink" Target="https://example.org/" TargetMode="External"/><Relationship Id="c" Type="${office}/comments" Target="../comments1.xml"/>`,
        },
      ],
      {
        "xl/comments1.xml":
          '<comments xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><authors><author>Ann</author></authors><commentList><comment ref="B1" authorId="0"><text><r><t>Ann:</t></r><r><t> why?</t></r></text></comment></commentList></comments>',
      },
    );
    const { document } = await readSource("a.xlsx", bytes);
    expect(document.content).toMatchObject([
      {},
      {
        rows: [
          { cells: [{ content: [{ content: [{ type: "link", href: "https://example.org/#part" }] }] }, { text: "x" }] },
        ],
      },
      { type: "note", kind: "comment", label: "B1", content: [{ content: [{ text: "Ann: why?" }] }] },
    ]);
  });

  it("does not believe a declared range, and lists cells that are far apart", async () => {
    const far = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>';
    const bytes = await workbookOf([{ rows: far }]);
    expect((await tables(bytes)).map((table) => (table.type === "table" ? table.rows.length : 0))).toEqual([1, 1]);
    const diagonal = Array.from(
      { length: 3000 },
      (_, at) => `<row r="${at + 1}"><c r="${columnName(at)}${at + 1}"><v>1</v></c></row>`,
    ).join("");
    const [sparse] = await tables(await workbookOf([{ rows: diagonal }]));
    const rows = sparse?.type === "table" ? sparse.rows : [];
    expect(rows).toHaveLength(3001);
    expect(rows.slice(0, 2)).toMatchObject([
      { cells: [{ text: "Cell" }, { text: "Value" }] },
      { cells: [{ text: "A1" }, { text: "1" }] },
    ]);
  });

  it("stops at the limit of cells", async () => {
    const rows = Array.from({ length: 200 }, (_, at) => row(at + 1, [1, 2, 3])).join("");
    expect(await readProblem("a.xlsx", await workbookOf([{ rows }]), { limits: { maxCells: 500 } })).toBe(
      "LIMIT_EXCEEDED",
    );
  });

  it("refuses document types and names sheets that are broken", async () => {
    expect(
      await readProblem(
        "a.xlsx",
        await workbookOf([{ rows: row(1, ["a"]) }], { "xl/sharedStrings.xml": '<!DOCTYPE a [<!ENTITY b "c">]><sst/>' }),
      ),
    ).toBe("LIMIT_EXCEEDED");
    const { document } = await readSource("a.xlsx", await workbookOf([{ rows: row(1, ["a"]) }, { rows: "<row><c>" }]));
    expect(document.warnings).toMatchObject([{ code: "SHEET_UNREADABLE", page: 2 }]);
  });

  const chartOf = (series: string) => ({
    "xl/drawings/drawing1.xml":
      '<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><xdr:oneCellAnchor><xdr:from><xdr:row>0</xdr:row></xdr:from><xdr:graphicFrame><a:graphic><a:graphicData><c:chart r:id="c1"/></a:graphicData></a:graphic></xdr:graphicFrame></xdr:oneCellAnchor></xdr:wsDr>',
    "xl/drawings/_rels/drawing1.xml.rels":
      '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="c1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/chart" Target="../charts/chart1.xml"/></Relationships>',
    "xl/charts/chart1.xml": `<c:chartSpace xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"><c:chart><c:plotArea><c:barChart>${series}</c:barChart></c:plotArea></c:chart></c:chartSpace>`,
  });
  const withDrawing =
    '<Relationship Id="d" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/drawing" Target="../drawings/drawing1.xml"/>';

  it("takes the values of a chart that caches none from the cells of whichever sheet they stand on", async () => {
    const reference = (name: string, kind: string, cells: string) =>
      `<c:${name}><c:${kind}><c:f>${cells}</c:f></c:${kind}></c:${name}>`;
    const series = `<c:ser>${reference("tx", "strRef", "'The data'!$B$1")}${reference("cat", "strRef", "'The data'!$A$2:$A$3")}${reference("val", "numRef", "'The data'!$B$2:$B$1048576")}</c:ser>`;
    const sheets = [
      { name: "Chart", rows: "", relationships: withDrawing },
      { name: "The data", rows: row(1, ["Year", "Sales"]) + row(2, ["2024", 5]) + row(3, ["2025", 7]) },
    ];
    const [chart] = await tables(await workbookOf(sheets, chartOf(series)));
    expect(plainRows(chart!)).toEqual([
      ["", "Sales"],
      ["2024", "5"],
      ["2025", "7"],
    ]);
  });

  it("keeps the cells of a sheet whose drawing is broken", async () => {
    const sheets = [{ name: "S", rows: row(1, ["a"]), relationships: withDrawing }];
    const { document } = await readSource(
      "a.xlsx",
      await workbookOf(sheets, { "xl/drawings/drawing1.xml": "<xdr:wsDr>" }),
    );
    expect(document.warnings).toMatchObject([{ code: "SHEET_UNREADABLE", page: 1 }]);
    expect(document.content.map(({ type }) => type)).toEqual(["heading", "table"]);
  });

  it("reads a part once, however many sheets name it", async () => {
    const sheet = '<sheet name="One" sheetId="1" r:id="s1"/>';
    const workbook = await workbookOf([{ rows: row(1, ["a"]) }], {
      "xl/workbook.xml": `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>${sheet.repeat(3)}</sheets></workbook>`,
    });
    expect(await tables(workbook)).toHaveLength(1);
    const { document } = await readSource("a.xlsx", workbook);
    expect(document.warnings).toMatchObject([
      { code: "SHEET_UNREADABLE", page: 2 },
      { code: "SHEET_UNREADABLE", page: 3 },
    ]);
  });

  it("orders rows and cells that the file has out of order", async () => {
    const [table] = await tables(
      await workbookOf([
        { rows: `${row(2, ["c", "d"])}<row r="1"><c r="B1"><v>2</v></c><c r="A1"><v>1</v></c></row>` },
      ]),
    );
    expect(table).toMatchObject({
      rows: [{ cells: [{ text: "1" }, { text: "2" }] }, { cells: [{ text: "c" }, { text: "d" }] }],
    });
  });

  it("calls a workbook without filled cells empty", async () => {
    expect(await readProblem("a.xlsx", await workbookOf([{ rows: "" }]))).toBe("EMPTY_DOCUMENT");
  });
});

describe("binary workbooks", () => {
  const book = (): xlsx.WorkBook => {
    const sheet = xlsx.utils.aoa_to_sheet([
      ["name", "amount"],
      ["a", 1.5],
      ["b", 2],
    ]);
    sheet["!merges"] = [{ s: { r: 3, c: 0 }, e: { r: 3, c: 1 } }];
    xlsx.utils.sheet_add_aoa(sheet, [["both"]], { origin: "A4" });
    return { SheetNames: ["S"], Sheets: { S: sheet } };
  };

  it.each([
    ["xls", "biff8"],
    ["xlsb", "xlsb"],
    ["ods", "ods"],
  ] as const)("reads %s like its modern sibling", async (format, bookType) => {
    const bytes = new Uint8Array(xlsx.write(book(), { type: "buffer", bookType }) as Buffer);
    const { document } = await readSource(`a.${format}`, bytes);
    expect(document.format).toBe(format);
    expect(document.content).toMatchObject([
      { type: "heading" },
      {
        type: "table",
        headRows: 1,
        rows: [
          { cells: [{ text: "name" }, { text: "amount" }] },
          { cells: [{ text: "a" }, { text: "1.5" }] },
          {},
          { cells: [{ text: "both", colspan: 2 }] },
        ],
      },
    ]);
  });
});

describe("OpenDocument spreadsheets", () => {
  const ods = (rows: string, styles = "") =>
    zipOf({
      mimetype: "application/vnd.oasis.opendocument.spreadsheet",
      "content.xml": `<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0">${styles}<office:body><office:spreadsheet><table:table table:name="T" table:style-name="ta1">${rows}</table:table></office:spreadsheet></office:body></office:document-content>`,
    });
  const cell = (text: string, attributes = "") =>
    `<table:table-cell ${attributes}><text:p>${text}</text:p></table:table-cell>`;

  it("skips repeated blanks, repeats what is filled, keeps spans and comments", async () => {
    const rows = `<table:table-row>${cell("a", 'table:number-columns-repeated="2"')}<table:table-cell table:number-columns-repeated="16382"/></table:table-row><table:table-row table:visibility="collapse">${cell("b", 'table:number-columns-spanned="2"')}<table:covered-table-cell/></table:table-row><table:table-row table:number-rows-repeated="1048574"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>`;
    expect(await tables(await ods(rows), "a.ods")).toMatchObject([
      { rows: [{ cells: [{ text: "a" }, { text: "a" }] }, { hidden: true, cells: [{ text: "b", colspan: 2 }] }] },
    ]);
  });

  it("marks hidden sheets and columns, and links cells with a HYPERLINK formula", async () => {
    const styles =
      '<office:automatic-styles><style:style style:name="ta1"><style:table-properties table:display="false"/></style:style></office:automatic-styles>';
    const rows = `<table:table-column/><table:table-columns><table:table-column table:visibility="collapse" table:number-columns-repeated="2"/></table:table-columns><table:table-row>${cell("x", 'table:formula="of:=HYPERLINK(&quot;https://example.org/&quot;;&quot;x&quot;)"')}</table:table-row>`;
    const { document } = await readSource("a.ods", await ods(rows, styles));
    expect(document.pages).toMatchObject([{ hidden: true }]);
    expect(document.warnings.map(({ code, count }) => [code, count])).toEqual([
      ["HIDDEN_SHEETS", 1],
      ["HIDDEN_COLUMNS", 2],
    ]);
    expect(JSON.stringify(document.content)).toContain('"href":"https://example.org/"');
  });

  it("ends a repetition bomb at the limit of cells", async () => {
    const rows = `<table:table-row table:number-rows-repeated="1048576">${cell("x", 'table:number-columns-repeated="16384"')}</table:table-row>`;
    expect(await readProblem("a.ods", await ods(rows), { limits: { maxCells: 100_000 } })).toBe("LIMIT_EXCEEDED");
  });

  it("does not write out a row of one cell that is said to stand a million times", async () => {
    const rows = `<table:table-row table:number-rows-repeated="4294967296">${cell("x")}</table:table-row>`;
    expect(await readProblem("a.ods", await ods(rows))).toBe("LIMIT_EXCEEDED");
  });
});

function columnName(column: number): string {
  let letters = "";
  for (let rest = column + 1; rest > 0; rest = Math.floor((rest - 1) / 26))
    letters = String.fromCharCode(65 + ((rest - 1) % 26)) + letters;
  return letters;
}

describe("markdown of a workbook", () => {
  it("is headings and tables", async () => {
    expect(
      await readMarkdown("a.xlsx", await workbookOf([{ name: "S", rows: row(1, ["a", "b"]) + row(2, [1, 2]) }])),
    ).toBe("# S\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n");
  });
});
