/** Flow blocks made of the lines of a region, with their style and the white space between them. */
import type { Box } from "@knowhere/contract";
import { unionOf } from "./boxes.ts";
import type { PageFacts } from "./facts.ts";
import type { FlowBlock } from "./flow.ts";
import type { Draft } from "./paragraphs.ts";

/** A block without lines, where it stands. */
export function emptyBlock(
  kind: FlowBlock["kind"],
  facts: PageFacts,
  box: Box,
  regionBox: Box,
  region: number,
  boxed: boolean,
): FlowBlock {
  return {
    kind,
    page: facts.page,
    region,
    regionBox,
    boxed,
    box,
    lines: [],
    size: 0,
    bold: false,
    italic: false,
    caps: false,
    mono: false,
    color: 0,
    font: "",
    gapAbove: Number.POSITIVE_INFINITY,
    gapBelow: Number.POSITIVE_INFINITY,
  };
}

/** The block of a draft: its lines, and the style of most of their characters. */
export function toBlock(draft: Draft, facts: PageFacts, regionBox: Box, region: number, boxed: boolean): FlowBlock {
  const { lines } = draft;
  const block = emptyBlock(draft.kind, facts, unionOf(lines.map((line) => line.box)), regionBox, region, boxed);
  block.lines = lines;
  block.marker = draft.marker;
  const sizes = new Map<number, number>();
  for (const line of lines) sizes.set(line.size, (sizes.get(line.size) ?? 0) + line.text.length);
  block.size = [...sizes].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 0;
  const lettered = lines.filter((line) => /[\p{L}\p{N}]/u.test(line.text));
  block.bold = lettered.length > 0 && lettered.every((line) => line.bold);
  block.italic = lettered.length > 0 && lettered.every((line) => line.italic);
  block.mono = lettered.length > 0 && lettered.every((line) => line.mono);
  const text = lines.map((line) => line.text).join(" ");
  block.caps = !/[a-z]/.test(text) && isUpperCase(text.replace(/[^\p{L}]/gu, ""));
  block.color = lines[0]?.color ?? 0;
  block.font = facts.fonts[lines[0]?.font ?? 0]?.name ?? "";
  return block;
}

const isUpperCase = (letters: string): boolean =>
  letters.length >= 2 && letters === letters.toUpperCase() && letters !== letters.toLowerCase();

/** White space between neighbours in one region. */
export function measureGaps(blocks: FlowBlock[]): FlowBlock[] {
  for (let i = 1; i < blocks.length; i++) {
    const before = blocks[i - 1]!;
    const after = blocks[i]!;
    if (before.region !== after.region) continue;
    const gap = Math.max(0, after.box[1] - before.box[3]);
    before.gapBelow = gap;
    after.gapAbove = gap;
  }
  return blocks;
}
