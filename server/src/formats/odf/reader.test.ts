import type { Table } from "@knowhere/contract";
import { describe, expect, it } from "vitest";
import { readMarkdown, readProblem, readSource, zipOf } from "../../testing/read-source.ts";

const odf = "urn:oasis:names:tc:opendocument:xmlns";
const ns =
  ["office", "style", "text", "table", "presentation"].map((name) => `xmlns:${name}="${odf}:${name}:1.0"`).join(" ") +
  ` xmlns:draw="${odf}:drawing:1.0" xmlns:fo="${odf}:xsl-fo-compatible:1.0" xmlns:svg="${odf}:svg-compatible:1.0" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:meta="${odf}:meta:1.0"`;

interface Parts {
  body: string;
  automatic?: string;
  styles?: string;
  kind?: "text" | "presentation";
  members?: Record<string, string | Uint8Array>;
}
function odfOf({ body, automatic = "", styles = "", kind = "text", members = {} }: Parts): Promise<Uint8Array> {
  return zipOf({
    mimetype: `application/vnd.oasis.opendocument.${kind}`,
    "content.xml": `<office:document-content ${ns}><office:automatic-styles>${automatic}</office:automatic-styles><office:body><office:${kind}>${body}</office:${kind}></office:body></office:document-content>`,
    "styles.xml": `<office:document-styles ${ns}><office:styles>${styles}</office:styles></office:document-styles>`,
    ...members,
  });
}
const name = (parts: Parts) => (parts.kind === "presentation" ? "a.odp" : "a.odt");
const md = async (parts: Parts) => (await readMarkdown(name(parts), await odfOf(parts))).trim();
const read = async (parts: Parts, settings = {}) =>
  (await readSource(name(parts), await odfOf(parts), settings)).document;
const p = (content: string, style = "") => `<text:p text:style-name="${style}">${content}</text:p>`;
const item = (content: string) => `<text:list-item>${content}</text:list-item>`;
const png = Buffer.from("89504e470d0a1a0a0000000d4948445200000002000000030806000000", "hex");

