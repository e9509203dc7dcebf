/** List markers at the start of a printed line: bullets, check-boxes, numbers and letters. */
import type { FontFact, Word } from "./facts.ts";
import type { ListMarker } from "./flow.ts";

const bullets =
  /^[\u2022\u2023\u2043\u2219\u25aa\u25ab\u25cf\u25cb\u25e6\u25a0\u25a1\u25b6\u25b8\u25ba\u25b7\u25b9\u25c6\u25c7\u25c8\u25c9\u25fc\u25fb\u25fe\u25fd\u2013\u2014\u2212\u27a2\u27a4\u2794\u2192\u279c\u2713\u2714\u2756\u2605\u2606\u00b7\u00a7\u25ca\u2751\u2752\u274f\u2740\u204c\u204d\u29bf\u30fb\uff65*\u203b\u25b3\u25bd\u25b2\u25bc\u261e\u27a1-]$/u;
const emptyBoxes = /^[\u2610\u25a1\u2751\u2752\u274f\u274d\u274e]$/u;
const tickedBoxes = /^[\u2611\u2612\u2705\u22a0]$/u;
const symbolFont = /wingding|webding|dingbat|marlett|^symbol|bullet/i;
const privateUse = /^[\ue000-\uf8ff]$/u;

/** Wingdings and Dingbats characters (low byte, both as Latin-1 and in the private area) that are check-boxes. */
const wingdingsBoxes = new Map<number, boolean>([
  [0x6f, false],
  [0x71, false],
  [0x72, false],
  [0xa8, false],
  [0x52, true],
  [0x53, true],
  [0x54, true],
  [0xfd, true],
  [0xfe, true],
  [0x78, true],
]);

const hangulOrder = "\uac00\ub098\ub2e4\ub77c\ub9c8\ubc14\uc0ac\uc544\uc790\ucc28\uce74\ud0c0\ud30c\ud558";
const hanNumbers = "\u4e00\u4e8c\u4e09\u56db\u4e94\u516d\u4e03\u516b\u4e5d\u5341";
const ordered =
  /^([([\u3010\uff08]?)(?:(\d{1,3})|([a-z])|([A-Z])|([ivxl]{2,6})|([IVXL]{2,6})|([\uac00-\ud558])|([\u4e00-\u9fa5]))([.)\]\uff09\u3001\uff0e:]|\.\))$/u;

/** The marker that a line begins with; undefined for an ordinary line. */
export function findMarker(words: readonly Word[], fonts: readonly FontFact[]): ListMarker | undefined {
  const first = words[0];
  if (!first) return undefined;
  const second = words[1];
  // In a line from right to left the marker stands at the right of its text, and its right edge is where it begins.
  const rtl = second !== undefined && second.box[0] < first.box[0];
  const x = first.box[rtl ? 2 : 0];
  const textX = second ? second.box[rtl ? 2 : 0] : first.box[2];
  const make = (marker: Omit<ListMarker, "x" | "textX" | "characters">): ListMarker => ({
    ...marker,
    characters: first.text.length,
    x,
    textX,
  });
  const symbolic = symbolFont.test(fonts[first.font]?.name ?? "");
  // "☐ yes ☐ no" are the choices of one question, not an item.
  if (isBox(first) && words.some((word, at) => at > 0 && isBox(word))) return undefined;
  if ([...first.text].length === 1 && !first.shift) {
    const code = first.text.codePointAt(0)!;
    const low = code >= 0xf000 && code <= 0xf0ff ? code - 0xf000 : code;
    if (
      (symbolic || privateUse.test(first.text)) &&
      wingdingsBoxes.has(low) &&
      /wingding|dingbat/i.test(fonts[first.font]?.name ?? "")
    ) {
      // In Wingdings these squares serve as plain bullets at least as often: only a tick is told apart.
      const checked = wingdingsBoxes.get(low)!;
      return make({
        text: checked ? "\u2612" : "\u25a1",
        ordered: false,
        style: "box",
        ...(checked ? { checked } : {}),
      });
    }
    if (tickedBoxes.test(first.text)) return make({ text: first.text, ordered: false, style: "box", checked: true });
    if (emptyBoxes.test(first.text)) {
      return make({
        text: first.text,
        ordered: false,
        style: "box",
        ...(first.text === "\u2610" ? { checked: false } : {}),
      });
    }
    if (!second || second.glued) {
      if (symbolic || privateUse.test(first.text))
        return second ? make({ text: "\u2022", ordered: false, style: "symbol" }) : undefined;
      if (!second || !bullets.test(first.text) || /[-*\u2013\u2014\u2212\u00a7\u00b7]/u.test(first.text))
        return undefined;
    }
    if (symbolic || privateUse.test(first.text)) return make({ text: "\u2022", ordered: false, style: "symbol" });
    // Courier's "o" is the second-level bullet of a common office suite.
    if (first.text === "o" && second && fonts[first.font]?.monospace && !fonts[second.font]?.monospace) {
      return make({ text: "o", ordered: false, style: "o" });
    }
    if (bullets.test(first.text) && second && !isSign(first, second))
      return make({ text: first.text, ordered: false, style: first.text });
    return undefined;
  }
  const order = second && !first.shift ? readOrdinal(first.text) : undefined;
  return order ? make({ text: first.text, ordered: true, ...order }) : undefined;
}

