/** DrawingML text (`a:txBody`): paragraphs and lists with the levels and bullets they inherit (ECMA-376 part 1, 21.1.2). */
import type { Block, Inline, Place } from "@knowhere/contract";
import { FlowBuilder } from "../../document/flow-builder.ts";
import { type LinkTarget, type MarkType, SpanBuilder } from "../../document/span-builder.ts";
import { childOf, childrenOf, textOf, type XmlElement } from "../xml/element.ts";
import { resolvedChildren } from "./alternate.ts";
import { latexOfOmml } from "./omml.ts";
import type { Relationship } from "./package.ts";
import { bulletOf, unicodeOfSymbols } from "./symbols.ts";

export interface TextScope {
  readonly relationships: ReadonlyMap<string, Relationship>;
  /** List styles that apply, nearest first; each has children a:lvl1pPr … a:lvl9pPr. */
  readonly lists: readonly XmlElement[];
  readonly places?: Place[] | undefined;
}

interface Bullet {
  ordered: boolean;
  /** "arabicPeriod", "alphaLcParenR", … or the bullet character. */
  kind: string;
  startAt: number;
}

/** Reads a text body as blocks. */
export function readTextBody(body: XmlElement, scope: TextScope): Block[] {
  const flow = new FlowBuilder();
  const own = childOf(body, "a:lstStyle");
  const lists = own ? [own, ...scope.lists] : scope.lists;
  const counters: { value: number; kind: string }[] = [];
  for (const paragraph of childrenOf(body, "a:p")) {
    const properties = childOf(paragraph, "a:pPr");
    const level = Math.min(8, Math.max(0, Number(properties?.attributes["lvl"] ?? 0) || 0));
    const content = readParagraph(paragraph, scope.relationships);
    // An empty line shows no bullet and ends the count.
    if (content.length === 0) continue;
    const places = scope.places;
    const math = content.length === 1 && content[0]!.type === "math" ? content[0]! : undefined;
    const bullet = bulletOfParagraph(properties, level, lists);
    const code = bullet ? undefined : codeOf(content);
    if (code !== undefined) {
      counters.length = 0;
      flow.addCode(code, places);
      continue;
    }
    const itemLevel = bullet ? undefined : levelOfItemAbove(paragraph, properties, level, flow);
    if (itemLevel !== undefined) {
      flow.addToItem(itemLevel, { type: "paragraph", content, ...(places ? { places } : {}) });
      continue;
    }
    if (!bullet) {
      counters.length = 0;
      flow.add(
        math
          ? { ...math, ...(places ? { places } : {}) }
          : { type: "paragraph", content, ...(places ? { places } : {}) },
      );
      continue;
    }
    counters.length = Math.min(counters.length, level + 1);
    const counter = counters[level];
    const value = bullet.ordered ? (counter?.kind === bullet.kind ? counter.value + 1 : bullet.startAt) : 0;
    counters[level] = { value, kind: bullet.kind };
    const marker = bullet.ordered ? markerOf(value, bullet.kind) : bullet.kind;
    flow.addItem(
      { level, ordered: bullet.ordered, number: bullet.ordered ? value : undefined, marker },
      [{ type: "paragraph", content }],
      places,
    );
  }
  return flow.blocks;
}

/**
 * The level of the item that a paragraph without a bullet goes on in: its own where its margin sets it below the text of an
 * item, the last one where somebody broke the line by hand and began with blanks. Undefined when it stands for itself.
 */
function levelOfItemAbove(
  paragraph: XmlElement,
  properties: XmlElement | undefined,
  level: number,
  flow: FlowBuilder,
): number | undefined {
  if (!flow.inList) return undefined;
  const { marL, indent } = properties?.attributes ?? {};
  if (Number(marL) > 0 && Number(indent) === 0) return level;
  const text = childrenOf(paragraph, "a:r").map((run) => textOf(childOf(run, "a:t")));
  return /^(?: {2}|\t)/.test(text.join("")) ? flow.listLevel : undefined;
}

/** The lines of a paragraph that is set in a fixed-pitch face as a whole. */
function codeOf(content: readonly Inline[]): string | undefined {
  let code = "";
  for (const node of content) {
    if (node.type === "break") code += "\n";
    else if (node.type === "code") code += node.text;
    else return undefined;
  }
  return code;
}

