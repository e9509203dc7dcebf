/** Words of the whole document, to decide how the two halves of a broken word belong together. */
import type { FlowPage } from "./flow.ts";
import { isCjk, isHangul } from "./scripts.ts";

/** Distinct words kept; a document with more knows all its usual ones long before. */
const maxWords = 200_000;

export class Vocabulary {
  private readonly words = new Set<string>();
  /** First parts of hyphenated words: "fact" of "fact-checking". */
  private readonly firstParts = new Set<string>();

  /** Takes in the words of a page that no line end touches. */
  addPage(page: FlowPage): void {
    for (const block of page.blocks) {
      for (const line of block.lines) this.addLine(line.text);
    }
  }

  addLine(text: string): void {
    if (this.words.size >= maxWords) return;
    const tokens = text.match(/[\p{L}\p{M}]+(?:[-\u2010\u2011'\u2019][\p{L}\p{M}]+)*[-\u2010\u00ad]?/gu) ?? [];
    tokens.forEach((token, i) => {
      const last = i === tokens.length - 1;
      const first = i === 0;
      if (/[-\u2010\u00ad]$/u.test(token)) return;
      // Korean is broken between any two syllables: tokens at both line ends may be halves.
      if (isHangul(token) && (first || last)) return;
      // A lower-case word at the start of a line may be the rest of a broken one.
      if (first && token.toLowerCase() === token && token.length < 4) return;
      const word = token.toLowerCase();
      this.words.add(word);
      const hyphen = word.search(/[-\u2010\u2011]/u);
      if (hyphen > 3) this.firstParts.add(word.slice(0, hyphen));
    });
  }

  /** The document has a hyphenated word with this first part. */
  startsCompound(stem: string): boolean {
    return this.firstParts.has(stem.toLowerCase());
  }

  has(word: string): boolean {
    return this.words.has(word.toLowerCase());
  }
}

const lastToken = /([\p{L}\p{M}]+(?:[-\u2010\u2011][\p{L}\p{M}]+)*)[-\u2010\u00ad]$/u;
const firstToken = /^([\p{L}\p{M}]+(?:[-\u2010\u2011'\u2019][\p{L}\p{M}]+)*)/u;

/** How a line goes on in the next: what is cut from its end and what is put in between. */
export interface LineJoint {
  cutHyphen: boolean;
  separator: "" | " ";
}

/**
 * Decides between "joined", "hyphen-ated" and two words. The document's own words decide; where they do not know, a word
 * that is lower-case on both sides of the hyphen is joined.
 */
export function joinLines(before: string, after: string, vocabulary: Vocabulary): LineJoint {
  const end = before.at(-1) ?? "";
  const start = after.at(0) ?? "";
  if (before === "" || after === "") return { cutHyphen: false, separator: "" };
  if (end === "\u00ad") return { cutHyphen: true, separator: "" };
  const stem = lastToken.exec(before)?.[1];
  if (stem !== undefined) {
    const rest = firstToken.exec(after)?.[1];
    if (rest === undefined) return { cutHyphen: false, separator: /^\d/.test(after) ? "" : " " };
    if (vocabulary.has(stem + rest)) return { cutHyphen: true, separator: "" };
    if (vocabulary.has(`${stem}-${rest}`)) return { cutHyphen: false, separator: "" };
    if (isCompound(stem, rest, vocabulary)) return { cutHyphen: false, separator: "" };
    const lower = /\p{Ll}$/u.test(stem) && /^\p{Ll}/u.test(rest);
    // "well-be-ing": a word that has a hyphen already keeps the second one only when the document says so.
    return { cutHyphen: lower, separator: "" };
  }
  if (/\d[-\u2013]$/u.test(before) && /^\d/.test(after)) return { cutHyphen: false, separator: "" };
  if (/[\p{L}\p{N}][\u2013\u2014/]$/u.test(before) && /\u2014$/u.test(before))
    return { cutHyphen: false, separator: "" };
  if (/\w\/$/.test(before) && /^\w/.test(after)) return { cutHyphen: false, separator: "" };
  if (isCjk(end) && isCjk(start)) return { cutHyphen: false, separator: "" };
  if (isHangul(end) && isHangul(start))
    return { cutHyphen: false, separator: joinsKorean(before, after, vocabulary) ? "" : " " };
  return { cutHyphen: false, separator: " " };
}

/** First parts that English writes with a hyphen more often than without. */
const hyphenated =
  /^(?:self|well|high|low|long|short|full|half|cross|quasi|two|three|four|five|third|second|first|same|so-called|state|user|open|real|large|small|multi|year|old|new|hard|soft|fast|peer|case|follow)$/i;
/** What is left of a word after those: "low-er-ed", "soft-ware". */
const ending =
  /^(?:e[rn](?:ed|s|ing)?|est|ing|ings|ness|ment|ments|itie?s?|iz\w+|is(?:e|m|t)\w*|ures?|ually|ware|ship|ful|less|ward|wards)$/i;

/** Both parts are words of the document, or the first is one that takes a hyphen and the second a word: "long-term". */
function isCompound(stem: string, rest: string, vocabulary: Vocabulary): boolean {
  if (stem.length < 2 || rest.length < 3) return false;
  if (stem.length >= 4 && rest.length >= 4 && vocabulary.has(stem) && vocabulary.has(rest)) return true;
  if (hyphenated.test(stem) && rest.length >= 4 && !ending.test(rest)) return true;
  return vocabulary.startsCompound(stem);
}

/** Korean lines may break inside a word: joined when the document has that word and not both halves. */
function joinsKorean(before: string, after: string, vocabulary: Vocabulary): boolean {
  const head = /[\uac00-\ud7af]+$/u.exec(before)?.[0] ?? "";
  const tail = /^[\uac00-\ud7af]+/u.exec(after)?.[0] ?? "";
  if (!vocabulary.has(head + tail)) return false;
  return !(vocabulary.has(head) && vocabulary.has(tail));
}
