import type { Block } from "@knowhere/contract";
import { describe, expect, it } from "vitest";
import { plainBlocks } from "../document/plain.ts";
import { PageBuilder } from "../testing/page-builder.ts";
import type { FileFacts, PageImages } from "./facts.ts";
import { createLayout } from "./index.ts";

const noImages: PageImages = { picture: async () => null, crop: async () => null };
const fileOf = (pages: PageBuilder[]): FileFacts => ({
  pageCount: pages.length,
  metadata: {},
  outline: [],
  tagged: false,
});

async function layOut(pages: PageBuilder[], images: PageImages = noImages) {
  const layout = createLayout(fileOf(pages), { findHeadings: false });
  for (const page of pages) await layout.addPage(page.facts, images);
  return layout.finish();
}
const contentOf = async (...pages: PageBuilder[]): Promise<Block[]> => (await layOut(pages)).content;
const textOf = async (...pages: PageBuilder[]): Promise<string> => plainBlocks(await contentOf(...pages));
const bodyLines = [
  "Body text of the page that fills the whole measure of it",
  "and a second line which does the same as the first has",
  "and ends.",
];

describe("broken words", () => {
  it("join when the document has the joined form", async () => {
    const page = new PageBuilder().lines(50, 100, [
      "a long treatment of coopera-",
      "tion and more text about cooperation here.",
    ]);
    expect(await textOf(page)).toContain("of cooperation and");
  });

  it("keep the hyphen when the document has the hyphenated form", async () => {
    const page = new PageBuilder().lines(50, 100, [
      "the record of a check-",
      "list and a plain check-list follows here.",
    ]);
    expect(await textOf(page)).toContain("of a check-list and");
  });

  it("join lower-case halves that the document does not know", async () => {
    expect(
      await textOf(new PageBuilder().lines(50, 100, ["henna, manna, and rhu-", "barb from the peninsula were used."])),
    ).toContain("rhubarb");
  });

  it("keep the hyphen before a capital or a number", async () => {
    expect(
      await textOf(new PageBuilder().lines(50, 100, ["since the start of COVID-", "19 the numbers went down."])),
    ).toContain("COVID-19");
  });

  it("join after a word that takes hyphens when only its ending follows", async () => {
    expect(await textOf(new PageBuilder().lines(50, 100, ["the limits were low-", "ered by the others."]))).toContain(
      "lowered",
    );
  });

  it("keep the hyphen of a compound", async () => {
    expect(
      await textOf(new PageBuilder().lines(50, 100, ["it hampered our long-", "term reporting abilities."])),
    ).toContain("long-term");
  });
});

describe("lines of scripts without spaces", () => {
  it("join ideographs without a space", async () => {
    const page = new PageBuilder().lines(
      50,
      100,
      ["\u4e2d\u6587\u6587\u5b57\u7684\u7b2c\u4e00", "\u884c\u548c\u7b2c\u4e8c\u884c\u5b57\u3002"],
      { widthEm: 1 },
    );
    expect(await textOf(page)).toBe(
      "\u4e2d\u6587\u6587\u5b57\u7684\u7b2c\u4e00\u884c\u548c\u7b2c\u4e8c\u884c\u5b57\u3002",
    );
  });

  it("join Korean words that the document has whole, and part others", async () => {
    const page = new PageBuilder().lines(
      50,
      100,
      [
        "\uac10\uc5fc\uc99d \uc608\ubc29 \uac10\uc5fc\uc99d \uad00\ub9ac \uac10\uc5fc",
        "\uc99d \ub300\uc751 \uacc4\ud68d \uc218\ub9bd \ubc0f \uc2dc\ud589",
      ],
      { widthEm: 1 },
    );
    expect(await textOf(page)).toContain("\uad00\ub9ac \uac10\uc5fc\uc99d \ub300\uc751");
  });
});

describe("lists over pages", () => {
  it("begin with an item that is alone on its page", async () => {
    const first = new PageBuilder();
    first.lines(50, 100, bodyLines).text(50, 160, "1. Open the lid");
    const second = new PageBuilder({ page: 2 });
    second.text(50, 100, "2. Press the button").text(50, 112, "3. Close it");
    const lists = (await contentOf(first, second)).filter((block) => block.type === "list");
    expect(lists.map((list) => list.items.length)).toEqual([3]);
  });
});

