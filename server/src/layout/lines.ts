/** Words of one region to printed lines, and lines to the compact form that is kept. */
import type { Box } from "@knowhere/contract";
import { growBox, holdsCenter, overlapY, unionOf } from "./boxes.ts";
import { turnBrackets } from "./brackets.ts";
import type { FontFact, LinkFact, PageFacts, Word } from "./facts.ts";
import type { FlowLine, FlowSpan, LinePart } from "./flow.ts";
import { joinScraps } from "./scraps.ts";
import { countLetters, isRtl } from "./scripts.ts";
import { joinWords, needsSpace } from "./text.ts";

/** Words of one printed line in reading order. */
export interface Line {
  words: Word[];
  box: Box;
  baseline: number;
  /** Size of most characters. */
  size: number;
}

/** Baselines this share of the size apart are one line. */
const sameLineEm = 0.3;

/** Groups words by baseline, top to bottom; raised and lowered words go to the line they touch. */
export function buildLines(words: readonly Word[], rtl: boolean): Line[] {
  const lines: Line[] = [];
  const scripts: Word[] = [];
  const plain = words.filter((word) => {
    if (word.shift) scripts.push(word);
    return !word.shift;
  });
  plain.sort((a, b) => a.baseline - b.baseline || a.box[0] - b.box[0]);
  for (const word of plain) {
    const line = lines.at(-1);
    const reach = sameLineEm * Math.min(word.size, line?.size ?? word.size);
    // OCR has no true baselines: words whose boxes share most of their height are on one line too.
    if (line && (word.baseline - line.baseline <= reach || sharesHeight(line, word))) addWord(line, word);
    else lines.push({ words: [word], box: [...word.box], baseline: word.baseline, size: word.size });
  }
  for (const script of scripts) {
    const { limitOf } = script;
    const line = limitOf ? lines.find(({ words }) => words.includes(limitOf)) : findLine(lines, script);
    if (line) addWord(line, script);
    else lines.push({ words: [script], box: [...script.box], baseline: script.baseline, size: script.size });
  }
  for (const line of lines) finishLine(line, rtl);
  return joinDropCaps(joinScraps(lines.sort((a, b) => a.baseline - b.baseline || a.box[0] - b.box[0])));
}

function sharesHeight(line: Line, word: Word): boolean {
  if (word.confidence === undefined) return false;
  const height = Math.min(line.box[3] - line.box[1], word.box[3] - word.box[1]);
  return overlapY(line.box, word.box) > 0.6 * height;
}

function addWord(line: Line, word: Word): void {
  line.words.push(word);
  growBox(line.box, word.box);
}

/** The line whose words a script stands next to. */
function findLine(lines: Line[], script: Word): Line | undefined {
  let best: Line | undefined;
  let bestCost = Number.POSITIVE_INFINITY;
  let low = 0;
  let high = lines.length;
  const from = script.baseline - 3 * script.size;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (lines[middle]!.baseline < from) low = middle + 1;
    else high = middle;
  }
  for (let i = low; i < lines.length && lines[i]!.baseline < script.baseline + 4 * script.size; i++) {
    const line = lines[i]!;
    const rise = line.baseline - script.baseline;
    if (script.shift === "super" ? rise < 0 : rise > 0) continue;
    let near = Number.POSITIVE_INFINITY;
    for (const word of line.words) {
      near = Math.min(near, Math.max(0, script.box[0] - word.box[2], word.box[0] - script.box[2]));
    }
    const cost = near + Math.abs(rise);
    if (cost < bestCost && Math.abs(rise) <= line.size && near <= 2 * line.size) {
      best = line;
      bestCost = cost;
    }
  }
  return best;
}

function finishLine(line: Line, rtl: boolean): void {
  const readAt = (word: Word) => (word.limitOf ? word.limitOf.box[2] : word.box[0]);
  line.words.sort((a, b) => readAt(a) - readAt(b) || a.box[0] - b.box[0] || (a.glyphs[0] ?? 0) - (b.glyphs[0] ?? 0));
  if (rtl || line.words.some((word) => isRtl(word.text))) line.words = turnBrackets(orderBidi(line.words, rtl));
  const { size } = line.words[0]!;
  if (line.words.every((word) => word.size === size && !word.shift && word.text !== "")) {
    line.size = size;
    return;
  }
  const sizes = new Map<number, number>();
  for (const word of line.words) if (!word.shift) sizes.set(word.size, (sizes.get(word.size) ?? 0) + word.text.length);
  let most = 0;
  for (const [size, count] of sizes) {
    if (count > most) {
      most = count;
      line.size = size;
    }
  }
}