describe("OpenDocument text", () => {
  it("reads headings with their outline numbers, and marks through parent styles", async () => {
    const styles =
      '<text:outline-style><text:outline-level-style text:level="1" style:num-format="1"/><text:outline-level-style text:level="2" style:num-format="1" text:display-levels="2"/></text:outline-style>';
    const automatic =
      '<style:style style:name="B" style:family="text"><style:text-properties fo:font-weight="bold"/></style:style><style:style style:name="BI" style:family="text" style:parent-style-name="B"><style:text-properties fo:font-style="italic"/></style:style>';
    const body = `<text:h text:outline-level="1">One</text:h><text:h text:outline-level="2">Sub</text:h>${p('a<text:s text:c="2"/>b <text:span text:style-name="BI">both</text:span>')}`;
    expect(await md({ styles, automatic, body })).toBe("# 1 One\n\n## 1.1 Sub\n\na b ***both***");
  });

  it("ends marks where a span says so, and reads the line style as a divider", async () => {
    const automatic =
      '<style:style style:name="P" style:family="paragraph" style:parent-style-name="Standard"><style:text-properties fo:font-style="italic"/></style:style><style:style style:name="U" style:family="text"><style:text-properties fo:font-style="normal"/></style:style>';
    const body = `${p('slanted <text:span text:style-name="U">upright</text:span>', "P")}${p("", "Horizontal_20_Line")}${p("end")}`;
    expect(await md({ automatic, body })).toBe("*slanted* upright\n\n---\n\nend");
  });

  it("counts lists on when they say so, and starts again otherwise", async () => {
    const automatic =
      '<text:list-style style:name="L"><text:list-level-style-number text:level="1" style:num-format="1" style:num-suffix="."/><text:list-level-style-bullet text:level="2" text:bullet-char="•"/></text:list-style>';
    const list = (content: string, attributes = "") =>
      `<text:list text:style-name="L" ${attributes}>${content}</text:list>`;
    const body =
      list(item(`${p("one")}<text:list>${item(p("dot"))}</text:list>`)) +
      p("between") +
      list(item(p("two")), 'text:continue-numbering="true"') +
      p("again") +
      list(item(p("one")));
    expect(await md({ automatic, body })).toBe("1. one\n   - dot\n\nbetween\n\n2. two\n\nagain\n\n1. one");
  });

  it("puts a list that begins on a deeper level below the list before it", async () => {
    const list = (content: string) => `<text:list>${content}</text:list>`;
    const body = list(item(p("one"))) + list(item(list(item(p("deeper"))))) + p("text") + list(item(p("two")));
    expect(await md({ body })).toBe("- one\n  - deeper\n\ntext\n\n- two");
  });

  it("reads table spans, header rows and repeated cells within bounds", async () => {
    const cell = (content: string, attributes = "") =>
      `<table:table-cell ${attributes}>${p(content)}</table:table-cell>`;
    const body = `<table:table><table:table-header-rows><table:table-row>${cell("wide", 'table:number-columns-spanned="2"')}<table:covered-table-cell/></table:table-row></table:table-header-rows><table:table-row>${cell("x", 'table:number-columns-repeated="2"')}</table:table-row></table:table>`;
    const [found] = (await read({ body })).content as [Table];
    expect(found.headRows).toBe(1);
    expect(found.rows.map((row) => row.cells.map((one) => [one.text, one.colspan ?? 1]))).toEqual([
      [["wide", 2]],
      [
        ["x", 1],
        ["x", 1],
      ],
    ]);
    const bomb = `<table:table><table:table-row table:number-rows-repeated="1048576">${cell("x", 'table:number-columns-repeated="16384"')}</table:table-row></table:table>`;
    expect(await readProblem("a.odt", await odfOf({ body: bomb }), { limits: { maxCells: 10_000 } })).toBe(
      "LIMIT_EXCEEDED",
    );
  });

  it("refers to a comment behind the words it is about, and reads signs of symbol fonts and boxes", async () => {
    const automatic =
      '<style:style style:name="S" style:family="text"><style:text-properties style:font-name="Symbol1"/></style:style><text:list-style style:name="L"><text:list-level-style-bullet text:level="1" text:bullet-char="☒"/></text:list-style>';
    const comment = `<office:annotation office:name="c">${p("remark")}</office:annotation>`;
    const body = `${p(`one ${comment}two<office:annotation-end office:name="c"/> <text:span text:style-name="S">a</text:span>`)}<text:list text:style-name="L">${item(p("done"))}</text:list>`;
    expect(await md({ automatic, body })).toBe("one two[^1] α\n\n[^1]: remark\n\n- [x] done");
  });

  it("keeps notes, comments, links and pictures, and drops deleted text", async () => {
    const note = `<text:note text:note-class="footnote"><text:note-citation>1</text:note-citation><text:note-body>${p("foot")}</text:note-body></text:note>`;
    const comment = `<office:annotation><dc:creator>Ann</dc:creator>${p("remark")}</office:annotation>`;
    const outside = '<draw:frame><draw:image xlink:href="../near.png"/></draw:frame>';
    expect((await md({ body: p(outside) })).trim()).toBe("![](near.png)");
    const picture = '<draw:frame><draw:image xlink:href="Pictures/a.png"/></draw:frame>';
    const body = `<text:tracked-changes>${p("gone")}</text:tracked-changes>${p(`see <text:a xlink:href="https://example.org">site</text:a>${note}${comment}`)}${p(picture)}`;
    const document = await read({ body, members: { "Pictures/a.png": png } });
    expect(document.content.map((block) => (block.type === "note" ? block.kind : block.type))).toEqual([
      "paragraph",
      "comment",
      "figure",
      "footnote",
    ]);
    expect(document.assets).toHaveLength(1);
  });

  it("writes embedded formulas as LaTeX", async () => {
    const math =
      '<math xmlns="http://www.w3.org/1998/Math/MathML"><semantics><mrow><mfrac><mn>1</mn><mi>x</mi></mfrac></mrow><annotation>{1} over {x}</annotation></semantics></math>';
    const body = p('<draw:frame><draw:object xlink:href="./Object 1"/></draw:frame>');
    expect((await read({ body, members: { "Object 1/content.xml": math } })).content).toMatchObject([
      { type: "math", text: "\\frac{1}{x}" },
    ]);
  });

  it("refuses encrypted packages and missing content by name", async () => {
    const manifest = `<manifest:manifest xmlns:manifest="${odf}:manifest:1.0"><manifest:file-entry manifest:full-path="content.xml"><manifest:encryption-data/></manifest:file-entry></manifest:manifest>`;
    expect(
      await readProblem("a.odt", await odfOf({ body: p("x"), members: { "META-INF/manifest.xml": manifest } })),
    ).toBe("ENCRYPTED");
    expect(await readProblem("a.odt", await odfOf({ body: "" }))).toBe("EMPTY_DOCUMENT");
    const deep =
      "<text:section>".repeat(50) +
      "<text:list><text:list-item>".repeat(150) +
      p("x") +
      "</text:list-item></text:list>".repeat(150) +
      "</text:section>".repeat(50);
    expect(await readProblem("a.odt", await odfOf({ body: deep }))).toBe("LIMIT_EXCEEDED");
  });
});

