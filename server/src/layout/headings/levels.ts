/**
 * Levels of headings that no outline names. Headings of one look form a class; classes are ranked by prominence, and a class whose
 * members carry numbers takes the depth of the numbers. A number always beats the look.
 */
import type { FlowBlock } from "../flow.ts";
import type { Numbering } from "./numbering.ts";

export interface Leveled {
  block: FlowBlock;
  numbering: Numbering | undefined;
  /** A usual title ("Abstract", "References"): stands beside the first level of numbers, whatever it looks like. */
  known?: boolean | undefined;
}

interface LookClass {
  size: number;
  rank: number;
  members: Leveled[];
  /** Commonest depth of the members' numbers, 0 when most have none. */
  depth: number;
  level: number;
}

const sizeTolerance = 0.4;
export const maxLevel = 6;

/** Sets `level` on every heading. `offset` is the level above the first one (0 when they start the document's hierarchy). */
export function assignLevels(headings: Leveled[], offset = 0): void {
  const parts = headings.some((heading) => heading.numbering?.kind === "part");
  const chapters = headings.some((heading) => heading.numbering?.kind === "chapter" || isCjkChapter(heading.numbering));
  const classes = groupByLook(headings);
  let above = offset;
  for (const look of classes) {
    look.depth = commonDepth(look.members, parts, chapters);
    look.level = look.depth > 0 ? Math.max(look.depth + offset, 1) : above + 1;
    // An unnumbered look between two numbered ones shares the level of the next more prominent one's children.
    above = Math.max(above, look.level);
  }
  const first = firstNumbered(headings, parts, chapters);
  for (const look of classes) {
    for (const { block, numbering, known } of look.members) {
      const depth = numbering ? depthOf(numbering, parts, chapters) : known ? first : 0;
      block.level = Math.min(maxLevel, depth > 0 ? depth + offset : look.level);
    }
  }
}

/** Depth of the outermost decimal or Roman sections; 0 when there are none, or when chapters have their own references. */
function firstNumbered(headings: Leveled[], parts: boolean, chapters: boolean): number {
  if (chapters) return 0;
  const top = headings.filter(({ numbering }) => numbering?.kind === "decimal" && numbering.depth === 1);
  return top.length >= 2 ? depthOf(top[0]!.numbering!, parts, chapters) : 0;
}

function isCjkChapter(numbering: Numbering | undefined): boolean {
  return numbering?.kind === "cjk" && numbering.depth === 1;
}

/** Depth that the number states: parts above chapters above their decimal sections. 0 when it says nothing. */
function depthOf(numbering: Numbering, parts: boolean, chapters: boolean): number {
  const under = parts ? 1 : 0;
  switch (numbering.kind) {
    case "part":
      return 1;
    case "chapter":
      return 1 + under;
    case "appendix":
      return numbering.depth + under;
    case "cjk":
      return numbering.depth + under;
    case "decimal":
      // "2.1" in a book of chapters is the child of chapter 2; "2" beside chapters is a section inside one.
      return numbering.depth + under + (chapters && numbering.depth === 1 ? 1 : 0);
    default:
      return 0;
  }
}

function commonDepth(members: Leveled[], parts: boolean, chapters: boolean): number {
  const counts = new Map<number, number>();
  let numbered = 0;
  for (const { numbering } of members) {
    const depth = numbering ? depthOf(numbering, parts, chapters) : 0;
    if (depth === 0) continue;
    numbered++;
    counts.set(depth, (counts.get(depth) ?? 0) + 1);
  }
  if (numbered * 3 < members.length) return 0;
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 0;
}

/** Same size, weight, slant and capitals; most prominent first. */
function groupByLook(headings: Leveled[]): LookClass[] {
  const classes: LookClass[] = [];
  for (const heading of headings) {
    const { size } = heading.block;
    const rank = rankOf(heading.block);
    const found = classes.find((look) => Math.abs(look.size - size) <= sizeTolerance && look.rank === rank);
    if (found) found.members.push(heading);
    else classes.push({ size, rank, members: [heading], depth: 0, level: 0 });
  }
  return classes.sort((a, b) => (Math.abs(a.size - b.size) > sizeTolerance ? b.size - a.size : b.rank - a.rank));
}

function rankOf(block: FlowBlock): number {
  return (block.bold ? 4 : 0) + (block.caps ? 2 : 0) + (block.italic ? 0 : 1);
}