/**
 * Words of a line with right-to-left text, in logical order. Runs of the line's own direction keep their order, runs of
 * the other are turned round; numbers and punctuation go with what surrounds them.
 */
function orderBidi(sorted: Word[], rtl: boolean): Word[] {
  const rtlLetters = sorted.filter((word) => isRtl(word.text)).length;
  const lineRtl = rtl
    ? rtlLetters > 0 || !sorted.some((word) => /\p{L}/u.test(word.text))
    : rtlLetters > sorted.length / 2;
  const visual = lineRtl ? [...sorted].reverse() : sorted;
  const ordered: Word[] = [];
  for (let i = 0; i < visual.length; ) {
    const opposite = (word: Word) => (lineRtl ? /\p{L}/u.test(word.text) && !isRtl(word.text) : isRtl(word.text));
    if (!opposite(visual[i]!)) {
      ordered.push(visual[i++]!);
      continue;
    }
    let end = i + 1;
    for (let k = end; k < visual.length; k++) {
      if (opposite(visual[k]!)) end = k + 1;
      else if (/\p{L}/u.test(visual[k]!.text)) break;
    }
    ordered.push(...visual.slice(i, end).reverse());
    i = end;
  }
  // Inside a reversed line "glued" still tells about the neighbour at the left.
  return lineRtl ? ordered.map(turnNumber) : ordered;
}

/** The point of "1." stands at the left of its number in a line from right to left. */
function turnNumber(word: Word): Word {
  const [, points, number] =
    /^([.,:;!?)\u060c\u061b\u061f\u2026]+)(\p{N}(?:.*[\p{N}%\u066a])?)$/u.exec(word.text) ?? [];
  return points === undefined || isRtl(word.text) ? word : { ...word, text: `${number}${points}` };
}

