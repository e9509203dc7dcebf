/** Markdown text to mdast: CommonMark, GFM, front matter and dollar math, behind guards against pathological texts. */
import type { Root } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { frontmatterFromMarkdown } from "mdast-util-frontmatter";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { mathFromMarkdown } from "mdast-util-math";
import { frontmatter } from "micromark-extension-frontmatter";
import { gfm } from "micromark-extension-gfm";
import { math } from "micromark-extension-math";

/**
 * micromark is quadratic in unmatched delimiters of one paragraph and in nested containers (measured: 8,000 stars 0.8 s,
 * 4,000 nested list markers 2.4 s and soon a stack overflow). Honest texts stay far below these.
 */
const maxDelimitersPerParagraph = 3000;
const maxContainersPerLine = 50;
const maxColumnsPerRow = 1000;
/** micromark needs about 100 times the text in memory: long texts are parsed in pieces of this size. */
const pieceCharacters = 400_000;

export interface MarkdownPiece {
  tree: Root;
  /** What the tree was made of: offsets of its nodes count in this. */
  text: string;
  /** Paragraphs that were kept away from the parser; the tree has `literalMark(index)` in their place. */
  literals: readonly string[];
}

/** The text as one or more trees in order; several for long texts, cut where no block is open. */
export function* parseMarkdown(text: string): Generator<MarkdownPiece> {
  const { text: guarded, literals } = guardText(text);
  const pieces = cutText(guarded);
  const definitions = pieces.length > 1 ? collectDefinitions(guarded) : "";
  for (const [index, piece] of pieces.entries()) {
    const whole = definitions ? `${piece}\n\n${definitions}` : piece;
    const tree = fromMarkdown(whole, {
      extensions: [gfm(), math(), ...(index === 0 ? [frontmatter(["yaml", "toml"])] : [])],
      mdastExtensions: [
        gfmFromMarkdown(),
        mathFromMarkdown(),
        ...(index === 0 ? [frontmatterFromMarkdown(["yaml", "toml"])] : []),
      ],
    });
    yield { tree, text: whole, literals };
  }
}

/** The stand-in of a literal: two private-use characters around its index. */
export function literalMark(index: number): string {
  return `\uf8f0${index}\uf8f1`;
}

/** Puts literals back into a text that the parser has seen. */
export function restoreLiterals(text: string, literals: readonly string[]): string {
  if (literals.length === 0 || !text.includes("\uf8f0")) return text;
  return text.replace(/\uf8f0(\d+)\uf8f1/g, (whole, index: string) => literals[Number(index)] ?? whole);
}

/** Takes paragraphs with absurdly many delimiters out of the text: their characters are kept, their markup means nothing. */
export function guardText(text: string): { text: string; literals: string[] } {
  const literals: string[] = [];
  if (text.length < maxContainersPerLine) return { text, literals };
  const lines = text.split("\n");
  let paragraphStart = 0;
  let delimiters = 0;
  let fence: string | undefined;
  for (let index = 0; index <= lines.length; index++) {
    const line = lines[index];
    const mark = line?.match(/^ {0,3}(`{3,}|~{3,})/)?.[1];
    if (fence !== undefined) {
      if (mark?.startsWith(fence) || line === undefined) fence = undefined;
      paragraphStart = index + 1;
      continue;
    }
    if (line === undefined || line.trim() === "" || mark) {
      if (delimiters > maxDelimitersPerParagraph) takeOut(lines, paragraphStart, index, literals);
      paragraphStart = index + 1;
      delimiters = 0;
      if (mark) fence = mark;
      continue;
    }
    const opened = line.match(/^(?:[ \t]*(?:>|[-+*](?=\s|$)|\d{1,9}[.)](?=\s|$)))+/)?.[0];
    if (opened && opened.replace(/[ \t\d]/g, "").length > maxContainersPerLine) {
      delimiters = maxDelimitersPerParagraph + 1;
    } else if (/^[ \t]*/.exec(line)![0].length > maxContainersPerLine * 2 && /^\s*(?:[-+*]|\d{1,9}[.)])\s/.test(line)) {
      // A list that nests ever deeper, a line a level.
      lines[index] = `${" ".repeat(maxContainersPerLine)}${line.trimStart()}`;
    }
    const count = line.match(/[*_~[\]`<$]/g)?.length ?? 0;
    const isRow = /^\s*\|/.test(line) || (line.match(/\|/g)?.length ?? 0) > 1;
    if (isRow && (line.match(/\|/g)?.length ?? 0) > maxColumnsPerRow) delimiters = maxDelimitersPerParagraph + 1;
    // Cells of a table row are paragraphs of their own.
    delimiters = isRow ? Math.max(delimiters, count) : delimiters + count;
  }
  return { text: lines.join("\n"), literals };
}

function takeOut(lines: string[], from: number, to: number, literals: string[]): void {
  const literal = lines.slice(from, to).join("\n").trim();
  lines.fill("", from, to);
  lines[from] = literalMark(literals.push(literal) - 1);
}

/** Cuts before a heading or after a blank line, outside fences, so that a piece is at least `pieceCharacters` long. */
function cutText(text: string): string[] {
  if (text.length <= pieceCharacters * 1.5) return [text];
  const pieces: string[] = [];
  let pieceStart = 0;
  let at = 0;
  let fence: string | undefined;
  let afterBlank = false;
  while (at < text.length) {
    let end = text.indexOf("\n", at);
    if (end < 0) end = text.length;
    const head = text.slice(at, Math.min(end, at + 200));
    const mark = head.match(/^ {0,3}(`{3,}|~{3,})/)?.[1];
    if (fence === undefined && at - pieceStart >= pieceCharacters) {
      const isHeading = /^#{1,6}\s/.test(head);
      // A line at the margin that starts no list item ends every container; far past the size any line will do.
      const isFresh = afterBlank && /^[^\s>*+\-\d|]/.test(head) && !mark;
      if (isHeading || isFresh || at - pieceStart > pieceCharacters * 4) {
        pieces.push(text.slice(pieceStart, at));
        pieceStart = at;
      }
    }
    if (mark) {
      if (fence === undefined) fence = mark;
      else if (mark.startsWith(fence)) fence = undefined;
    }
    afterBlank = head.trim() === "";
    at = end + 1;
  }
  pieces.push(text.slice(pieceStart));
  return pieces;
}

/** Link definitions count in the whole text, so every piece gets them (bounded). */
function collectDefinitions(text: string): string {
  const found: string[] = [];
  for (const match of text.matchAll(/^ {0,3}\[(?!\^)[^\]\n]{1,200}\]:[ \t]*\S[^\n]{0,2000}$/gm)) {
    found.push(match[0]);
    if (found.length >= 500) break;
  }
  return found.join("\n");
}
