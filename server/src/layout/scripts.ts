/** What layout must know about writing systems: direction, joining without spaces, ligatures. */

const rtl = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/u;
const rtlStrong = /[\u05d0-\u05ea\u0620-\u064a\u066e-\u06d3\u06fa-\u06ff\u0710-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/u;
const cjk =
  /[\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\u{20000}-\u{3134f}]/u;
const cjkPunctuation = /[\u3000-\u3004\u3008-\u3020\u3030\uff00-\uff65\uffe0-\uffee]/u;
const hangul = /[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]/u;
const combining = /^\p{M}+$/u;

/** No character has this code or a higher one: spares most glyphs a regular expression. */
function isBelow(text: string, code: number): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) >= code) return false;
  return true;
}

/** Letters and digits of a text, in UTF-16 units. */
export function countLetters(text: string): number {
  let count = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0x80) return text.replace(/[^\p{L}\p{N}]/gu, "").length;
    if ((code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || (code >= 0x30 && code <= 0x39)) count++;
  }
  return count;
}

/** Written from right to left. */
export const isRtl = (text: string): boolean => !isBelow(text, 0x590) && rtlStrong.test(text);
/** Ideographs and kana, which join across lines without a space. Hangul is not among them: Korean has spaces. */
export const isCjk = (text: string): boolean => !isBelow(text, 0x2e80) && (cjk.test(text) || cjkPunctuation.test(text));
export const isIdeograph = (text: string): boolean => cjk.test(text);
export const isHangul = (text: string): boolean => hangul.test(text);
/** Nothing but marks that sit on another character. */
export const isCombining = (text: string): boolean => !isBelow(text, 0x300) && combining.test(text);

/** Share of right-to-left letters among the letters. */
export function rtlShare(text: string): number {
  if (isBelow(text, 0x590) || !rtlStrong.test(text)) return 0;
  let right = 0;
  let all = 0;
  for (const letter of text.match(/\p{L}/gu) ?? []) {
    all++;
    if (rtlStrong.test(letter)) right++;
  }
  return all === 0 ? 0 : right / all;
}

/** Latin and Hebrew ligatures, Arabic presentation forms, compatibility ideographs, full-width ASCII is left alone. */
const foldable =
  /[\ufb00-\ufb06\ufb13-\ufb17\ufb1d-\ufb4f\ufb50-\ufdcf\ufdf0-\ufdfc\ufe70-\ufefc\uf900-\ufaff\u0132\u0133\u01c4-\u01cc\u2f00-\u2fdf]/gu;

/**
 * NFC text with ligatures and presentation forms folded; superscript digits and other meaningful compatibility
 * characters are kept. U+0002 and U+FFFE are how PDF text engines mark a hyphen at a line end.
 */
export function cleanText(raw: string): string {
  if (/^[\x20-\x7e]*$/.test(raw)) return raw;
  return raw
    .replace(foldable, (character) => character.normalize("NFKC"))
    .replace(/[\u0002\ufffe]/g, "-")
    .replace(/[\u0000-\u001f\u007f-\u009f\u200b\u2060\ufeff\u200e\u200f\u202a-\u202e]/g, "")
    .replace(/[\u00a0\u2000-\u200a\u202f]/g, " ")
    .normalize("NFC");
}

const spacingAccents: Record<string, string> = {
  "\u00b4": "\u0301",
  "\u0060": "\u0300",
  "\u00a8": "\u0308",
  "\u02c6": "\u0302",
  "\u02dc": "\u0303",
  "\u00af": "\u0304",
  "\u02c7": "\u030c",
  "\u02d8": "\u0306",
  "\u02da": "\u030a",
  "\u02d9": "\u0307",
  "\u02dd": "\u030b",
};

export const isSpacingAccent = (text: string): boolean =>
  text.length === 1 && text.charCodeAt(0) >= 0xa8 && text in spacingAccents;

/** The one character of a letter and a spacing accent; undefined when Unicode has none. */
export function accented(letter: string, accent: string): string | undefined {
  const base = letter === "\u0131" ? "i" : letter === "\u0237" ? "j" : letter;
  if (!/^\p{L}$/u.test(base)) return undefined;
  const composed = `${base}${spacingAccents[accent]}`.normalize("NFC");
  return composed.length === 1 ? composed : undefined;
}

/**
 * Puts the glyphs of a right-to-left word into logical order: from the right, but with numbers and Latin runs left to
 * right and marks after their letter. A lam-alef ligature comes as two characters with one box, often swapped.
 */
export function orderRtl<T>(
  items: readonly T[],
  glyphOf: (item: T) => { text: string; box: readonly number[] },
  startOf: (item: T) => number,
): T[] {
  const groups: T[][] = [];
  for (const item of items) {
    const last = groups[groups.length - 1];
    if (last && (isCombining(glyphOf(item).text) || sameBox(glyphOf(last[0]!).box, glyphOf(item).box))) last.push(item);
    else groups.push([item]);
  }
  for (const group of groups) repairLamAlef(group, glyphOf);
  groups.sort((a, b) => startOf(b[0]!) - startOf(a[0]!));
  const ordered: T[] = [];
  for (let i = 0; i < groups.length; ) {
    let end = i;
    while (end < groups.length && isLeftToRight(glyphOf(groups[end]![0]!).text)) end++;
    if (end > i) for (let k = end - 1; k >= i; k--) ordered.push(...groups[k]!);
    else ordered.push(...groups[end++]!);
    i = end;
  }
  return ordered;
}

const isLeftToRight = (text: string): boolean =>
  (!rtl.test(text) && /[\p{L}\p{N}]/u.test(text)) || /[\u0660-\u0669\u06f0-\u06f9]/u.test(text);

const sameBox = (a: readonly number[], b: readonly number[]): boolean =>
  a.every((value, i) => Math.abs(value - b[i]!) < 0.01);

function repairLamAlef<T>(group: T[], glyphOf: (item: T) => { text: string }): void {
  const alef = group.findIndex((item) => /^[\u0622\u0623\u0625\u0627\u0671]$/u.test(glyphOf(item).text));
  if (alef < 0) return;
  const lam = group.findIndex((item) => glyphOf(item).text === "\u0644");
  if (lam === alef + 1) [group[alef], group[lam]] = [group[lam]!, group[alef]!];
}
