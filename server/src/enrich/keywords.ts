/**
 * Keywords without a model, in the manner of RAKE and YAKE.
 *
 * A candidate is a run of up to three content words with nothing but spaces between them (Rose et al. 2010). A word
 * weighs more when it is frequent here, early, written with a capital in mid-sentence, and rare in the other sections
 * of the document. A phrase gets the sum of its words' weights, damped by its length, times how often it occurs;
 * phrases that share most of their words with a better one are passed over.
 */
import { splitWords, type Word } from "./segment.ts";
import { stopWordsOf } from "./stopwords.ts";

/** In how many sections of the document each word occurs. */
export interface Background {
  readonly sections: number;
  readonly counts: ReadonlyMap<string, number>;
}
export interface KeywordOptions {
  readonly language?: string | undefined;
  /** At most this many. */
  readonly count: number;
  readonly background?: Background | undefined;
}

const longestPhrase = 3;
/** Keywords of a section are decided by its beginning; a whole book as one section must not cost minutes. */
const characterLimit = 60_000;
const unspaced = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;
/** Particles that Korean glues to its nouns. */
const koreanParticles =
  /(?:에서는|으로는|에게서|에서|으로|에게|까지|부터|처럼|보다|들은|들이|들을|은|는|이|가|을|를|의|에|로|와|과|도|만)$/u;

interface Token extends Word {
  readonly key: string;
  readonly content: boolean;
}
interface Candidate {
  readonly keys: readonly string[];
  readonly surface: string;
  count: number;
  readonly first: number;
}

/** The phrases that best say what a text is about, best first, as they are written in it. */
export function findKeywords(text: string, options: KeywordOptions): string[] {
  const read = text.length > characterLimit ? text.slice(0, characterLimit) : text;
  const tokens = readTokens(read, options.language);
  const weights = weighWords(tokens, read, options.background);
  const scored = [...candidatesOf(tokens, read).values()].map((candidate) => ({
    candidate,
    score: scoreOf(candidate, weights),
  }));
  scored.sort((a, b) => b.score - a.score || a.candidate.first - b.candidate.first);
  const chosen: Candidate[] = [];
  for (const { candidate } of scored) {
    if (chosen.length >= options.count) break;
    if (!chosen.some((other) => overlap(candidate, other))) chosen.push(candidate);
  }
  return chosen.map((candidate) => candidate.surface);
}

/** The lower-cased content words of a text, for counting in how many sections each occurs. */
export function contentWords(text: string, language?: string): Set<string> {
  const read = text.length > characterLimit ? text.slice(0, characterLimit) : text;
  return new Set(readTokens(read, language).flatMap((token) => (token.content ? [token.key] : [])));
}

function readTokens(text: string, language: string | undefined): Token[] {
  const judge = judgeOf(language);
  return splitWords(text, language).map((word) => {
    const { key, content } = judge(word.text);
    return { text: word.text, start: word.start, key, content };
  });
}

interface Judgement {
  readonly key: string;
  readonly content: boolean;
}
/** Words come back again and again, so each is judged once; a cache that grew this large is dropped. */
const cacheLimit = 50_000;
const caches = new Map<string, Map<string, Judgement>>();

function judgeOf(language: string | undefined): (word: string) => Judgement {
  const stops = stopWordsOf(language);
  const code = language ?? "";
  let cache = caches.get(code);
  if (cache === undefined || cache.size > cacheLimit) caches.set(code, (cache = new Map()));
  return (word) => {
    let judgement = cache.get(word);
    if (judgement === undefined) cache.set(word, (judgement = judgeWord(word, language === "ko", stops)));
    return judgement;
  };
}

