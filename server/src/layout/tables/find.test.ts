import { describe, expect, it } from "vitest";
import { findTables } from "./find.ts";
import { PageSketch } from "./page-sketch.ts";
import { collectRules } from "./rulings.ts";

/** Small deterministic generator (mulberry32), so that a failing page can be made again from its seed. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4294967296;
  };
}

function randomPage(seed: number): PageSketch {
  const random = randomFrom(seed);
  const page = new PageSketch();
  const pick = (low: number, high: number) => low + Math.floor(random() * (high - low));
  const grid = pick(4, 40);
  const snap = (value: number) => Math.round(value / grid) * grid;
  for (let at = pick(0, 40); at > 0; at--) {
    const x = snap(pick(20, 500));
    const y = snap(pick(20, 700));
    if (random() < 0.5) page.horizontal(y, x, x + snap(pick(20, 400)));
    else page.vertical(x, y, y + snap(pick(20, 300)));
  }
  for (let at = pick(0, 10); at > 0; at--) {
    const x = snap(pick(20, 500));
    const y = snap(pick(20, 700));
    page.fill([x, y, x + pick(10, 300), y + pick(6, 60)], pick(0, 0xffffff));
  }
  for (let at = pick(1, 120); at > 0; at--) {
    const text =
      random() < 0.5 ? String(pick(0, 9999)) : ["alpha", "beta gamma", "the lazy dog", "Total:", "n/a"][pick(0, 5)]!;
    const shift = random() < 0.05 ? { shift: "super" as const } : {};
    page.text(snap(pick(20, 560)), snap(pick(20, 760)), text, { size: pick(5, 16), bold: random() < 0.2, ...shift });
  }
  return page;
}

describe("the tables of a page", () => {
  it("hold every word at most once, in exactly one cell, whatever the page looks like", () => {
    for (let seed = 1; seed <= 400; seed++) {
      const page = randomPage(seed);
      const before = JSON.stringify(page.words);
      const seen = new Set<number>();
      for (const region of findTables(page.facts, page.words)) {
        const counted = new Map<string, number>();
        for (const index of region.words) {
          expect(seen.has(index), `seed ${seed}: word ${index} twice`).toBe(false);
          seen.add(index);
          for (const part of page.words[index]!.text.split("")) counted.set(part, (counted.get(part) ?? 0) + 1);
        }
        const text = region.table.rows.flatMap((row) => row.cells.map((cell) => cell.text ?? "")).join("");
        for (const part of text.replace(/\s/g, "")) counted.set(part, (counted.get(part) ?? 0) - 1);
        const lost = [...counted].filter(([, count]) => count !== 0);
        expect(lost, `seed ${seed}: characters of the words and of the cells differ`).toEqual([]);
      }
      expect(JSON.stringify(page.words)).toBe(before);
    }
  });

  it("have rows that fill the grid: spans never overlap and never leave it", () => {
    for (let seed = 1; seed <= 400; seed++) {
      const page = randomPage(seed);
      for (const { table, columns, score } of findTables(page.facts, page.words)) {
        const width = columns.length - 1;
        const taken = table.rows.map(() => new Array<boolean>(width).fill(false));
        table.rows.forEach((row, at) => {
          let column = 0;
          for (const cell of row.cells) {
            while (taken[at]![column]) column++;
            for (let r = at; r < at + (cell.rowspan ?? 1); r++) {
              for (let c = column; c < column + (cell.colspan ?? 1); c++) {
                expect(taken[r]?.[c], `seed ${seed}: cell at row ${r}, column ${c}`).toBe(false);
                taken[r]![c] = true;
              }
            }
          }
        });
        expect(taken.flat().every(Boolean), `seed ${seed}`).toBe(true);
        expect(table.headRows).toBeLessThan(table.rows.length + 1);
        expect(score).toBeGreaterThanOrEqual(0.5);
        expect(score).toBeLessThanOrEqual(1);
      }
    }
  });

  it("are found within bounds on a page of 200,000 strokes and 20,000 words", () => {
    const page = new PageSketch();
    const random = randomFrom(7);
    for (let at = 0; at < 200_000; at++) {
      const x = random() * 600;
      const y = random() * 800;
      if (at % 2 === 0) page.horizontal(y, x, x + random() * 80);
      else page.vertical(x, y, y + random() * 80);
    }
    for (let at = 0; at < 20_000; at++) page.text(random() * 560, random() * 780, String(at), { size: 4 });
    const rules = collectRules(page.facts, []);
    expect(rules.horizontals.length).toBeLessThanOrEqual(1500);
    expect(rules.verticals.length).toBeLessThanOrEqual(1500);
    const regions = findTables(page.facts, page.words);
    expect(new Set(regions.flatMap((region) => region.words)).size).toBe(
      regions.flatMap((region) => region.words).length,
    );
  });

  it("are none on an empty page and on a page of nothing but rules", () => {
    expect(findTables(new PageSketch().facts, [])).toEqual([]);
    const ruled = new PageSketch().lattice([100, 200, 300], [100, 120, 140]);
    expect(findTables(ruled.facts, ruled.words)).toEqual([]);
  });
});
