import { describe, expect, it } from "vitest";
import { PageBuilder } from "../testing/page-builder.ts";
import { blockText, type FlowBlock } from "./flow.ts";
import { layoutPage } from "./page.ts";

const blocksOf = (page: PageBuilder): FlowBlock[] => layoutPage(page.facts).flow.blocks;
const textsOf = (page: PageBuilder): string[] => blocksOf(page).map(blockText);
const prose = [
  "The first line of a paragraph fills the whole measure of",
  "the column and so does the second one below it as it is",
  "set in full and only the last is shorter.",
];

describe("paragraphs", () => {
  it("join lines of one style and leading", () => {
    expect(textsOf(new PageBuilder().lines(50, 100, prose))).toEqual([prose.join(" ")]);
  });

  it("end at a gap larger than the leading", () => {
    const page = new PageBuilder().lines(50, 100, prose).lines(50, 146, prose);
    expect(textsOf(page)).toHaveLength(2);
  });

  it("end where the weight of a whole line changes, size and gap being equal", () => {
    const page = new PageBuilder()
      .text(50, 100, "01 - Find the answer first of all", { font: "Body-Bold" })
      .lines(50, 112, prose);
    expect(textsOf(page)).toEqual(["01 - Find the answer first of all", prose.join(" ")]);
  });

  it("do not end where a bold run-in goes on in the next line", () => {
    const page = new PageBuilder().text(50, 100, "a. Waste Management Fee Collection of the whole larger town", {
      font: "Body-Bold",
    });
    page
      .text(50, 112, "Area.", { font: "Body-Bold" })
      .text(page.penX + 3, 112, "At the end of the year it rose by a half");
    expect(textsOf(page)).toHaveLength(1);
  });

  it("of a caption go on from its label alone on a line to the title below, however that is set", () => {
    const page = new PageBuilder()
      .text(50, 100, "Table 3", { font: "Body-Bold" })
      .text(50, 112, "Prevalence of things by age")
      .lines(50, 140, prose);
    expect(textsOf(page)).toEqual(["Table 3 Prevalence of things by age", prose.join(" ")]);
    const cited = new PageBuilder().text(50, 100, "Table 3 shows it", { font: "Body-Bold" }).lines(50, 112, prose);
    expect(textsOf(cited)).toHaveLength(2);
  });

  it("end where the size changes", () => {
    const page = new PageBuilder().text(50, 100, "A larger line", { size: 13 }).lines(50, 114, prose);
    expect(textsOf(page)).toHaveLength(2);
  });

  it("end where the colour of a whole line changes", () => {
    const page = new PageBuilder().text(50, 100, "A red label", { color: 0xcc0000 }).lines(50, 112, prose);
    expect(textsOf(page)).toHaveLength(2);
  });

  it("begin at an indented first line", () => {
    const page = new PageBuilder();
    page
      .lines(50, 100, [prose[0]!, prose[1]!, prose[0]!])
      .text(62, 136, "An indented line that opens the next one, a long line");
    page.lines(50, 148, [prose[1]!, prose[2]!]);
    expect(textsOf(page)).toHaveLength(2);
  });

  it("end at a line that left room for the next word", () => {
    const page = new PageBuilder().lines(50, 100, [...prose, ...prose]);
    expect(textsOf(page)).toEqual([prose.join(" "), prose.join(" ")]);
  });

  it("keep counted entries apart, whether their numbers have points or not", () => {
    const page = new PageBuilder();
    page.text(50, 100, "1 British American Tobacco Social Report at www.bat.com/204");
    page.text(50, 112, "2 Wroe D. Tobacco ad campaign angers members. The Age; May");
    page.text(57, 124, "17 www.theage.com.au one click and more words to fill it.");
    page.text(50, 136, "3 Hirschhorn N. Corporate social responsibility and tobacco");
    expect(textsOf(page).map((text) => text[0])).toEqual(["1", "2", "3"]);
  });

  it("go on over centred lines of which the longest fills the measure", () => {
    const page = new PageBuilder();
    const lines = ["Scan this code and learn", "more about the grasses, what", "can do to help, or", "its restoration"];
    for (const [i, text] of lines.entries()) page.text(200 - text.length * 2.3, 100 + i * 12, text);
    expect(textsOf(page)).toEqual([lines.join(" ")]);
  });

  it("keep hanging entries apart", () => {
    const page = new PageBuilder();
    for (const [i, author] of ["Adams", "Baker", "Clark"].entries()) {
      page.text(50, 100 + i * 24, `${author}, A very long title of a book that fills the first line`);
      page.text(70, 112 + i * 24, "and goes on with a place and a year in another full linee");
    }
    expect(textsOf(page)).toHaveLength(3);
  });
});

