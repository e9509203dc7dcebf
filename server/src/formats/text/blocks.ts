/**
 * Plain text to blocks. Blank lines separate blocks; a block is a heading, a list, preformatted text or a paragraph.
 * Lines of a paragraph are joined when they were wrapped by a machine (nearly equal lengths) and kept apart otherwise.
 */
import type { Block, Inline, ListItem } from "@knowhere/contract";

/** A paragraph longer than this is cut at a blank, so that one endless line cannot make an endless chunk. */
export const maxParagraphCharacters = 20_000;

const bullet = /^(\s*)([-*+•‣◦▪●–—])\s+(\S.*)$/;
const ordered = /^(\s*)(\(?(?:\d{1,3}|[a-zA-Z])[.)])\s+(\S.*)$/;
const underline = /^\s*(={3,}|-{3,}|~{3,}|\*{3,})\s*$/;

/** The blocks of a text whose lines end in "\n". */
export function textToBlocks(text: string, options: { findHeadings: boolean }): Block[] {
  const blocks: Block[] = [];
  for (const lines of groupLines(text)) {
    let rest = lines;
    if (options.findHeadings) {
      const heading = readHeading(rest);
      if (heading) {
        blocks.push(heading.block);
        rest = rest.slice(heading.lines);
      }
    }
    if (rest.length > 0) blocks.push(...readBody(rest));
  }
  return blocks;
}

/** Runs of lines without a blank line between them. */
function* groupLines(text: string): Generator<string[]> {
  let group: string[] = [];
  let start = 0;
  while (start <= text.length) {
    let end = text.indexOf("\n", start);
    if (end < 0) end = text.length;
    const line = text.slice(start, end).trimEnd();
    if (line !== "") group.push(line);
    else if (group.length > 0) {
      yield group;
      group = [];
    }
    start = end + 1;
  }
  if (group.length > 0) yield group;
}

/** A heading says so: underlined, "Chapter 3 …", numbered "2.1 …" or in capitals, on a line of its own. */
function readHeading(lines: string[]): { block: Block; lines: number } | undefined {
  const first = lines[0]!.trim();
  if (first.length === 0 || first.length > 100) return undefined;
  const mark = lines[1]?.match(underline)?.[1];
  if (mark && !underline.test(first) && Math.abs(mark.length - first.length) <= Math.max(4, first.length * 0.5)) {
    return { block: heading(mark[0] === "=" ? 1 : 2, first), lines: 2 };
  }
  if (lines.length > 1 || /[.,;]$/.test(first)) return undefined;
  if (
    /^(?:chapter|part|book|appendix|section)\s+(?:\d+|[ivxlc]+|[a-z])\b/i.test(first) ||
    /^第.{1,6}[章节部編编]/u.test(first)
  ) {
    return { block: heading(1, first), lines: 1 };
  }
  const number = first.match(/^(\d{1,2}(?:\.\d{1,2}){0,3})\.?\s+\p{Lu}\S/u)?.[1];
  if (number) return { block: heading(number.split(".").length, first), lines: 1 };
  const letters = first.replace(/[^\p{L}]/gu, "");
  if (
    letters.length >= 4 &&
    letters === letters.toUpperCase() &&
    letters !== letters.toLowerCase() &&
    first.length <= 70
  ) {
    return { block: heading(2, first), lines: 1 };
  }
  return undefined;
}

function heading(level: number, text: string): Block {
  return { type: "heading", level, content: [{ type: "text", text }] };
}

function readBody(lines: string[]): Block[] {
  const list = readList(lines);
  if (list) return list;
  if (looksPreformatted(lines)) return [{ type: "code", text: dedent(lines).join("\n") }];
  return paragraphs(lines);
}

/** Columns kept by runs of blanks, or drawn boxes: joining these lines would destroy them. */
function looksPreformatted(lines: string[]): boolean {
  if (lines.length < 2) return false;
  const columned = lines.filter((line) => /\S {3,}\S|\t\S.*\t|[|+][-=]{3,}|^\s*\|.*\|\s*$/.test(line)).length;
  return columned >= Math.max(2, lines.length * 0.6);
}

function dedent(lines: string[]): string[] {
  const indent = Math.min(...lines.slice(0, 1000).map((line) => line.length - line.trimStart().length));
  return lines.map((line) => line.slice(Math.min(indent, line.length - line.trimStart().length)));
}

