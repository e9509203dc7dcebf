/** Running text: chunks of many words stacked on one another. Table finding without rules looks past them. */
import type { Chunk, TextLine } from "./text-lines.ts";

/** A chunk this many ems wide with this many words may be a line of prose. */
const minWidthEm = 13;
const minWords = 5;

/** The chunks that are lines of running text, first and last lines of paragraphs included. */
export function findProse(lines: readonly TextLine[]): Set<Chunk> {
  const out = new Set<Chunk>();
  // Each chunk is compared with those of the next few lines: bounded by the lines that fit into 1.8 em.
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]!;
    for (let next = at + 1; next < lines.length && next < at + 12; next++) {
      const below = lines[next]!;
      const step = below.baseline - line.baseline;
      if (step > 1.8 * Math.max(line.size, below.size)) break;
      if (step < 0.8 * Math.min(line.size, below.size)) continue;
      for (const chunk of line.chunks) {
        if (!isLong(chunk, line)) continue;
        for (const other of below.chunks) {
          if (isLong(other, below) && isStacked(chunk, other, line.size)) {
            out.add(chunk);
            out.add(other);
          }
        }
      }
    }
  }
  addEnds(lines, out);
  return out;
}

function isLong(chunk: Chunk, line: TextLine): boolean {
  return !chunk.numeric && chunk.words.length >= minWords && chunk.x1 - chunk.x0 >= minWidthEm * line.size;
}

function isStacked(a: Chunk, b: Chunk, size: number): boolean {
  const overlap = Math.min(a.x1, b.x1) - Math.max(a.x0, b.x0);
  const narrow = Math.min(a.x1 - a.x0, b.x1 - b.x0);
  return overlap > 0.7 * narrow && (Math.abs(a.x0 - b.x0) < 2.5 * size || Math.abs(a.x1 - b.x1) < 2 * size);
}

/** The short last line of a paragraph hangs below a line of prose at its left edge. */
function addEnds(lines: readonly TextLine[], prose: Set<Chunk>): void {
  for (let at = 1; at < lines.length; at++) {
    const line = lines[at]!;
    const chunk = line.chunks[0]!;
    for (let above = at - 1; above >= 0 && above >= at - 6; above--) {
      const other = lines[above]!;
      const step = line.baseline - other.baseline;
      if (step > 1.6 * Math.max(line.size, other.size)) break;
      for (const last of other.chunks) {
        if (!prose.has(last)) continue;
        for (const candidate of line.chunks.length === 1 ? [chunk] : line.chunks) {
          if (Math.abs(candidate.x0 - last.x0) < 1.5 && candidate.x1 <= last.x1 + line.size && !candidate.numeric)
            prose.add(candidate);
        }
      }
    }
  }
}
