/** Comparing titles: what the outline or the printed contents call a section against what stands on the page. */

/** Letters and digits only, folded: case, accents, ligatures, quotes, dashes and spaces do not matter. */
export function foldTitle(text: string): string {
  return text
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "");
}

/** The same without the number in front, which outlines often leave out. */
export function foldUnnumbered(text: string): string {
  const bare = text.replace(
    /^\s*(?:(?:chapter|section|appendix|part|kapitel|chapitre|anhang)\s+)?(?:[0-9]+|[A-Z]|[IVXLC]+|[ivx]+)(?:\.[0-9]+)*[.:)]?\s+(?=\S)/iu,
    "",
  );
  return foldTitle(bare);
}

const maxCompared = 300;

/** 1 for equal titles, 0 for strangers: one minus the edit distance over the longer length. */
export function similarity(a: string, b: string): number {
  const left = a.slice(0, maxCompared);
  const right = b.slice(0, maxCompared);
  const longer = Math.max(left.length, right.length);
  if (longer === 0) return 0;
  if (Math.abs(left.length - right.length) > 0.4 * longer) return 0;
  return 1 - editDistance(left, right) / longer;
}

/** The better of the similarities with and without the numbers in front; numbers alone never match. */
export function titleSimilarity(a: string, b: string): number {
  const whole = similarity(foldTitle(a), foldTitle(b));
  if (whole > 0.97) return whole;
  const bareA = foldUnnumbered(a);
  const bareB = foldUnnumbered(b);
  return bareA.length > 1 && bareB.length > 1 ? Math.max(whole, similarity(bareA, bareB)) : whole;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
