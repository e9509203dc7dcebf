/**
 * How much a block looks like a heading: a sum of small witnesses. No single one decides; size, weight and white space are the
 * strong ones, a number or a well-known title helps, a sentence or a list item speaks against.
 */
import { blockText, type FlowBlock, type FlowPage } from "../flow.ts";
import { type Numbering, readNumbering } from "./numbering.ts";
import type { BodyStyle } from "./styles.ts";

export interface Candidate {
  page: FlowPage;
  block: FlowBlock;
  text: string;
  numbering: Numbering | undefined;
  /** One of the titles that open a section in most papers and books. */
  known: boolean;
  score: number;
}

/** Sum from which a block counts as a heading. */
export const threshold = 3;
const maxHeadingLines = 4;
const maxHeadingCharacters = 240;

const knownTitles =
  /^(?:(?:\d+|[IVX]+|[A-Z])[.:)]?\s+)?(?:abstract|summary|executive summary|introduction|background|related works?|methods?|methodology|materials and methods|results?|results and discussion|discussions?|conclusions?|concluding remarks|acknowledge?ments?|references|bibliography|works cited|further reading|appendix|appendices|glossary|index|contents|table of contents|preface|foreword|prologue|epilogue|list of (?:figures|tables|abbreviations)|abbreviations|notes|endnotes|keywords|objectives?|learning objectives|key terms|data availability|conflicts? of interest|competing interests|author contributions|funding|supplementary materials?|résumé|introduction générale|conclusion|bibliographie|remerciements|sommaire|table des matières|annexes?|zusammenfassung|einleitung|fazit|literatur(?:verzeichnis)?|inhalt(?:sverzeichnis)?|vorwort|anhang|danksagung|resumen|introducción|conclusiones|referencias|bibliografía|agradecimientos|índice|resumo|introdução|conclusão|referências|sumário|riassunto|introduzione|conclusioni|bibliografia|indice|samenvatting|inleiding|conclusie|аннотация|введение|заключение|выводы|литература|список литературы|содержание|оглавление|目录|目次|摘要|引言|绪论|结论|参考文献|致谢|附录|はじめに|おわりに|まとめ|謝辞|概要|차례|목차|서론|결론|참고문헌|초록|요약|المقدمة|الخاتمة|المراجع|الملخص|مقدمه|نتیجه‌گیری|منابع|چکیده)\s*[:.]?$/iu;
/** Captions are not headings even when they are bold. */
const captionStart =
  /^(?:fig(?:ure|\.)?|table|tab\.|abb(?:ildung|\.)|tabelle|tableau|figura|tabla|tabella|quadro|grafik|chart|box|map|photo|plate|scheme|listing|algorithm|source|note|рис(?:унок|\.)|таблица|図|表|图|그림|표|شکل|جدول)\s*[.:]?\s*(?:[A-Z]?\d|[IVX]+\b)/iu;