describe("OpenDocument presentations", () => {
  it("take one line on top that is clearly larger for the title where none is stated", async () => {
    const automatic = [
      ["B", "40pt"],
      ["S", "18pt"],
    ]
      .map(
        ([name, size]) =>
          `<style:style style:name="${name}" style:family="text"><style:text-properties fo:font-size="${size}"/></style:style>`,
      )
      .join("");
    const free = (text: string, style: string, y: number) =>
      `<draw:custom-shape svg:x="0cm" svg:y="${y}cm" svg:width="10cm" svg:height="1cm">${p(`<text:span text:style-name="${style}">${text}</text:span>`)}</draw:custom-shape>`;
    const slide = (title: string, style: string) =>
      `<draw:page>${free("body", "S", 4)}${free(title, style, 0)}</draw:page>`;
    expect(await md({ kind: "presentation", automatic, body: slide("Large", "B") })).toBe("# Large\n\nbody");
    expect(await md({ kind: "presentation", automatic, body: slide("no larger", "S") })).toBe("no larger\n\nbody");
    expect(await md({ kind: "presentation", automatic, body: slide("of no size", "X") })).toBe("of no size\n\nbody");
  });

  it("count numbers on by level where each change of level begins another list", async () => {
    const levels =
      '<text:list-level-style-number text:level="1" style:num-format="1" style:num-suffix="."/><text:list-level-style-number text:level="2" style:num-format="a" style:num-suffix="."/>';
    const automatic = ["K", "L"]
      .map((style) => `<text:list-style style:name="${style}">${levels}</text:list-style>`)
      .join("");
    const list = (style: string, content: string) => `<text:list text:style-name="${style}">${content}</text:list>`;
    const content =
      list("K", item(p("one")) + item(p("two"))) +
      list("L", item(`<text:list>${item(p("deeper"))}</text:list>`) + item(p("three")));
    const body = `<draw:page><draw:frame svg:x="0cm" svg:y="0cm" svg:width="9cm" svg:height="9cm"><draw:text-box>${content}</draw:text-box></draw:frame></draw:page>`;
    expect(await md({ kind: "presentation", automatic, body })).toBe("1. one\n2. two\n   - a. deeper\n3. three");
  });

  it("are slides with titles, bodies in reading order and notes", async () => {
    const frame = (kind: string, content: string, y: number) =>
      `<draw:frame presentation:class="${kind}" svg:x="0cm" svg:y="${y}cm" svg:width="10cm" svg:height="1cm"><draw:text-box>${content}</draw:text-box></draw:frame>`;
    const body = `<draw:page draw:name="first">${frame("outline", p("low"), 8)}${frame("outline", p("high"), 4)}${frame("title", p("Title"), 0)}<presentation:notes>${frame("notes", p("say"), 0)}</presentation:notes></draw:page>`;
    const document = await read({ kind: "presentation", body });
    expect(document.pages).toMatchObject([{ kind: "slide", name: "first" }]);
    expect(document.content).toMatchObject([
      { type: "heading" },
      { content: [{ text: "high" }] },
      { content: [{ text: "low" }] },
      { role: "speaker_notes" },
    ]);
  });
});
