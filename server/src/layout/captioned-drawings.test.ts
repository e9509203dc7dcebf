import { describe, expect, it } from "vitest";
import { PageBuilder } from "../testing/page-builder.ts";
import { findCaptionedDrawings } from "./captioned-drawings.ts";
import { groupRows } from "./text-rows.ts";
import { buildWords } from "./words.ts";

const find = ({ facts }: PageBuilder) => {
  const words = buildWords(facts);
  return findCaptionedDrawings(facts, words, groupRows(words));
};

const prose = "Running text of the page that fills the measure from one side to the other";
const caption = "Figure 1: Two panels, one above the other, with the numbers of their axes beside them";

/** A curve in a frame of rulings, with numbers at its left and below it. */
function plot(page: PageBuilder, x: number, y: number): PageBuilder {
  for (const side of [y, y + 60]) page.rule(x, side, x + 200, side);
  for (const side of [x, x + 200]) page.rule(side, y, side, y + 60);
  page.drawing([x + 5, y + 5, x + 195, y + 55], 40);
  for (let tick = 0; tick < 4; tick++) {
    page.text(x - 16, y + 10 + 16 * tick, `6.${tick}`, { size: 6 });
    page.text(x + 60 * tick, y + 72, `22:${tick}0`, { size: 6 });
  }
  return page;
}

describe("a drawing above its caption", () => {
  it("holds its panels and the numbers around them, but not the text above", () => {
    const page = new PageBuilder().lines(50, 60, [prose, prose, "and ends."]);
    plot(plot(page, 150, 120), 150, 210).text(50, 310, caption, { size: 9 });
    const [box, ...others] = find(page);
    expect(others).toEqual([]);
    expect(box![0]).toBeLessThanOrEqual(134);
    expect(box![1]).toBeGreaterThan(90);
    expect(box![3]).toBeGreaterThan(280);
    expect(box![3]).toBeLessThan(302);
  });

  it("does not reach over running text, a table or another caption", () => {
    const page = new PageBuilder();
    for (let row = 0; row <= 8; row++) page.rule(60, 60 + 14 * row, 400, 60 + 14 * row);
    for (let column = 0; column <= 4; column++) page.rule(60 + 85 * column, 60, 60 + 85 * column, 172);
    page.drawing([60, 60, 400, 172], 4).drawing([60, 60, 400, 172], 4);
    for (let row = 0; row < 8; row++)
      for (let column = 0; column < 4; column++) page.text(66 + 85 * column, 70 + 14 * row, "cell text");
    plot(page, 150, 200).text(50, 300, caption, { size: 9 });
    expect(find(page)[0]![1]).toBeGreaterThan(172);
    const below = plot(plot(new PageBuilder(), 150, 60).text(50, 160, prose), 150, 190).text(50, 290, caption);
    expect(find(below)[0]![1]).toBeGreaterThan(160);
  });

  it("is none where captions stand above, where a sentence begins with the figure's name, and where nothing is drawn", () => {
    const above = plot(new PageBuilder().text(50, 60, caption, { size: 9 }), 150, 80);
    plot(above.text(50, 175, caption.replace("1", "2"), { size: 9 }), 150, 190);
    expect(find(above)).toEqual([]);
    expect(find(plot(new PageBuilder(), 150, 60).text(50, 160, "Figure 1 shows what we say here"))).toEqual([]);
    expect(find(new PageBuilder().drawing([100, 60, 300, 140], 4).text(50, 160, caption))).toEqual([]);
  });
});
