/** Inline content -> Markdown. */
import type { Inline } from "@knowhere/contract";
import { isMark, type Mark, plainInlines, tidyInlines, tidySpace } from "../../document/inlines.ts";
import { shiftCharacters } from "../../document/scripts.ts";
import { safeHref } from "../html/escape.ts";
import {
  escapeText,
  factsOf,
  firstCharacter,
  isPunctuation,
  lastCharacter,
  protectLineStart,
  type RunFacts,
  type TextPlace,
} from "./escape.ts";

/** What the inline writer must know about the document. */
export interface InlineSurroundings {
  /** Where the picture of an asset can be found; undefined when it has no file. */
  image(asset: string): string | undefined;
  /** The label to print for a note id; undefined when the note is not in the tree. */
  noteLabel(note: string): string | undefined;
}

interface Place extends TextPlace {
  readonly surroundings: InlineSurroundings;
}

const delimiters = { strong: "**", emphasis: "*", strike: "~~" } as const;
const tags = {
  strong: "strong",
  emphasis: "em",
  strike: "del",
  underline: "u",
  superscript: "sup",
  subscript: "sub",
  highlight: "mark",
} as const;

/**
 * A run of inline content as it stands in a paragraph: lines end at breaks only, each line is safe at its start.
 * Leading and trailing white space is dropped.
 */
export function writeParagraphText(content: readonly Inline[], surroundings: InlineSurroundings): string {
  return writeRun(content, surroundings, false)
    .trim()
    .split(/ *\n */)
    .filter((line) => line !== "")
    .map((line, at) => protectLineStart(line, at === 0))
    .join("  \n");
}

/** A run of inline content on one line: headings, captions, cells of pipe tables. Breaks become `breakAs`. */
export function writeLine(
  content: readonly Inline[],
  surroundings: InlineSurroundings,
  breakAs = " ",
  cell = false,
): string {
  return writeRun(content, surroundings, cell)
    .trim()
    .split(/ *\n */)
    .filter((line) => line !== "")
    .join(breakAs);
}

/** Characters that may need an escape, and the colon of web addresses. */
const suspicious = /[\\`*_[\]<&~$|!:]/;

function writeRun(content: readonly Inline[], surroundings: InlineSurroundings, cell: boolean): string {
  const [only] = content;
  // Most runs are one piece of plain text: nothing to look at around it.
  if (content.length === 1 && only!.type === "text" && !suspicious.test(only!.text)) return tidySpace(only!.text);
  const tidy = tidyInlines(content);
  const facts = runFacts(tidy);
  return writeSequence(tidy, { facts, marked: false, linked: false, cell, surroundings }, "", "");
}

function runFacts(content: readonly Inline[]): RunFacts {
  let marks = false;
  let math = false;
  const look = (nodes: readonly Inline[]) => {
    for (const node of nodes) {
      if (isMark(node)) marks = true;
      if (node.type === "math") math = true;
      if ("content" in node) look(node.content);
    }
  };
  look(content);
  return factsOf(plainInlines(content), marks, math);
}

/** `before` and `after` are the characters around the sequence, for the rules about what may open and close emphasis. */
function writeSequence(nodes: readonly Inline[], place: Place, before: string, after: string): string {
  let out = "";
  for (let at = 0; at < nodes.length; at++) {
    const previous = out === "" ? before : lastCharacter(out);
    const following = nodes[at + 1];
    const next = following === undefined ? after : firstVisible(following, place);
    out += writeNode(nodes[at]!, place, previous, next);
  }
  return out;
}

/** The first character the next sibling will print; markup signs count as punctuation. */
function firstVisible(node: Inline, place: Place): string {
  switch (node.type) {
    case "text":
      return firstCharacter(node.text);
    case "math":
      return node.notation === "latex" ? "$" : firstCharacter(node.text);
    case "break":
      return "\n";
    case "image":
      return firstCharacter(writeImage(node, place));
    case "note_ref":
      return place.surroundings.noteLabel(node.note) === undefined ? firstCharacter(node.label) : "[";
    case "link":
      return safeHref(node.href) === undefined ? firstVisible(node.content[0]!, place) : "[";
    case "code":
    case "checkbox":
      return "`";
    default:
      return firstVisible(node.content[0]!, place);
  }
}

