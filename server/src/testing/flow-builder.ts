/** Flow pages for tests of the document-wide layout passes: lines of text in a style, one block a call, stacked down the page. */
import type { FlowBlock, FlowLine, FlowPage, FlowSpan } from "../layout/flow.ts";

export interface BlockStyle {
  size?: number;
  bold?: boolean;
  italic?: boolean;
  color?: number;
  /** White space above, in points; 4 unless said otherwise. */
  gap?: number;
  kind?: FlowBlock["kind"];
  font?: string;
  mcids?: number[];
}

const left = 60;
const right = 540;

/** One page under construction. Body text is 10 pt Serif. */
export class FlowPageBuilder {
  readonly page: FlowPage;
  #y = 60;

  constructor(number = 1) {
    this.page = {
      page: number,
      width: 600,
      height: 800,
      fonts: ["Serif"],
      blocks: [],
      rtl: false,
    } as unknown as FlowPage;
  }

  /** Appends a block of the given lines and returns it. A line may be spans of its own: `[["Bold. ", true], ["rest", false]]`. */
  block(lines: (string | [string, boolean][])[], style: BlockStyle = {}): FlowBlock {
    const {
      size = 10,
      bold = false,
      italic = false,
      color = 0,
      gap = 4,
      kind = "text",
      font = "Serif",
      mcids = [],
    } = style;
    this.#y += gap;
    const top = this.#y;
    const made = lines.map((line): FlowLine => {
      const parts = typeof line === "string" ? [[line, bold] as [string, boolean]] : line;
      const spans = parts.map(
        ([text, heavy], index): FlowSpan => ({
          text: text.trim(),
          spaced: index > 0,
          size,
          bold: heavy,
          italic,
          mono: false,
          color,
        }),
      );
      const text = spans.map((span) => span.text).join(" ");
      const y = this.#y;
      this.#y += size * 1.2;
      return {
        text,
        spans,
        box: [left, y, Math.min(right, left + text.length * size * 0.5), y + size],
        baseline: y + size * 0.8,
        size,
        bold: spans.every((span) => span.bold),
        italic,
        mono: false,
        color,
        font: 0,
        mcids: [...mcids],
      };
    });
    const letters = made
      .map((line) => line.text)
      .join("")
      .replace(/[^A-Za-z]/g, "");
    const block = {
      kind,
      page: this.page.page,
      region: 0,
      regionBox: [left, 60, right, 760],
      boxed: false,
      box: [left, top, Math.max(...made.map((line) => line.box[2])), made.at(-1)!.box[3]],
      lines: made,
      size,
      bold: made.every((line) => line.bold),
      italic,
      caps: letters.length > 1 && letters === letters.toUpperCase(),
      mono: false,
      color,
      font,
      gapAbove: this.page.blocks.length === 0 ? Number.POSITIVE_INFINITY : gap,
      gapBelow: Number.POSITIVE_INFINITY,
    } as FlowBlock;
    const previous = this.page.blocks.at(-1);
    if (previous) previous.gapBelow = gap;
    this.page.blocks.push(block);
    return block;
  }

  /** A paragraph of body text. */
  prose(gap = 4): FlowBlock {
    const line = "The quick brown fox jumps over the lazy dog and goes on along the whole line of text";
    return this.block([line, line, line, "until it stops."], { gap });
  }
}