describe("code", () => {
  it("has its lines of brackets", async () => {
    const page = new PageBuilder().lines(50, 60, bodyLines);
    const style = { font: "Mono", widthEm: 0.6, spaceEm: 0.6 };
    page.text(50, 120, "{", style).text(62, 132, "a: 1,", style).text(50, 144, "}", style);
    const code = (await contentOf(page)).filter((block) => block.type === "code");
    expect(code.map((block) => block.text)).toEqual(["{\n  a: 1,\n}"]);
  });
});

describe("markers set flush right", () => {
  it("are one list of small Roman numerals, the first of them a single letter", async () => {
    const page = new PageBuilder();
    page.text(60, 100, "i. alpha").text(55, 112, "ii. beta").text(50, 124, "iii. gamma").text(54, 136, "iv. delta");
    const content = await contentOf(page);
    expect(content).toHaveLength(1);
    expect((content[0] as Extract<Block, { type: "list" }>).items.map((item) => item.marker)).toEqual([
      "i.",
      "ii.",
      "iii.",
      "iv.",
    ]);
  });
});

describe("right-to-left pages", () => {
  const alef = "\u05d0\u05d1\u05d2";
  const dalet = "\u05d3\u05d4\u05d5";
  /** Words painted from the right edge leftwards, letters in logical order. */
  const rightLine = (page: PageBuilder, right: number, y: number, words: string[]) => {
    let x = right;
    for (const word of words) {
      if (/[a-z0-9]/i.test(word)) {
        x -= 5 * word.length;
        page.text(x, y, word);
      } else {
        for (const letter of word) page.text((x -= 5), y, letter);
      }
      x -= 4;
    }
  };
  it("have lists with their markers at the right, nested by right edges, and paragraphs that end at the left", async () => {
    const page = new PageBuilder();
    const measure = Array.from({ length: 20 }, (_, at) => (at % 2 === 0 ? alef : dalet));
    rightLine(page, 500, 100, measure);
    rightLine(page, 500, 112, [alef, dalet]);
    rightLine(page, 500, 124, measure);
    rightLine(page, 500, 150, [".1", alef]);
    rightLine(page, 480, 164, ["\u2022", dalet]);
    rightLine(page, 500, 178, [".2", dalet]);
    const content = await contentOf(page);
    expect(content.map((block) => block.type)).toEqual(["paragraph", "paragraph", "list"]);
    const list = content[2] as Extract<Block, { type: "list" }>;
    expect(list.items.map((item) => [item.marker, item.content.length])).toEqual([
      ["1.", 2],
      ["2.", 1],
    ]);
  });
  it("read lines from the right, with numbers and Latin words left to right", async () => {
    const page = new PageBuilder();
    rightLine(page, 400, 100, [alef, dalet, "2024", alef]);
    expect(await textOf(page)).toBe(`${alef} ${dalet} 2024 ${alef}`);
  });

  it("read Latin words inside in their own order", async () => {
    const page = new PageBuilder();
    rightLine(page, 400, 100, [alef, dalet, alef]);
    const x = 400 - 3 * 19 - 60;
    page.text(x, 100, "open").text(x + 24, 100, "source");
    rightLine(page, x - 4, 100, [dalet]);
    expect(await textOf(page)).toBe(`${alef} ${dalet} ${alef} open source ${dalet}`);
  });
});