const bullet = /^[•‣◦▪▫●○■□◆◇►▶➢➤✓✔–—\-*·]\s/u;
const date =
  /^(?:\d{1,2}[. ]\s?)?(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?\s(?:\d{1,2}(?:st|nd|rd|th)?,?\s)?\d{4}$/iu;
const email = /@|https?:|www\.|doi[:.]/i;

/** The blocks that may be headings at all, judged one by one. */
export function collectCandidates(pages: FlowPage[], body: BodyStyle): Candidate[] {
  const out: Candidate[] = [];
  for (const page of pages) {
    const listing = isContentsPage(page);
    for (let i = 0; i < page.blocks.length; i++) {
      const block = page.blocks[i]!;
      if (block.level !== undefined || !isEligible(block)) continue;
      const text = blockText(block).replace(/\s+/g, " ").trim();
      if (text === "" || text.length > maxHeadingCharacters || captionStart.test(text) || bullet.test(text)) continue;
      const numbering = readNumbering(text);
      const known = knownTitles.test(text);
      const next = page.blocks[i + 1];
      const previous = page.blocks[i - 1];
      const score = weigh(block, text, numbering, known, body, page, previous, next);
      out.push({ page, block, text, numbering, known, score: listing && !known ? score - 3 : score });
    }
  }
  return out;
}

/** Lines of a printed contents that are set like headings are entries all the same. */
function isContentsPage(page: FlowPage): boolean {
  let entries = 0;
  let others = 0;
  for (const block of page.blocks) {
    if (block.kind === "contents") entries += block.lines.length;
    else if (block.kind === "text" && !block.furniture) others += block.lines.length;
  }
  return entries >= 5 && entries > others;
}

function isEligible(block: FlowBlock): boolean {
  if (
    block.kind !== "text" ||
    block.furniture ||
    block.mono ||
    block.lines.length === 0 ||
    block.lines.length > maxHeadingLines
  )
    return false;
  const line = block.lines[0]!;
  if (line.box[3] - line.box[1] > 3 * (line.box[2] - line.box[0]) && line.text.length > 3) return false;
  return !block.marker || block.marker.ordered;
}

function weigh(
  block: FlowBlock,
  text: string,
  numbering: Numbering | undefined,
  known: boolean,
  body: BodyStyle,
  page: FlowPage,
  previous: FlowBlock | undefined,
  next: FlowBlock | undefined,
): number {
  const rest = numbering ? text.slice(numbering.length) : text;
  // "CHAPTER 7." alone on its line is a title by itself.
  const title = rest === "" && numbering && /^\p{L}{3}/u.test(text) ? text : rest;
  const letters = title.replace(/[^\p{L}]/gu, "").length;
  if (letters < 2 || letters < 0.5 * title.replace(/\s/g, "").length) return -9;
  return (
    weighStyle(block, body, localSize(block, body, page)) +
    weighWords(text, title, numbering, known, block, body.size) +
    weighSpace(block, body, page, previous, next, known || (numbering?.depth ?? 0) >= 2)
  );
}

/** Size, weight, capitals, slant, colour and font against the body's. */
function weighStyle(block: FlowBlock, body: BodyStyle, size: number): number {
  const ratio = block.size / size;
  let score =
    ratio >= 1.4 ? 3 : ratio >= 1.18 ? 2.2 : ratio >= 1.06 ? 1.2 : ratio >= 0.97 ? 0 : ratio >= 0.9 ? -0.7 : -2;
  if (block.bold && !body.bold) score += 2;
  else if (!block.bold && body.bold) score -= 1;
  if (block.caps) score += block.bold || ratio > 1.05 ? 0.6 : 1.2;
  if (block.italic && !body.italic) score += 0.6;
  if (isColoured(block.color) && block.color !== body.color) score += 1;
  if (block.font !== body.font && !block.bold && !block.italic) score += 0.4;
  return score;
}

/** Size of the running text around a block: a side-bar or box may be set smaller than the body. */
function localSize(block: FlowBlock, body: BodyStyle, page: FlowPage): number {
  if (block.size >= body.size) return body.size;
  const sizes = new Map<number, number>();
  for (const other of page.blocks) {
    if (other === block || other.kind !== "text" || other.furniture || other.region !== block.region) continue;
    sizes.set(other.size, (sizes.get(other.size) ?? 0) + blockText(other).length);
  }
  const [commonest] = [...sizes].sort((a, b) => b[1] - a[1]);
  return commonest && commonest[1] >= 60 ? Math.min(body.size, commonest[0]) : body.size;
}

/** Neither black, nor grey, nor white. */
function isColoured(color: number): boolean {
  const r = (color >> 16) & 255;
  const g = (color >> 8) & 255;
  const b = color & 255;
  return Math.max(r, g, b) - Math.min(r, g, b) > 40;
}

function weighWords(
  text: string,
  title: string,
  numbering: Numbering | undefined,
  known: boolean,
  block: FlowBlock,
  bodySize: number,
): number {
  let score = known ? 2.5 : 0;
  if (numbering) score += weighNumber(numbering);
  const words = title.split(/\s+/).length;
  const cjk = /[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/u.test(title);
  const size = cjk ? title.length / 3 : words;
  if (size > 25) score -= 4;
  // Titles of slides are sentences in large type.
  else if (size > 16) score -= block.size >= 1.5 * bodySize && block.lines.length <= 2 ? 0.6 : 1.5;
  else if (size > 11) score -= 0.4;
  if (block.lines.length > 2) score -= 1;
  if (/[,;،、]$/u.test(text)) score -= 3;
  else if (/[.。]$/u.test(text) && !/\b(?:etc|no|vs|inc|co|ltd|jr|sr)\.$/i.test(text))
    score -= size < 7 ? 1 : block.size >= 1.35 * bodySize && size < 12 ? 1.5 : 3;
  else if (/[:：]$/u.test(text)) score -= size >= 9 ? 1.5 : 0.4;
  if (/^\p{Ll}/u.test(title)) score -= numbering ? 0.8 : 2;
  if (/^["'“‘(«[]/u.test(title)) score -= 0.8;
  if (email.test(text) || date.test(text)) score -= 3;
  if (/\.{4,}|…{2,}|(?:\. ){4,}/.test(text)) score -= 4;
  // "Name, Name and Name", "12 March 2020": bylines and dates.
  if ((title.match(/,/g)?.length ?? 0) >= 3) score -= 1.5;
  return score;
}

function weighNumber(numbering: Numbering): number {
  if (numbering.kind === "paren") return 0.3;
  if (numbering.depth >= 2) return 1.8;
  if (numbering.kind === "chapter" || numbering.kind === "part") return 1.8;
  if (numbering.kind === "section" || numbering.kind === "cjk") return 1.4;
  return numbering.kind === "decimal" ? 1.2 : 0.8;
}

/** White space around it, how much of its column it fills, and what follows. */
function weighSpace(
  block: FlowBlock,
  body: BodyStyle,
  page: FlowPage,
  previous: FlowBlock | undefined,
  next: FlowBlock | undefined,
  named: boolean,
): number {
  let score = 0;
  const line = body.leading;
  if (block.gapAbove >= 0.6 * line) score += block.gapAbove >= 1.4 * line ? 0.9 : 0.6;
  if (Number.isFinite(block.gapAbove) && block.gapAbove > 1.3 * block.gapBelow) score += 0.4;
  const width = block.box[2] - block.box[0];
  const column = Math.max(1, block.regionBox[2] - block.regionBox[0]);
  if (block.lines.length === 1 && width < 0.7 * column) score += 0.4;
  if (isCentred(block) && [previous, next].some((other) => other?.kind === "text" && !isCentred(other))) score += 0.7;
  const margin = 0.07 * page.height;
  const atEdge = block.box[3] < margin || block.box[1] > page.height - margin;
  if (atEdge && block.size <= 1.1 * body.size) score -= 1.5;
  if (isRunningHead(block, body, page)) score -= 3;
  if (next && next.page === block.page && next.kind === "text" && !next.furniture) {
    if (isProse(next, body)) score += 0.5;
  } else if (!next) score -= 0.8;
  if (!named && previous && sameLook(previous, block) && previous.lines.length > 2) score -= 2;
  return score;
}

/** A line at the top of the page, set apart, no larger than the body, that begins or ends with a page number. */
function isRunningHead(block: FlowBlock, body: BodyStyle, page: FlowPage): boolean {
  if (block.box[3] > 0.12 * page.height || block.lines.length > 1 || block.size > 1.1 * body.size || block.bold)
    return false;
  const text = blockText(block).trim();
  // What is set at both ends of the first line of a page is no title; a number may stand apart from one.
  const parts = block.lines[0]?.parts;
  if (parts && block.box[3] <= 0.08 * page.height && !/^[\d.IVX]+$/.test(parts[0]!.text)) return true;
  return /^\d{1,4}\s+\p{L}/u.test(text) || /\p{L}[^.]*\s[|•·-]?\s*\d{1,4}$/u.test(text);
}

/** In the middle of its column, with room on both sides. */
function isCentred({ box, regionBox, lines }: FlowBlock): boolean {
  const [left, right] = [box[0] - regionBox[0], regionBox[2] - box[2]];
  const column = regionBox[2] - regionBox[0];
  return lines.length <= 2 && left > 0.05 * column && Math.abs(left - right) < 0.03 * column;
}

/** Running text in the body's style. */
function isProse(block: FlowBlock, body: BodyStyle): boolean {
  return (
    Math.abs(block.size - body.size) <= 0.6 &&
    block.bold === body.bold &&
    (block.lines.length >= 2 || blockText(block).length > 60)
  );
}

function sameLook(a: FlowBlock, b: FlowBlock): boolean {
  return (
    a.kind === "text" &&
    Math.abs(a.size - b.size) < 0.3 &&
    a.bold === b.bold &&
    a.italic === b.italic &&
    a.color === b.color
  );
}
