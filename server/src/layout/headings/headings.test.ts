import { describe, expect, it } from "vitest";
import { FlowPageBuilder } from "../../testing/flow-builder.ts";
import type { FileFacts, OutlineEntry } from "../facts.ts";
import { blockText, type FlowPage } from "../flow.ts";
import { assignHeadings } from "./index.ts";

const file = (outline: OutlineEntry[] = [], pageCount = 1, title?: string): FileFacts => ({
  pageCount,
  title,
  metadata: {},
  outline,
  tagged: false,
});
const headingsOf = (pages: FlowPage[]): [number, string][] =>
  pages.flatMap((page) =>
    page.blocks
      .filter((block) => block.level !== undefined)
      .map((block): [number, string] => [block.level!, blockText(block)]),
  );

describe("headings by look", () => {
  it("are larger or bolder lines that stand over text, ranked by prominence", () => {
    const builder = new FlowPageBuilder();
    builder.block(["Findings"], { size: 16, bold: true });
    builder.prose();
    builder.block(["What we saw first"], { size: 12, bold: true, gap: 14 });
    builder.prose();
    builder.block(["What we saw later"], { size: 12, bold: true, gap: 14 });
    builder.prose();
    assignHeadings([builder.page], file());
    expect(headingsOf([builder.page])).toEqual([
      [1, "Findings"],
      [2, "What we saw first"],
      [2, "What we saw later"],
    ]);
  });

  it("are bold lines in the middle of their column, though no space sets them apart", () => {
    const build = (isCentred: boolean): FlowPage => {
      const builder = new FlowPageBuilder();
      builder.prose();
      const block = builder.block(["Design of the study"], { bold: true, gap: 0 });
      const shift = isCentred ? (block.regionBox[2] - block.box[2]) / 2 : 0;
      block.box = [block.box[0] + shift, block.box[1], block.box[2] + shift, block.box[3]];
      builder.prose();
      assignHeadings([builder.page], file());
      return builder.page;
    };
    expect(headingsOf([build(true)])).toEqual([[1, "Design of the study"]]);
    expect(headingsOf([build(false)])).toEqual([]);
  });

  it("take their depth from their numbers, whatever their look", () => {
    const builder = new FlowPageBuilder();
    for (const [text, size] of [
      ["1 Introduction", 12],
      ["1.1 Aims", 12],
      ["2 Methods", 12],
      ["2.1 Sample", 12],
      ["2.1.1 Age", 12],
    ] as const) {
      builder.block([text], { size, bold: true, gap: 14 });
      builder.prose();
    }
    assignHeadings([builder.page], file());
    expect(headingsOf([builder.page]).map(([level]) => level)).toEqual([1, 2, 1, 2, 3]);
  });

  it("are one over lines of unlike length set on one middle, and two over lines that begin at one edge", () => {
    const build = (shift: number): string[] => {
      const builder = new FlowPageBuilder();
      builder.block(["FURTHER"], { size: 16, bold: true });
      const below = builder.block(["RESOURCES"], { size: 16, bold: true, gap: 8 });
      for (const { box } of [below, ...below.lines]) {
        box[0] += shift;
        box[2] += shift;
      }
      builder.prose();
      builder.prose();
      assignHeadings([builder.page], file());
      return headingsOf([builder.page]).map(([, text]) => text);
    };
    expect(build(-8)).toEqual(["FURTHER RESOURCES"]);
    expect(build(0)).toEqual(["FURTHER", "RESOURCES"]);
  });

  it("may be a long clause in the large type of a slide", () => {
    const lines = [
      "Our shop offers three packs that work on structured information and data,",
      "making a tangible impact on your business",
    ];
    const build = (size: number): FlowPage => {
      const builder = new FlowPageBuilder();
      builder.block(lines, { size, gap: 14 });
      for (let i = 0; i < 4; i++) builder.prose();
      assignHeadings([builder.page], file());
      return builder.page;
    };
    expect(headingsOf([build(20)])).toHaveLength(1);
    expect(headingsOf([build(11)])).toEqual([]);
  });

  it("are not set at both ends of a page's first line", () => {
    const headingsWith = (apart: boolean): number => {
      const builder = new FlowPageBuilder();
      const head = builder.block(["COMMUNITY COLLEGE"], { size: 10.8, color: 0xcc3300 });
      head.box = [60, 20, 200, 31];
      head.caps = true;
      head.gapAbove = Number.POSITIVE_INFINITY;
      const parts = [
        { text: "COMMUNITY", x0: 60, x1: 120 },
        { text: "COLLEGE", x0: 480, x1: 540 },
      ];
      if (apart) head.lines[0]!.parts = parts;
      for (let i = 0; i < 4; i++) builder.prose();
      assignHeadings([builder.page], file());
      return headingsOf([builder.page]).length;
    };
    expect([headingsWith(false), headingsWith(true)]).toEqual([1, 0]);
  });

  it("are not sentences, captions, list items or steps", () => {
    const builder = new FlowPageBuilder();
    builder.prose();
    builder.block(["This bold sentence says something important about it."], { bold: true, gap: 10 });
    builder.prose();
    builder.block(["Table 3: Results of the second year"], { bold: true, gap: 10 });
    builder.prose();
    for (const step of ["1. Open the lid of the box", "2. Press the red button", "3. Close the lid again"]) {
      const block = builder.block([step]);
      block.marker = {
        text: step.slice(0, 2),
        ordered: true,
        value: Number(step[0]),
        style: "1.",
        x: 60,
        textX: 75,
      } as never;
    }
    assignHeadings([builder.page], file());
    expect(headingsOf([builder.page])).toEqual([]);
  });

  it("are not the entries of an agenda, whatever the first of them is called", () => {
    const builder = new FlowPageBuilder();
    builder.prose();
    builder.block(["1. Results"], { gap: 18 });
    for (const entry of ["2. Market", "3. Plans", "4. Questions"]) builder.block([entry], { gap: 2 });
    builder.prose();
    assignHeadings([builder.page], file());
    expect(headingsOf([builder.page])).toEqual([]);
  });

  it("leave a run-in bold phrase inside its paragraph", () => {
    const builder = new FlowPageBuilder();
    builder.prose();
    builder.block(
      [
        [
          ["a. Waste Management Fee Collection.", true],
          ["At the start of every month the fee", false],
        ],
        "is collected by the office of the town",
      ],
      { gap: 8 },
    );
    builder.prose();
    assignHeadings([builder.page], file());
    expect(headingsOf([builder.page])).toEqual([]);
  });

  it("do not include a running head with its page number", () => {
    const builder = new FlowPageBuilder();
    builder.block(["314 Numerical Methods for Equations"], { italic: true });
    builder.prose(24);
    builder.prose();
    assignHeadings([builder.page], file());
    expect(headingsOf([builder.page])).toEqual([]);
  });

  it("know the usual titles of sections", () => {
    const builder = new FlowPageBuilder();
    builder.prose();
    builder.block(["参考文献"], { gap: 14 });
    builder.prose();
    builder.block(["Acknowledgements"], { gap: 14, italic: true });
    builder.prose();
    assignHeadings([builder.page], file());
    expect(headingsOf([builder.page]).map(([, text]) => text)).toEqual(["参考文献", "Acknowledgements"]);
  });

  it("set the title of a document apart from its sections", () => {
    const first = new FlowPageBuilder(1);
    first.block(["A Study of Small Things"], { size: 20, bold: true });
    first.block(["Ada Lovelace, Grace Hopper"], { size: 12, gap: 10 });
    first.block(["1 Introduction"], { size: 13, bold: true, gap: 20 });
    first.prose();
    const second = new FlowPageBuilder(2);
    second.block(["2 Methods"], { size: 13, bold: true });
    second.prose();
    const found = assignHeadings([first.page, second.page], file([], 2));
    expect(found.title).toBe("A Study of Small Things");
    expect(headingsOf([first.page, second.page])).toEqual([
      [1, "A Study of Small Things"],
      [1, "1 Introduction"],
      [1, "2 Methods"],
    ]);
  });

  it("are not guessed when that is switched off", () => {
    const builder = new FlowPageBuilder();
    builder.block(["Findings"], { size: 16, bold: true });
    builder.prose();
    assignHeadings([builder.page], file(), { guess: false });
    expect(headingsOf([builder.page])).toEqual([]);
  });
});

