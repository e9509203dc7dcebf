/**
 * Extractive summaries: sentences of the text itself, chosen by how much of the text's vocabulary they carry (distance to the centroid,
 * Radev et al. 2004), with a bonus for standing early and, for more than one sentence, without repeating each other
 * (maximal marginal relevance, Carbonell and Goldstein 1998).
 */
import { splitSentences, splitWords } from "./segment.ts";
import { stopWordsOf } from "./stopwords.ts";

export interface SummaryOptions {
  readonly language?: string | undefined;
  /** At most this many sentences. */
  readonly sentences: number;
  /** The summary is cut at a word near here. */
  readonly maxCharacters: number;
  /** Texts shorter than this are their own summary: "" is returned. */
  readonly minCharacters: number;
}
/** One line in the sections' metadata. */
export const sectionSummary = { sentences: 1, maxCharacters: 320, minCharacters: 500 } as const;
export const documentSummary = { sentences: 3, maxCharacters: 800, minCharacters: 200 } as const;

/** More is not looked at: what a text is about is said before. */
const sentenceLimit = 500;
const characterLimit = 200_000;

interface Scored {
  readonly text: string;
  readonly at: number;
  readonly words: ReadonlySet<string>;
  readonly score: number;
}

/** The sentences that carry most of a text, in the order they stand in it; "" for short texts. */
export function summarize(text: string, options: SummaryOptions): string {
  if (text.length < options.minCharacters) return "";
  const sentences = splitSentences(text.slice(0, characterLimit)).slice(0, sentenceLimit).filter(isSentence);
  if (sentences.length === 0) return "";
  const chosen = choose(scoreSentences(sentences, options.language), options.sentences);
  return clip(chosen.map((sentence) => sentence.text).join(" "), options.maxCharacters);
}

/** Neither a crumb nor a table row or list of references run together. */
function isSentence(sentence: string): boolean {
  if (sentence.length >= 1000) return false;
  const letters = countLetters(sentence);
  const dense = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{sc=Thai}]/u.test(sentence);
  return letters >= (dense ? 8 : 25) && letters > sentence.length * 0.5;
}

/** Most are of ASCII, which needs no tables. */
function countLetters(text: string): number {
  if (/^[\0-\x7f]*$/.test(text)) return text.length - text.replace(/[a-z]+/gi, "").length;
  return text.match(/\p{L}/gu)?.length ?? 0;
}

function scoreSentences(sentences: readonly string[], language: string | undefined): Scored[] {
  const stops = stopWordsOf(language);
  const bags = sentences.map(
    (sentence) =>
      new Set(
        splitWords(sentence, language)
          .map((word) => word.text.toLowerCase())
          .filter((word) => !stops.has(word) && word.length > 1),
      ),
  );
  const weights = new Map<string, number>();
  for (const bag of bags) for (const word of bag) weights.set(word, (weights.get(word) ?? 0) + 1);
  return sentences.map((text, at) => {
    const words = bags[at]!;
    let carried = 0;
    for (const word of words) carried += Math.log2(weights.get(word)!);
    const early = at === 0 ? 1.35 : 1 + 0.25 * (1 - at / sentences.length);
    return { text, at, words, score: (carried / Math.sqrt(words.size + 4)) * early + (at === 0 ? 0.01 : 0) };
  });
}

function choose(scored: readonly Scored[], count: number): Scored[] {
  const left = [...scored];
  const chosen: Scored[] = [];
  while (chosen.length < count && left.length > 0) {
    let best = 0;
    let bestValue = Number.NEGATIVE_INFINITY;
    left.forEach((sentence, at) => {
      const value = sentence.score * (1 - Math.max(0, ...chosen.map((other) => likeness(sentence, other))));
      if (value > bestValue) {
        best = at;
        bestValue = value;
      }
    });
    chosen.push(...left.splice(best, 1));
  }
  return chosen.sort((a, b) => a.at - b.at);
}

function likeness(a: Scored, b: Scored): number {
  let shared = 0;
  for (const word of a.words) if (b.words.has(word)) shared++;
  return shared / Math.max(1, Math.min(a.words.size, b.words.size));
}

/** The text cut at a word end so that it has at most `maxCharacters` characters, the ellipsis included. */
export function clip(text: string, maxCharacters: number): string {
  // Only the beginning matters; texts may be megabytes long.
  const clean = text
    .trimStart()
    .slice(0, maxCharacters * 4 + 1000)
    .replace(/\s+/g, " ")
    .trim();
  const characters = [...clean];
  if (characters.length <= maxCharacters) return clean;
  const head = characters.slice(0, maxCharacters - 1).join("");
  const space = head.lastIndexOf(" ");
  return `${(space > head.length * 0.6 ? head.slice(0, space) : head).replace(/[\s,;:–—-]+$/u, "")}…`;
}
