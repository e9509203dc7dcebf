/** A page drawn in code, for tests: words of even width, strokes and fills. Not used by the program. */
import type { Box } from "@knowhere/contract";
import type { PageFacts, Word } from "../facts.ts";

/** Width of a character and of a space, in ems. */
const characterEm = 0.5;
const spaceEm = 0.28;

export class PageSketch {
  readonly facts: PageFacts;
  readonly words: Word[] = [];

  constructor(width = 600, height = 800) {
    this.facts = {
      page: 1,
      width,
      height,
      fonts: [{ name: "Sans", bold: false, italic: false, monospace: false, serif: false }],
      glyphs: [],
      rulings: [],
      fills: [],
      drawings: [],
      pictures: [],
      links: [],
      tags: null,
      fields: [],
      origin: "text_layer",
    };
  }

  /** Words of one line from x on the baseline y. */
  text(
    x: number,
    y: number,
    text: string,
    style: { size?: number; bold?: boolean; shift?: "super" | "sub" } = {},
  ): this {
    const size = style.size ?? 10;
    let at = x;
    for (const part of text.split(" ")) {
      const width = part.length * characterEm * size;
      if (part !== "") {
        this.words.push({
          text: part,
          box: [at, y - 0.7 * size, at + width, y + 0.2 * size],
          baseline: y,
          size,
          font: 0,
          bold: style.bold ?? false,
          italic: false,
          color: 0,
          angle: 0,
          mcid: -1,
          shift: style.shift,
          glyphs: [],
        });
      }
      at += width + spaceEm * size;
    }
    return this;
  }

  /** One line with a cell at each x; "" leaves its place free. */
  row(y: number, xs: readonly number[], cells: readonly string[], style: { size?: number; bold?: boolean } = {}): this {
    cells.forEach((cell, at) => {
      if (cell !== "") this.text(xs[at]!, y, cell, style);
    });
    return this;
  }

  horizontal(y: number, x0: number, x1: number): this {
    this.facts.rulings.push({ box: [x0, y, x1, y], vertical: false, width: 0.5, color: 0 });
    return this;
  }

  vertical(x: number, y0: number, y1: number): this {
    this.facts.rulings.push({ box: [x, y0, x, y1], vertical: true, width: 0.5, color: 0 });
    return this;
  }

  /** Rules at all the given positions, each over the whole extent. */
  lattice(xs: readonly number[], ys: readonly number[]): this {
    for (const x of xs) this.vertical(x, ys[0]!, ys[ys.length - 1]!);
    for (const y of ys) this.horizontal(y, xs[0]!, xs[xs.length - 1]!);
    return this;
  }

  fill(box: Box, color: number): this {
    this.facts.fills.push({ box, color, stroked: false });
    return this;
  }

  /** The whole page turned by a quarter, so that its text runs upwards. */
  turned(): PageSketch {
    const out = new PageSketch(this.facts.height, this.facts.width);
    const turn = ([x0, y0, x1, y1]: Box): Box => [y0, this.facts.width - x1, y1, this.facts.width - x0];
    for (const word of this.words) {
      const glyph = out.facts.glyphs.length;
      const box = turn(word.box);
      out.facts.glyphs.push({
        text: word.text,
        box,
        x: word.baseline,
        baseline: box[3],
        end: box[2],
        size: word.size,
        font: 0,
        color: 0,
        angle: 90,
        mcid: -1,
        run: 0,
        spaceBefore: false,
      });
      out.words.push({ ...word, box, baseline: box[3], angle: 90, glyphs: [glyph] });
    }
    for (const ruling of this.facts.rulings) {
      out.facts.rulings.push({ ...ruling, box: turn(ruling.box), vertical: !ruling.vertical });
    }
    return out;
  }
}

/** Cells of a table as text, spans as "text<colspan x rowspan>". */
export function readCells(table: {
  rows: { cells: { text?: string | undefined; rowspan?: number | undefined; colspan?: number | undefined }[] }[];
}): string[][] {
  return table.rows.map((row) =>
    row.cells.map((cell) => {
      const span =
        (cell.colspan ?? 1) > 1 || (cell.rowspan ?? 1) > 1 ? `<${cell.colspan ?? 1}x${cell.rowspan ?? 1}>` : "";
      return `${cell.text ?? ""}${span}`;
    }),
  );
}