describe("lists", () => {
  it("nest by indent", async () => {
    const page = new PageBuilder();
    const item = (x: number, y: number, mark: string, text: string) => page.text(x, y, mark).text(x + 12, y, text);
    item(50, 100, "\u2022", "outer one");
    item(70, 112, "\u2013", "inner one");
    item(70, 124, "\u2013", "inner two");
    item(50, 136, "\u2022", "outer two");
    const [list, ...rest] = await contentOf(page);
    expect(rest).toEqual([]);
    expect(list?.type === "list" && list.items.length).toBe(2);
    const nested = list?.type === "list" ? list.items[0]!.content[1] : undefined;
    expect(nested?.type === "list" && nested.items.length).toBe(2);
  });

  it("keep the number a sequence starts with", async () => {
    const page = new PageBuilder().lines(50, 100, ["4. fourth thing", "5. fifth thing", "6. sixth thing"]);
    const [list] = await contentOf(page);
    expect(list).toMatchObject({ type: "list", ordered: true, start: 4 });
  });

  it("leave a lone number in its paragraph", async () => {
    const [block] = await contentOf(new PageBuilder().text(50, 100, "7. alone it stands"));
    expect(block?.type).toBe("paragraph");
  });

  it("go on in the next column or page", async () => {
    const first = new PageBuilder({ page: 1 }).lines(50, 700, ["1. one thing", "2. two things"]);
    const second = new PageBuilder({ page: 2 }).lines(50, 60, ["3. three things", "4. four things"]);
    const lists = (await contentOf(first, second)).filter((block) => block.type === "list");
    expect(lists).toHaveLength(1);
    expect(lists[0]!.places?.map((place) => place.page)).toEqual([1, 2]);
  });

  it("tell ticked boxes", async () => {
    const page = new PageBuilder()
      .text(50, 100, "\u2611")
      .text(64, 100, "done")
      .text(50, 114, "\u2610")
      .text(64, 114, "open");
    const [list] = await contentOf(page);
    expect(list?.type === "list" && list.items.map((item) => item.checked)).toEqual([true, false]);
  });

  it("are not made of the choices of one question", async () => {
    const page = new PageBuilder()
      .text(50, 100, "Will you come? Please tick.")
      .text(50, 130, "\u2610 yes \u2610 no \u2612 perhaps");
    expect(await textOf(page)).toContain("\u2610 yes \u2610 no \u2612 perhaps");
    expect((await contentOf(page)).map(({ type }) => type)).not.toContain("list");
  });
});

describe("footnotes", () => {
  const noted = () => {
    const page = new PageBuilder();
    const column = (x: number, mark: string) => {
      for (let i = 0; i < 8; i++)
        page.text(x, 100 + i * 13, "body words that fill the whole column width", { size: 11 });
      page.text(page.penX, 191, ".", { size: 11 }).text(page.penX, 187, mark, { size: 6 });
      page.rule(x, 640, x + 60, 640);
      page.text(x, 652, mark, { size: 6 }).text(page.penX + 2, 655, `note ${mark} in small print`, { size: 8 });
    };
    column(40, "1");
    column(320, "2");
    return page;
  };

  it("come after the body of both columns", async () => {
    expect((await contentOf(noted())).map((block) => block.type)).toEqual(["paragraph", "paragraph", "note", "note"]);
  });

  it("are linked to their marks", async () => {
    const content = await contentOf(noted());
    const note = content.find((block) => block.type === "note");
    expect(note).toMatchObject({ label: "1", kind: "footnote" });
    const first = content[0];
    const marks = first?.type === "paragraph" ? first.content.filter((inline) => inline.type === "note_ref") : [];
    expect(marks).toEqual([{ type: "note_ref", note: note?.type === "note" ? note.note : "", label: "1" }]);
  });

  it("are not made of the page's number below them", async () => {
    const content = await contentOf(noted().text(40, 690, "23", { size: 7 }));
    expect(content.map((block) => block.type)).toEqual(["paragraph", "paragraph", "note", "note", "paragraph"]);
  });

  it("are not made of a numbered bibliography", async () => {
    const page = new PageBuilder();
    for (let i = 0; i < 8; i++)
      page.text(50, 100 + i * 13, "body words that fill the whole column width", { size: 11 });
    page.text(50, 400, "References", { font: "Body-Bold", size: 9 });
    for (let i = 1; i <= 4; i++) page.text(50, 410 + i * 12, `${i}. Author of the year, title and place`, { size: 8 });
    expect((await contentOf(page)).some((block) => block.type === "note")).toBe(false);
  });
});