/** Long enough, no stop word, and not a number ("12.5", "3rd"). */
function judgeWord(word: string, korean: boolean, stops: ReadonlySet<string>): Judgement {
  const lower = word.toLowerCase();
  const key = korean ? lower.replace(koreanParticles, "") || lower : lower;
  const fewest = korean || unspaced.test(key) ? 2 : 3;
  const long = key.length >= fewest || /^\p{Lu}{2}$/u.test(word);
  const content =
    long && !stops.has(lower) && !stops.has(key) && /\p{L}/u.test(key) && !/^\d+[.,\d]*\p{L}{0,2}$/u.test(key);
  return { key, content };
}

function weighWords(tokens: readonly Token[], text: string, background: Background | undefined): Map<string, number> {
  const counts = new Map<string, { count: number; first: number; capital: boolean }>();
  tokens.forEach((token, at) => {
    if (!token.content) return;
    const capital =
      at > 0 &&
      /^\p{Lu}/u.test(token.text) &&
      /[\p{L}\p{N},;]\s$/u.test(text.slice(Math.max(0, token.start - 2), token.start));
    const entry = counts.get(token.key);
    if (entry === undefined) counts.set(token.key, { count: 1, first: at, capital });
    else {
      entry.count++;
      entry.capital ||= capital;
    }
  });
  return new Map(
    [...counts].map(([key, { count, first, capital }]) => {
      const early = 1 + 0.5 * (1 - first / Math.max(1, tokens.length));
      const rare = background === undefined ? 1 : rarity(key, background);
      return [key, (Math.log2(1 + count) * early + (capital ? 0.5 : 0)) * rare];
    }),
  );
}

function rarity(key: string, background: Background): number {
  if (background.sections < 4) return 1;
  const share = Math.min(1, (background.counts.get(key) ?? 1) / background.sections);
  return 0.3 + Math.log(1 / Math.max(share, 0.001)) / Math.log(background.sections + 1);
}

function candidatesOf(tokens: readonly Token[], text: string): Map<string, Candidate> {
  const found = new Map<string, Candidate>();
  for (let start = 0; start < tokens.length; start++) {
    const keys: string[] = [];
    for (let end = start; end < tokens.length && end - start < longestPhrase && tokens[end]!.content; end++) {
      if (end > start && !touches(tokens[end - 1]!, tokens[end]!, text)) break;
      keys.push(tokens[end]!.key);
      const id = keys.join(" ");
      const known = found.get(id);
      const last = tokens[end]!;
      if (known !== undefined) known.count++;
      else {
        const surface = surfaceOf(text.slice(tokens[start]!.start, last.start + last.text.length), last);
        found.set(id, { keys: [...keys], surface, count: 1, first: start });
      }
    }
  }
  return found;
}

function surfaceOf(written: string, last: Token): string {
  const clean = written.replace(/\s+/g, " ");
  // The particle glued to the last word is no part of the keyword.
  return last.key.length < last.text.length
    ? clean.slice(0, clean.length - (last.text.length - last.key.length))
    : clean;
}

/** Nothing but one space (or nothing, in scripts without spaces) stands between the words. */
function touches(left: Token, right: Token, text: string): boolean {
  // A particle cut off its noun ends the phrase (Korean).
  if (left.key.length < left.text.length) return false;
  const between = text.slice(left.start + left.text.length, right.start);
  return between === " " || (between === "" && unspaced.test(left.text) && unspaced.test(right.text));
}

function scoreOf(candidate: Candidate, weights: ReadonlyMap<string, number>): number {
  const sum = candidate.keys.reduce((total, key) => total + (weights.get(key) ?? 0), 0);
  // Words that stand together once did so by chance.
  const repeated = candidate.keys.length === 1 ? 1 : 0.75 * Math.log2(1 + candidate.count);
  return (sum / candidate.keys.length ** 0.7) * repeated;
}

function overlap(a: Candidate, b: Candidate): boolean {
  const shared = a.keys.filter((key) => b.keys.includes(key)).length;
  const share = shared / Math.min(a.keys.length, b.keys.length);
  // A phrase that occurs once needs to be about something else altogether.
  return a.count === 1 ? share >= 0.5 : share > 0.5;
}