describe("list items", () => {
  it("begin at bullets, and wrapped lines stay with them", () => {
    const page = new PageBuilder();
    page.text(50, 100, "\u2022").text(62, 100, "first item that goes on for quite a while until");
    page.text(62, 112, "it wraps").text(50, 124, "\u2022").text(62, 124, "second item");
    const blocks = blocksOf(page);
    expect(blocks.map((block) => block.marker?.text)).toEqual(["\u2022", "\u2022"]);
    expect(blockText(blocks[0]!)).toContain("it wraps");
  });

  it("know bullets of the private use area and of symbol fonts", () => {
    const page = new PageBuilder().text(50, 100, "\uf0b7", { font: "SymbolMT" }).text(62, 100, "one");
    page.text(50, 112, "n", { font: "Wingdings-Regular" }).text(62, 112, "two");
    expect(blocksOf(page).map((block) => block.marker?.text)).toEqual(["\u2022", "\u2022"]);
  });

  it("are not made of a number that a line break put first", () => {
    const page = new PageBuilder().lines(50, 100, [
      "This sentence tells about the very many things in Figure",
      "12. It goes on with another sentence that fills the line",
      "and ends here.",
    ]);
    expect(blocksOf(page)).toHaveLength(1);
  });
});

describe("regions", () => {
  it("read a filled side-bar as a whole, apart from the text beside it", () => {
    const page = new PageBuilder().fill([40, 90, 200, 300], 0xffcccc);
    for (let i = 0; i < 8; i++) {
      page.text(50, 110 + i * 14, "side bar words here", { size: 9 });
      page.text(220, 108 + i * 14, "main text words that run along with the bar");
    }
    const texts = textsOf(page);
    expect(texts).toHaveLength(2);
    expect(texts[0]).not.toContain("main");
    expect(texts[1]).not.toContain("side");
  });

  it("give a heading the number back that a figure beside it cut off", () => {
    const page = new PageBuilder().picture([10, 5, 76, 80]).picture([406, 22, 560, 60]);
    page.text(86, 140, "6.", { size: 18 }).text(123, 140, "COMPETENCE FRAMEWORK", { size: 18 });
    page.lines(86, 200, prose);
    expect(textsOf(page)).toContain("6. COMPETENCE FRAMEWORK");
  });

  it("read turned text on its own", () => {
    const page = new PageBuilder().lines(100, 100, prose).text(30, 500, "arXiv stamp", { angle: 90 });
    expect(textsOf(page)).toEqual([prose.join(" "), "arXiv stamp"]);
  });

  it("do not end beside a drop cap of three lines", () => {
    const page = new PageBuilder().text(50, 124, "O", { size: 36, widthEm: 0.6 });
    page.lines(74, 100, ["ver the past three decades increasing", "pressure from the organisations and all"]);
    page.text(74, 124, "governments which have required it of");
    page.lines(50, 136, ["the transnational corporations they all know", "to examine what they do."]);
    expect(textsOf(page)).toHaveLength(1);
  });

  it("put a drop cap in front of its first line", () => {
    const page = new PageBuilder().text(50, 124, "O", { size: 36 });
    page.text(70, 106, "nce upon a time there was a long line").text(70, 118, "and a second one beside the letter");
    page.text(50, 130, "and a third one that begins below it all");
    expect(textsOf(page).join(" ")).toMatch(/^Once upon/);
  });
});