describe("furniture", () => {
  it("is no numbered heading that begins its pages at one height, but it is the same in the size of the text", async () => {
    const pagesWith = (size: number) =>
      [4, 5, 7].map((chapter, at) => {
        const page = new PageBuilder({ page: at + 1 }).text(50, 60, `Chapter ${chapter}`, { size });
        return page.lines(50, 220, bodyLines).lines(50, 280, bodyLines);
      });
    const hidden = async (size: number) =>
      (await contentOf(...pagesWith(size))).filter((block) => block.type === "furniture").length;
    expect([await hidden(14), await hidden(10)]).toEqual([0, 3]);
  });

  const paged = (count: number, header: (page: number) => string, footer: (page: number) => string) =>
    Array.from({ length: count }, (_, i) => {
      const page = new PageBuilder({ page: i + 1 }).text(50, 40, header(i + 1)).text(300, 770, footer(i + 1));
      for (let line = 0; line < 20; line++)
        page.text(50, 100 + line * 13, `page ${i + 1} line ${line} has words of its own ${i * 31 + line}`);
      return page;
    });
  const rolesOf = async (pages: PageBuilder[]) =>
    (await contentOf(...pages)).flatMap((block) => (block.type === "furniture" ? [block.role] : []));

  it("is a text that repeats at one height, and a number that counts with the pages", async () => {
    const roles = await rolesOf(
      paged(
        4,
        () => "Annual Report",
        (page) => `${page + 6}`,
      ),
    );
    expect(roles.filter((role) => role === "header")).toHaveLength(4);
    expect(roles.filter((role) => role === "page_number")).toHaveLength(4);
  });

  it("may differ between odd and even pages", async () => {
    const roles = await rolesOf(
      paged(
        8,
        (page) => (page % 2 ? "The Book" : "The Chapter"),
        (page) => `${page}`,
      ),
    );
    expect(roles.filter((role) => role === "header")).toHaveLength(8);
  });

  it("is not a number that does not count with the pages", async () => {
    const roles = await rolesOf(
      paged(
        4,
        (page) => `Heading of page ${"abcd"[page - 1]}`,
        (page) => `${[17, 3, 99, 40][page - 1]}`,
      ),
    );
    expect(roles).toEqual([]);
  });

  it("is the number that the file names a single page by, at its edge", async () => {
    const labelled = (label: string, y: number): PageBuilder => {
      const page = new PageBuilder().lines(50, 200, bodyLines).text(200, y, "23");
      page.facts.label = label;
      return page;
    };
    expect(await rolesOf([labelled("23", 760)])).toEqual(["page_number"]);
    expect(await rolesOf([labelled("24", 760)])).toEqual([]);
    expect(await rolesOf([labelled("23", 400)])).toEqual([]);
  });

  it("is never guessed from a text alone on a single page", async () => {
    expect(
      await rolesOf(
        paged(
          1,
          () => "Annual Report",
          () => "of the year",
        ),
      ),
    ).toEqual([]);
  });
});

describe("captions", () => {
  it("belong to the figure above them", async () => {
    const page = new PageBuilder()
      .lines(50, 60, bodyLines)
      .picture([50, 120, 300, 300])
      .text(50, 315, "Figure 2: A pump");
    const content = await contentOf(page);
    expect(content.map((block) => block.type)).toEqual(["paragraph", "figure"]);
    expect(content[1]).toMatchObject({ caption: [{ type: "text", text: "Figure 2: A pump" }] });
  });

  it.each(["Exhibit B.4: Harvest", "Table: Harvest of two years"])(
    "belong to the table below them: %s",
    async (caption) => {
      const page = new PageBuilder().text(50, 90, caption, { font: "Bold" });
      for (const y of [100, 120, 140, 160]) page.rule(50, y, 350, y);
      for (const x of [50, 150, 250, 350]) page.rule(x, 100, x, 160);
      ["Fruit 2020 2021", "Apples 12 14", "Pears 7 8"].forEach((row, at) => {
        row.split(" ").forEach((cell, column) => {
          page.text(55 + 100 * column, 114 + 20 * at, cell);
        });
      });
      expect(await contentOf(page)).toMatchObject([
        { type: "table", caption: [{ type: "strong", content: [{ type: "text", text: caption }] }] },
      ]);
    },
  );

  it("stay paragraphs on the other side", async () => {
    const page = new PageBuilder().text(50, 100, "Figure 2: A pump").picture([50, 110, 300, 300]);
    expect(await contentOf(page)).toMatchObject([{ type: "paragraph", role: "caption" }, { type: "figure" }]);
  });
});

describe("contents lists", () => {
  it("are groups that keep leaders and page numbers", async () => {
    const page = new PageBuilder()
      .text(50, 100, "Preface ............... ix")
      .text(50, 114, "1. The Square . . . . . . . . . . 13");
    const [group] = await contentOf(page);
    expect(group).toMatchObject({ type: "group", role: "contents" });
    expect(plainBlocks([group!])).toMatch(/Preface \.{15} ix[\s\S]*The Square \.{10} 13/);
  });
});

