/** Comparing titles: what the outline or the printed contents call a section against what stands on the page. */

/** Letters and digits only, folded: case, accents, ligatures, quotes, dashes and spaces do not matter. */
export function foldTitle(text: string): string {
  return text
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "");
}

const numberPrefix =
  /^\s*(?:(?:chapter|section|appendix|part|kapitel|chapitre|anhang)\s+)?(?:[0-9]+|[A-Z]|[IVXLC]+|[ivx]+)(?:\.[0-9]+)*[.:)]?\s+(?=\S)/iu;

/** The number in front of a title, which outlines often leave out; "" when there is none. */
export function numberOf(text: string): string {
  return numberPrefix.exec(text)?.[0] ?? "";
}

/** A title made ready for comparing. */
export interface FoldedTitle {
  whole: string;
  /** Without the number in front. */
  bare: string;
}

export function prepareTitle(text: string): FoldedTitle {
  const number = numberOf(text);
  const whole = foldTitle(text);
  return { whole, bare: number === "" ? whole : foldTitle(text.slice(number.length)) };
}

const maxCompared = 300;

/**
 * 1 for equal titles, 0 for strangers: one minus the edit distance over the longer length. What is below `atLeast` may be told
 * as 0, which spares most of the work.
 */
export function similarity(a: string, b: string, atLeast = 0): number {
  const left = a.length > maxCompared ? a.slice(0, maxCompared) : a;
  const right = b.length > maxCompared ? b.slice(0, maxCompared) : b;
  if (left === right) return left.length === 0 ? 0 : 1;
  const longer = Math.max(left.length, right.length);
  const allowed = Math.floor((1 - atLeast) * longer + 1e-6);
  if (Math.abs(left.length - right.length) > Math.min(allowed, 0.4 * longer)) return 0;
  const distance = editDistance(left, right, allowed);
  return distance > allowed ? 0 : 1 - distance / longer;
}

/** The better of the similarities with and without the numbers in front; numbers alone never match. See `similarity`. */
export function compareTitles(a: FoldedTitle, b: FoldedTitle, atLeast = 0): number {
  const whole = similarity(a.whole, b.whole, atLeast);
  if (whole > 0.97 || a.bare.length <= 1 || b.bare.length <= 1) return whole;
  if (a.bare === a.whole && b.bare === b.whole) return whole;
  return Math.max(whole, similarity(a.bare, b.bare, atLeast));
}

export function titleSimilarity(a: string, b: string): number {
  return compareTitles(prepareTitle(a), prepareTitle(b));
}

let rowBefore = new Uint16Array(maxCompared + 1);
let row = new Uint16Array(maxCompared + 1);

/** Levenshtein's distance of strings of at most `maxCompared` units; more than `allowed` when it is more than that. */
function editDistance(a: string, b: string, allowed: number): number {
  for (let j = 0; j <= b.length; j++) rowBefore[j] = j;
  for (let i = 1; i <= a.length; i++) {
    row[0] = i;
    let least = i;
    const unit = a.charCodeAt(i - 1);
    for (let j = 1; j <= b.length; j++) {
      let best = rowBefore[j - 1]! + (unit === b.charCodeAt(j - 1) ? 0 : 1);
      if (rowBefore[j]! + 1 < best) best = rowBefore[j]! + 1;
      if (row[j - 1]! + 1 < best) best = row[j - 1]! + 1;
      row[j] = best;
      if (best < least) least = best;
    }
    if (least > allowed) return allowed + 1;
    [rowBefore, row] = [row, rowBefore];
  }
  return rowBefore[b.length]!;
}