function writeNode(node: Inline, place: Place, previous: string, next: string): string {
  switch (node.type) {
    case "text":
      return writeText(node.text, place, previous, next);
    case "code":
      return writeCode(node.text, place.cell);
    case "math":
      return node.notation === "latex"
        ? `$${node.text.trim().replace(/\s+/g, " ")}$`
        : escapeText(node.text, place, previous, next);
    case "break":
      return "\n";
    case "checkbox":
      return node.checked ? "☒" : "☐";
    case "image":
      return writeImage(node, place);
    case "note_ref": {
      const label = place.surroundings.noteLabel(node.note);
      return label === undefined ? escapeText(node.label, place, previous, next) : `[^${label}]`;
    }
    case "link":
      return writeLink(node, place, previous, next);
    default:
      return writeMark(node, place, previous, next);
  }
}

/**
 * Web addresses in text are links by themselves in GFM, where a backslash does not escape. One that needs escapes, or
 * that markup follows at once (it would be taken into the address), goes between angle brackets.
 */
function writeText(value: string, place: Place, previous: string, next: string): string {
  if (place.linked || !value.includes("://")) return escapeText(value, place, previous, next);
  let out = "";
  let at = 0;
  for (const match of value.matchAll(/https?:\/\/[^\s<>|]+/gi)) {
    const address = match[0];
    const end = match.index + address.length;
    const follower = end === value.length ? next : value[end]!;
    const glued = follower !== "" && !/\s/.test(follower);
    if (!glued && escapeText(address, place, "", "") === address) continue;
    out += `${escapeText(value.slice(at, match.index), place, at === 0 ? previous : ">", "<")}<${address}>`;
    at = end;
  }
  return out + escapeText(value.slice(at), place, at === 0 ? previous : ">", next);
}

function writeMark(node: Mark, place: Place, previous: string, next: string): string {
  const type: keyof typeof tags = node.type;
  const delimiter = (delimiters as Record<string, string | undefined>)[type];
  const tagged = () => {
    const inner = writeSequence(node.content, place, ">", "<");
    return inner === "" ? "" : `<${tags[type]}>${inner}</${tags[type]}>`;
  };
  if (delimiter === undefined) return writeScript(node) ?? tagged();
  const inner = writeSequence(node.content, { ...place, marked: true }, previous, next);
  if (inner === "") return "";
  return canDelimit(inner, delimiter[0]!, previous, next) ? `${delimiter}${inner}${delimiter}` : tagged();
}

/** Numbers raised or lowered as Unicode has them (m², H₂O, 10⁻³): they stay one word for whoever searches. Letters get tags. */
function writeScript({ type, content }: Mark): string | null {
  const [only] = content;
  if ((type !== "superscript" && type !== "subscript") || content.length !== 1 || only?.type !== "text") return null;
  if (!/^[\d+\-\u2212=()]+$/.test(only.text)) return null;
  return shiftCharacters(only.text, type === "superscript" ? "super" : "sub");
}

