/** The document's styles by number of characters; the commonest one is the body. */
import type { FlowBlock, FlowLine, FlowPage } from "../flow.ts";

export interface BodyStyle {
  size: number;
  bold: boolean;
  italic: boolean;
  color: number;
  font: string;
  /** Median distance between baselines inside paragraphs, in points. */
  leading: number;
}

/** Sizes closer than this are the same. */
export const sizeStepPt = 0.5;

export function styleKey(block: {
  size: number;
  bold: boolean;
  italic: boolean;
  caps?: boolean;
  color: number;
}): string {
  const size = Math.round(block.size / sizeStepPt) * sizeStepPt;
  return `${size}|${block.bold ? "b" : ""}${block.italic ? "i" : ""}${block.caps ? "c" : ""}|${block.color}`;
}

/** Blocks whose letters are running text: furniture, tables, captions and the like do not say what the body looks like. */
function isRunning(block: FlowBlock): boolean {
  return block.kind === "text" && !block.furniture && !block.mono;
}

/** Fewer characters of running text than this do not make a body (a slide of tables): the smallest size that is used is. */
const leastCharacters = 250;

function commonestSize(sizes: Map<number, number>): number {
  const total = [...sizes.values()].reduce((sum, characters) => sum + characters, 0);
  if (total < leastCharacters) {
    const used = [...sizes].filter(([, characters]) => characters >= 5).map(([size]) => size);
    if (used.length > 1) return Math.min(...used);
  }
  return [...sizes].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 10;
}

export function findBody(pages: FlowPage[]): BodyStyle {
  const weights = new Map<string, { characters: number; block: FlowBlock }>();
  const sizes = new Map<number, number>();
  const leadings: number[] = [];
  for (const page of pages) {
    for (const block of page.blocks) {
      if (!isRunning(block)) continue;
      const characters = block.lines.reduce((sum, line) => sum + line.text.length, 0);
      // Lines of running text count twice over headings and labels of one line.
      const weight = block.lines.length > 2 ? 2 * characters : characters;
      const size = Math.round(block.size / sizeStepPt) * sizeStepPt;
      sizes.set(size, (sizes.get(size) ?? 0) + weight);
      const key = `${size}|${block.bold}|${block.italic}|${block.font}`;
      const entry = weights.get(key) ?? { characters: 0, block };
      entry.characters += weight;
      weights.set(key, entry);
      for (let i = 1; i < block.lines.length && leadings.length < 20_000; i++)
        leadings.push(block.lines[i]!.baseline - block.lines[i - 1]!.baseline);
    }
  }
  const size = commonestSize(sizes);
  const ofSize = [...weights.values()].filter(({ block }) => Math.abs(block.size - size) <= sizeStepPt);
  const body = ofSize.sort((a, b) => b.characters - a.characters)[0]?.block;
  leadings.sort((a, b) => a - b);
  return {
    size,
    bold: body?.bold ?? false,
    italic: body?.italic ?? false,
    color: body?.color ?? 0,
    font: body?.font ?? "",
    leading: leadings[leadings.length >> 1] ?? size * 1.2,
  };
}

/** Style of some lines of a block, as `FlowBlock` states it for all of them. */
export function styleOfLines(
  lines: FlowLine[],
  block: FlowBlock,
): Pick<FlowBlock, "size" | "bold" | "italic" | "caps" | "mono" | "color"> {
  const longest = lines.reduce((best, line) => (line.text.length > best.text.length ? line : best), lines[0]!);
  const letters = lines
    .map((line) => line.text)
    .join("")
    .replace(/\P{L}/gu, "");
  return {
    size: longest.size,
    bold: lines.every((line) => line.bold),
    italic: lines.every((line) => line.italic),
    caps: letters.length > 1 && letters === letters.toUpperCase() && letters !== letters.toLowerCase(),
    mono: block.mono,
    color: longest.color,
  };
}
