/**
 * The numbers in front of headings, in several scripts: "2.3.1", "IV.", "B.2", "Chapter 7", "Anhang C", "第三章", "제2절", "一、".
 * A number tells two things: that a line may be a heading, and how deep it stands.
 */

export interface Numbering {
  /** Grammar, so that only like is compared with like: "decimal", "roman", "letter", "part", "chapter", "appendix", …. */
  kind: "decimal" | "roman" | "letter" | "part" | "chapter" | "appendix" | "section" | "cjk" | "paren";
  /** 1 for "2", "IV", "B"; 3 for "2.3.1". */
  depth: number;
  /** Values from the outermost: "2.3.1" is [2, 3, 1]. Letters and Roman numerals count from 1. */
  path: number[];
  /** Characters that the number takes at the start of the text, white space after it included. */
  length: number;
}

const numerals = "[IVXLCDM]{1,7}";
const chapterWords =
  "chapter|chapitre|kapitel|cap[ií]tulo|capitolo|hoofdstuk|глава|rozdział|kapitola|bölüm|κεφάλαιο|chương|الفصل|الباب|فصل|פרק|lesson|unit|module|leçon|lektion|lección";
const appendixWords = "appendix|annex|annexe|anexo|anhang|allegato|приложение|bijlage|exhibit|schedule|attachment";
const partWords = "part|partie|teil|parte|deel|часть|część|book|volume|tome|band|القسم|חלק";
const sectionWords =
  "section|abschnitt|sección|sezione|paragraaf|раздел|article|artikel|artículo|articolo|clause|§|activity|exercise|step|stage|phase|task|topic|theme|day|week|session|question|rule|lemma|example|المادة|ماده|بخش|סעיף";
const word = new RegExp(
  `^(?:(${partWords})|(${chapterWords})|(${sectionWords})|(${appendixWords}))\\s*(?:no\\.?\\s*)?((?:\\d{1,3}|[A-Z](?=\\.\\d))(?:\\.\\d{1,3})*|${numerals}|[A-Z])(?![\\p{L}\\p{N}])\\s*[.:–—-]?\\s*`,
  "iu",
);
/** "1", "1.", "1.2", "1.2.3." and "A.1", "B.2.1": a letter or number, then numbers. */
const decimal = /^((?:\d{1,3}|[A-Z](?=\.\d))(?:\.\d{1,3}){0,5})(\.?)(?:[\s\u3000]+|[-–—]\s+|\)\s+|:\s+)(?=\S)/u;
const decimalTight = /^(\d{1,2}(?:\.\d{1,2}){0,4})\.?(?=[^\d\s.,:;%)\]+*/-])/u;
const roman = new RegExp(`^(${numerals})([.:)]|\\s*[–—-])?\\s+(?=\\S)`, "u");
const letter = /^([A-Z])([.:)])?\s+(?=\p{Lu}|\p{N})/u;
const paren = /^\(?([0-9]{1,3}|[a-zA-Z]|[ivx]{1,5})\)\s*(?=\S)/u;
const cjk =
  /^(?:第\s*([0-9０-９一二三四五六七八九十百零〇]{1,5})\s*([部编編篇卷章节節条條款項项回課课])|제\s*([0-9]{1,3})\s*([부편장절조항관]))[\s　:：.]*/u;
const cjkList = /^(?:[（(]([一二三四五六七八九十]{1,3})[)）]|([一二三四五六七八九十]{1,3})[、．.])\s*/u;

/** Reads the number at the start of a heading; undefined when there is none. */
export function readNumbering(text: string): Numbering | undefined {
  return readWord(text) ?? readCjk(text) ?? readDecimal(text) ?? readRoman(text) ?? readLetter(text) ?? readParen(text);
}

function readWord(text: string): Numbering | undefined {
  const found = word.exec(text);
  if (!found) return undefined;
  const path = pathOf(found[5]!);
  const kind = found[1] ? "part" : found[2] ? "chapter" : found[3] ? "section" : "appendix";
  return { kind, depth: path.length, path, length: found[0].length };
}

function readDecimal(text: string): Numbering | undefined {
  const found = decimal.exec(text) ?? decimalTight.exec(text);
  if (!found) return undefined;
  const path = pathOf(found[1]!);
  // Years and page numbers: no document has 1000 sections, and few sections have 100 siblings.
  if (path.some((value) => value > 199)) return undefined;
  return { kind: "decimal", depth: path.length, path, length: found[0].length };
}