describe("headings by outline", () => {
  const outline: OutlineEntry[] = [
    { title: "Introduction", level: 1, page: 1 },
    { title: "The Configuration of the Test-bed", level: 2, page: 1 },
    { title: "Conclusion", level: 1, page: 1 },
  ];

  it("are what it names, found fuzzily on their page, with its levels", () => {
    const builder = new FlowPageBuilder();
    builder.block(["1. INTRODUCTION"]);
    builder.prose();
    builder.block(["1.1 The Con\ufb01guration", "of the Test bed"]);
    builder.prose();
    builder.block(["2. Conclusion"]);
    builder.prose();
    assignHeadings([builder.page], file(outline));
    expect(headingsOf([builder.page])).toEqual([
      [1, "1. INTRODUCTION"],
      [2, "1.1 The Con\ufb01guration of the Test bed"],
      [1, "2. Conclusion"],
    ]);
  });

  it("are cut out of the paragraph that they were glued to", () => {
    const builder = new FlowPageBuilder();
    builder.block(["1 Introduction", "It begins with a long line of text that nobody reads"]);
    builder.block([
      [
        ["1.1 The Configuration of the Test-bed.", true],
        ["We used two machines", false],
      ],
      "and a cable.",
    ]);
    builder.block(["2 Conclusion"]);
    assignHeadings([builder.page], file(outline));
    expect(builder.page.blocks.map((block) => [block.level, blockText(block)])).toEqual([
      [1, "1 Introduction"],
      [undefined, "It begins with a long line of text that nobody reads"],
      [2, "1.1 The Configuration of the Test-bed."],
      [undefined, "We used two machines and a cable."],
      [1, "2 Conclusion"],
    ]);
  });

  it("keep out lines that merely look like headings in a document whose outline is good", () => {
    const builder = new FlowPageBuilder();
    for (const title of ["1. Introduction", "1.1 The Configuration of the Test-bed", "2. Conclusion"]) {
      builder.block([title], { size: 14, gap: 14 });
      builder.prose();
    }
    builder.block(["Remark"], { bold: true, gap: 14 });
    builder.prose();
    assignHeadings([builder.page], file(outline));
    expect(headingsOf([builder.page]).map(([, text]) => text)).not.toContain("Remark");
  });

  it("do not match a one-letter title inside a figure's labels", () => {
    const builder = new FlowPageBuilder();
    builder.block(["(a)"]);
    builder.prose();
    builder.block(["Appendix A"], { gap: 14 });
    builder.prose();
    assignHeadings([builder.page], file([...outline, { title: "A", level: 1, page: 1 }]));
    expect(builder.page.blocks[0]!.level).toBeUndefined();
    expect(builder.page.blocks[2]!.level).toBe(1);
  });
});

describe("headings by printed contents", () => {
  it("are the lines elsewhere that the contents name", () => {
    const first = new FlowPageBuilder(1);
    first.block(["Contents"], { bold: true, size: 12 });
    first.block(["Opening remarks ........ 2", "Middle matters ........ 3", "Closing words ........ 9"], {
      kind: "contents",
    });
    const second = new FlowPageBuilder(2);
    second.prose();
    second.block(["Middle matters"], { gap: 12 });
    second.prose();
    assignHeadings([first.page, second.page], file([], 2));
    expect(headingsOf([second.page]).map(([, text]) => text)).toEqual(["Middle matters"]);
    expect(headingsOf([first.page]).map(([, text]) => text)).toEqual(["Contents"]);
  });
});
