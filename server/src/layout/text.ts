/** Words to running text: where spaces go. */
import type { Word } from "./facts.ts";
import { isCjk } from "./scripts.ts";

/** The text of words that stand in reading order on one line. */
export function joinWords(words: readonly Word[]): string {
  let text = "";
  words.forEach((word, i) => {
    if (i > 0 && needsSpace(words[i - 1]!, word)) text += " ";
    text += word.text;
  });
  return text;
}

/** True when a space belongs between two words that follow each other on a line. */
export function needsSpace(before: Word, after: Word): boolean {
  if (after.glued || before.text === "" || after.text === "") return false;
  const last = before.text.at(-1)!;
  const first = after.text.at(0)!;
  if (isCjk(last) && isCjk(first)) return after.box[0] - before.box[2] > 0.9 * after.size;
  return true;
}
