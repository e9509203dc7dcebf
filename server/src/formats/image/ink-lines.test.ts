import type { Box } from "@knowhere/contract";
import { describe, expect, it } from "vitest";
import { inkOn } from "../../testing/ink.ts";
import { findInkLines } from "./ink-lines.ts";

const linesOn = (boxes: Box[], scale = 1) => findInkLines(inkOn(800, 1000, boxes), 128, scale);

describe("ruling lines of a scanned page", () => {
  it("finds a horizontal and a vertical line with their widths, in points", () => {
    expect(linesOn([[100, 200, 500, 203]], 0.5)).toEqual([
      { box: [50, 100.75, 250, 100.75], vertical: false, width: 1.5, color: 0 },
    ]);
    expect(linesOn([[300, 100, 302, 700]])).toEqual([
      { box: [301, 100, 301, 700], vertical: true, width: 2, color: 0 },
    ]);
  });

  it("takes a line with holes of two pixels as one, and parts it at wider gaps", () => {
    const holed: Box[] = [
      [100, 50, 300, 52],
      [302, 50, 500, 52],
    ];
    expect(linesOn(holed).map(({ box }) => [box[0], box[2]])).toEqual([[100, 500]]);
    const parted: Box[] = [
      [100, 50, 300, 52],
      [310, 50, 500, 52],
    ];
    expect(linesOn(parted).map(({ box }) => [box[0], box[2]])).toEqual([
      [100, 300],
      [310, 500],
    ]);
  });

  it("follows a line that steps down by a pixel, as levelled scans have them", () => {
    const stepped = linesOn([
      [100, 50, 420, 52],
      [180, 51, 500, 53],
    ]);
    expect(stepped).toHaveLength(1);
    expect([stepped[0]!.box[0], stepped[0]!.box[2]]).toEqual([100, 500]);
  });

  it("takes neither letters and dashes nor bars for lines", () => {
    expect(linesOn([[100, 100, 120, 102]])).toEqual([]);
    expect(linesOn([[100, 300, 500, 340]])).toEqual([]);
  });

  it("finds every line of a grid once", () => {
    const across = [100, 200, 300].map((y): Box => [100, y, 502, y + 2]);
    const down = [100, 300, 500].map((x): Box => [x, 100, x + 2, 302]);
    const lines = linesOn([...across, ...down]);
    expect(lines.filter(({ vertical }) => vertical)).toHaveLength(3);
    expect(lines.filter(({ vertical }) => !vertical)).toHaveLength(3);
  });

  it("finds pale lines on coloured ground, and no edge between two grounds", () => {
    // Ground of 220 with a line of 180 above the threshold; below it a darker ground begins.
    const image = inkOn(800, 800, []);
    image.data.fill(220);
    image.data.fill(180, 200 * 800 + 100, 200 * 800 + 700);
    image.data.fill(180, 201 * 800 + 100, 201 * 800 + 700);
    image.data.fill(170, 600 * 800);
    const lines = findInkLines(image, 128, 1);
    expect(lines.map(({ box, vertical }) => [box, vertical])).toEqual([[[100, 201, 700, 201], false]]);
  });

  it("takes no lines from speckles that lie close to each other", () => {
    const speckles = Array.from({ length: 150 }, (_, at): Box => [100 + at * 3, 400, 101 + at * 3, 402]);
    expect(linesOn(speckles)).toEqual([]);
    const worn = speckles.map(([x0, y0, , y1], at): Box => [x0, y0, x0 + (at % 4 === 0 ? 2 : 3), y1]);
    expect(linesOn(worn)).toHaveLength(1);
  });

  it("takes no lines from the letters of a word, but keeps what runs under it or past it", () => {
    const word: Box = [100, 100, 300, 200];
    const bar: Box = [120, 104, 220, 107];
    const stem: Box = [150, 110, 153, 190];
    const underline: Box = [100, 204, 300, 206];
    const border: Box = [90, 50, 92, 400];
    const lines = findInkLines(inkOn(800, 1000, [bar, stem, underline, border]), 128, 1, [word]);
    expect(lines.map(({ box }) => box)).toEqual([
      [100, 205, 300, 205],
      [91, 50, 91, 400],
    ]);
  });

  it("keeps a line that leads from one word of a line of text to the next", () => {
    const words: Box[] = [
      [100, 100, 200, 120],
      [400, 100, 500, 120],
      [100, 100, 500, 120],
    ];
    const connector: Box = [230, 109, 370, 111];
    const throughWord: Box = [150, 113, 290, 115];
    const find = (ink: Box) => findInkLines(inkOn(800, 1000, [ink]), 128, 1, words).map(({ box }) => box);
    expect(find(connector)).toEqual([[230, 110, 370, 110]]);
    expect(find(throughWord)).toEqual([]);
  });

  it("gives up on a page that is nothing but strokes", () => {
    const width = 6000;
    const boxes = Array.from({ length: 170 }, (_, column) =>
      Array.from({ length: 140 }, (_, row): Box => [column * 35, row * 2, column * 35 + 30, row * 2 + 1]),
    ).flat();
    const lines = findInkLines(inkOn(width, 300, boxes), 128, 1);
    expect(lines.filter(({ vertical }) => !vertical)).toEqual([]);
  });
});