describe("paragraphs over columns and pages", () => {
  const full = [
    "This paragraph runs over the end of the page because it is",
    "so long that the page has no room for the rest of the sen-",
  ];
  it("are one paragraph with two places", async () => {
    const first = new PageBuilder({ page: 1 }).lines(50, 740, full);
    const second = new PageBuilder({ page: 2 }).lines(50, 60, ["tence, which ends here at last."]);
    const [paragraph, ...rest] = await contentOf(first, second);
    expect(rest).toEqual([]);
    expect(paragraph?.places?.map((place) => place.page)).toEqual([1, 2]);
    expect(plainBlocks([paragraph!])).toContain("sentence, which");
  });

  it("do not go on from lines set flush right", async () => {
    const page = new PageBuilder();
    for (const [at, line] of [
      "Faculty of Management and Law, School",
      "University of Limpopo",
      "office@limpopo",
    ].entries())
      page.text(560 - 5 * line.length, 60 + 12 * at, line);
    page.rule(40, 100, 570, 100);
    const left = Array.from({ length: 12 }, () => "Advancement and promotions in the place of");
    page.lines(50, 120, left).lines(340, 120, left);
    expect((await contentOf(page))[0]).toMatchObject({ places: [{ page: 1 }] });
  });

  it("cost no more a page however many pages they run over", async () => {
    const costOf = async (count: number) => {
      const pages = Array.from({ length: count }, (_, i) =>
        new PageBuilder({ page: i + 1 }).lines(
          50,
          60,
          Array.from({ length: 10 }, (_line, k) => `line ${k} of a text without an end that fills the measure ${i}`),
        ),
      );
      const layout = createLayout(fileOf(pages), { findHeadings: false });
      for (const page of pages) await layout.addPage(page.facts, noImages);
      const started = process.cpuUsage();
      await layout.finish();
      const { user, system } = process.cpuUsage(started);
      return user + system;
    };
    await costOf(400);
    /** Best of four, in CPU time: what else the machine does only ever adds. */
    let [few, many] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (let round = 0; round < 4; round++) {
      few = Math.min(few, await costOf(50));
      many = Math.min(many, await costOf(400));
    }
    // Eight times the pages: 8 when each costs alike, 64 when each costs all before it again.
    expect(many / few).toBeLessThan(32);
  });

  it("are two when the first has ended", async () => {
    const first = new PageBuilder({ page: 1 }).lines(50, 740, [
      full[0]!,
      "and here it comes to its very end with the last full stop.",
    ]);
    const second = new PageBuilder({ page: 2 }).lines(50, 60, ["another begins on the next page."]);
    expect(await contentOf(first, second)).toHaveLength(2);
  });
});

describe("tables over pages", () => {
  const head = ["Item", "Amount", "Price"];
  const tablePage = (page: number, top: number, rows: string[][], wide = 120): PageBuilder => {
    const built = new PageBuilder({ page });
    rows.forEach((cells, row) => {
      cells.forEach((text, at) => {
        built.text(60 + at * wide, top + 14 + row * 20, text);
      });
    });
    for (let row = 0; row <= rows.length; row++) built.rule(50, top + row * 20, 50 + 3 * wide, top + row * 20);
    for (let at = 0; at <= 3; at++) built.rule(50 + at * wide, top, 50 + at * wide, top + rows.length * 20);
    return built;
  };
  const rowsOf = (page: number, count: number): string[][] =>
    Array.from({ length: count }, (_, row) => [`item ${page}${row}`, `${page * 10 + row}`, `${row}.50`]);
  const three = (): PageBuilder[] => [
    tablePage(1, 300, [head, ...rowsOf(1, 20)]),
    tablePage(2, 60, [head, ...rowsOf(2, 32)]),
    tablePage(3, 60, [head, ...rowsOf(3, 3)]),
  ];

  it("are one table, with the pages of its rows and a place on each page", async () => {
    const [table, ...rest] = await contentOf(...three());
    expect(rest).toEqual([]);
    if (table?.type !== "table") throw new Error("no table");
    expect(table.headRows).toBe(1);
    expect(table.rows).toHaveLength(1 + 20 + 32 + 3);
    expect(table.rows.map((row) => row.page)).toEqual([
      ...Array(21).fill(1),
      ...Array(32).fill(2),
      ...Array(3).fill(3),
    ]);
    expect(table.places?.map((place) => place.page)).toEqual([1, 2, 3]);
  });

  it("go on past running headers and page numbers", async () => {
    const pages = three();
    pages.forEach((page, at) => {
      page.text(50, 30, "Yearly list of the stores").text(300, 770, `${at + 1}`);
    });
    const types = (await contentOf(...pages)).map((block) => block.type);
    expect(types.filter((type) => type !== "furniture")).toEqual(["table"]);
    expect(types.filter((type) => type === "furniture")).toHaveLength(6);
  });

  it("go on under a caption that says so, which is furniture", async () => {
    const pages = three().slice(0, 2);
    pages[0]!.text(50, 292, "Table 1: Stores of the year");
    pages[1]!.text(50, 52, "Table 1 (continued)");
    const content = await contentOf(...pages);
    expect(content.map((block) => block.type)).toEqual(["table", "furniture"]);
  });

  it("keep loosely set small capitals whole in their cells", async () => {
    const page = tablePage(1, 60, [head, ...rowsOf(1, 3)]);
    page.text(62, 160, "T", { size: 12 }).text(page.penX + 0.9, 160, "HE", { size: 9 });
    page.rule(50, 146, 410, 146).rule(50, 166, 410, 166);
    for (let at = 0; at <= 3; at++) page.rule(50 + at * 120, 140, 50 + at * 120, 166);
    expect(plainBlocks(await contentOf(page))).toContain("THE");
  });

  it("are two with text between them, other columns, or a first one that ends high on its page", async () => {
    const between = three().slice(0, 2);
    between[0]!.text(50, 760, "These were the stores of the first year.");
    const other = [three()[0]!, tablePage(2, 60, [["Name", "Age", "Town"], ...rowsOf(2, 8)], 90)];
    const high = [tablePage(1, 60, [head, ...rowsOf(1, 4)]), tablePage(2, 60, [head, ...rowsOf(2, 4)])];
    for (const pages of [between, other, high]) {
      expect((await contentOf(...pages)).filter((block) => block.type === "table")).toHaveLength(2);
    }
  });
});