const isCapital = (text: string): boolean => text.length <= 3 && /^["\u201c]?\p{Lu}$/u.test(text);

/** A drop cap stands on the baseline of the second or third line: it belongs to the first. */
function joinDropCaps(lines: Line[]): Line[] {
  for (let i = 1; i < lines.length; i++) {
    const line = lines[i]!;
    const cap = line.words.find((word) => word.size > 1.8 * line.size && isCapital(word.text));
    const only = line.words.length === 1 && isCapital(line.words[0]!.text) ? line.words[0]! : undefined;
    const letter = cap ?? only;
    if (!letter) continue;
    for (let k = Math.max(0, i - 4); k < i; k++) {
      const first = lines[k]!;
      if (letter.size < 1.8 * first.size || first.size > 0.6 * letter.size) continue;
      if (Math.abs(first.box[1] - letter.box[1]) > 0.8 * first.size) continue;
      const gap = first.box[0] - letter.box[2];
      if (gap < -0.2 * first.size || gap > 1.5 * first.size || first.words.includes(letter)) continue;
      line.words = line.words.filter((word) => word !== letter);
      // What stays begins beside the cap, not under it.
      if (line.words.length > 0) line.box = unionOf(line.words.map((word) => word.box));
      const next = first.words[0]!;
      // "T he": the cap is the first letter of the word, unless it is a word itself.
      first.words = [
        letter,
        { ...next, glued: gap < 0.45 * first.size || !/^["\u201c]?[AIO]$/.test(letter.text) },
        ...first.words.slice(1),
      ];
      growBox(first.box, letter.box);
      break;
    }
  }
  return lines.filter((line) => line.words.length > 0);
}

/** What `toFlowLine` needs of the page. */
export interface LineContext {
  facts: PageFacts;
  links: readonly LinkFact[];
}

/** The compact form of a line: styled spans instead of words. */
export function toFlowLine(line: Line, context: LineContext): FlowLine {
  const spans: FlowSpan[] = [];
  const mcids: number[] = [];
  const tally = { all: 0, bold: 0, italic: 0, mono: 0 };
  const links = context.links.filter((link) => overlapY(link.box, line.box) >= -1);
  const colors = new Map<number, number>();
  const fonts = new Map<number, number>();
  let confidence = 0;
  let confident = 0;
  let previous: Word | undefined;
  for (const word of line.words) {
    if (word.mcid >= 0 && !mcids.includes(word.mcid)) mcids.push(word.mcid);
    if (word.text === "") continue;
    const font = context.facts.fonts[word.font];
    const letters = countLetters(word.text);
    tally.all += letters;
    if (word.bold) tally.bold += letters;
    if (word.italic) tally.italic += letters;
    if (font?.monospace) tally.mono += letters;
    colors.set(word.color, (colors.get(word.color) ?? 0) + word.text.length);
    fonts.set(word.font, (fonts.get(word.font) ?? 0) + word.text.length);
    if (word.confidence !== undefined) {
      confidence += word.confidence;
      confident++;
    }
    const span: FlowSpan = {
      text: word.text,
      spaced: previous !== undefined && needsSpace(previous, word),
      size: word.size,
      bold: word.bold,
      italic: word.italic,
      mono: font?.monospace ?? false,
      color: word.color,
      shift: word.shift,
      href: findLink(word, links),
    };
    if (font !== undefined && isMathFont(font)) span.math = true;
    const last = spans.at(-1);
    if (last && sameSpan(last, span)) last.text += (span.spaced ? " " : "") + span.text;
    else spans.push(span);
    previous = word;
  }
  const flow: FlowLine = {
    text: textOf(spans),
    spans,
    box: line.box,
    baseline: line.baseline,
    size: line.size,
    bold: tally.all > 0 && tally.bold >= 0.9 * tally.all,
    italic: tally.all > 0 && tally.italic >= 0.9 * tally.all,
    // A line of nothing but brackets is code when all of it is monospaced.
    mono: tally.all > 0 ? tally.mono >= 0.8 * tally.all : spans.length > 0 && spans.every((span) => span.mono),
    color: commonest(colors) ?? 0,
    font: commonest(fonts) ?? 0,
    mcids,
  };
  if (confident > 0) flow.confidence = confidence / confident;
  const parts = splitAtGaps(line);
  if (parts) flow.parts = parts;
  return flow;
}

/** White space of more em than this divides a line into parts that were placed apart. */
const wideGapEm = 2.5;

/** Undefined for a line in one piece, and for turned text. */
function splitAtGaps({ words, size }: Line): LinePart[] | undefined {
  let parts: LinePart[] | undefined;
  let from = 0;
  for (let i = 1; i <= words.length; i++) {
    const before = words[i - 1]!;
    const after = words[i];
    if (after) {
      const gap = Math.max(after.box[0] - before.box[2], before.box[0] - after.box[2]);
      if (gap <= wideGapEm * size || after.angle !== 0) continue;
    } else if (!parts) return undefined;
    const part = words.slice(from, i);
    const x0 = Math.min(...part.map((word) => word.box[0]));
    const x1 = Math.max(...part.map((word) => word.box[2]));
    parts ??= [];
    parts.push({ text: joinWords(part), x0, x1 });
    from = i;
  }
  return parts?.sort((a, b) => a.x0 - b.x0);
}

/** Fonts that producers set formulas in: Computer Modern and its heirs, office equation fonts, mathematical companions. */
const mathFont =
  /^(?:CM(?:MI|SY|EX|BSY|MIB)\d|MSAM|MSBM|EU[FRSEX]+M|rsfs|LMMath|MTMI|MTSY|MTEX|RMTMI|TeX-?Math)|Math|STIX.*(?:Math|Var)|txsy|pxsy|txmi|pxmi|NewTXMI|^Symbol/i;

const mathFonts = new WeakMap<FontFact, boolean>();

function isMathFont(font: FontFact): boolean {
  let known = mathFonts.get(font);
  if (known === undefined) {
    known = mathFont.test(font.name);
    mathFonts.set(font, known);
  }
  return known;
}

function textOf(spans: readonly FlowSpan[]): string {
  let text = "";
  for (const span of spans) text += span.spaced ? ` ${span.text}` : span.text;
  return text;
}

function sameSpan(a: FlowSpan, b: FlowSpan): boolean {
  return (
    a.bold === b.bold &&
    a.italic === b.italic &&
    a.mono === b.mono &&
    a.math === b.math &&
    a.color === b.color &&
    a.shift === b.shift &&
    a.href === b.href &&
    Math.abs(a.size - b.size) <= 0.1 * a.size
  );
}

function findLink(word: Word, links: readonly LinkFact[]): string | undefined {
  for (const link of links) {
    if (!holdsCenter(link.box, word.box, 1)) continue;
    return link.href ?? (link.page === undefined ? undefined : `#page-${link.page}`);
  }
  return undefined;
}

function commonest(counts: Map<number, number>): number | undefined {
  let best: number | undefined;
  let most = -1;
  for (const [key, count] of counts) {
    if (count > most) {
      most = count;
      best = key;
    }
  }
  return best;
}
