/** Words too common to tell what a text is about. */
import * as lists from "stopword";

const listOf: Record<string, string> = {
  en: "eng",
  de: "deu",
  fr: "fra",
  es: "spa",
  it: "ita",
  pt: "por",
  nl: "nld",
  sv: "swe",
  da: "dan",
  no: "nob",
  fi: "fin",
  pl: "pol",
  cs: "ces",
  sk: "slk",
  sl: "slv",
  hr: "hrv",
  hu: "hun",
  ro: "ron",
  bg: "bul",
  ru: "rus",
  uk: "ukr",
  el: "ell",
  tr: "tur",
  ar: "ara",
  fa: "fas",
  he: "heb",
  ur: "urd",
  hi: "hin",
  mr: "mar",
  bn: "ben",
  gu: "guj",
  th: "tha",
  vi: "vie",
  id: "ind",
  ms: "msa",
  zh: "zho",
  ja: "jpn",
  ko: "kor",
  ca: "cat",
  eu: "eus",
  gl: "glg",
  lt: "lit",
  lv: "lav",
  et: "est",
  hy: "hye",
  af: "afr",
  sw: "swa",
  tl: "tgl",
  eo: "epo",
  ga: "gle",
};
/** What the lists lack: words of papers and forms that are frequent and empty. */
const more: Record<string, readonly string[]> = {
  en: "also however thus therefore may might must shall can could would should will one two three first second used using use based given many much well et al figure fig table section e.g i.e etc per via within among upon either neither whose whether yet still since although though while during between above below new see toward towards".split(
    " ",
  ),
};
const cache = new Map<string, ReadonlySet<string>>();

/** Lower-case stop words of a language; those of English for a language without a list in Latin script. */
export function stopWordsOf(language: string | undefined): ReadonlySet<string> {
  const code = language ?? "en";
  let words = cache.get(code);
  if (words === undefined) {
    const list = (lists as unknown as Record<string, readonly string[] | undefined>)[listOf[code] ?? "eng"] ?? [];
    words = new Set([...list.map((word) => word.toLowerCase()), ...(more[code] ?? [])]);
    cache.set(code, words);
  }
  return words;
}
