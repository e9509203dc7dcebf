/**
 * A heading's number that was cut off as a column of its own, because a figure above or below stands on one side of the gap
 * only, comes back to the line it stands in: same baseline, same style, within three em.
 */
import { unionOf } from "./boxes.ts";
import type { FlowBlock } from "./flow.ts";
import type { PageLayout } from "./page.ts";

const loneNumber = /^(?:\d{1,3}(?:\.\d{1,3}){0,4}\.?|[IVX]{1,5}\.)$/;
const maxGapEm = 3;
/** A heading has this many lines at most. */
const maxTitleLines = 2;

/** Joins such blocks, the number in front; their words go along. */
export function joinLoneNumbers({ flow, wordsOf }: PageLayout): void {
  const numbers = flow.blocks.filter(
    (block) => block.kind === "text" && block.lines.length === 1 && loneNumber.test(block.lines[0]!.text),
  );
  if (numbers.length === 0) return;
  const titles = new Map<number, FlowBlock[]>();
  for (const block of flow.blocks) {
    if (block.kind !== "text" || block.lines.length === 0 || block.lines.length > maxTitleLines) continue;
    const row = Math.round(block.lines[0]!.baseline);
    titles.set(row, [...(titles.get(row) ?? []), block]);
  }
  const joined = new Set<FlowBlock>();
  for (const number of numbers) {
    const row = Math.round(number.lines[0]!.baseline);
    const near = [row - 1, row, row + 1].flatMap((key) => titles.get(key) ?? []);
    // A row of several columns is no heading.
    if (near.length !== 2) continue;
    const title = near.find((block) => block !== number);
    if (!title || joined.has(title) || !continuesNumber(number, title)) continue;
    const [first] = title.lines;
    const [own] = number.lines;
    first!.spans = [...own!.spans, ...first!.spans.map((span, i) => (i === 0 ? { ...span, spaced: true } : span))];
    first!.text = `${own!.text} ${first!.text}`;
    first!.mcids = [...new Set([...own!.mcids, ...first!.mcids])];
    first!.box = unionOf([own!.box, first!.box]);
    title.box = unionOf([number.box, title.box]);
    title.regionBox = unionOf([number.box, title.regionBox]);
    wordsOf.set(title, [...(wordsOf.get(number) ?? []), ...(wordsOf.get(title) ?? [])]);
    wordsOf.delete(number);
    joined.add(number);
  }
  if (joined.size > 0) flow.blocks = flow.blocks.filter((block) => !joined.has(block));
}

function continuesNumber(number: FlowBlock, title: FlowBlock): boolean {
  const gap = title.box[0] - number.box[2];
  return (
    /^\p{L}/u.test(title.lines[0]!.text) &&
    !title.marker &&
    gap > 0 &&
    gap < maxGapEm * number.size &&
    Math.abs(number.size - title.size) < 0.3 &&
    number.bold === title.bold &&
    number.color === title.color
  );
}
