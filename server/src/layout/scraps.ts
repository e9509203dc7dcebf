/** Numerators, denominators and indices of indices inside a text line: too far off it to be scripts, too small for a line. */
import { growBox } from "./boxes.ts";
import type { Word } from "./facts.ts";
import type { Line } from "./lines.ts";
import { isRtl } from "./scripts.ts";

/** A scrap is at most this share of its line's size, and of so many characters. */
const scrapSizeShare = 0.86;
const scrapCharacters = 8;
/** Its baseline is so many em from that of its line, at most. */
const reachEm = 0.95;
/** Scrap and hole may overlap by so many em: slanted letters do. */
const slackEm = 0.1;

/** Puts each scrap into the hole that a line above or below has for it. `lines` from top to bottom; the others are returned. */
export function joinScraps(lines: readonly Line[]): Line[] {
  return lines.filter((scrap, at) => {
    let characters = 0;
    for (const word of scrap.words) characters += word.text.length;
    if (characters > scrapCharacters) return true;
    for (const line of [lines[at - 1], lines[at + 1], lines[at - 2], lines[at + 2]]) {
      const hole = line && findHole(line, scrap);
      if (hole === undefined) continue;
      for (const word of scrap.words) word.shift = scrap.baseline < line!.baseline ? "super" : "sub";
      line!.words.splice(hole, 0, ...scrap.words);
      growBox(line!.box, scrap.box);
      return false;
    }
    return true;
  });
}

/** Where in the line the scrap is read: between two words that leave a gap for it. Undefined where they leave none. */
function findHole(line: Line, scrap: Line): number | undefined {
  if (scrap.size > scrapSizeShare * line.size || Math.abs(scrap.baseline - line.baseline) > reachEm * line.size)
    return undefined;
  const slack = slackEm * line.size;
  const isBefore = (word: Word) => word.box[2] <= scrap.box[0] + slack;
  const isBehind = (word: Word) => word.box[0] >= scrap.box[2] - slack;
  // What hangs there already (the numerator above this denominator) is read first.
  if (!line.words.every((word) => (isBefore(word) || isBehind(word) || word.shift) && !isRtl(word.text)))
    return undefined;
  const hole = line.words.findIndex(isBehind);
  return hole > 0 && line.words.some(isBefore) ? hole : undefined;
}
