/** The smallest table: a head, and one row with a figure or entry below each title (the tax summary of a receipt). */
import type { Column } from "./columns.ts";
import { isFigureLine } from "./text-grid.ts";
import type { TextLine } from "./text-lines.ts";

/** Fewer columns line up by chance. */
const leastColumns = 4;
/** Entries end or begin this near (ems) to the edges of their titles, where they do not lie below them. */
const edgeEm = 1.5;

/** The columns of a head and the one row below it; null where they do not match one by one. */
export function readHeadedRow(lines: readonly TextLine[]): Column[] | null {
  const [head, row] = lines;
  if (!head || !row || lines.length !== 2 || head.chunks.length < leastColumns) return null;
  if (head.chunks.length !== row.chunks.length || !isFigureLine(row)) return null;
  if (head.chunks.some((chunk) => chunk.numeric && /\d/.test(chunk.text))) return null;
  const columns = head.chunks.map((title, at): Column => {
    const entry = row.chunks[at]!;
    return { x0: Math.min(title.x0, entry.x0), x1: Math.max(title.x1, entry.x1), support: 2 };
  });
  const match = head.chunks.every((title, at) => {
    const entry = row.chunks[at]!;
    const below = entry.x0 < title.x1 && entry.x1 > title.x0;
    const reach = edgeEm * head.size;
    return below || Math.abs(entry.x0 - title.x0) < reach || Math.abs(entry.x1 - title.x1) < reach;
  });
  const apart = columns.every((column, at) => at === 0 || column.x0 > columns[at - 1]!.x1);
  return match && apart ? columns : null;
}
