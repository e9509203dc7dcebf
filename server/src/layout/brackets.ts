/**
 * Brackets of right-to-left text. A file may name the bracket it means or the one it draws, which is the mirrored one; PDFium takes
 * all files for the second kind, so those of the first come out as ")…(". In reading order no bracket closes before it opens.
 */
import type { Word } from "./facts.ts";
import { isRtl } from "./scripts.ts";

const closing = new Map([
  [")", "("],
  ["]", "["],
  ["}", "{"],
]);
const opening = new Map([...closing].map(([close, open]) => [open, close]));

interface Place {
  word: number;
  at: number;
  sign: string;
}

/** The words of a line in reading order, with pairs of brackets that stand the wrong way round turned; the same array if none do. */
export function turnBrackets(words: Word[]): Word[] {
  const swaps: Place[] = [];
  let unopened: Place | undefined;
  const open: Place[] = [];
  const flush = () => {
    // An opening bracket that nothing closes ends the pair that a closing one began.
    const last = open.shift();
    if (unopened && last && closing.get(unopened.sign) === last.sign) swaps.push(unopened, last);
    unopened = undefined;
  };
  words.forEach((word, index) => {
    for (let at = 0; at < word.text.length; at++) {
      const sign = word.text[at]!;
      if (opening.has(sign)) open.push({ word: index, at, sign });
      else if (closing.has(sign)) {
        if (open.at(-1)?.sign === closing.get(sign)) open.pop();
        else {
          flush();
          unopened = { word: index, at, sign };
        }
      }
    }
  });
  flush();
  const right = swaps.filter(({ word }) => !/\p{L}/u.test(words[word]!.text) || isRtl(words[word]!.text));
  if (right.length === 0 || right.length < swaps.length) return words;
  const turned = [...words];
  for (const { word, at, sign } of right) {
    const { text } = turned[word]!;
    const other = closing.get(sign) ?? opening.get(sign)!;
    turned[word] = { ...turned[word]!, text: text.slice(0, at) + other + text.slice(at + 1) };
  }
  return turned;
}
