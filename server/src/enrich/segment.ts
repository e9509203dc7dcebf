/**
 * Sentences and words of any language.
 *
 * Scripts that put spaces between words are cut by regular expressions; for the others (Han, kana, Thai, Lao, Khmer,
 * Myanmar) the dictionaries of `Intl.Segmenter` are asked, which is right but some fifty times slower.
 */

const unspaced = "\\p{sc=Han}\\p{sc=Hiragana}\\p{sc=Katakana}ー\\p{sc=Thai}\\p{sc=Lao}\\p{sc=Khmer}\\p{sc=Myanmar}";
const unspacedRun = new RegExp(`[${unspaced}\\p{M}]+`, "gu");
const hasUnspaced = new RegExp(`[${unspaced}]`, "u");
const spacedWord = /[\p{L}\p{M}\p{N}]+(?:['’.\-‐][\p{L}\p{M}\p{N}]+)*/gu;

export interface Word {
  readonly text: string;
  /** UTF-16 offset in the text that was split. */
  readonly start: number;
}

const segmenters = new Map<string, Intl.Segmenter>();
function segmenterOf(language: string | undefined): Intl.Segmenter {
  const key = language ?? "";
  let segmenter = segmenters.get(key);
  if (segmenter === undefined) {
    segmenter = new Intl.Segmenter(language ?? "und", { granularity: "word" });
    segmenters.set(key, segmenter);
  }
  return segmenter;
}

/** The words of a text in order, numbers included, punctuation left out. */
export function splitWords(text: string, language?: string): Word[] {
  if (!hasUnspaced.test(text)) return matches(text, spacedWord, 0);
  const words: Word[] = [];
  let at = 0;
  for (const run of text.matchAll(unspacedRun)) {
    words.push(...matches(text.slice(at, run.index), spacedWord, at));
    // The dictionaries slow down on very long runs; nobody writes a thousand characters without punctuation.
    for (let offset = 0; offset < run[0].length; offset += 1000) {
      for (const piece of segmenterOf(language).segment(run[0].slice(offset, offset + 1000))) {
        if (piece.isWordLike === true) words.push({ text: piece.segment, start: run.index + offset + piece.index });
      }
    }
    at = run.index + run[0].length;
  }
  words.push(...matches(text.slice(at), spacedWord, at));
  return words;
}

function matches(text: string, pattern: RegExp, offset: number): Word[] {
  return Array.from(text.matchAll(pattern), (match) => ({ text: match[0], start: offset + match.index }));
}

/** Ends a sentence; the full stop of CJK needs no space behind it, the others do. */
const sentenceEnd = /[。！？｡．]+[」』”’）)\]]*|[.!?…‥؟۔।॥։።]+["'”’»)\]]*(?=\s|$)|\n\s*\n|\n/gu;
const abbreviation =
  /(?:^|[\s(])(?:\p{Lu}|[A-Za-z](?:\.[A-Za-z])+|Mr|Mrs|Ms|Dr|Prof|St|Jr|Sr|Inc|Ltd|Co|Corp|vs|etc|cf|al|ca|approx|resp|Fig|Figs|Eq|Eqs|Sec|Ch|Tab|Ref|No|Nos|Nr|Vol|pp|p|ed|eds|z\.B|d\.h|bzw|usw|vgl|Abb|S|art|núm|pág|Sra|Sr|Dra|M|Mme)\.$/u;

/** The sentences of a text in order, trimmed. Line ends end a sentence too (lists, headings, cells). */
export function splitSentences(text: string): string[] {
  const sentences: string[] = [];
  let start = 0;
  for (const match of text.matchAll(sentenceEnd)) {
    const end = match.index + match[0].length;
    if (match[0].startsWith(".") && !isFullStop(text, start, match.index + 1, end)) continue;
    push(sentences, text.slice(start, end));
    start = end;
  }
  push(sentences, text.slice(start));
  return sentences;
}

/** No abbreviation, initial or ordinal before the stop, and no lower-case word behind it. */
function isFullStop(text: string, start: number, stop: number, end: number): boolean {
  const before = text.slice(Math.max(start, stop - 12), stop);
  if (abbreviation.test(before)) return false;
  const after = /^\s+(\S)/u.exec(text.slice(end, end + 8))?.[1];
  return after === undefined || !/^\p{Ll}/u.test(after);
}

function push(sentences: string[], sentence: string): void {
  const trimmed = sentence.replace(/\s+/g, " ").trim();
  if (trimmed !== "") sentences.push(trimmed);
}
