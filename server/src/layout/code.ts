/** Monospaced lines: every sign stands in a cell of one width, so white space can be counted. */
import { widthOf } from "./boxes.ts";
import type { Glyph, Word } from "./facts.ts";
import type { CodeLine } from "./flow.ts";

const maxSpaces = 200;

/** The text of a line with its inner white space, counted in cells: the pen's advance, or what the ink tells where it is not known. */
export function readCode({ words }: { words: readonly Word[] }, glyphs: readonly Glyph[]): CodeLine {
  const cells = words.flatMap((word) => {
    const last = glyphs[word.glyphs.at(-1)!];
    const first = glyphs[word.glyphs[0]!];
    if (!first || !last || word.text.length === 0) return [];
    return [(last.end - first.x) / word.text.length || widthOf(word.box) / word.text.length];
  });
  const cell = Math.max(1, cells.sort((a, b) => a - b)[cells.length >> 1] ?? 1);
  const startOf = (word: Word): number => glyphs[word.glyphs[0]!]?.x ?? word.box[0];
  let text = "";
  let pen = 0;
  for (const word of words) {
    const spaces = text === "" ? 0 : Math.max(word.glued ? 0 : 1, Math.round((startOf(word) - pen) / cell));
    text += " ".repeat(Math.min(spaces, maxSpaces)) + word.text;
    pen = startOf(word) + word.text.length * cell;
  }
  return { text, x: words[0] ? startOf(words[0]) : 0, cell };
}
