/** Checks on what a model says: its words must stand in the document. */

/** Words and numbers in small letters, without accents of presentation; ideographs one by one. */
export function wordsOf(text: string): string[] {
  return (
    text
      .normalize("NFKC")
      .toLowerCase()
      .match(/[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]|[\p{L}\p{M}]+|\p{N}+/gu) ?? []
  );
}

/** Share of the words of `text` that stand in `evidence`, each as often as it stands there; 1 for no words. */
export function shareFound(text: string, evidence: string): number {
  const left = new Map<string, number>();
  for (const word of wordsOf(evidence)) left.set(word, (left.get(word) ?? 0) + 1);
  const words = wordsOf(text);
  let found = 0;
  for (const word of words) {
    const count = left.get(word) ?? 0;
    if (count === 0) continue;
    found++;
    left.set(word, count - 1);
  }
  return words.length === 0 ? 1 : found / words.length;
}

/** Every number of `text` stands in `evidence`. */
export function hasOnlyNumbersOf(text: string, evidence: string): boolean {
  const numbers = (value: string) => value.normalize("NFKC").match(/\p{N}+(?:[.,]\p{N}+)*/gu) ?? [];
  const known = new Set(numbers(evidence));
  return numbers(text).every((number) => known.has(number));
}
