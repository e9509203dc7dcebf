/**
 * Stretches of lines whose columns change on the way down: the items of a receipt (description, quantity, price, amount), and below
 * them its totals, whose labels run across all of that. Taken as one table, the columns of both melt into two.
 */
import { type Column, findColumns } from "./columns.ts";
import type { TextLine } from "./text-lines.ts";

/** Fewer split lines are no table of their own. */
const leastLines = 2;
/** A cut must show this many more columns, counted over the lines that stand in them… */
const leastGain = 3;
/** …and on the side that gains, this share of what is seen there without it. */
const leastGainShare = 0.25;
/** Longer stretches are no receipts; looking for the best cut costs the square of the lines. */
const mostLines = 120;

/** The lines in one or several groups, in order, each with columns of its own. */
export function cutSections(lines: readonly TextLine[]): TextLine[][] {
  const whole = [...lines];
  if (lines.length > mostLines) return [whole];
  const found = bestCut(lines);
  if (found === null) return [whole];
  return [...cutSections(lines.slice(0, found)), ...cutSections(lines.slice(found))];
}

function bestCut(lines: readonly TextLine[]): number | null {
  const columns = findColumns(lines);
  let best: number | null = null;
  let most = leastGain;
  let widest = 0;
  for (let at = 1; at < lines.length; at++) {
    const gains = [lines.slice(0, at), lines.slice(at)].map((part) => {
      const before = columnsSeen(part, columns);
      if (countSplit(part) < leastLines) return -before;
      const gain = columnsSeen(part, findColumns(part)) - before;
      return gain < leastGainShare * before ? Math.min(0, gain) : gain;
    });
    const gain = gains[0]! + gains[1]!;
    const step = lines[at]!.baseline - lines[at - 1]!.baseline;
    // Of cuts that show the same, the one at the widest gap.
    if (gain < most || (best !== null && gain === most && step <= widest)) continue;
    [best, most, widest] = [at, gain, step];
  }
  return best;
}

const countSplit = (lines: readonly TextLine[]): number => lines.filter((line) => line.chunks.length > 1).length;

/** Over the lines: in how many columns they stand, beyond the first. */
function columnsSeen(lines: readonly TextLine[], columns: readonly Column[]): number {
  return lines.reduce((sum, line) => sum + Math.max(0, columnsOf(line, columns) - 1), 0);
}

function columnsOf(line: TextLine, columns: readonly Column[]): number {
  const at = line.chunks.map((chunk) => {
    const middle = (chunk.x0 + chunk.x1) / 2;
    return columns.findIndex((column) => middle <= column.x1);
  });
  return new Set(at).size;
}
