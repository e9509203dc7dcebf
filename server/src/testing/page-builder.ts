/** Page facts built in code, for tests of the layout: text set in a make-believe font on a page of any size. */
import type { Box } from "@knowhere/contract";
import type { Fill, Glyph, PageFacts, PictureFact, Ruling } from "../layout/facts.ts";

export interface TextStyle {
  size?: number;
  /** Bold, Italic and Mono in the name set the flags. */
  font?: string;
  color?: number;
  angle?: number;
  /** Advance of a glyph in em. */
  widthEm?: number;
  /** Advance of a space in em. */
  spaceEm?: number;
  /** Extra points after each glyph. */
  tracking?: number;
  /** False for files that move the pen instead of writing spaces. */
  stateSpaces?: boolean;
  hidden?: Glyph["hidden"];
  mcid?: number;
}

export class PageBuilder {
  readonly facts: PageFacts;
  /** Where the pen stands after the last text. */
  penX = 0;
  private runs = 0;

  constructor(options: { page?: number; width?: number; height?: number } = {}) {
    this.facts = {
      page: options.page ?? 1,
      width: options.width ?? 612,
      height: options.height ?? 792,
      fonts: [],
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

  /** Sets one line with its baseline at y. */
  text(x: number, y: number, text: string, style: TextStyle = {}): this {
    const size = style.size ?? 10;
    const advance = (style.widthEm ?? 0.5) * size;
    const angle = style.angle ?? 0;
    const font = this.font(style.font ?? "Body");
    const run = this.runs++;
    let pen = 0;
    let spaceBefore = false;
    for (const character of text) {
      if (character === " ") {
        pen += (style.spaceEm ?? 0.3) * size + (style.tracking ?? 0);
        spaceBefore = style.stateSpaces ?? true;
        continue;
      }
      const [dx, dy] = angle === 90 ? [0, -pen] : angle === 270 ? [0, pen] : [pen, 0];
      const box: Box =
        angle === 90
          ? [x - 0.7 * size, y + dy - advance, x + 0.2 * size, y + dy]
          : angle === 270
            ? [x - 0.2 * size, y + dy, x + 0.7 * size, y + dy + advance]
            : [x + dx, y - 0.7 * size, x + dx + advance, y + 0.2 * size];
      this.facts.glyphs.push({
        text: character,
        box,
        x: x + dx,
        baseline: y + dy,
        end: box[2],
        size,
        font,
        color: style.color ?? 0,
        angle,
        mcid: style.mcid ?? -1,
        run,
        spaceBefore,
        hidden: style.hidden,
      });
      spaceBefore = false;
      pen += advance + (style.tracking ?? 0);
    }
    this.penX = x + pen;
    return this;
  }

  /** Sets lines below each other. */
  lines(x: number, y: number, lines: readonly string[], style: TextStyle & { leading?: number } = {}): this {
    lines.forEach((line, i) => {
      this.text(x, y + i * (style.leading ?? 1.2 * (style.size ?? 10)), line, style);
    });
    return this;
  }

  rule(x0: number, y0: number, x1: number, y1: number, width = 0.5): this {
    const ruling: Ruling = { box: [x0, y0, x1, y1], vertical: x0 === x1, width, color: 0 };
    this.facts.rulings.push(ruling);
    return this;
  }

  fill(box: Box, color = 0xeeeeee, stroked = false): this {
    const fill: Fill = { box, color, stroked };
    this.facts.fills.push(fill);
    return this;
  }

  drawing(box: Box, segments = 8, filled = false): this {
    this.facts.drawings.push({ box, segments, filled, color: 0 });
    return this;
  }

  picture(box: Box, index = this.facts.pictures.length): this {
    const picture: PictureFact = { box, index, pixelWidth: 200, pixelHeight: 100, mcid: -1, mask: false };
    this.facts.pictures.push(picture);
    return this;
  }

  private font(name: string): number {
    const known = this.facts.fonts.findIndex((font) => font.name === name);
    if (known >= 0) return known;
    this.facts.fonts.push({
      name,
      bold: /Bold/.test(name),
      italic: /Italic/.test(name),
      monospace: /Mono/.test(name),
      serif: false,
    });
    return this.facts.fonts.length - 1;
  }
}
