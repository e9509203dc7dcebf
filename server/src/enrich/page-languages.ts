/**
 * Which languages besides English the lines of a recognised page are in. English data read other languages of the Latin script
 * with high confidence and without their accents, so confidence tells nothing; the common short words do, most of which have none.
 */
import { identifyLanguage } from "./language.ts";
import { stopWordsOf } from "./stopwords.ts";

/** Languages of the Latin script with a list of stop words: ISO 639-1. */
const latin = "de fr es it pt nl sv da no fi pl cs sk sl hr hu ro tr vi id ca eu gl lt lv et af ga".split(" ");
/** Lines are joined until they have this many letters: below it statistics guess. */
const sampleLetters = 36;
/** A sample is looked at closely when it has this many stop words of one language, this share of its words, and more than of English. */
const leastStopWords = 2;
const leastShare = 0.2;

export interface PageLanguage {
  /** ISO 639-1. */
  language: string;
  letters: number;
}

let languagesOfWord: Map<string, string[]> | undefined;

/** The languages other than English, by how many letters are in them; empty for lists of names and numbers. */
export async function findPageLanguages(lines: readonly string[]): Promise<PageLanguage[]> {
  const found = new Map<string, number>();
  for (const sample of samplesOf(lines)) {
    const language = await foreignLanguageOf(sample);
    if (language !== undefined) found.set(language, (found.get(language) ?? 0) + lettersOf(sample));
  }
  return [...found].map(([language, letters]) => ({ language, letters })).sort((a, b) => b.letters - a.letters);
}

function* samplesOf(lines: readonly string[]): Generator<string> {
  let sample = "";
  for (const line of lines) {
    sample = sample === "" ? line : `${sample} ${line}`;
    if (lettersOf(sample) < sampleLetters) continue;
    yield sample;
    sample = "";
  }
  if (sample !== "") yield sample;
}

async function foreignLanguageOf(sample: string): Promise<string | undefined> {
  const words = sample.toLowerCase().match(/\p{L}+/gu) ?? [];
  const counts = countStopWords(words);
  const english = counts.get("en") ?? 0;
  const most = Math.max(0, ...latin.map((language) => counts.get(language) ?? 0));
  if (most < leastStopWords || most < leastShare * words.length || most <= english) return undefined;
  const language = await identifyLanguage(sample);
  // The statistics decide between languages that share words; the words say that it is no list of names.
  return language !== undefined && latin.includes(language) && (counts.get(language) ?? 0) >= 0.6 * most
    ? language
    : undefined;
}

function countStopWords(words: readonly string[]): Map<string, number> {
  languagesOfWord ??= indexStopWords();
  const counts = new Map<string, number>();
  for (const word of words)
    for (const language of languagesOfWord.get(word) ?? []) counts.set(language, (counts.get(language) ?? 0) + 1);
  return counts;
}

function indexStopWords(): Map<string, string[]> {
  const index = new Map<string, string[]>();
  for (const language of ["en", ...latin])
    for (const word of stopWordsOf(language)) index.set(word, [...(index.get(word) ?? []), language]);
  return index;
}

const lettersOf = (text: string): number => text.match(/\p{L}/gu)?.length ?? 0;