/** A list: the first line carries a marker; lines without one continue the item before. One level; deeper items keep their marker's order. */
function readList(lines: string[]): Block[] | undefined {
  const marker = lines.map((line) => line.match(bullet) ?? line.match(ordered));
  const count = marker.filter(Boolean).length;
  const from = marker.findIndex(Boolean);
  if (count < 2 && !(count === 1 && from === 0 && /^\s*[-*+•‣◦▪●]/.test(lines[0]!))) return undefined;
  // A lead-in line ("Ingredients:") may stand right above the list.
  if (from > 1) return undefined;
  const isOrdered = ordered.test(lines[from]!) && !bullet.test(lines[from]!);
  const items: { marker: string; lines: string[]; indent: number }[] = [];
  for (const [index, line] of lines.entries()) {
    if (index < from) continue;
    const match = marker[index];
    if (match) items.push({ marker: match[2]!, lines: [match[3]!], indent: match[1]!.length });
    else items.at(-1)!.lines.push(line.trim());
  }
  const start = isOrdered ? Number.parseInt(items[0]!.marker.replace(/\D/g, ""), 10) : Number.NaN;
  const nested = nestItems(items);
  return [
    ...(from === 1 ? paragraphs(lines.slice(0, 1)) : []),
    { type: "list", ordered: isOrdered, ...(Number.isFinite(start) && start !== 1 ? { start } : {}), items: nested },
  ];
}

/** Items that are indented by two or more under a first item go into a list inside it (one level). */
function nestItems(items: { marker: string; lines: string[]; indent: number }[]): ListItem[] {
  const base = items[0]!.indent;
  const result: ListItem[] = [];
  for (const item of items) {
    const entry: ListItem = {
      content: paragraphs(item.lines),
      ...(/^[-*+•]$/.test(item.marker) ? {} : { marker: item.marker }),
    };
    const parent = result.at(-1);
    if (item.indent < base + 2 || !parent) {
      result.push(entry);
      continue;
    }
    const last = parent.content.at(-1);
    if (last?.type === "list") last.items.push(entry);
    else parent.content.push({ type: "list", ordered: /\d|[a-zA-Z]/.test(item.marker), items: [entry] });
  }
  return result;
}

function paragraphs(lines: string[]): Block[] {
  const joined = isWrapped(lines);
  const result: Block[] = [];
  let content: Inline[] = [];
  let length = 0;
  const finish = (): void => {
    if (content.length > 0) result.push({ type: "paragraph", content });
    content = [];
    length = 0;
  };
  for (const line of lines) {
    for (const piece of cutLongLine(line.trim())) {
      if (length + piece.length > maxParagraphCharacters) finish();
      const last = content.at(-1);
      if (last?.type !== "text") content.push({ type: "text", text: piece });
      else if (joined) last.text += joiner(last.text, piece) + piece;
      else content.push({ type: "break" }, { type: "text", text: piece });
      length += piece.length + 1;
    }
  }
  finish();
  return result;
}

/** Scripts without spaces between words join without one. */
function joiner(before: string, after: string): string {
  return /[\u3040-\u30ff\u3400-\u9fff\uff00-\uffef]$/.test(before) &&
    /^[\u3040-\u30ff\u3400-\u9fff\uff00-\uffef]/.test(after)
    ? ""
    : " ";
}

/** Hard-wrapped prose: every line but the last reaches near the longest one, which is as long as a line of text. */
function isWrapped(lines: string[]): boolean {
  if (lines.length < 2) return true;
  const longest = lines.reduce((longest, line) => Math.max(longest, line.length), 0);
  if (longest < 45 || longest > 120) return false;
  const full = lines.slice(0, -1).filter((line) => line.length >= longest * 0.72).length;
  return full >= (lines.length - 1) * 0.8;
}

function* cutLongLine(line: string): Generator<string> {
  let start = 0;
  while (line.length - start > maxParagraphCharacters) {
    const blank = line.lastIndexOf(" ", start + maxParagraphCharacters);
    const end = blank > start + maxParagraphCharacters / 2 ? blank : start + maxParagraphCharacters;
    yield line.slice(start, end).trim();
    start = end;
  }
  yield line.slice(start).trim();
}
