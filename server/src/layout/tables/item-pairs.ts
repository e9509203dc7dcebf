/**
 * Items on two lines each, as tills print them: a description alone on its line, and its code, quantity and amounts on the line
 * above or below. Only where the two kinds of lines alternate all the way is it sure which of them belong together.
 */
import type { PlacedLine } from "./rows.ts";
import type { TextLine } from "./text-lines.ts";

/** Items that make a pattern… */
const leastItems = 3;
/** …and where each has this many figures. */
const leastItemsOfFigures = 2;
const manyFigures = 3;

export interface ItemPairs {
  /** Index of the first line of the first item, and the one after the last. */
  from: number;
  to: number;
}

/** Lines of items in a section; what comes before is a head, what comes after are totals. Null where lines do not alternate. */
export function findItemPairs(lines: readonly TextLine[]): ItemPairs | null {
  const from = lines.findIndex((line) => isLabel(line) || countFigures(line) > 0);
  if (from < 0 || from > 3) return null;
  let to = from;
  while (to + 1 < lines.length && isItem(lines[to]!, lines[to + 1]!) && isLabel(lines[to]!) === isLabel(lines[from]!))
    to += 2;
  const items = (to - from) / 2;
  const figures = Math.min(
    ...lines
      .slice(from, to)
      .filter((line) => !isLabel(line))
      .map(countFigures),
  );
  if (items < (figures >= manyFigures ? leastItemsOfFigures : leastItems)) return null;
  // Where descriptions come first, a lone label after the last item leaves open what is above and what below.
  return isLabel(lines[from]!) && lines.slice(to).some(isLabel) ? null : { from, to };
}

/** The rows of body lines, the first of which is line `from` of the section: items as pairs, other lines for themselves. */
export function pairRows(body: readonly PlacedLine[], pairs: ItemPairs, from: number): PlacedLine[][] {
  const rows: PlacedLine[][] = [];
  body.forEach((placed, at) => {
    const line = at + from;
    if (line >= pairs.from && line < pairs.to && (line - pairs.from) % 2 === 1) rows.at(-1)!.push(placed);
    else rows.push([placed]);
  });
  return rows;
}

const isItem = (one: TextLine, other: TextLine): boolean =>
  (isLabel(one) && countFigures(other) > 0) || (countFigures(one) > 0 && isLabel(other));

/** A description: one chunk of words. */
const isLabel = ({ chunks }: TextLine): boolean =>
  chunks.length === 1 && !chunks[0]!.numeric && /\p{L}{2}/u.test(chunks[0]!.text);

const countFigures = ({ chunks }: TextLine): number =>
  chunks.length < 2 ? 0 : chunks.filter((chunk) => chunk.numeric || /^\P{L}*\d+[.,]\d\d\b/u.test(chunk.text)).length;
