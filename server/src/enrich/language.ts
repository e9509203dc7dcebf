/** Which language a text is in, offline: by its script where that decides, else by letter statistics. */

/** One language each, or a few that statistics must tell apart. Order matters: kana before Han. */
const scripts: readonly { pattern: RegExp; language: string | undefined }[] = [
  { pattern: /[\p{sc=Hiragana}\p{sc=Katakana}]/gu, language: "ja" },
  { pattern: /\p{sc=Hangul}/gu, language: "ko" },
  { pattern: /\p{sc=Han}/gu, language: "zh" },
  { pattern: /\p{sc=Thai}/gu, language: "th" },
  { pattern: /\p{sc=Hebrew}/gu, language: "he" },
  { pattern: /\p{sc=Greek}/gu, language: "el" },
  { pattern: /\p{sc=Armenian}/gu, language: "hy" },
  { pattern: /\p{sc=Georgian}/gu, language: "ka" },
  { pattern: /\p{sc=Khmer}/gu, language: "km" },
  { pattern: /\p{sc=Lao}/gu, language: "lo" },
  { pattern: /\p{sc=Myanmar}/gu, language: "my" },
  { pattern: /\p{sc=Tamil}/gu, language: "ta" },
  { pattern: /\p{sc=Telugu}/gu, language: "te" },
  { pattern: /\p{sc=Bengali}/gu, language: "bn" },
  { pattern: /\p{sc=Gujarati}/gu, language: "gu" },
  { pattern: /\p{sc=Gurmukhi}/gu, language: "pa" },
  { pattern: /\p{sc=Ethiopic}/gu, language: "am" },
  { pattern: /\p{sc=Devanagari}/gu, language: undefined },
  { pattern: /\p{sc=Arabic}/gu, language: undefined },
  { pattern: /\p{sc=Cyrillic}/gu, language: undefined },
  { pattern: /\p{sc=Latin}/gu, language: undefined },
];
const sampleCharacters = 6000;
/** Below this many letters statistics guess. */
const fewestLetters = 24;

/** ISO 639-1 code, or undefined when the text is too short or says nothing ("12.5 kg"). */
export async function identifyLanguage(text: string): Promise<string | undefined> {
  const sample = takeSample(text);
  const counts = scripts.map(({ pattern }) => sample.match(pattern)?.length ?? 0);
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total < 4) return undefined;
  // A tenth of kana among Han is Japanese; otherwise the script that most letters are in.
  if (counts[0]! >= 3 && counts[0]! > counts[2]! * 0.1 && counts[0]! + counts[2]! > total / 2) return "ja";
  const best = counts.indexOf(Math.max(...counts));
  if (scripts[best]!.language !== undefined) return scripts[best]!.language;
  if (total < fewestLetters) return undefined;
  const { detect } = await import("tinyld");
  return detect(sample) || undefined;
}

/** From the start, the middle and the end: covers and tables at the front tell little. */
function takeSample(text: string): string {
  if (text.length <= sampleCharacters) return text;
  const third = sampleCharacters / 3;
  const middle = Math.floor((text.length - third) / 2);
  return [text.slice(0, third), text.slice(middle, middle + third), text.slice(-third)].join(" ");
}
