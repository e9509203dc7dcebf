/** Lines with what only their words can tell, for the pass that makes paragraphs of them; mirrored where they run leftwards. */
import type { Box } from "@knowhere/contract";
import { widthOf } from "./boxes.ts";
import { readCode } from "./code.ts";
import type { PageFacts, Word } from "./facts.ts";
import { type Line, toFlowLine } from "./lines.ts";
import { findMarker } from "./markers.ts";
import type { MarkedLine } from "./paragraphs.ts";

/** White space between two words, whichever stands at the left. */
const gapBetween = (a: Word | undefined, b: Word): number =>
  a === undefined ? 0 : Math.max(b.box[0] - a.box[2], a.box[0] - b.box[2]);

const pageNumber = /^(?:\d{1,4}|[ivxlc]{1,7})$/i;

/** The flow line of a printed line, with its marker and what its first and last words show. */
export function markLine(line: Line, facts: PageFacts): MarkedLine {
  const first = line.words[0]!;
  const last = line.words.at(-1)!;
  const flow = toFlowLine(line, { facts, links: facts.links });
  if (flow.mono) flow.code = readCode(line, facts.glyphs);
  return Object.assign(flow, {
    marker: findMarker(line.words, facts.fonts),
    firstWidth: widthOf(first.box),
    numberGap: pageNumber.test(last.text) ? gapBetween(line.words.at(-2), last) : 0,
    dropCap: first.size > 1.8 * line.size && line.words.length > 1,
    startsBold: first.bold,
    endsBold: last.bold,
  });
}

/** A line as a mirror shows it: its start is at the left. The places of its marker stay mirrored. */
export function mirrorLine(line: MarkedLine): void {
  line.box = mirrorBox(line.box);
  if (line.marker) line.marker = { ...line.marker, x: -line.marker.x, textX: -line.marker.textX };
}

/** What a mirror shows: left and right change places. */
export const mirrorBox = (box: Box): Box => [-box[2], box[1], -box[0], box[3]];
