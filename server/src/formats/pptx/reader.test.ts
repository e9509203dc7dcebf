import type { Block, Table } from "@knowhere/contract";
import { describe, expect, it } from "vitest";
import { pptxOf, rel, shape, slideNamespaces } from "../../testing/ooxml-builder.ts";
import { readMarkdown, readProblem, readSource } from "../../testing/read-source.ts";
import { orderShapes } from "./order.ts";

type Parts = Parameters<typeof pptxOf>[0];
const read = async (parts: Parts, settings = {}) =>
  (await readSource("a.pptx", await pptxOf(parts), settings)).document;
const md = async (parts: Parts) => (await readMarkdown("a.pptx", await pptxOf(parts))).trim();
const title = (text: string) => shape(text, '<p:ph type="title"/>', [10, 10, 600, 50]);
const line = (text: string, properties = "") => `<a:p>${properties}<a:r><a:t>${text}</a:t></a:r></a:p>`;
const png = Buffer.from("89504e470d0a1a0a0000000d4948445200000002000000030806000000", "hex");
const texts = (blocks: readonly Block[]): string[] =>
  blocks.flatMap((block) =>
    block.type === "paragraph" ? [block.content.map((node) => ("text" in node ? node.text : "")).join("")] : [],
  );

describe("slides", () => {
  it("are pages with titles as headings, boxes in points, and a line before a slide without a title", async () => {
    const document = await read({
      slides: [{ shapes: title("One") }, { shapes: shape("loose", "", [20, 30, 100, 40]) }],
    });
    expect(document.pages).toMatchObject([
      { number: 1, kind: "slide", width: 720, height: 540, name: "One" },
      { number: 2 },
    ]);
    expect(document.content).toMatchObject([
      { type: "heading", places: [{ page: 1, box: [10, 10, 610, 60] }] },
      { type: "divider" },
      { type: "paragraph", places: [{ page: 2, box: [20, 30, 120, 70] }] },
    ]);
  });

  it("of free shapes alone are named by the one line above everything that is clearly larger", async () => {
    const sized = (text: string, size: number, top: number) =>
      shape(`<a:p><a:r><a:rPr sz="${size}"/><a:t>${text}</a:t></a:r></a:p>`, "", [20, top, 600, 40]);
    const slides = [
      { shapes: sized("body", 2400, 200) + sized("Name", 4000, 10) },
      { shapes: sized("as large", 2400, 10) + sized("body", 2400, 200) },
      { shapes: sized("small", 1200, 10) + sized("BIG", 6000, 200) },
    ];
    expect(await md({ slides })).toBe("# Name\n\nbody\n\n---\n\nas large\n\nbody\n\n---\n\nsmall\n\nBIG");
  });

  it("hold code where a paragraph is set in a fixed-pitch face as a whole", async () => {
    const code = (text: string) => `<a:r><a:rPr><a:latin typeface="Courier New"/></a:rPr><a:t>${text}</a:t></a:r>`;
    const body = `<a:p>${code("if x:")}<a:br/>${code("  go")}</a:p><a:p><a:r><a:t>call </a:t></a:r>${code("go")}</a:p>`;
    expect((await readMarkdown("a.pptx", await pptxOf({ slides: [{ shapes: shape(body) }] }))).trim()).toBe(
      "```\nif x:\n  go\n```\n\ncall `go`",
    );
  });

  it("inherit bullets and levels through layout and master", async () => {
    const textStyles =
      '<p:bodyStyle><a:lvl1pPr><a:buChar char="•"/></a:lvl1pPr><a:lvl2pPr><a:buChar char="–"/></a:lvl2pPr></p:bodyStyle>';
    const body = (content: string) => shape(content, '<p:ph idx="1"/>');
    const bullets = line("a") + line("b", '<a:pPr lvl="1"/>') + line("none", "<a:pPr><a:buNone/></a:pPr>");
    expect(await md({ textStyles, slides: [{ shapes: title("T") + body(bullets) }] })).toBe(
      "# T\n\n- a\n  - b\n\nnone",
    );
    const layout =
      '<p:sp><p:nvSpPr><p:cNvPr id="9" name=""/><p:cNvSpPr/><p:nvPr><p:ph idx="1"/></p:nvPr></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/><a:lstStyle><a:lvl1pPr><a:buAutoNum type="arabicPeriod"/></a:lvl1pPr></a:lstStyle><a:p/></p:txBody></p:sp>';
    expect(await md({ textStyles, layout, slides: [{ shapes: body(line("x") + line("y")) }] })).toBe("1. x\n2. y");
  });

  it("keep lines that somebody broke by hand, or set in by the margin, in their list item", async () => {
    const bullet = '<a:buChar char="•"/>';
    const lines =
      line("one", `<a:pPr>${bullet}</a:pPr>`) +
      line("   goes on") +
      line("two", `<a:pPr lvl="1">${bullet}</a:pPr>`) +
      line("set in", '<a:pPr lvl="1" marL="400000" indent="0"><a:buNone/></a:pPr>') +
      line("three", `<a:pPr>${bullet}</a:pPr>`) +
      line("end");
    expect(await md({ slides: [{ shapes: title("T") + shape(lines) }] })).toBe(
      "# T\n\n- one\n\n  goes on\n\n  - two\n\n    set in\n\n- three\n\nend",
    );
  });

  it("flag hidden slides, keep speaker notes beside their slide, and furniture apart", async () => {
    const shapes = title("S") + shape("7", '<p:ph type="sldNum"/>') + shape("Acme", '<p:ph type="ftr"/>');
    const textStyles = '<p:bodyStyle><a:lvl1pPr><a:buChar char="•"/></a:lvl1pPr></p:bodyStyle>';
    const document = await read({ textStyles, slides: [{ shapes, notes: "say this", attributes: 'show="0"' }] });
    expect(document.pages[0]).toMatchObject({ hidden: true });
    expect(document.warnings).toMatchObject([{ code: "HIDDEN_SLIDES", pages: [1] }]);
    expect(document.content.map((block) => ("role" in block ? block.role : block.type))).toEqual([
      "heading",
      "speaker_notes",
      "page_number",
      "footer",
    ]);
    // The bullets of body text are not theirs.
    expect(document.content.at(-1)).toMatchObject({ content: [{ type: "paragraph" }] });
  });

  it("keep text boxes of the notes page, and the header and footer of its print as furniture", async () => {
    const notesShapes =
      shape("a box") +
      shape("Draft", '<p:ph type="hdr"/>') +
      shape("3", '<p:ph type="sldNum"/>') +
      shape("May", '<p:ph type="dt"/>');
    const { content } = await read({ slides: [{ shapes: title("S"), notes: "say this", notesShapes }] });
    expect(content.slice(1)).toMatchObject([
      { role: "speaker_notes", content: [{ content: [{ text: "say this" }] }, { content: [{ text: "a box" }] }] },
      { type: "furniture", role: "header", content: [{ content: [{ text: "Draft" }] }] },
    ]);
    expect(content).toHaveLength(3);
  });

  it("are read only where chosen, under their own numbers", async () => {
    const slides = ["a", "b", "c"].map((text) => ({ shapes: title(text) }));
    const document = await read({ slides }, { options: { pages: "2-" } });
    expect(document.pages.map((page) => page.number)).toEqual([2, 3]);
    expect(document.content.map((block) => block.places?.[0]?.page)).toEqual([2, 3]);
  });

  it("nest under section titles", async () => {
    const document = await read({ layoutType: "secHead", slides: [{ shapes: title("Part") }] });
    expect(document.content).toMatchObject([{ level: 1 }]);
  });
});