/** The first level definition along the chain that says anything about a bullet decides. */
function bulletOfParagraph(
  properties: XmlElement | undefined,
  level: number,
  lists: readonly XmlElement[],
): Bullet | undefined {
  const candidates = [properties, ...lists.map((list) => childOf(list, `a:lvl${level + 1}pPr`))];
  for (const candidate of candidates) {
    for (const child of childrenOf(candidate)) {
      if (child.name === "a:buNone") return undefined;
      if (child.name === "a:buBlip") return { ordered: false, kind: "•", startAt: 1 };
      if (child.name === "a:buChar") {
        const font = childOf(candidate, "a:buFont")?.attributes["typeface"];
        const character = bulletOf(child.attributes["char"] ?? "", font);
        return character === "" ? undefined : { ordered: false, kind: character, startAt: 1 };
      }
      if (child.name === "a:buAutoNum") {
        return {
          ordered: true,
          kind: child.attributes["type"] ?? "arabicPeriod",
          startAt: Math.max(1, Number(child.attributes["startAt"] ?? 1) || 1),
        };
      }
    }
  }
  return undefined;
}

/** Undefined for the plain "1." that Markdown draws itself. */
function markerOf(value: number, kind: string): string | undefined {
  if (kind === "arabicPeriod") return undefined;
  const letters = String.fromCharCode(97 + ((value - 1) % 26));
  const number = kind.startsWith("alphaLc")
    ? letters
    : kind.startsWith("alphaUc")
      ? letters.toUpperCase()
      : kind.startsWith("romanLc")
        ? romanOf(value)
        : kind.startsWith("romanUc")
          ? romanOf(value).toUpperCase()
          : String(value);
  if (kind.endsWith("ParenBoth")) return `(${number})`;
  if (kind.endsWith("ParenR")) return `${number})`;
  return kind.endsWith("Plain") ? number : `${number}.`;
}

function romanOf(value: number): string {
  const tens = ["", "x", "xx", "xxx", "xl", "l", "lx", "lxx", "lxxx", "xc"];
  const ones = ["", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"];
  return value > 0 && value < 100 ? `${tens[Math.floor(value / 10)]}${ones[value % 10]}` : String(value);
}

/** The runs of one `a:p`. */
export function readParagraph(paragraph: XmlElement, relationships: ReadonlyMap<string, Relationship>): Inline[] {
  const spans = new SpanBuilder();
  for (const child of resolvedChildren(paragraph)) {
    if (child.name === "a:r" || child.name === "a:fld") addRun(spans, child, relationships);
    else if (child.name === "a:br") spans.node({ type: "break" });
    else if (child.name === "a14:m") {
      for (const math of childrenOf(child)) {
        const latex = latexOfOmml(math);
        if (latex !== "") spans.node({ type: "math", text: latex, notation: "latex" });
      }
    }
  }
  return spans.take();
}

const links = new WeakMap<Relationship, LinkTarget>();

function addRun(spans: SpanBuilder, run: XmlElement, relationships: ReadonlyMap<string, Relationship>): void {
  const properties = childOf(run, "a:rPr");
  const text = textOf(childOf(run, "a:t")).replace(/[\v\t]/g, " ");
  const face = childOf(properties, "a:latin")?.attributes["typeface"];
  const symbolFace = childOf(properties, "a:sym")?.attributes["typeface"];
  const link = linkOfRun(properties, relationships);
  if (face !== undefined && /^(courier|consolas|menlo|monaco)/i.test(face)) spans.code(text, link);
  else
    spans.text(
      unicodeOfSymbols(text, symbolFace && /^(symbol|wingdings)/i.test(symbolFace) ? symbolFace : undefined),
      marksOf(properties, link !== undefined),
      link,
    );
}

function linkOfRun(
  properties: XmlElement | undefined,
  relationships: ReadonlyMap<string, Relationship>,
): LinkTarget | undefined {
  const relationship = relationships.get(childOf(properties, "a:hlinkClick")?.attributes["r:id"] ?? "");
  // Jumps inside the show have no address; addresses that run something are none either.
  if (!relationship?.external || !/^(https?|mailto|ftp|tel):|^[^:]*$/i.test(relationship.target)) return undefined;
  let link = links.get(relationship);
  if (!link) links.set(relationship, (link = { href: relationship.target }));
  return link;
}

function marksOf(properties: XmlElement | undefined, isLink: boolean): ReadonlySet<MarkType> {
  const marks = new Set<MarkType>();
  const { b, i, u, strike, baseline } = properties?.attributes ?? {};
  if (b === "1" || b === "true") marks.add("strong");
  if (i === "1" || i === "true") marks.add("emphasis");
  if (u !== undefined && u !== "none" && !isLink) marks.add("underline");
  if (strike !== undefined && strike !== "noStrike") marks.add("strike");
  const shift = Number.parseFloat(baseline ?? "0");
  if (shift > 0) marks.add("superscript");
  else if (shift < 0) marks.add("subscript");
  if (childOf(properties, "a:highlight")) marks.add("highlight");
  return marks;
}