/** CommonMark's flanking rules: delimiters between a word and punctuation do not open or close, HTML tags always do. */
function canDelimit(inner: string, sign: string, previous: string, next: string): boolean {
  const isSign = (character: string) => character === "*" || character === "~" || character === "_";
  if (isSign(previous) || isSign(next) || previous === "\\") return false;
  // Nested delimiters of the same sign make one run with ours, so the rules look past them.
  const core = sign === "*" ? inner.replace(/^\*+|(?<!\\)\*+$/g, "") : inner;
  const first = firstCharacter(core);
  const last = lastCharacter(core);
  if (first === "" || /\s/.test(first) || /\s/.test(last)) return false;
  // Delimiters of different signs that touch are read differently by different parsers.
  const apart = /^\s?$/.test(previous) && /^\s?$/.test(next);
  if (sign === "~" ? /^\*|\*$|~/.test(inner) : !apart && /^~|~$/.test(inner)) return false;
  // Parsers disagree whether a symbol beyond the basic plane (an emoji) is punctuation; either way must be safe.
  const isWord = (character: string) =>
    character !== "" && !/\s/.test(character) && (character.length > 1 || !isPunctuation(character));
  return !(isPunctuation(first) && isWord(previous)) && !(isPunctuation(last) && isWord(next));
}

function writeLink(node: Extract<Inline, { type: "link" }>, place: Place, previous: string, next: string): string {
  const href = safeHref(node.href);
  if (href === undefined || place.linked) return writeSequence(node.content, place, previous, next);
  const plain = plainInlines(node.content).trim();
  if (
    node.title === undefined &&
    /^[a-z][a-z0-9+.-]{1,31}:[^\s<>|]*$/i.test(href) &&
    (plain === href || `mailto:${plain}` === href)
  ) {
    return `<${plain}>`;
  }
  const inner = writeSequence(node.content, { ...place, linked: true }, "[", "]")
    .replace(/\n/g, " ")
    .trim();
  if (inner === "") return "";
  return `[${inner}](${writeTarget(href, place.cell)}${node.title === undefined ? "" : ` "${escapeTitle(node.title)}"`})`;
}

function writeImage(node: Extract<Inline, { type: "image" }>, place: Place): string {
  const file = node.asset === undefined ? undefined : place.surroundings.image(node.asset);
  const target = file ?? (node.href === undefined ? undefined : safeHref(node.href));
  const alt = writeAlt(node.alt);
  if (target === undefined) return alt;
  return `![${alt}](${writeTarget(target, place.cell)})`;
}

/** Alternative text as it may stand between the brackets of a picture. */
export function writeAlt(alt: string): string {
  return alt
    .replace(/\s+/g, " ")
    .trim()
    .replace(/[\\`*_[\]<&~$|]/g, "\\$&");
}

/** A link target: percent-encodes what would end it. */
export function writeTarget(href: string, cell = false): string {
  const clean = href.trim().replace(/[\s<>]/g, (sign) => encodeURIComponent(sign));
  const balanced = (clean.match(/\(/g)?.length ?? 0) === (clean.match(/\)/g)?.length ?? 0) && !/^[^(]*\)/.test(clean);
  const safe = balanced ? clean : clean.replace(/\(/g, "%28").replace(/\)/g, "%29");
  const escaped = safe.replace(/\\/g, "%5C");
  return cell ? escaped.replace(/\|/g, "%7C") : escaped;
}

function escapeTitle(title: string): string {
  return title.replace(/\s+/g, " ").replace(/["\\]/g, "\\$&");
}

/** A code span, with as many backticks as its text asks for (CommonMark 0.31 §6.1). */
export function writeCode(value: string, cell: boolean): string {
  const line = value.replace(/[\r\n]+/g, " ");
  if (line === "") return "";
  const fence = "`".repeat(longestRun(line, "`") === 1 ? 2 : longestRun(line, "`") > 1 ? longestRun(line, "`") + 1 : 1);
  const padded = /^`|`$/.test(line) || (/^ .* $/.test(line) && line.trim() !== "") ? ` ${line} ` : line;
  return `${fence}${cell ? padded.replace(/\|/g, "\\|") : padded}${fence}`;
}

/** Length of the longest run of `sign` in `value`. */
export function longestRun(value: string, sign: string): number {
  let longest = 0;
  let run = 0;
  for (const character of value) {
    run = character === sign ? run + 1 : 0;
    if (run > longest) longest = run;
  }
  return longest;
}
