import type { Box } from "@knowhere/contract";
import { growBox } from "./boxes.ts";
import type { Word } from "./facts.ts";

/** A piece of text that stands together on one line, to tell labels from running text. */
export interface TextRow {
  box: Box;
  words: Word[];
  text: string;
}

/** Words to pieces of lines, from top to bottom: white space of most of an em ends a piece. */
export function groupRows(words: readonly Word[]): TextRow[] {
  const sorted = [...words].sort((a, b) => a.baseline - b.baseline || a.box[0] - b.box[0]);
  const rows: TextRow[] = [];
  const open: TextRow[] = [];
  let baseline = Number.NEGATIVE_INFINITY;
  for (const word of sorted) {
    if (word.baseline - baseline > 0.3 * word.size) open.length = 0;
    baseline = word.baseline;
    const row = open.find((other) => word.box[0] - other.box[2] < 0.9 * word.size && word.box[0] >= other.box[0]);
    if (row) {
      growBox(row.box, word.box);
      row.words.push(word);
      row.text += ` ${word.text}`;
    } else {
      const made: TextRow = { box: [...word.box], words: [word], text: word.text };
      rows.push(made);
      open.push(made);
    }
  }
  return rows;
}