describe("the text of a figure", () => {
  it("keeps the lists of a drawn panel", async () => {
    const page = new PageBuilder().lines(50, 60, bodyLines);
    page.drawing([40, 200, 320, 330], 400);
    page.text(60, 230, "As anyone who wants to help");
    page.text(60, 250, "\u2022 Urge politicians to act").text(60, 270, "\u2022 Follow established laws");
    const figure = (await contentOf(page)).find((block) => block.type === "figure");
    const inside = figure?.type === "figure" ? (figure.content ?? []) : [];
    expect(inside.map((block) => block.type)).toEqual(["paragraph", "list"]);
    expect(inside[1]).toMatchObject({ items: [{ marker: "\u2022" }, { marker: "\u2022" }] });
  });
});

describe("styles and links", () => {
  it("leave raised ordinals in their word, and other raised letters raised", async () => {
    const page = new PageBuilder().text(50, 100, "the 20");
    page.text(page.penX, 96, "th", { size: 6 }).text(page.penX + 3, 100, "of x");
    page.text(page.penX, 96, "th", { size: 6 });
    const [paragraph] = await contentOf(page);
    const kinds = paragraph?.type === "paragraph" ? paragraph.content.map((inline) => inline.type) : [];
    expect(plainBlocks([paragraph!])).toContain("20th");
    expect(kinds).toEqual(["text", "superscript"]);
  });

  it("become marks inside a paragraph", async () => {
    const page = new PageBuilder().text(50, 100, "plain and");
    page.text(page.penX + 3, 100, "bold", { font: "Body-Bold" }).text(page.penX + 3, 100, "and");
    page.text(page.penX + 3, 100, "slanted", { font: "Body-Italic" }).text(page.penX + 3, 100, "words");
    const [paragraph] = await contentOf(page);
    expect(paragraph?.type === "paragraph" && paragraph.content.map((inline) => inline.type)).toEqual([
      "text",
      "strong",
      "text",
      "emphasis",
      "text",
    ]);
  });

  it("link the words that a link lies over", async () => {
    const page = new PageBuilder().text(50, 100, "see here for more");
    page.facts.links.push({ box: [67, 90, 91, 104], href: "https://example.org/" });
    const [paragraph] = await contentOf(page);
    expect(paragraph?.type === "paragraph" && paragraph.content[1]).toMatchObject({
      type: "link",
      href: "https://example.org/",
    });
  });
});

