/**
 * HTML to blocks. Runs of inline nodes between block elements become paragraphs; containers without a meaning of their own
 * (div, section, form, …) are transparent; an inline element with blocks inside is transparent too.
 */
import type { Block, Heading, Inline } from "@knowhere/contract";
import { plainInlines, tidyInlines } from "../../document/inlines.ts";
import { headingsByName } from "./anchors.ts";
import {
  attribute,
  findBelow,
  findBlockHolders,
  type HtmlElement,
  type HtmlNode,
  type HtmlParent,
  isBlockName,
  isElement,
  isText,
  maxElementDepth,
  parsePiece,
  textBelow,
} from "./dom.ts";
import { dropHidden, readInlineElement, readInlines, silentNames } from "./inlines.ts";
import { repairLists } from "./list-repair.ts";
import { readDefinitions, readList } from "./lists.ts";
import { isDisplayed, isDisplayScript, readFlattened, readMath, readTexScript } from "./math.ts";
import { takePageNotes } from "./notes.ts";
import { readTable } from "./tables.ts";
import { type HtmlOptions, nest, readHref, type Walk } from "./walk.ts";

export interface HtmlBlocks {
  blocks: Block[];
  /** The headings that names of places lead to. */
  headingOfName: ReadonlyMap<string, Block>;
  /** Pieces of text that were left out because they are not shown. */
  hiddenCount: number;
}

/** Blocks of a piece of HTML text. Nothing it refers to is fetched; scripts and styles are ignored. */
export function htmlToBlocks(html: string, options: HtmlOptions = {}): HtmlBlocks {
  return nodesToBlocks(parsePiece(html), options);
}

/** Blocks of a parsed tree (a document's body, a fragment, an element). */
export function nodesToBlocks(root: HtmlParent, options: HtmlOptions = {}): HtmlBlocks {
  repairLists(root);
  const { notes, referred } = options.findNotes ? takePageNotes(root) : { notes: [], referred: new Map() };
  const walk: Walk = {
    options,
    holders: findBlockHolders(root),
    notes: referred,
    headings: new Map(),
    hiddenCount: 0,
    cells: 0,
    depth: 0,
    elementDepth: 0,
    blocks: (nodes) => readBlocks(nodes, walk),
    inlines: (nodes) => readInlines(nodes, walk),
  };
  const blocks = walk.blocks(root.childNodes);
  for (const { note, element } of notes) {
    for (const holder of findBlockHolders(element)) walk.holders.add(holder);
    note.content = walk.blocks(element.childNodes);
    blocks.push(note);
  }
  return { blocks, headingOfName: headingsByName(root, walk.headings), hiddenCount: walk.hiddenCount };
}

function readBlocks(nodes: readonly HtmlNode[], walk: Walk): Block[] {
  const out: Block[] = [];
  let run: Inline[] = [];
  const flush = (): void => {
    for (const block of paragraphsOf(run)) out.push(block);
    run = [];
  };
  for (const node of nodes) {
    if (isText(node)) run.push({ type: "text", text: node.value });
    else if (isElement(node)) {
      if (isInline(node, walk)) {
        for (const inline of readInlineElement(node, walk)) run.push(inline);
        continue;
      }
      flush();
      for (const block of readBlockElement(node, walk)) out.push(block);
    }
  }
  flush();
  return out;
}

function isInline(element: HtmlElement, walk: Walk): boolean {
  if (element.tagName === "script") return !isDisplayScript(element);
  if (element.tagName === "math") return !isDisplayed(element);
  if (attribute(element, "display") === "block" && readFlattened(element)) return false;
  if (silentNames.has(element.tagName)) return true;
  return !isBlockName(element.tagName) && !walk.holders.has(element);
}

/** Paragraphs of an inline run: two breaks in a row end a paragraph, a lone stored picture is a figure. */
function paragraphsOf(run: Inline[]): Block[] {
  if (run.length === 0) return [];
  const blocks: Block[] = [];
  let part: Inline[] = [];
  const finish = (): void => {
    const content = trimInlines(tidyInlines(part));
    part = [];
    if (content.length === 0) return;
    const only = content.length === 1 ? content[0]! : undefined;
    if (only?.type === "image" && only.asset)
      blocks.push({ type: "figure", asset: only.asset, ...(only.alt ? { alt: only.alt } : {}) });
    else blocks.push({ type: "paragraph", content });
  };
  for (const [index, inline] of run.entries()) {
    if (inline.type === "break" && nextShown(run, index + 1)?.type === "break") {
      if (part.length > 0) finish();
    } else part.push(inline);
  }
  finish();
  return blocks;
}

function nextShown(run: Inline[], from: number): Inline | undefined {
  for (let index = from; index < run.length; index++) {
    const inline = run[index]!;
    if (inline.type !== "text" || !isBlank(inline.text)) return inline;
  }
  return undefined;
}

/** Nothing to see: blanks and the characters of no width that editors leave in empty lines. */
function isBlank(text: string): boolean {
  return /^(?:\s|\u200b|\u200c|\u200d|\u2060|\ufeff)*$/.test(text);
}

/** Without blanks and breaks at the edges; empty when nothing is left to see. */
export function trimInlines(content: Inline[]): Inline[] {
  const out = [...content];
  const blank = (inline: Inline | undefined): boolean =>
    inline?.type === "break" || (inline?.type === "text" && isBlank(inline.text));
  while (blank(out[0])) out.shift();
  while (blank(out.at(-1))) out.pop();
  const first = out[0];
  if (first?.type === "text") out[0] = { type: "text", text: first.text.replace(/^[\s\u00a0]+/, "") };
  const last = out.at(-1);
  if (last?.type === "text") out[out.length - 1] = { type: "text", text: last.text.replace(/[\s\u00a0]+$/, "") };
  for (let index = 1; index < out.length; index++) {
    const inline = out[index]!;
    if (out[index - 1]!.type === "break" && inline.type === "text")
      out[index] = { type: "text", text: inline.text.replace(/^[ \t\n]+/, "") };
  }
  return out;
}

