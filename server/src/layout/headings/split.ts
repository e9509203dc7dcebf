/** Cutting a block in two or three so that a heading stands alone, geometry and gaps kept true. */
import type { Box } from "@knowhere/contract";
import type { FlowBlock, FlowLine, FlowPage } from "../flow.ts";
import { readNumbering } from "./numbering.ts";
import { styleOfLines } from "./styles.ts";

function boundsOf(lines: FlowLine[]): Box {
  const box: Box = [...lines[0]!.box];
  for (const line of lines) {
    box[0] = Math.min(box[0], line.box[0]);
    box[1] = Math.min(box[1], line.box[1]);
    box[2] = Math.max(box[2], line.box[2]);
    box[3] = Math.max(box[3], line.box[3]);
  }
  return box;
}

/**
 * Makes lines [from, to) of the block a block of their own in `page.blocks` and returns it.
 * What stands before keeps the marker; what stands after starts anew.
 */
export function isolateLines(page: FlowPage, block: FlowBlock, from: number, to: number): FlowBlock {
  if (from === 0 && to === block.lines.length) return block;
  const parts = [block.lines.slice(0, from), block.lines.slice(from, to), block.lines.slice(to)].filter(
    (lines) => lines.length > 0,
  );
  const blocks = parts.map((lines, index): FlowBlock => {
    const above = index === 0 ? block.gapAbove : Math.max(0, lines[0]!.box[1] - parts[index - 1]!.at(-1)!.box[3]);
    const below =
      index === parts.length - 1 ? block.gapBelow : Math.max(0, parts[index + 1]![0]!.box[1] - lines.at(-1)!.box[3]);
    return {
      ...block,
      ...styleOfLines(lines, block),
      lines,
      box: boundsOf(lines),
      gapAbove: above,
      gapBelow: below,
      marker: index === 0 ? block.marker : undefined,
      continues: index === 0 ? block.continues : undefined,
    };
  });
  page.blocks.splice(page.blocks.indexOf(block), 1, ...blocks);
  return blocks[from === 0 ? 0 : 1]!;
}

/**
 * Cuts a line in front of span `span`: the first part is the run-in heading, the rest stays text. Boxes are shared out by
 * the length of the text.
 */
export function splitLine(line: FlowLine, span: number): [FlowLine, FlowLine] {
  const textOf = (spans: FlowLine["spans"]): string =>
    spans.map((part, index) => (index > 0 && part.spaced ? ` ${part.text}` : part.text)).join("");
  const first = line.spans.slice(0, span);
  const second = line.spans.slice(span);
  const share = textOf(first).length / Math.max(1, line.text.length);
  const cut = line.box[0] + share * (line.box[2] - line.box[0]);
  const make = (spans: FlowLine["spans"], box: Box): FlowLine => {
    const main = spans.reduce((best, part) => (part.text.length > best.text.length ? part : best), spans[0]!);
    return {
      ...line,
      spans,
      text: textOf(spans),
      box,
      size: main.size,
      bold: spans.every((part) => part.bold),
      italic: spans.every((part) => part.italic),
      color: main.color,
      parts: undefined,
    };
  };
  return [
    make(first, [line.box[0], line.box[1], cut, line.box[3]]),
    make(second, [cut, line.box[1], line.box[2], line.box[3]]),
  ];
}

/** Cuts a line after so many characters (spaces not counted), inside a span if need be; undefined when nothing would remain. */
export function splitLineAfter(line: FlowLine, characters: number): [FlowLine, FlowLine] | undefined {
  let left = characters;
  for (let i = 0; i < line.spans.length && left > 0; i++) {
    const span = line.spans[i]!;
    const ink = span.text.replace(/\s/g, "").length;
    if (left > ink) {
      left -= ink;
      continue;
    }
    let cut = 0;
    for (let seen = 0; cut < span.text.length && seen < left; cut++) if (!/\s/.test(span.text[cut]!)) seen++;
    const rest = span.text.slice(cut);
    if (rest.trim() === "") return i + 1 < line.spans.length ? splitLine(line, i + 1) : undefined;
    const spans = [...line.spans];
    spans.splice(
      i,
      1,
      { ...span, text: span.text.slice(0, cut) },
      { ...span, text: rest.trimStart(), spaced: /^\s/.test(rest) },
    );
    return splitLine({ ...line, spans }, i + 1);
  }
  return undefined;
}

/** A heading whose last line is full goes on in the next block of the same look: the two are one. */
export function joinWrapped(page: FlowPage): void {
  for (let i = 0; i + 1 < page.blocks.length; ) {
    const head = page.blocks[i]!;
    const next = page.blocks[i + 1]!;
    if (!goesOn(head, next)) {
      i++;
      continue;
    }
    head.lines.push(...next.lines);
    head.box = boundsOf(head.lines);
    head.gapBelow = next.gapBelow;
    page.blocks.splice(i + 1, 1);
  }
}

function goesOn(head: FlowBlock, next: FlowBlock): boolean {
  if (head.level === undefined || next.kind !== "text" || next.furniture || next.lines.length > 2) return false;
  if (next.level !== undefined && next.level !== head.level) return false;
  const alike =
    Math.abs(head.size - next.size) < 0.5 &&
    head.bold === next.bold &&
    head.italic === next.italic &&
    head.color === next.color;
  if (!alike || head.lines.length + next.lines.length > 4) return false;
  const gap = next.box[1] - head.box[3];
  if (gap < -0.5 * head.size || gap > 0.75 * head.size) return false;
  const last = head.lines.at(-1)!;
  if (readNumbering(next.lines[0]!.text) !== undefined || /[.:!?]$/.test(last.text)) return false;
  if (head.level === next.level && isCentredBelow(head, next)) return true;
  const full = (last.box[2] - last.box[0]) / Math.max(1, head.regionBox[2] - head.regionBox[0]);
  return head.region === next.region && full > 0.75;
}

/** Lines of unlike length over one middle: a title set in the centre, wherever it was broken. */
function isCentredBelow(head: FlowBlock, next: FlowBlock): boolean {
  const [left, right] = [next.box[0] - head.box[0], next.box[2] - head.box[2]];
  return (
    Math.abs(left + right) < 1.2 * head.size &&
    left * right < 0 &&
    Math.min(Math.abs(left), Math.abs(right)) > 0.4 * head.size
  );
}
