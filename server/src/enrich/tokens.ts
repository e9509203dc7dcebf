/** Token counts by the o200k_base vocabulary, the one current chat models share or come close to. */

export type CountTokens = (text: string) => number;

/**
 * Byte-pair merging takes quadratic time in the length of one unbroken run, so runs are cut at this length; a word of
 * this size is no word, and the count hardly changes.
 */
const longestRun = 128;
const overlongRun = new RegExp(`\\S{${longestRun + 1}}|\\s{${longestRun + 1}}`);
const pieces = new RegExp(`\\S{1,${longestRun}}\\s{0,${longestRun}}|\\s{1,${longestRun}}`, "g");

/** Longer texts (a table of a million rows) are counted up to here; the rest is taken to be like it. */
const countedCharacters = 2_000_000;

let loading: Promise<CountTokens> | undefined;

/** Loads the vocabulary (some 30 MB on disk, a quarter of a second) when first asked for. */
export function loadTokenCounter(): Promise<CountTokens> {
  loading ??= import("gpt-tokenizer/encoding/o200k_base").then(({ countTokens }) => {
    // Text that looks like a control token is text here.
    const count = (text: string) => countTokens(text, { disallowedSpecial: new Set<string>() });
    const countAll = (text: string) => {
      if (!overlongRun.test(text)) return count(text);
      let total = 0;
      for (const [piece] of text.matchAll(pieces)) total += count(piece);
      return total;
    };
    return (text: string) => {
      if (text === "") return 0;
      if (text.length <= countedCharacters) return countAll(text);
      return Math.round((countAll(text.slice(0, countedCharacters)) * text.length) / countedCharacters);
    };
  });
  return loading;
}