function isBox({ text }: Word): boolean {
  return emptyBoxes.test(text) || tickedBoxes.test(text);
}

/** A minus or asterisk that touches a number is a sign. */
function isSign(mark: Word, next: Word): boolean {
  return /[-\u2212\u2013*]/u.test(mark.text) && next.box[0] - mark.box[2] < 0.12 * next.size;
}

/** Value and kind of "3.", "(b)", "iv)", "가."; undefined when the word is no ordinal. */
export function readOrdinal(text: string): { value: number; style: string } | undefined {
  const match = ordered.exec(text);
  if (!match) return undefined;
  const [, open, digits, lower, upper, romanLower, romanUpper, hangul, han, close] = match;
  const style = (kind: string) => `${open}${kind}${close}`;
  if ((open === "(" && !/[)\uff09]/.test(close!)) || (close === ":" && !digits)) return undefined;
  if (digits) return { value: Number(digits), style: style("1") };
  if (lower) return { value: lower.charCodeAt(0) - 96, style: style("a") };
  if (upper) return { value: upper.charCodeAt(0) - 64, style: style("A") };
  const roman = romanLower ?? romanUpper;
  if (roman) {
    const value = readRoman(roman.toUpperCase());
    return value === undefined ? undefined : { value, style: style(romanLower ? "i" : "I") };
  }
  const at = hangul ? hangulOrder.indexOf(hangul) : han ? hanNumbers.indexOf(han) : -1;
  return at < 0 ? undefined : { value: at + 1, style: style(hangul ? "\uac00" : "\u4e00") };
}

/** Value of a Roman numeral in canonical form. */
export function readRoman(text: string): number | undefined {
  if (!/^(?=[IVXLC])(XC|XL|L?X{0,3})(IX|IV|V?I{0,3})$/.test(text)) return undefined;
  const values: Record<string, number> = { I: 1, V: 5, X: 10, L: 50, C: 100 };
  let sum = 0;
  for (let i = 0; i < text.length; i++) {
    const value = values[text[i]!]!;
    sum += value < (values[text[i + 1]!] ?? 0) ? -value : value;
  }
  return sum;
}

/** The value a single letter has as a Roman numeral ("i", "v", "x" are letters and numerals at once). */
export function readLetterAsRoman(text: string): number | undefined {
  const letter = /^[([]?([ivxIVX])[.)\]]$/.exec(text)?.[1];
  return letter ? readRoman(letter.toUpperCase()) : undefined;
}

/** Whether `after` is the next of the sequence that `before` stands in; a single letter counts as the numeral its neighbour needs. */
export function isNext(before: ListMarker, after: ListMarker): boolean {
  if (!before.ordered || !after.ordered) return false;
  if (before.style === after.style) return after.value === (before.value ?? 0) + 1;
  const [one, two] = [romanOf(before), romanOf(after)];
  return one !== undefined && two !== undefined && one.style === two.style && two.value === one.value + 1;
}

function romanOf(marker: ListMarker): { value: number; style: string } | undefined {
  if (/[iI]/.test(marker.style)) return { value: marker.value ?? 0, style: marker.style };
  const value = readLetterAsRoman(marker.text);
  if (value === undefined) return undefined;
  return { value, style: marker.style.replace(/[aA]/, (kind) => (kind === "a" ? "i" : "I")) };
}