describe("figures", () => {
  it("take a picture and keep the words on it as its content", () => {
    const page = new PageBuilder().lines(50, 100, prose).picture([50, 150, 250, 300]).text(100, 200, "label");
    const figure = blocksOf(page).find((block) => block.kind === "figure");
    expect(figure?.figure?.content.map(blockText)).toEqual(["label"]);
  });

  it("leave out page backgrounds and tiny pictures, but not the text", () => {
    const page = new PageBuilder().picture([0, 0, 612, 792]).picture([10, 10, 18, 18]).lines(50, 100, prose);
    expect(blocksOf(page).map((block) => block.kind)).toEqual(["text"]);
  });

  it("cluster drawn paths", () => {
    const page = new PageBuilder().lines(50, 100, prose);
    for (let i = 0; i < 12; i++) page.drawing([60 + i * 8, 200, 70 + i * 8, 260 + i], 12);
    page.text(80, 230, "pump");
    const figures = blocksOf(page).filter((block) => block.kind === "figure");
    expect(figures).toHaveLength(1);
    expect(figures[0]!.figure!.content.map(blockText)).toEqual(["pump"]);
  });

  it("let titles on a banner across the page flow as text", () => {
    const page = new PageBuilder().text(60, 60, "HOW TO DRAW", { size: 24 }).lines(50, 200, prose);
    for (let i = 0; i < 12; i++) page.drawing([i * 51, 20, i * 51 + 51, 90 + (i % 3)], 24);
    const blocks = blocksOf(page);
    expect(blocks.filter((block) => block.kind === "text").map(blockText)).toContain("HOW TO DRAW");
    expect(blocks.filter((block) => block.kind === "figure")).toHaveLength(1);
  });

  it("take bars on grid lines for a chart and its numbers for labels, not a table", () => {
    const page = new PageBuilder().text(50, 90, "Figure 1: Growth");
    for (let i = 0; i < 6; i++)
      page.rule(100, 120 + i * 20, 400, 120 + i * 20).text(80, 123 + i * 20, `${(5 - i) * 20}`);
    for (let i = 0; i < 5; i++) {
      page.fill([120 + i * 55, 220 - 20 * (i + 1), 150 + i * 55, 220], 0x3366cc);
      page.text(125 + i * 55, 215, `${i + 1}0`, { color: 0xffffff }).text(120 + i * 55, 232, `201${i}`);
    }
    const blocks = blocksOf(page);
    expect(blocks.filter((block) => block.kind === "table")).toEqual([]);
    const chart = blocks.find((block) => block.kind === "figure");
    expect(chart?.figure?.content.map(blockText).join(" ")).toContain("2014");
  });

  it("do not take equal shaded rows of text for bars", () => {
    const page = new PageBuilder();
    for (let i = 0; i < 5; i++)
      page.fill([50, 100 + i * 30, 400, 115 + i * 30], 0x99bbdd).text(60, 111 + i * 30, "row of a striped listing");
    expect(blocksOf(page).filter((block) => block.kind === "figure")).toEqual([]);
  });
});

describe("code and formulas", () => {
  it("keep monospaced lines together with their inner white space", () => {
    const page = new PageBuilder().lines(50, 100, prose);
    page
      .text(50, 150, "if a:", { font: "Mono", widthEm: 0.6, spaceEm: 0.6 })
      .text(74, 162, "b = 1", { font: "Mono", widthEm: 0.6, spaceEm: 0.6 });
    const code = blocksOf(page).find((block) => block.kind === "code");
    expect(code?.lines.map((line) => line.code?.text)).toEqual(["if a:", "b = 1"]);
  });

  it("set a displayed formula apart", () => {
    const page = new PageBuilder()
      .lines(50, 100, prose)
      .text(150, 148, "x=y+z", { font: "CMMI10" })
      .lines(50, 172, prose);
    expect(blocksOf(page).map((block) => block.kind)).toEqual(["text", "math", "text"]);
  });
});

