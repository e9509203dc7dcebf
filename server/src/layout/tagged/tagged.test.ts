import { describe, expect, it } from "vitest";
import { FlowPageBuilder } from "../../testing/flow-builder.ts";
import type { Glyph, PageFacts, TagNode } from "../facts.ts";
import { blockText } from "../flow.ts";
import { applyTags, areTrusted, type PageTags, readPageTags } from "./index.ts";

/** Facts of a page whose marked content holds so many glyphs each; -1 is untagged, -2 an artifact. */
function factsOf(tags: TagNode[] | null, counts: Record<number, number>): PageFacts {
  const glyphs = Object.entries(counts).flatMap(([mcid, count]) =>
    Array.from(
      { length: count },
      (_, i): Glyph => ({
        text: "x",
        box: [60 + i * 5, 700, 65 + i * 5, 710],
        x: 60 + i * 5,
        baseline: 708,
        end: 65 + i * 5,
        size: 10,
        font: 0,
        color: 0,
        angle: 0,
        mcid: Math.max(-1, Number(mcid)),
        run: 0,
        spaceBefore: false,
        ...(mcid === "-2" ? { artifact: true } : {}),
      }),
    ),
  );
  return {
    page: 1,
    width: 600,
    height: 800,
    fonts: [],
    glyphs,
    rulings: [],
    fills: [],
    drawings: [],
    pictures: [],
    links: [],
    tags,
    fields: [],
    origin: "text_layer",
  };
}
const tag = (type: string, ...kids: (number | TagNode)[]): TagNode => ({ type, kids });
const apply = (builder: FlowPageBuilder, facts: PageFacts): boolean =>
  applyTags([builder.page], new Map<number, PageTags>([[1, readPageTags(facts)!]]));

describe("trust in tags", () => {
  it("needs nearly all glyphs in elements, artifacts apart", () => {
    const tree = [tag("Document", tag("H1", 0), tag("P", 1))];
    expect(areTrusted([readPageTags(factsOf(tree, { 0: 10, 1: 80, [-2]: 40 }))!])).toBe(true);
    expect(areTrusted([readPageTags(factsOf(tree, { 0: 10, 1: 80, [-1]: 40 }))!])).toBe(false);
  });

  it("is not given to files that call everything a paragraph, or everything a heading", () => {
    expect(areTrusted([readPageTags(factsOf([tag("P", 0), tag("P", 1)], { 0: 50, 1: 50 }))!])).toBe(false);
    expect(areTrusted([readPageTags(factsOf([tag("H1", 0), tag("P", 1)], { 0: 500, 1: 50 }))!])).toBe(false);
  });
});

describe("trusted tags", () => {
  it("give headings their level, artifacts their place in the furniture, and the page its order", () => {
    const builder = new FlowPageBuilder();
    builder.block(["Second paragraph of the page"], { mcids: [2] });
    builder.block(["A plain-looking title"], { mcids: [0] });
    builder.block(["First paragraph of the page"], { mcids: [1] });
    const foot = builder.block(["17"]);
    foot.box = [60, 700, 70, 710];
    const facts = factsOf([tag("Document", tag("H2", 0), tag("P", 1), tag("P", 2))], { 0: 10, 1: 40, 2: 40, [-2]: 2 });
    expect(apply(builder, facts)).toBe(true);
    expect(builder.page.blocks.map((block) => [blockText(block), block.level, block.furniture])).toEqual([
      ["A plain-looking title", 2, undefined],
      ["First paragraph of the page", undefined, undefined],
      ["Second paragraph of the page", undefined, undefined],
      ["17", undefined, "page_number"],
    ]);
  });

  it("cut a run-in heading from the text that goes on in its line", () => {
    const builder = new FlowPageBuilder();
    builder.block(["Causes. They are many and", "they are known."], { mcids: [0, 1] });
    builder.page.blocks[0]!.lines[1]!.mcids = [1];
    const facts = factsOf([tag("Document", tag("H3", 0), tag("P", 1))], { 0: 7, 1: 60 });
    apply(builder, facts);
    expect(builder.page.blocks.map((block) => [block.level, blockText(block)])).toEqual([
      [3, "Causes."],
      [undefined, "They are many and they are known."],
    ]);
  });

  it("part paragraphs that they name, but not the lines of text that no tag names", () => {
    const linesOf = (...kids: (number | TagNode)[]): string[] => {
      const builder = new FlowPageBuilder();
      builder.block(["Title"], { mcids: [0] });
      builder.block(["The text of a printed web page", "goes on in its second line"], { mcids: [1] });
      builder.page.blocks[1]!.lines[1]!.mcids = [2];
      apply(builder, factsOf([tag("H1", 0), tag("Div", ...kids)], { 0: 10, 1: 40, 2: 40 }));
      return builder.page.blocks.map(blockText);
    };
    expect(linesOf(1, 2)).toEqual(["Title", "The text of a printed web page goes on in its second line"]);
    expect(linesOf(tag("P", 1), tag("P", 2))).toHaveLength(3);
  });

  it("join the pieces of one heading", () => {
    const builder = new FlowPageBuilder();
    builder.block(["Short introduction"], { mcids: [0] });
    builder.block(["and outlook"], { mcids: [1] });
    builder.block(["Text below the heading"], { mcids: [2] });
    apply(builder, factsOf([tag("H1", 0, tag("Span", 1)), tag("P", 2)], { 0: 10, 1: 10, 2: 60 }));
    expect(builder.page.blocks.map((block) => [block.level, blockText(block)])).toEqual([
      [1, "Short introduction and outlook"],
      [undefined, "Text below the heading"],
    ]);
  });
});
