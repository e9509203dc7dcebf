import type { Box } from "@knowhere/contract";
import { describe, expect, it } from "vitest";
import { type OrderHints, type OrderItem, orderRegions } from "./order.ts";

const page: Box = [0, 0, 600, 800];
const hints: OrderHints = { rtl: false, rules: [], dividers: [], page };

class Items {
  readonly list: OrderItem[] = [];
  readonly names: string[] = [];
  /** Lines of words that fill `width` from x, the last one a little short. */
  column(name: string, x: number, y: number, lines: number, width = 240): this {
    for (let line = 0; line < lines; line++) {
      for (let at = 0; at + 36 <= width; at += 40)
        this.word(`${name}${line}`, [x + at, y + line * 12 - 8, x + at + 36, y + line * 12 + 2]);
      // A ragged word end keeps the gaps of the lines from standing above each other.
      this.word(`${name}${line}`, [x + width - 20 + (line % 3) * 4, y + line * 12 - 8, x + width, y + line * 12 + 2]);
    }
    return this;
  }
  word(name: string, box: Box, size = 10): this {
    this.list.push({
      box,
      baseline: box[3] - 2,
      size,
      chars: 6,
      block: false,
      shifted: false,
      index: this.list.length,
    });
    this.names.push(name);
    return this;
  }
  /** A raised mark: smaller, its box reaching above the row it stands in. */
  mark(name: string, x: number, baseline: number): this {
    const box: Box = [x, baseline - 10, x + 5, baseline - 4];
    this.list.push({
      box,
      baseline: baseline - 4,
      size: 6,
      chars: 1,
      block: false,
      shifted: true,
      index: this.list.length,
    });
    this.names.push(name);
    return this;
  }
  block(name: string, box: Box): this {
    this.list.push({ box, baseline: box[3], size: 0, chars: 0, block: true, shifted: false, index: this.list.length });
    this.names.push(name);
    return this;
  }
  /** Names in the order read: regions in order, in each by line. */
  read(more: Partial<OrderHints> = {}): string[] {
    const seen: string[] = [];
    for (const region of orderRegions(this.list, { ...hints, ...more })) {
      const sorted = [...region.items].sort((a, b) => a.box[1] - b.box[1] || a.box[0] - b.box[0]);
      for (const item of sorted) if (!seen.includes(this.names[item.index]!)) seen.push(this.names[item.index]!);
    }
    return seen;
  }
}
const lines = (name: string, count: number) => Array.from({ length: count }, (_, i) => `${name}${i}`);

