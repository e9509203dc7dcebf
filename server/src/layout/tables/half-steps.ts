/**
 * Cells centred on the height of their row: a label of one line beside an entry of two stands half a line off both. Such lines
 * are put on the line they overlap, so that what finds columns and rows sees them side by side.
 */
import type { TextLine } from "./text-lines.ts";

/** Lines nearer than this many ems overlap: no text is set so tight. */
const overlapEm = 0.78;
/** A longer lone chunk is running text of another column. */
const mostWords = 6;
/** What stands in two cells is at least this far apart (ems). */
const gapEm = 0.72;

/** Two lines, not both of one chunk, that are too near each other to be lines of one text. */
export function isHalfStep(above: TextLine | undefined, below: TextLine | undefined): boolean {
  if (above === undefined || below === undefined || above.chunks.length + below.chunks.length < 3) return false;
  return below.baseline - above.baseline < 0.9 * Math.min(above.size, below.size);
}

/** Lines by baseline in, the same with short lone chunks joined to the overlapping line that leaves them room. */
export function joinHalfSteps(lines: readonly TextLine[]): TextLine[] {
  const out: TextLine[] = [];
  lines.forEach((line, at) => {
    const above = out[out.length - 1];
    if (above !== undefined && isJoinable(above, line, line) && !isNearer(line, lines[at + 1], above)) {
      out[out.length - 1] = join(above, line);
      return;
    }
    // The label came first: its entry is below it.
    if (above !== undefined && isJoinable(line, above, above)) {
      out[out.length - 1] = join(line, above);
      return;
    }
    out.push(line);
  });
  return out;
}

/** `lone` is one short chunk that finds room on the line `host`, which overlaps it in height. */
function isJoinable(host: TextLine, lone: TextLine, { chunks: [chunk, second] }: TextLine): boolean {
  if (chunk === undefined || second !== undefined || chunk.words.length > mostWords) return false;
  const size = Math.min(host.size, lone.size);
  if (Math.abs(host.baseline - lone.baseline) >= overlapEm * size) return false;
  return host.chunks.every((other) => other.x0 - chunk.x1 > gapEm * size || chunk.x0 - other.x1 > gapEm * size);
}

/** The line below is nearer and has room too. */
function isNearer(line: TextLine, below: TextLine | undefined, above: TextLine): boolean {
  if (below === undefined || !isJoinable(below, line, line)) return false;
  return below.baseline - line.baseline < line.baseline - above.baseline - 0.5;
}

/** The lines as they were before any was joined to another. */
export function partsOf(line: TextLine): TextLine[] {
  return line.joined ?? [line];
}

function join(host: TextLine, lone: TextLine): TextLine {
  const chunks = [...host.chunks, ...lone.chunks].sort((a, b) => a.x0 - b.x0);
  return {
    ...host,
    chunks,
    x0: Math.min(host.x0, lone.x0),
    x1: Math.max(host.x1, lone.x1),
    y0: Math.min(host.y0, lone.y0),
    y1: Math.max(host.y1, lone.y1),
    joined: [...partsOf(host), ...partsOf(lone)].sort((a, b) => a.baseline - b.baseline),
  };
}
