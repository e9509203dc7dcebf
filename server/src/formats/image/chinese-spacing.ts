/**
 * Words of a line of Chinese or Japanese: the engine makes every sign or phrase a word, and gives punctuation as ASCII.
 * What is printed without a space is written without one, and punctuation between ideographs has the width it is printed in.
 */
import { isCjk } from "../../layout/scripts.ts";
import type { OcrWord } from "../../ports/ocr.ts";

export interface SpacedWord extends OcrWord {
  spaceBefore: boolean;
}

/** Printers set ideographs and Latin letters or digits apart by about a quarter of an em: that is no space. */
const noSpaceEm = 0.4;
/** A full-width bracket has half an em of white on its outer side. */
const fullWidthEm = 0.25;
const fullWidth: Record<string, string> = { ",": "，", ";": "；", ":": "：", "!": "！", "?": "？" };
const quote = /^[“”‘’…—·]$/u;

/** `size` is the em in the unit of the boxes. */
export function spaceLine(words: readonly OcrWord[], size: number): SpacedWord[] {
  const letters = words.map(({ text }) => text).join("");
  const ideographs = [...letters].filter(isCjk).length;
  if (ideographs * 2 < [...letters].length) return words.map((word) => ({ ...word, spaceBefore: true }));
  const spaced: SpacedWord[] = [];
  words.forEach((word, at) => {
    const before = spaced.at(-1);
    const gapBefore = before ? word.box[0] - before.box[2] : 0;
    const next = words[at + 1];
    const gapAfter = next ? next.box[0] - word.box[2] : 0;
    let text = word.text;
    const last = text.at(-1)!;
    const beforeLast = text.at(-2) ?? before?.text.at(-1) ?? "";
    if (last in fullWidth && isCjk(beforeLast)) text = text.slice(0, -1) + fullWidth[last];
    if (text.startsWith("(") && before && isCjk(before.text.at(-1)!) && gapBefore > fullWidthEm * size)
      text = `（${text.slice(1)}`;
    if (text.endsWith(")") && next && isCjk(next.text[0]!) && gapAfter > fullWidthEm * size)
      text = `${text.slice(0, -1)}）`;
    spaced.push({ ...word, text, spaceBefore: before === undefined || !isJoined(before.text, text, gapBefore / size) });
  });
  return spaced;
}

function isJoined(before: string, after: string, gapEm: number): boolean {
  const [last, first] = [before.at(-1)!, after[0]!];
  const [one, other] = [isCjk(last), isCjk(first)];
  // Layout decides between two ideographs.
  if (one && other) return false;
  if (quote.test(last) || quote.test(first)) return gapEm < 0.9;
  return (one || other) && gapEm < noSpaceEm;
}