describe("orderRegions", () => {
  it("gives the right column its first lines, though a heading in larger type stands beside them at the left", () => {
    const items = new Items().column("r", 300, 60, 2).word("Head", [40, 70, 140, 86], 16);
    items.column("l", 40, 110, 10).column("s", 300, 98, 11);
    expect(items.read()).toEqual(["Head", ...lines("l", 10), ...lines("r", 2), ...lines("s", 11)]);
  });

  it("leaves a short running title above the columns, at the right as well", () => {
    const items = new Items().word("Title", [300, 40, 380, 50]).column("l", 40, 100, 10).column("r", 300, 100, 10);
    expect(items.read()[0]).toBe("Title");
  });

  it("reads two columns one after the other", () => {
    const items = new Items().column("l", 40, 100, 8).column("r", 300, 100, 8);
    expect(items.read()).toEqual([...lines("l", 8), ...lines("r", 8)]);
  });

  it("begins the columns where a tall block beside them does, not at its middle", () => {
    const items = new Items().column("t", 40, 60, 1, 500).column("a", 40, 104, 4).column("b", 40, 170, 16);
    items.block("table", [300, 100, 540, 352]).column("f", 40, 400, 1, 500);
    const regions = orderRegions(items.list, hints).map((region) =>
      region.items.map((item) => items.names[item.index]!),
    );
    expect(regions.map((names) => [names[0], names.at(-1)])).toEqual([
      ["t0", "t0"],
      ["a0", "b15"],
      ["table", "table"],
      ["f0", "f0"],
    ]);
  });

  it("sees no gutter where scripts fill what would be one", () => {
    const items = new Items().column("t", 40, 60, 2, 500).word("number", [520, 92, 540, 102]);
    items.column("f", 200, 100, 1, 100).column("a", 40, 120, 1, 400);
    items.mark("script", 442, 122);
    items.list.at(-1)!.box[2] = 480;
    for (const x of [484, 503, 522]) items.word("rest", [x, 112, x + 18, 122]);
    items.column("b", 40, 132, 1, 100).column("c", 40, 160, 6, 500);
    expect(orderRegions(items.list, hints)).toHaveLength(1);
  });

  it("leaves a raised mark before the first word of a column in that column", () => {
    const items = new Items().column("t", 40, 60, 3, 500).mark("m", 294, 128).column("l", 40, 132, 6);
    items.column("r", 300, 132, 6);
    const regions = orderRegions(items.list, hints).map((region) =>
      region.items.map(({ index }) => items.names[index]!),
    );
    expect(regions.find((names) => names.includes("m"))).toContain("r0");
  });

  it("cuts a gutter of less than an em when the lines right of it are flush", () => {
    const items = new Items().column("l", 40, 100, 6).column("r", 288, 100, 6);
    expect(items.read()).toEqual([...lines("l", 6), ...lines("r", 6)]);
  });

  it("reads columns whose baselines do not agree", () => {
    const items = new Items().column("l", 40, 100, 8).column("r", 300, 105, 7);
    expect(items.read()).toEqual([...lines("l", 8), ...lines("r", 7)]);
  });

  it("takes a page-wide title for a mask and reads the bands above and below it", () => {
    const items = new Items().column("a", 40, 100, 4).column("b", 300, 100, 4);
    items.word("title", [40, 160, 540, 180], 18).column("c", 40, 210, 4).column("d", 300, 210, 4);
    expect(items.read()).toEqual([...lines("a", 4), ...lines("b", 4), "title", ...lines("c", 4), ...lines("d", 4)]);
  });

  it("takes a page-wide table for a mask as well", () => {
    const items = new Items().column("a", 40, 100, 4).column("b", 300, 100, 4).block("table", [40, 160, 540, 300]);
    items.column("c", 40, 330, 4).column("d", 300, 330, 4);
    expect(items.read()).toEqual([...lines("a", 4), ...lines("b", 4), "table", ...lines("c", 4), ...lines("d", 4)]);
  });

  it("ends columns at a rule across the page", () => {
    const items = new Items()
      .column("a", 40, 100, 4)
      .column("b", 300, 100, 4)
      .column("c", 40, 170, 4)
      .column("d", 300, 170, 4);
    const order = items.read({ rules: [[40, 152, 540, 152]] });
    expect(order).toEqual([...lines("a", 4), ...lines("b", 4), ...lines("c", 4), ...lines("d", 4)]);
  });

  it("keeps a running header whose parts stand over both columns before them", () => {
    const items = new Items().word("number", [40, 30, 60, 40]).word("running", [480, 30, 540, 40]);
    items.column("l", 40, 100, 8).column("r", 300, 100, 8);
    expect(items.read()).toEqual(["number", "running", ...lines("l", 8), ...lines("r", 8)]);
  });

  it("reads three columns", () => {
    const items = new Items().column("a", 30, 100, 6, 160).column("b", 220, 100, 6, 160).column("c", 410, 100, 6, 160);
    expect(items.read()).toEqual([...lines("a", 6), ...lines("b", 6), ...lines("c", 6)]);
  });

  it("reads the right column first on right-to-left pages", () => {
    const items = new Items().column("l", 40, 100, 8).column("r", 300, 100, 8);
    expect(items.read({ rtl: true })).toEqual([...lines("r", 8), ...lines("l", 8)]);
  });

  it("reads labels and values across", () => {
    const items = new Items();
    for (let i = 0; i < 5; i++)
      items.word(`k${i}`, [40, 100 + i * 14, 80, 110 + i * 14]).word(`v${i}`, [200, 100 + i * 14, 240, 110 + i * 14]);
    expect(items.read()).toEqual(["k0", "v0", "k1", "v1", "k2", "v2", "k3", "v3", "k4", "v4"]);
  });

  it("takes sizes measured from ink for one where they vary with the letters, so that labels and values stay together", () => {
    const items = new Items();
    // Sizes of 10 and 13 on both sides would be panels in print.
    for (let i = 0; i < 5; i++) {
      const size = i === 2 ? 13 : 10;
      items.word(`k${i}`, [40, 100 + i * 14, 80, 110 + i * 14], size);
      items.word(`v${i}`, [200, 100 + i * 14, 240, 110 + i * 14], size);
    }
    const across = ["k0", "v0", "k1", "v1", "k2", "v2", "k3", "v3", "k4", "v4"];
    expect(items.read({ measured: true })).toEqual(across);
    expect(items.read()).not.toEqual(across);
  });

  it("loses and repeats nothing", () => {
    const items = new Items()
      .column("a", 40, 100, 9)
      .column("b", 300, 90, 12)
      .block("f", [300, 300, 500, 400])
      .word("t", [40, 40, 500, 60]);
    const seen = orderRegions(items.list, hints).flatMap((region) => region.items.map((item) => item.index));
    expect(seen.sort((x, y) => x - y)).toEqual(items.list.map((item) => item.index));
  });
});