function readRoman(text: string): Numbering | undefined {
  const found = roman.exec(text);
  if (!found) return undefined;
  const value = romanValue(found[1]!);
  // "I think": one letter wants its point. C, D, L and M alone are letters, not hundreds.
  if (value === 0 || (found[1]!.length === 1 && (!found[2] || !/[IVX]/.test(found[1]!)))) return undefined;
  return { kind: "roman", depth: 1, path: [value], length: found[0].length };
}

function readLetter(text: string): Numbering | undefined {
  const found = letter.exec(text);
  // "A method" is an article, "A Derivation" may be an appendix: without a point the next word must be a capitalised one.
  if (!found || (!found[2] && found[1] === "I")) return undefined;
  return { kind: "letter", depth: 1, path: [found[1]!.charCodeAt(0) - 64], length: found[0].length };
}

function readParen(text: string): Numbering | undefined {
  const found = paren.exec(text);
  return found
    ? { kind: "paren", depth: 1, path: pathOf(found[1]!.toUpperCase()), length: found[0].length }
    : undefined;
}

const cjkDepth: Record<string, number> = {
  部: 1,
  编: 1,
  編: 1,
  篇: 1,
  卷: 1,
  부: 1,
  편: 1,
  章: 1,
  장: 1,
  課: 1,
  课: 1,
  回: 1,
  节: 2,
  節: 2,
  절: 2,
  관: 2,
  条: 3,
  條: 3,
  조: 3,
  款: 4,
  項: 4,
  项: 4,
  항: 4,
};

function readCjk(text: string): Numbering | undefined {
  const found = cjk.exec(text);
  if (found) {
    const unit = found[2] ?? found[4]!;
    return {
      kind: "cjk",
      depth: cjkDepth[unit] ?? 1,
      path: [hanValue(found[1] ?? found[3]!)],
      length: found[0].length,
    };
  }
  const item = cjkList.exec(text);
  if (!item) return undefined;
  return { kind: "cjk", depth: item[1] ? 2 : 1, path: [hanValue(item[1] ?? item[2]!)], length: item[0].length };
}

function pathOf(text: string): number[] {
  return text.split(".").map((part) => {
    if (/^\d+$/.test(part)) return Number(part);
    if (part.length === 1 && !/[IVX]/.test(part)) return part.toUpperCase().charCodeAt(0) - 64;
    return romanValue(part.toUpperCase()) || part.toUpperCase().charCodeAt(0) - 64;
  });
}

const romanDigits: Record<string, number> = { I: 1, V: 5, X: 10, L: 50, C: 100, D: 500, M: 1000 };

/** 0 when the letters are no well-formed numeral below 200. */
function romanValue(text: string): number {
  if (!/^(?=[CLXVI])(C{0,1})(XC|XL|L?X{0,3})(IX|IV|V?I{0,3})$/.test(text)) return 0;
  let value = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = romanDigits[text[i]!]!;
    value += digit < (romanDigits[text[i + 1] ?? ""] ?? 0) ? -digit : digit;
  }
  return value;
}

const hanDigits = "〇一二三四五六七八九";

/** Chinese numerals up to 999, full-width and plain digits. */
function hanValue(text: string): number {
  const plain = text.normalize("NFKC");
  if (/^\d+$/.test(plain)) return Number(plain);
  let total = 0;
  let digit = 0;
  for (const sign of plain.replaceAll("零", "〇")) {
    if (sign === "百") {
      total += (digit || 1) * 100;
      digit = 0;
    } else if (sign === "十") {
      total += (digit || 1) * 10;
      digit = 0;
    } else digit = Math.max(0, hanDigits.indexOf(sign));
  }
  return total + digit;
}

/** True when `next` is what comes after `previous` among siblings, or opens their first child. */
export function follows(previous: Numbering, next: Numbering): boolean {
  if (previous.kind !== next.kind) return false;
  const shared = Math.min(previous.path.length, next.path.length);
  for (let i = 0; i < shared - 1; i++) {
    if (previous.path[i] !== next.path[i]) return i < next.path.length && next.path[i] === previous.path[i]! + 1;
  }
  if (next.path.length === previous.path.length) return next.path.at(-1) === previous.path.at(-1)! + 1;
  if (next.path.length === previous.path.length + 1)
    return next.path[shared - 1] === previous.path[shared - 1] && next.path.at(-1)! <= 1;
  return next.path.length < previous.path.length && next.path[shared - 1] === previous.path[shared - 1]! + 1;
}
