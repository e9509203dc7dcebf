/** An engine that chooses its languages itself where a job names none: English first, then what the page shows to be in. */
import type { Warning } from "@knowhere/contract";
import { findPageLanguages } from "../enrich/page-languages.ts";
import { findDensePart } from "../formats/image/dense-part.ts";
import type { OcrEngine, OcrOptions, OcrPage, OcrPicture, Orientation } from "../ports/ocr.ts";

/** Tesseract's codes by script as it names them, the likeliest first; Latin is decided by words. */
const codesOfScript: Readonly<Record<string, readonly string[]>> = {
  Han: ["chi_sim", "chi_tra", "jpn"],
  Japanese: ["jpn"],
  Korean: ["kor"],
  Hangul: ["kor"],
  Cyrillic: ["rus", "ukr", "bul", "srp"],
  Arabic: ["ara", "fas", "urd"],
  Greek: ["ell"],
  Hebrew: ["heb"],
  Devanagari: ["hin", "mar", "nep"],
  Thai: ["tha"],
  Bengali: ["ben"],
  Tamil: ["tam"],
  Telugu: ["tel"],
  Georgian: ["kat"],
  Armenian: ["hye"],
};
/** Tesseract's codes of the languages that are told by their words: ISO 639-1 to its own. */
const codeOfLanguage: Readonly<Record<string, string>> = Object.fromEntries(
  "de:deu fr:fra es:spa it:ita pt:por nl:nld sv:swe da:dan no:nor fi:fin pl:pol cs:ces sk:slk sl:slv hr:hrv hu:hun ro:ron tr:tur vi:vie id:ind ca:cat eu:eus gl:glg lt:lit lv:lav et:est af:afr ga:gle"
    .split(" ")
    .map((pair) => pair.split(":") as [string, string]),
);
const english = "eng";
/** More languages at once make a page slow and its words no better. */
const mostLanguages = 2;
/** A language counts from this many letters and this share of a page's. */
const leastLetters = 30;
const leastShare = 0.1;
/** Below these the page may be in another script. */
const poorConfidence = 0.6;
const fewWords = 4;
/** Mean confidence of a part of the page must grow by this much with one language alone; so many are tried. */
const clearlyBetter = 0.1;
const mostTried = 4;

export interface ChoosingEngine extends OcrEngine {
  /** What was seen and could not be read for want of data. */
  warnings(): Warning[];
}

