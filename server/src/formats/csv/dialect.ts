/** Which separator and quotation mark a file uses, and whether its first record names the columns. */

export interface Dialect {
  delimiter: string;
  quote: string;
}

/** Text looked at. */
const sampleCharacters = 64 * 1024;
/** Of a file with one column: a character that no text has. */
export const noDelimiter = "\u001f";
/** Where more lines than this have no separator, it is a sign in a text: a comma of a sentence here and there. */
const maxWithout = 0.6;
/** How much more a character says than a comma, which stands in prose and in decimal numbers too. */
const delimiters: readonly (readonly [string, number])[] = [
  [",", 1],
  [";", 1.08],
  ["\t", 1.1],
  ["|", 1.05],
  ["^", 1],
  ["~", 1],
];

/**
 * The separator that cuts the first lines into the most even rows. `original` may begin with Excel's "sep=;" line,
 * which is taken at its word.
 */
export function sniffDialect(text: string, original: string = text): Dialect {
  const stated = /^sep=(.)\r?\n/i.exec(original)?.[1];
  const sample = text.slice(0, sampleCharacters);
  const quote = countOf(sample, '"') === 0 && /(?:^|[,;\t|])'[^'\n]*'(?=[,;\t|]|\r?$)/m.test(sample) ? "'" : '"';
  if (stated) return { delimiter: stated, quote };
  const lines = unquotedLines(sample, quote);
  if (text.length > sampleCharacters && lines.length > 1) lines.pop();
  let best: { delimiter: string; score: number } = { delimiter: ",", score: 0 };
  for (const [delimiter, weight] of delimiters) {
    const score = evenness(lines, delimiter) * weight;
    if (score > best.score) best = { delimiter, score };
  }
  const without = lines.filter((line) => !line.includes(best.delimiter)).length;
  return { delimiter: without > lines.length * maxWithout ? noDelimiter : best.delimiter, quote };
}

/** Lines with the content of quotes taken out, so that only separators are left to count. */
function unquotedLines(sample: string, quote: string): string[] {
  const lines: string[] = [];
  let line = "";
  let inQuotes = false;
  for (const char of sample) {
    if (char === quote) inQuotes = !inQuotes;
    else if (!inQuotes && char === "\n") {
      if (line.trim() !== "") lines.push(line);
      line = "";
    } else if (!inQuotes && char !== "\r") line += char;
    if (lines.length >= 200) break;
  }
  if (line.trim() !== "") lines.push(line);
  return lines;
}

/** Share of lines with the commonest number of separators, times how much that number separates. */
function evenness(lines: readonly string[], delimiter: string): number {
  const frequency = new Map<number, number>();
  for (const line of lines) {
    const count = countOf(line, delimiter);
    frequency.set(count, (frequency.get(count) ?? 0) + 1);
  }
  let best = 0;
  for (const [count, times] of frequency) {
    if (count > 0) best = Math.max(best, (times / lines.length) * (1 + Math.log2(1 + count) / 10));
  }
  return best;
}

function countOf(text: string, char: string): number {
  let count = 0;
  for (let at = text.indexOf(char); at >= 0; at = text.indexOf(char, at + 1)) count++;
  return count;
}

/** A first record of distinct names without numbers, over records of which some hold numbers or other kinds of text. */
export function hasHeadRow(records: readonly (readonly string[])[]): boolean {
  const [head, ...rest] = records.slice(0, 50);
  if (!head || rest.length === 0) return false;
  const names = head.filter((cell) => cell !== "");
  if (names.length < Math.max(1, head.length * 0.5) || new Set(names).size !== names.length) return false;
  return names.every((name) => !isValue(name) && name.length <= 100);
}

function isValue(text: string): boolean {
  return (
    /^[\s($€£¥+-]*\d[\d\s.,:/%)-]*(?:[eE][+-]?\d+)?\s*%?$/.test(text) ||
    /^(?:true|false|null|n\/a|-)$/i.test(text) ||
    /^\S+@\S+\.\S+$/.test(text) ||
    /^https?:\/\//.test(text)
  );
}
