import type { Box } from "@knowhere/contract";
import { describe, expect, it } from "vitest";
import type { Glyph, Ruling } from "../../layout/facts.ts";
import { inkOn } from "../../testing/ink.ts";
import { findDiagrams } from "./diagrams.ts";
import { findPlots } from "./plots.ts";

const level = (y: number, x0: number, x1: number): Ruling => ({
  box: [x0, y, x1, y],
  vertical: false,
  width: 1,
  color: 0,
});
const upright = (x: number, y0: number, y1: number): Ruling => ({
  box: [x, y0, x, y1],
  vertical: true,
  width: 1,
  color: 0,
});
let run = 0;
const word = (text: string, x: number, y: number, line = run++): Glyph => ({
  text,
  box: [x, y - 8, x + 6 * text.length, y],
  x,
  baseline: y,
  end: x + 6 * text.length,
  size: 10,
  font: 0,
  color: 0,
  angle: 0,
  mcid: -1,
  run: line,
  spaceBefore: true,
  confidence: 0.9,
});

describe("plots on scans", () => {
  const rulings = [upright(100, 100, 260), level(100, 100, 400), level(180, 100, 400), level(260, 100, 400)];
  const numbers = ["100", "50", "0"].map((text, at) => word(text, 78, 104 + 80 * at));
  /** Steps that rise over the whole width. */
  const curve = Array.from({ length: 29 }, (_, at): Box => [105 + 10 * at, 240 - 3 * at, 116 + 10 * at, 243 - 3 * at]);
  const page = (glyphs: readonly Glyph[], ink: readonly Box[]) =>
    findPlots({ image: inkOn(500, 400, ink), threshold: 128, scale: 1, glyphs, rulings });

  it("are a grid with a curve in it and numbers beside it, with the titles of their axes", () => {
    const title = [word("Week", 200, 276, 90), word("count", 230, 276, 90)];
    const caption = ["Figure", "1:", "Oxygen"].map((text, at) => word(text, 180 + 50 * at, 300, 91));
    expect(page([...numbers, ...title, ...caption], curve)).toEqual([[78, 96, 400, 276]]);
  });

  it("are no tables, whose words stand inside, and no empty grids", () => {
    const cells = Array.from({ length: 24 }, (_, at) => word("value", 110 + 70 * (at % 4), 115 + 25 * (at >> 2)));
    expect(page([...numbers, ...cells], curve)).toEqual([]);
    expect(page(numbers, [])).toEqual([]);
    expect(page([], curve)).toEqual([]);
  });
});

describe("diagrams on scans", () => {
  const box = (x: number, y: number): Ruling[] => [
    level(y, x, x + 60),
    level(y + 26, x, x + 60),
    upright(x, y, y + 26),
    upright(x + 60, y, y + 26),
  ];
  const boxes = [...box(50, 100), ...box(160, 100), ...box(160, 160)];
  const connectors = [level(113, 112, 156), upright(190, 128, 158)];

  it("are boxes with lines from one to another", () => {
    expect(findDiagrams([...boxes, ...connectors], [word("Client", 60, 117)])).toEqual([[50, 100, 220, 186]]);
  });

  it("are no boxes of a form, and no cells of a table", () => {
    expect(findDiagrams(boxes, [])).toEqual([]);
    const xs = [50, 110, 170, 230];
    const ys = [100, 126, 152, 178];
    const table = [...ys.map((y) => level(y, 50, 230)), ...xs.map((x) => upright(x, 100, 178))];
    expect(findDiagrams(table, [])).toEqual([]);
  });
});