/** Jobs that name languages (`options.languages` is not empty) get those; the others begin with what the page before was read in. */
export function chooseLanguages(engine: OcrEngine): ChoosingEngine {
  const missing = new Map<string, Set<number>>();
  let usual: readonly string[] = [english];
  /** By the languages a job names: the one that its last page was clearest in. */
  const clearest = new Map<string, readonly string[]>();
  /** Orientations asked for last: the page's reader asks again for a page that reads poorly. */
  const asked: { image: OcrPicture; answer: Promise<Orientation | null> }[] = [];

  function orientation(image: OcrPicture, signal: AbortSignal): Promise<Orientation | null> {
    const before = asked.find((one) => one.image === image);
    if (before) return before.answer;
    const answer = engine.orientation(image, signal);
    asked.push({ image, answer });
    if (asked.length > engine.parallel) asked.shift();
    return answer;
  }

  async function recognize(image: OcrPicture, options: OcrOptions): Promise<OcrPage> {
    if (options.languages.length > 0) return recognizeNamed(image, options);
    const first = usual;
    const page = await engine.recognize(image, { ...options, languages: first });
    if (options.structure !== "page") return page;
    const wanted = isPoor(page) ? await codesOfScriptIn(image, options.signal) : await codesOfWordsIn(page);
    if (wanted.length === 0) return page;
    const installed = await engine.languages();
    const isPresent = (alternatives: readonly string[]) => alternatives.some((code) => installed.includes(code));
    for (const alternatives of wanted.filter((one) => !isPresent(one))) {
      const pages = missing.get(alternatives[0]!) ?? new Set<number>();
      missing.set(alternatives[0]!, options.page === undefined ? pages : pages.add(options.page));
    }
    const chosen = wanted
      .filter(isPresent)
      .map((alternatives) => alternatives.find((code) => installed.includes(code))!);
    if (chosen.every((code) => first.includes(code))) return page;
    const languages = [...chosen.slice(0, mostLanguages), english];
    const again = await engine.recognize(image, { ...options, languages });
    if (again.confidence < page.confidence || again.words.length < page.words.length / 2) return page;
    usual = languages;
    return again;
  }

  /**
   * In the languages a job names, or in one of them alone: small print in Chinese is read as English where both are asked for. They are compared
   * on a small part of a page that reads poorly, so that the whole of it is read once more at most.
   */
  async function recognizeNamed(image: OcrPicture, options: OcrOptions): Promise<OcrPage> {
    const named = options.languages;
    const key = named.join("+");
    const languages = clearest.get(key) ?? named;
    const page = await engine.recognize(image, { ...options, languages });
    if (options.structure !== "page" || languages.length < 2 || !isPoor(page)) return page;
    const better = await findClearest(image, options);
    if (!better) return page;
    const again = await engine.recognize(image, { ...options, languages: better });
    if (again.confidence <= page.confidence && again.words.length <= 2 * page.words.length) return page;
    clearest.set(key, better);
    return again;
  }

  /** The one of several languages that a part of the picture reads clearly better in; null where none does, or the picture is small. */
  async function findClearest(image: OcrPicture, options: OcrOptions): Promise<readonly string[] | null> {
    const dense = findDensePart(image);
    if (!dense) return null;
    const readPart = async (languages: readonly string[]) =>
      (await engine.recognize(dense.part, { ...options, structure: "block", languages })).confidence;
    let most = (await readPart(options.languages)) + clearlyBetter;
    let best: readonly string[] | null = null;
    for (const code of options.languages.slice(0, mostTried)) {
      const confidence = await readPart([code]);
      if (confidence > most) [best, most] = [[code], confidence];
    }
    return best;
  }

  /** Each with its alternatives. */
  async function codesOfScriptIn(image: OcrPicture, signal: AbortSignal): Promise<(readonly string[])[]> {
    const codes = codesOfScript[(await orientation(image, signal))?.script ?? ""];
    return codes ? [codes] : [];
  }

  return {
    name: engine.name,
    parallel: engine.parallel,
    languages: () => engine.languages(),
    recognize,
    orientation,
    close: () => engine.close(),
    warnings: () =>
      [...missing].map(([code, pages]) =>
        warningOf(
          code,
          [...pages].sort((a, b) => a - b),
        ),
      ),
  };
}

const isPoor = ({ words, confidence }: OcrPage) => words.length < fewWords || confidence < poorConfidence;

async function codesOfWordsIn({ words }: OcrPage): Promise<(readonly string[])[]> {
  const lines = new Map<number, string[]>();
  for (const { line, text } of words) lines.set(line, [...(lines.get(line) ?? []), text]);
  const texts = [...lines.values()].map((line) => line.join(" "));
  const letters = texts.join("").length;
  return (await findPageLanguages(texts))
    .filter((found) => found.letters >= leastLetters && found.letters >= leastShare * letters)
    .flatMap(({ language }) => (codeOfLanguage[language] ? [[codeOfLanguage[language]]] : []));
}

function warningOf(code: string, pages: number[]): Warning {
  const where =
    pages.length === 0 ? "The document" : `Page${pages.length > 1 ? "s" : ""} ${pages.slice(0, 10).join(", ")}`;
  return {
    code: "NEEDS_OCR_LANGUAGE",
    language: code,
    message: `${where} ${pages.length > 1 ? "show" : "shows"} text in a language whose recognition data (${code}) are not installed, so letters are missing or wrong. Add them: knowhere languages add ${code}`,
    ...(pages.length > 0 ? { pages } : {}),
    ...(pages.length === 1 ? { page: pages[0]! } : {}),
  };
}