describe("the invariant", () => {
  const visible = (page: PageBuilder) => page.facts.glyphs.flatMap((glyph, i) => (glyph.hidden ? [] : [i]));
  const held = (page: PageBuilder) => {
    const { flow, wordsOf, words } = layoutPage(page.facts);
    const all = (blocks: FlowBlock[]): FlowBlock[] =>
      blocks.flatMap((block) => [block, ...all(block.figure?.content ?? [])]);
    return all(flow.blocks).flatMap((block) => (wordsOf.get(block) ?? []).flatMap((index) => words[index]!.glyphs));
  };

  it("holds every visible glyph exactly once on a page of everything", () => {
    const page = new PageBuilder().lines(50, 60, prose).picture([50, 120, 200, 200]).text(90, 150, "on it");
    page.fill([300, 100, 500, 220], 0xddeeff).lines(310, 120, ["in the box", "and more of it"]);
    for (let r = 0; r < 4; r++) for (let c = 0; c < 3; c++) page.text(60 + c * 120, 300 + r * 16, `${r * 10 + c}.5`);
    for (let r = 0; r <= 4; r++) page.rule(50, 288 + r * 16, 400, 288 + r * 16);
    for (let c = 0; c <= 3; c++) page.rule(50 + c * 116, 288, 50 + c * 116, 352);
    page
      .text(30, 600, "turned", { angle: 90 })
      .text(50, 420, "x")
      .text(56, 416, "2", { size: 6 })
      .text(50, 700, "gone", { hidden: "clipped" });
    page.text(50, 480, "O", { size: 36 }).text(70, 462, "nce upon a time").text(70, 474, "there was a line");
    expect(held(page).sort((a, b) => a - b)).toEqual(visible(page));
  });

  it("holds on scattered words", () => {
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return seed % below;
    };
    for (let round = 0; round < 20; round++) {
      const page = new PageBuilder();
      for (let i = 0; i < 60; i++)
        page.text(random(560), 20 + random(750), `w${random(1000)} v${i}`, {
          size: 6 + random(14),
          angle: [0, 0, 0, 90, 270][random(5)]!,
        });
      for (let i = 0; i < 8; i++) page.rule(random(300), random(700), 300 + random(300), random(700));
      for (let i = 0; i < 4; i++)
        page.fill([random(200), random(300), 200 + random(300), 300 + random(400)], random(0xffffff));
      for (let i = 0; i < 4; i++)
        page.drawing([random(200), random(300), 200 + random(300), 300 + random(400)], random(40));
      page.picture([random(200), random(300), 200 + random(300), 300 + random(400)]);
      expect(held(page).sort((a, b) => a - b)).toEqual(visible(page));
    }
  });
});

describe("growth", () => {
  const costOf = (facts: PageBuilder["facts"]): number => {
    const started = process.cpuUsage();
    layoutPage(facts);
    const { user, system } = process.cpuUsage(started);
    return user + system;
  };
  /** Best of three, in CPU time: what else the machine does only ever adds. */
  const best = (make: () => PageBuilder): number => Math.min(...[1, 2, 3].map(() => costOf(make().facts)));

  it("is not quadratic in glyphs", () => {
    const page = (lines: number) => () => {
      const built = new PageBuilder({ height: lines * 12 + 100 });
      for (let i = 0; i < lines; i++)
        built
          .text(50, 50 + i * 12, "some words of an ordinary line of text")
          .text(330, 50 + i * 12, "and the other column beside");
      return built;
    };
    best(page(100));
    // Eight times the glyphs: 8 when linear, 64 when quadratic.
    expect(best(page(800)) / best(page(100))).toBeLessThan(32);
  });

  it("is not quadratic in paths", () => {
    const page = (paths: number) => () => {
      const built = new PageBuilder();
      for (let i = 0; i < paths; i++)
        built.drawing(
          [50 + ((i * 37) % 450), 100 + ((i * 91) % 500), 53 + ((i * 37) % 450), 104 + ((i * 91) % 500)],
          4,
        );
      return built;
    };
    best(page(20_000));
    // Eight times the paths: 8 when linear, 64 when quadratic.
    expect(best(page(160_000)) / best(page(20_000))).toBeLessThan(32);
  });
});
