import { describe, expect, it } from "vitest";
import { plainBlocks } from "../document/plain.ts";
import { PageBuilder } from "../testing/page-builder.ts";
import { createLayout } from "./index.ts";

/** Roles and texts of what a file of these pages has as furniture. */
async function furnitureOf(...pages: PageBuilder[]): Promise<string[]> {
  const file = { pageCount: pages.length, metadata: {}, outline: [], tagged: false };
  const layout = createLayout(file, { findHeadings: false });
  const images = { picture: async () => null, crop: async () => null };
  for (const page of pages) await layout.addPage(page.facts, images);
  const { content } = await layout.finish();
  return content.flatMap((block) =>
    block.type === "furniture" ? [`${block.role}: ${plainBlocks(block.content).trim()}`] : [],
  );
}

/** A page of 612 by 792 points with text from 100 to 340 points. */
function bodyPage(): PageBuilder {
  const page = new PageBuilder();
  for (let line = 0; line < 20; line++)
    page.text(60, 100 + line * 12, `line ${line} of the text has words of its own and goes to the end`);
  return page;
}

describe("on a single page", () => {
  it("a lone page number at the edge, apart from the text, is furniture", async () => {
    expect(await furnitureOf(bodyPage().text(304, 770, "7"))).toEqual(["page_number: 7"]);
    expect(await furnitureOf(bodyPage().text(304, 770, "xii"))).toEqual(["page_number: xii"]);
    expect(await furnitureOf(bodyPage().text(540, 30, "Page 3 of 7"))).toEqual(["page_number: Page 3 of 7"]);
  });

  it("a running head with the page number at its outer end is furniture", async () => {
    const right = bodyPage().text(60, 30, "Yearly Report").text(545, 30, "57");
    expect(await furnitureOf(right)).toEqual(["header: Yearly Report 57"]);
    const left = bodyPage().text(60, 30, "322").text(480, 30, "Yearly Report");
    expect(await furnitureOf(left)).toEqual(["header: 322 Yearly Report"]);
    const three = bodyPage()
      .text(60, 770, "Journal of Things")
      .text(304, 770, "1")
      .text(440, 770, "March 2014, Volume 8");
    expect(await furnitureOf(three)).toEqual(["footer: Journal of Things 1 March 2014, Volume 8"]);
    expect(await furnitureOf(bodyPage().text(60, 770, "46 | Yearly Report"))).toEqual(["footer: 46 | Yearly Report"]);
  });

  it("a download stamp is furniture, and what stands next to the edge below it is looked at too", async () => {
    const page = bodyPage().text(140, 15, "Downloaded from https://example.org/ on July 12, 2017", { size: 8 });
    page.text(60, 45, "Opinion", { size: 8 }).text(540, 45, "447", { size: 8 });
    expect((await furnitureOf(page)).sort()).toEqual([
      "header: Downloaded from https://example.org/ on July 12, 2017",
      "header: Opinion 447",
    ]);
  });

  it("what a browser prints around a page is furniture", async () => {
    const page = bodyPage()
      .text(25, 24, "10/1/24, 3:42 PM", { size: 8 })
      .text(290, 24, "The Town of Paris", { size: 8 });
    page.text(25, 776, "https://example.org/paris", { size: 8 }).text(575, 776, "1/34", { size: 8 });
    expect(await furnitureOf(page)).toEqual([
      "header: 10/1/24, 3:42 PM The Town of Paris",
      "footer: https://example.org/paris 1/34",
    ]);
  });

  it.each([
    ["a year", (page: PageBuilder) => page.text(304, 770, "2019")],
    ["a number off the usual places", (page: PageBuilder) => page.text(180, 770, "42")],
    ["a number close to the text", () => bodyPage().text(304, 770, "7").text(60, 752, "the last line of the text")],
    [
      "a number among others",
      (page: PageBuilder) => page.text(304, 770, "7").text(304, 600, "12").text(304, 500, "13"),
    ],
    ["a text without a number", (page: PageBuilder) => page.text(60, 30, "Yearly Report")],
    ["a numbered heading", (page: PageBuilder) => page.text(60, 60, "1").text(100, 60, "Introduction")],
    ["large type", (page: PageBuilder) => page.text(60, 40, "Report", { size: 20 }).text(540, 40, "7", { size: 20 })],
    ["a sentence", (page: PageBuilder) => page.text(60, 770, "The count of all stores was").text(540, 770, "34.")],
    [
      "a row like others of the page",
      (page: PageBuilder) =>
        page.text(60, 400, "Stores").text(540, 400, "12").text(60, 770, "All stores").text(540, 770, "34"),
    ],
    ["an address", (page: PageBuilder) => page.text(60, 770, "www.example.org")],
  ])("%s is text", async (_name, build) => {
    expect(await furnitureOf(build(bodyPage()))).toEqual([]);
  });

  it("what stands alone on it is text", async () => {
    expect(await furnitureOf(new PageBuilder().text(304, 770, "7"))).toEqual([]);
  });
});

it("where things can repeat, only what does is furniture", async () => {
  const pages = ["17", "3", "99"].map((number, at) => {
    const page = new PageBuilder({ page: at + 1 });
    for (let line = 0; line < 20; line++)
      page.text(60, 100 + line * 12, `line ${line} of page ${at} has its own words`);
    return page.text(304, 770, number);
  });
  expect(await furnitureOf(...pages)).toEqual([]);
});
