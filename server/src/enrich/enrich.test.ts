import type { Table } from "@knowhere/contract";
import { describe, expect, it } from "vitest";
import { findKeywords } from "./keywords.ts";
import { identifyLanguage } from "./language.ts";
import { describeFigure, summarizeTable, widthOf } from "./objects.ts";
import { splitSentences, splitWords } from "./segment.ts";
import { clip, sectionSummary, summarize } from "./summary.ts";
import { loadTokenCounter } from "./tokens.ts";

const german =
  "Die Bundesrepublik Deutschland ist ein Bundesstaat in Mitteleuropa. Das politische System ist föderal und als parlamentarische Demokratie organisiert.";
const chinese =
  "人工智能是计算机科学的一个分支，它企图了解智能的实质。该领域的研究包括机器人、语言识别、图像识别和专家系统。人工智能的应用领域不断扩大。";

describe("sentences", () => {
  it("end at full stops, not at abbreviations, initials and decimals", () => {
    expect(splitSentences("Dr. J. Smith paid 3.5 euros, cf. Fig. 2. He left! Did he? Yes.")).toEqual([
      "Dr. J. Smith paid 3.5 euros, cf. Fig. 2.",
      "He left!",
      "Did he?",
      "Yes.",
    ]);
  });
  it("end at the full stops of other scripts without a space", () => {
    expect(splitSentences("今天。明天！")).toEqual(["今天。", "明天！"]);
    expect(splitSentences("यह है। वह है।")).toEqual(["यह है।", "वह है।"]);
  });
});

describe("words", () => {
  it("are found in scripts with and without spaces, at their places", () => {
    const text = "Ein 人工智能 test-case, 3.5";
    const words = splitWords(text, "zh");
    expect(words.map((word) => word.text)).toEqual(["Ein", "人工", "智能", "test-case", "3.5"]);
    for (const word of words) expect(text.slice(word.start, word.start + word.text.length)).toBe(word.text);
  });
  it("of Thai are cut by the dictionary", () => {
    expect(splitWords("ภาษาไทยสวย", "th").length).toBeGreaterThan(1);
  });
});

describe("the language of a text", () => {
  it("is told by script or by letter statistics", async () => {
    expect(await identifyLanguage(german)).toBe("de");
    expect(await identifyLanguage(chinese)).toBe("zh");
    expect(await identifyLanguage("東京都は、日本の首都である。")).toBe("ja");
    expect(await identifyLanguage("대한민국의 수도는 서울이다")).toBe("ko");
  });
  it("is not guessed from numbers or a word or two", async () => {
    expect(await identifyLanguage("12.5 kg")).toBeUndefined();
    expect(await identifyLanguage("")).toBeUndefined();
  });
});

describe("keywords", () => {
  const text =
    "The heat pump moves heat from the ground. A heat pump needs electricity. The compressor of the heat pump is loud, and the compressor wears out.";

  it("are phrases of the text, the most telling first, without repeating each other", () => {
    const keywords = findKeywords(text, { count: 3, language: "en" });
    expect(keywords[0]).toBe("heat pump");
    expect(keywords).toContain("compressor");
    expect(keywords).not.toContain("heat");
  });
  it("leave out stop words, numbers and single letters", () => {
    expect(findKeywords("The 12 of a b and 3.5 kg it is 2nd", { count: 5, language: "en" })).toEqual([]);
  });
  it("prefer words that are rare in the other sections", () => {
    const background = {
      sections: 10,
      counts: new Map([
        ["heat", 10],
        ["pump", 10],
        ["compressor", 1],
      ]),
    };
    expect(findKeywords(text, { count: 1, language: "en", background })).toEqual(["compressor"]);
  });
  it("are found in Chinese and Korean", () => {
    expect(findKeywords(chinese, { count: 2, language: "zh" })).toContain("人工智能");
    expect(findKeywords("서울의 경제는 크다. 서울은 수도이다. 서울을 본다.", { count: 1, language: "ko" })).toEqual([
      "서울",
    ]);
  });
  it("are the same every time", () => {
    expect(findKeywords(german, { count: 5, language: "de" })).toEqual(
      findKeywords(german, { count: 5, language: "de" }),
    );
  });
});

describe("summaries", () => {
  const filler = Array.from(
    { length: 8 },
    (_, n) => `Some other remark number ${"abcdefgh"[n]} stands here without much to say.`,
  );
  const key = "Glacier retreat in the Alps accelerates because summer temperatures rise and snowfall declines.";
  const text = [
    ...filler.slice(0, 4),
    key,
    "Summer temperatures rise in the Alps.",
    "Snowfall in the Alps declines, and glacier retreat follows.",
    ...filler.slice(4),
  ].join(" ");

  it("are sentences of the text", () => {
    const summary = summarize(text, { ...sectionSummary, language: "en" });
    expect(text).toContain(summary);
    expect(summary).not.toBe("");
  });
  it("are empty for a text that is short already", () => {
    expect(summarize("Short.", sectionSummary)).toBe("");
  });
  it("keep the order of the text and do not repeat themselves", () => {
    const twice = `${key} ${key} ${text}`;
    const summary = summarize(twice, { language: "en", sentences: 2, maxCharacters: 1000, minCharacters: 10 });
    expect(summary.split(key)).toHaveLength(2);
  });
  it("are clipped at a word", () => {
    expect(clip("one two three four", 12)).toBe("one two…");
    expect([...clip("😀".repeat(50), 10)]).toHaveLength(10);
  });
});

describe("tables and pictures", () => {
  const table: Table = {
    type: "table",
    headRows: 1,
    caption: [{ type: "text", text: "Table 2: Yields" }],
    rows: [
      { cells: [{ text: "Year" }, { text: "Site", colspan: 2 }] },
      { cells: [{ text: "1", rowspan: 2 }, { text: "2" }, { text: "3" }] },
      { cells: [{ text: "4" }, { text: "5" }] },
    ],
  };
  it("are told by caption, size and column names", () => {
    expect(summarizeTable(table)).toBe("Table 2: Yields. 2 rows × 3 columns: Year, Site.");
    expect(widthOf(table)).toBe(3);
  });
  it("with only numbers have no column names", () => {
    expect(summarizeTable({ type: "table", headRows: 0, rows: [{ cells: [{ text: "1" }, { text: "2" }] }] })).toBe(
      "1 row × 2 columns.",
    );
  });
  it("are told by caption and alternative text, else by the text inside", () => {
    expect(describeFigure({ type: "figure", caption: [{ type: "text", text: "Fig. 1" }], alt: "A cat" })).toBe(
      "Fig. 1. A cat",
    );
    expect(
      describeFigure({ type: "figure", content: [{ type: "paragraph", content: [{ type: "text", text: "12 V" }] }] }),
    ).toBe("12 V");
  });
});

describe("token counts", () => {
  it("of very long texts are told from their beginning", async () => {
    const count = await loadTokenCounter();
    const row = "<tr><td>x</td></tr>\n";
    const few = count(row.repeat(1000));
    expect(count(row.repeat(150_000)) / (few * 150)).toBeCloseTo(1, 2);
  });

  it("are those of the vocabulary, control words included as text", async () => {
    const count = await loadTokenCounter();
    expect(count("")).toBe(0);
    expect(count("Hello world")).toBe(2);
    expect(count("<|endoftext|>")).toBeGreaterThan(1);
  });
  it("do not take quadratic time on a run without spaces", async () => {
    const count = await loadTokenCounter();
    // A hundred thousand letters in one go would take about ten seconds; the whole test has the runner's minute.
    expect(count("a".repeat(1_000_000))).toBeGreaterThan(10_000);
  });
});