describe("shapes", () => {
  it("are read column by column when the author made them so, and row by row otherwise", () => {
    const at = (name: string, x: number, y: number) => ({ name, box: [x, y, x + 90, y + 40] as const });
    const columns = [at("a1", 0, 0), at("a2", 0, 50), at("b1", 100, 0), at("b2", 100, 50)];
    expect(orderShapes(columns).map((item) => item.name)).toEqual(["a1", "a2", "b1", "b2"]);
    const rows = [at("a1", 0, 0), at("b1", 100, 0), at("a2", 0, 50), at("b2", 100, 50)];
    expect(orderShapes(rows).map((item) => item.name)).toEqual(["a1", "b1", "a2", "b2"]);
    expect(orderShapes([at("low", 0, 200), at("high", 0, 0)]).map((item) => item.name)).toEqual(["high", "low"]);
  });

  it("inside groups stand where the transforms of the groups put them", async () => {
    const emu = (x: number, y: number) => `x="${x * 12700}" y="${y * 12700}"`;
    const size = (x: number, y: number) => `cx="${x * 12700}" cy="${y * 12700}"`;
    const group = `<p:grpSp><p:nvGrpSpPr/><p:grpSpPr><a:xfrm><a:off ${emu(100, 100)}/><a:ext ${size(50, 50)}/><a:chOff ${emu(0, 0)}/><a:chExt ${size(100, 100)}/></a:xfrm></p:grpSpPr>${shape("in", "", [20, 40, 20, 20])}</p:grpSp>`;
    expect((await read({ slides: [{ shapes: group }] })).content).toMatchObject([
      { places: [{ box: [110, 120, 120, 130] }] },
    ]);
  });

  it("of tables keep their spans", async () => {
    const cell = (text: string, attributes = "") => `<a:tc ${attributes}><a:txBody>${line(text)}</a:txBody></a:tc>`;
    const tbl = `<a:tbl><a:tblPr firstRow="1"/><a:tr>${cell("wide", 'gridSpan="2"')}${cell("", 'hMerge="1"')}</a:tr><a:tr>${cell("a")}${cell("b")}</a:tr></a:tbl>`;
    const frame = `<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id="3" name=""/><p:cNvGraphicFramePr/><p:nvPr/></p:nvGraphicFramePr><a:graphic><a:graphicData>${tbl}</a:graphicData></a:graphic></p:graphicFrame>`;
    const [found] = (await read({ slides: [{ shapes: frame }] })).content as [Table];
    expect(found.headRows).toBe(1);
    expect(found.rows.map((row) => row.cells.map(({ text, colspan }) => [text, colspan ?? 1]))).toEqual([
      [["wide", 2]],
      [
        ["a", 1],
        ["b", 1],
      ],
    ]);
  });

  it("of diagrams show their text as a nested list", async () => {
    const point = (id: string, text: string, type = "node") =>
      `<dgm:pt modelId="${id}" type="${type}"><dgm:t>${line(text)}</dgm:t></dgm:pt>`;
    const link = (from: string, to: string, order: number) =>
      `<dgm:cxn srcId="${from}" destId="${to}" srcOrd="${order}"/>`;
    const model = `<dgm:dataModel ${slideNamespaces}><dgm:ptLst>${point("0", "", "doc")}${point("1", "child")}${point("2", "parent")}</dgm:ptLst><dgm:cxnLst>${link("0", "2", 0)}${link("2", "1", 0)}</dgm:cxnLst></dgm:dataModel>`;
    const frame =
      '<p:graphicFrame><p:nvGraphicFramePr/><a:graphic><a:graphicData><dgm:relIds r:dm="d"/></a:graphicData></a:graphic></p:graphicFrame>';
    const parts: Parts = {
      slides: [{ shapes: frame, relationships: rel("d", "diagramData", "../diagrams/d.xml") }],
      members: { "ppt/diagrams/d.xml": model },
    };
    expect(await md(parts)).toBe("- parent\n  - child");
  });

  it("of pictures take the text right below as their caption, and no file name as their description", async () => {
    const picture =
      '<p:pic><p:nvPicPr><p:cNvPr id="4" name="" descr="IMG_1.png"/><p:cNvPicPr/><p:nvPr/></p:nvPicPr><p:blipFill><a:blip r:embed="i"/></p:blipFill><p:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="1270000" cy="1270000"/></a:xfrm></p:spPr></p:pic>';
    const document = await read({
      slides: [
        {
          shapes: picture + shape("Fig. 1", "", [0, 102, 100, 20]),
          relationships: rel("i", "image", "../media/i.png"),
        },
      ],
      members: { "ppt/media/i.png": png },
    });
    expect(document.content).toEqual([
      expect.objectContaining({ type: "figure", asset: "image-1", caption: [{ type: "text", text: "Fig. 1" }] }),
    ]);
    expect(document.content[0]).not.toHaveProperty("alt");
  });
});

describe("hostile presentations", () => {
  it("are refused past the page limit and for groups nested past the depth limit", async () => {
    const slides = [{ shapes: title("a") }, { shapes: title("b") }];
    expect(await readProblem("a.pptx", await pptxOf({ slides }), { limits: { maxPages: 1 } })).toBe("TOO_MANY_PAGES");
    const deep = "<p:grpSp>".repeat(150) + shape("x") + "</p:grpSp>".repeat(150);
    expect(await readProblem("a.pptx", await pptxOf({ slides: [{ shapes: deep }] }))).toBe("LIMIT_EXCEEDED");
  });

  it("lose only the slide that is damaged", async () => {
    const document = await read({
      slides: [{ shapes: title("a") }, { shapes: title("b") }],
      members: { "ppt/slides/slide1.xml": "<p:sld" },
    });
    expect(document.warnings).toMatchObject([{ code: "SLIDE_UNREADABLE", pages: [1] }]);
    expect(document.pages).toHaveLength(2);
    expect(texts(document.content)).toEqual([]);
    expect(document.content).toMatchObject([{ type: "heading", places: [{ page: 2 }] }]);
  });
});