function readBlockElement(element: HtmlElement, walk: Walk): Block[] {
  const formula = readFormula(element);
  if (formula) return formula;
  if (dropHidden(element, walk)) return [];
  if (walk.elementDepth >= maxElementDepth || walk.depth >= (walk.options.maxDepth ?? 100)) {
    const text = textBelow(element).replace(/\s+/g, " ").trim();
    return text ? [{ type: "paragraph", content: [{ type: "text", text }] }] : [];
  }
  walk.elementDepth++;
  try {
    return readShown(element, walk);
  } finally {
    walk.elementDepth--;
  }
}

/** A formula on a line of its own; undefined when the element is none. */
function readFormula(element: HtmlElement): Block[] | undefined {
  if (element.tagName !== "script" && element.tagName !== "math" && element.tagName !== "span") return undefined;
  const [math] =
    element.tagName === "script"
      ? readTexScript(element)
      : element.tagName === "math"
        ? readMath(element)
        : [readFlattened(element)];
  if (math?.type === "math") return [{ type: "math", text: math.text, notation: math.notation }];
  return element.tagName === "span" ? undefined : [];
}

function readShown(element: HtmlElement, walk: Walk): Block[] {
  const name = element.tagName;
  const level = headingLevel(element);
  if (level !== undefined) return readHeading(element, level, walk);
  switch (name) {
    case "p":
    case "summary":
    case "legend":
      return walk.blocks(element.childNodes);
    case "ul":
    case "ol":
    case "menu":
    case "dir":
      return some(readList(element, walk));
    case "dl":
      return some(readDefinitions(element, walk));
    case "table":
      return readTable(element, walk);
    case "pre":
    case "listing":
    case "xmp":
    case "plaintext":
      return readPre(element);
    case "blockquote":
      return nest(walk, () => {
        const content = walk.blocks(element.childNodes);
        return content.length > 0 ? [{ type: "quote", content }] : [];
      });
    case "hr":
      return [{ type: "divider" }];
    case "figure":
      return readFigure(element, walk);
    case "a":
      return linkBlocks(walk.blocks(element.childNodes), readHref(attribute(element, "href"), walk.options));
    default:
      return walk.blocks(element.childNodes);
  }
}

/** A link around whole blocks becomes a link in each heading and paragraph directly inside it. */
function linkBlocks(blocks: Block[], href: string | undefined): Block[] {
  if (!href) return blocks;
  return blocks.map((block) => {
    if (block.type !== "heading" && block.type !== "paragraph") return block;
    return block.content.some((inline) => inline.type === "link")
      ? block
      : { ...block, content: [{ type: "link", href, content: block.content }] };
  });
}

function some<T>(block: T | undefined): T[] {
  return block === undefined ? [] : [block];
}

function headingLevel(element: HtmlElement): number | undefined {
  const byName = /^h([1-6])$/.exec(element.tagName)?.[1];
  if (byName) return Number(byName);
  if (attribute(element, "role") !== "heading") return undefined;
  const level = Number(attribute(element, "aria-level") ?? 2);
  return Number.isInteger(level) && level >= 1 && level <= 9 ? level : 2;
}

/** A heading holds words; pictures and other blocks inside it stand before or after. */
function readHeading(element: HtmlElement, level: number, walk: Walk): Block[] {
  const content = trimInlines(tidyInlines(walk.inlines(element.childNodes))).map(
    (inline): Inline => (inline.type === "break" ? { type: "text", text: " " } : inline),
  );
  if (plainInlines(content).trim() !== "") {
    const heading: Heading = { type: "heading", level, content: tidyInlines(content) };
    walk.headings.set(element, heading);
    return [heading];
  }
  return content.length > 0 ? paragraphsOf(content) : [];
}

function readPre(element: HtmlElement): Block[] {
  const text = textBelow(element).replace(/^\n/, "").replace(/\s+$/, "");
  if (text === "") return [];
  const inner = findBelow(element, "code");
  const parent = element.parentNode && isElement(element.parentNode) ? element.parentNode : undefined;
  const classes = [element, inner, parent].map((holder) => (holder && attribute(holder, "class")) ?? "").join(" ");
  const language =
    classes.match(/\b(?:language|lang|highlight-source|brush:)[-\s]?([\w+#.-]+)/)?.[1] ??
    (inner && attribute(inner, "data-lang"));
  return [{ type: "code", text, ...(language && language !== "none" ? { language } : {}) }];
}

/** A figure gives its caption to the picture or table in it; anything else keeps its caption as a paragraph behind it. */
function readFigure(element: HtmlElement, walk: Walk): Block[] {
  const captions = element.childNodes.filter(
    (node): node is HtmlElement => isElement(node) && node.tagName === "figcaption",
  );
  const content = walk.blocks(element.childNodes.filter((node) => !captions.includes(node as HtmlElement)));
  const caption = trimInlines(
    tidyInlines(captions.filter((node) => !dropHidden(node, walk)).flatMap((node) => walk.inlines(node.childNodes))),
  );
  if (caption.length === 0) return content;
  const only = content.length === 1 ? content[0]! : undefined;
  if (only?.type === "figure" || (only?.type === "table" && !only.caption)) return [{ ...only, caption }];
  return [...content, { type: "paragraph", role: "caption", content: caption }];
}