describe("form fields", () => {
  it("are read where they stand, with the words beside them", async () => {
    const page = new PageBuilder().text(50, 100, "Name:").text(50, 130, "Married:");
    page.facts.fields.push(
      { box: [90, 90, 200, 104], name: "name", kind: "text", value: "Ada Lovelace" },
      { box: [100, 121, 110, 131], name: "married", kind: "checkbox", value: "Yes", checked: true },
    );
    expect((await textOf(page)).split(/\s+/).join(" ")).toBe("Name: Ada Lovelace Married: \u2612");
  });

  it("have their values on the line of the label beside them, whatever the frame's height", async () => {
    const page = new PageBuilder().text(50, 100, "First name").text(200, 100, "Last name");
    page.facts.fields.push(
      { box: [110, 88, 190, 99], name: "first", kind: "text", value: "Ada" },
      { box: [250, 95, 340, 112], name: "last", kind: "text", value: "Lovelace" },
    );
    expect(await textOf(page)).toBe("First name Ada Last name Lovelace");
  });

  it("are not repeated when their value is printed", async () => {
    const page = new PageBuilder().text(50, 100, "Name:").text(92, 100, "Ada");
    page.facts.fields.push({ box: [90, 90, 200, 104], name: "name", kind: "text", value: "Ada" });
    expect(await textOf(page)).toBe("Name: Ada");
  });
});

describe("pages printed sideways", () => {
  const prose = "and so on with many more words that fill its measure to the end of it";

  it("read like upright ones, with their boxes on the page as shown", async () => {
    const upright = new PageBuilder({ width: 792, height: 612 });
    const upwards = new PageBuilder({ width: 612, height: 792 });
    const downwards = new PageBuilder({ width: 612, height: 792 });
    for (const column of [0, 1]) {
      for (const line of Array.from({ length: 6 }, (_, at) => at)) {
        const [x, y, text] = [50 + 360 * column, 100 + 12 * line, `Line ${line} of column ${column} ${prose}`];
        upright.text(x, y, text, { size: 8 });
        upwards.text(y, 792 - x, text, { size: 8, angle: 90 });
        downwards.text(612 - y, x, text, { size: 8, angle: 270 });
      }
    }
    const expected = await textOf(upright);
    expect(await textOf(upwards)).toBe(expected);
    expect(await textOf(downwards)).toBe(expected);
    const [x0, y0, x1, y1] = (await contentOf(upright))[0]!.places![0]!.box!;
    const boxOf = async (page: PageBuilder) => (await contentOf(page))[0]!.places![0]!.box!.map(Math.round);
    expect(await boxOf(upwards)).toEqual([y0, 792 - x1, y1, 792 - x0].map(Math.round));
    expect(await boxOf(downwards)).toEqual([612 - y1, x0, 612 - y0, x1].map(Math.round));
  });
});

describe("pictures", () => {
  it("are kept once however often they stand in the file", async () => {
    const bytes = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 1, 2, 3]);
    const images: PageImages = {
      picture: async () => ({ bytes, mediaType: "image/png", width: 200, height: 100 }),
      crop: async () => null,
    };
    const pages = [1, 2].map((page) => new PageBuilder({ page }).lines(50, 60, bodyLines).picture([50, 200, 250, 300]));
    const { assets, assetBytes, content } = await layOut(pages, images);
    expect(assets).toHaveLength(1);
    expect(assetBytes.get(assets[0]!.id)).toBe(bytes);
    expect(content.filter((block) => block.type === "figure" && block.asset === assets[0]!.id)).toHaveLength(2);
  });
});

describe("the tree", () => {
  it("shows every word of the pages once, in order", async () => {
    const pages = [1, 2, 3].map((number) => {
      const page = new PageBuilder({ page: number });
      for (let i = 0; i < 30; i++)
        page
          .text(50, 60 + i * 14, `p${number}l${i}a p${number}l${i}b p${number}l${i}c`)
          .text(330, 60 + i * 14, `p${number}r${i}a p${number}r${i}b p${number}r${i}c`);
      return page;
    });
    const words = (await textOf(...pages)).split(/\s+/);
    const expected = [1, 2, 3].flatMap((n) =>
      ["l", "r"].flatMap((side) =>
        Array.from({ length: 30 }, (_, i) => [`p${n}${side}${i}a`, `p${n}${side}${i}b`, `p${n}${side}${i}c`]).flat(),
      ),
    );
    expect(words).toEqual(expected);
  });

  it("gives every block a place on its page", async () => {
    const content = await contentOf(new PageBuilder().lines(50, 100, bodyLines));
    expect(content[0]!.places).toEqual([{ page: 1, box: [50, 93, expect.any(Number), expect.any(Number)] }]);
  });
});
