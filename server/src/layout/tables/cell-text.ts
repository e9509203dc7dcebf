/** The words of one cell as text: lines in order, wrapped words mended, a line break only where the cell has a new item. */
import type { Word } from "../facts.ts";

const bullet = /^(?:[•·▪■□●○◦‣⁃➢➤✓✔❖]|[-–—*]|[\uf0a7\uf0b7\uf0d8\uf0fc]|\(?(?:\d{1,2}|[a-z])[.)])$/u;
const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/u;
const joinsWithoutSpace = /[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]/u;

/** Text of a cell. Bulleted or numbered items stand on lines of their own ("\n"); other wrapped lines run on. */
export function composeCellText(words: Word[], members: readonly number[]): string {
  if (members.length === 0) return "";
  if (members.length === 1) return words[members[0]!]!.text;
  const lines = groupLines(words, members);
  let out = "";
  let previous: Word[] | undefined;
  for (const line of lines) {
    const text = joinLine(line);
    if (previous === undefined) out = text;
    else if (lines.length > 2 && isItemStart(line, lines)) out += `\n${text}`;
    else out = joinWrapped(out, text);
    previous = line;
  }
  return out;
}

/** Lines of a cell's words; shifted words sit on the line whose words they touch. */
function groupLines(words: Word[], members: readonly number[]): Word[][] {
  const plain = members.map((index) => words[index]!);
  const base = plain.filter((word) => word.shift === undefined);
  const shifted = plain.filter((word) => word.shift !== undefined);
  const lines: { words: Word[]; baseline: number; size: number }[] = [];
  for (const word of base.sort((a, b) => a.baseline - b.baseline)) {
    const last = lines[lines.length - 1];
    if (last && word.baseline - last.baseline <= 0.35 * Math.max(4, Math.min(word.size, last.size)))
      last.words.push(word);
    else lines.push({ words: [word], baseline: word.baseline, size: word.size });
  }
  for (const word of shifted) {
    let best: (typeof lines)[number] | undefined;
    let bestCost = Number.POSITIVE_INFINITY;
    for (const line of lines) {
      const drop = line.baseline - word.baseline;
      if (Math.abs(drop) > line.size) continue;
      const wrongWay = word.shift === "super" ? drop < 0 : drop > 0;
      const near = Math.min(...line.words.map((w) => Math.max(0, word.box[0] - w.box[2], w.box[0] - word.box[2])));
      const cost = near + Math.abs(drop) + (wrongWay ? line.size : 0);
      if (cost < bestCost) {
        bestCost = cost;
        best = line;
      }
    }
    if (best) best.words.push(word);
    else lines.push({ words: [word], baseline: word.baseline, size: word.size });
  }
  lines.sort((a, b) => a.baseline - b.baseline);
  return lines.map((line) => orderLine(line.words));
}

function orderLine(line: Word[]): Word[] {
  line.sort((a, b) => a.box[0] - b.box[0]);
  let letters = 0;
  for (const word of line) letters += rightToLeft.test(word.text) ? 1 : /\p{L}/u.test(word.text) ? -1 : 0;
  return letters > 0 ? line.reverse() : line;
}

function joinLine(line: Word[]): string {
  let out = "";
  let previous: Word | undefined;
  for (const word of line) {
    if (previous !== undefined && !isTight(previous, word)) out += " ";
    out += word.text;
    previous = word;
  }
  return out;
}

/** A script mark right at its base: "CO" and "2", "1" and "st". */
function isTight(a: Word, b: Word): boolean {
  const gap = Math.max(b.box[0] - a.box[2], a.box[0] - b.box[2]);
  const size = Math.max(a.size, b.size);
  if (a.shift !== undefined || b.shift !== undefined) return gap < 0.16 * size;
  // Small capitals are words cut where the size changes, and often set loosely: what made the words knows of no space.
  const right = a.box[0] <= b.box[0] ? b : a;
  if (right.glued && gap < 0.3 * size) return true;
  // Words are also parted where their style changes: no gap there means no space.
  return gap < 0.05 * size;
}

/** The line opens with a bullet or marker that at least one more line of the cell opens with too. */
function isItemStart(line: Word[], lines: Word[][]): boolean {
  if (!bullet.test(line[0]!.text) || line.length < 2) return false;
  return lines.filter((other) => other.length > 1 && bullet.test(other[0]!.text)).length > 1;
}

/** Runs a wrapped line on: soft hyphens and word breaks mended, no space between CJK lines. */
export function joinWrapped(before: string, after: string): string {
  if (before.endsWith("\u00ad")) return before.slice(0, -1) + after;
  if (/\p{Ll}[-\u2010]$/u.test(before) && /^\p{Ll}{2}/u.test(after)) return before.slice(0, -1) + after;
  const last = before.at(-1) ?? "";
  if (joinsWithoutSpace.test(last) && joinsWithoutSpace.test(after[0] ?? "")) return before + after;
  return `${before} ${after}`;
}
