/** Styles (ECMA-376 part 1, 17.7): resolves what a style id means for structure, through its `basedOn` chain. */
import { integerOf, twipsOf, valOf } from "../ooxml/values.ts";
import { childOf, childrenOf, pathOf, type XmlElement } from "../xml/element.ts";
import { mergeRunStyles, type RunStyle, readRunStyle } from "./run-style.ts";

/** What a paragraph is, beyond its looks. */
export type ParagraphKind =
  | "title"
  | "subtitle"
  | "quote"
  | "code"
  | "caption"
  | "contents"
  | "contents_title"
  | "term"
  | "definition"
  | "divider";

export interface ParagraphStyle {
  /** 0-based; 9 and undefined are body text. */
  outlineLevel?: number | undefined;
  kind?: ParagraphKind | undefined;
  numId?: string | undefined;
  numLevel?: number | undefined;
  indentTwips?: number | undefined;
  hangingTwips?: number | undefined;
  pageBreakBefore?: boolean | undefined;
  /** One of Word's own styles for what stands in lists, numbered or not. */
  isForLists: boolean;
  run: RunStyle;
}
export interface CharacterStyle {
  run: RunStyle;
  isCode: boolean;
  isLink: boolean;
}

/** Built-in names are stored in English whatever the language of the program (17.7.4.9). */
const kindOfName: readonly (readonly [RegExp, ParagraphKind])[] = [
  [/^title$/, "title"],
  [/^subtitle$/, "subtitle"],
  [/^(quote|intense quote|block text|quotations|blockquote|block quote)$/, "quote"],
  [/^(source code|html preformatted|preformatted text|macro text|macro|code|code block)$/, "code"],
  [/^(caption|image caption|table caption)$/, "caption"],
  [/^toc \d$/, "contents"],
  [/^(toc heading|contents heading)$/, "contents_title"],
  [/^definition term$/, "term"],
  [/^definition$/, "definition"],
  [/^horizontal line$/, "divider"],
];
const listName = /^(list paragraph|list continue( \d)?)$/;
const codeCharacterName =
  /^(verbatim char|html code|html typewriter|html sample|source text|code|code char|inline code)$/;
const linkCharacterName = /^(hyperlink|followedhyperlink|internet link)$/;
/** A chain this long is a cycle or an attack. */
const maxChain = 50;

export class StyleSheet {
  readonly #elements = new Map<string, XmlElement>();
  readonly #paragraphs = new Map<string, ParagraphStyle>();
  readonly #characters = new Map<string, CharacterStyle>();
  #defaultParagraph: string | undefined;
  readonly language: string | undefined;

  constructor(root: XmlElement | undefined) {
    for (const style of childrenOf(root, "w:style")) {
      const id = style.attributes["w:styleId"];
      if (id === undefined || this.#elements.has(id)) continue;
      this.#elements.set(id, style);
      const isDefault = style.attributes["w:default"] === "1" || style.attributes["w:default"] === "true";
      if (isDefault && style.attributes["w:type"] === "paragraph") this.#defaultParagraph ??= id;
    }
    const language = pathOf(root, "w:docDefaults", "w:rPrDefault", "w:rPr", "w:lang")?.attributes["w:val"];
    this.language = language && language !== "x-none" ? language : undefined;
  }

  paragraph(id: string | undefined): ParagraphStyle {
    const key = id ?? this.#defaultParagraph ?? "";
    let style = this.#paragraphs.get(key);
    if (!style) this.#paragraphs.set(key, (style = this.#resolveParagraph(key)));
    return style;
  }

  character(id: string | undefined): CharacterStyle {
    const key = id ?? "";
    let style = this.#characters.get(key);
    if (!style) this.#characters.set(key, (style = this.#resolveCharacter(key)));
    return style;
  }

  /** From the root of the chain to the style itself. */
  #chain(id: string): XmlElement[] {
    const chain: XmlElement[] = [];
    for (let at: string | undefined = id; at !== undefined && chain.length < maxChain; ) {
      const element = this.#elements.get(at);
      if (!element || chain.includes(element)) break;
      chain.unshift(element);
      at = valOf(element, "w:basedOn");
    }
    return chain;
  }

  #resolveParagraph(id: string): ParagraphStyle {
    const style: ParagraphStyle = { isForLists: false, run: {} };
    const chain = this.#chain(id);
    for (const element of chain) {
      const properties = childOf(element, "w:pPr");
      const name = (valOf(element, "w:name") ?? "").toLowerCase();
      const outline =
        integerOf(valOf(properties, "w:outlineLvl")) ?? outlineOfHeading(name, element.attributes["w:styleId"]);
      if (outline !== undefined) style.outlineLevel = outline;
      const kind = kindOfName.find(([pattern]) => pattern.test(name))?.[1];
      style.isForLists ||= listName.test(name);
      // A style of another kind that is built on a title or caption keeps that kind.
      if (kind) style.kind = kind;
      const numbering = childOf(properties, "w:numPr");
      style.numId = valOf(numbering, "w:numId") ?? style.numId;
      style.numLevel = integerOf(valOf(numbering, "w:ilvl")) ?? style.numLevel;
      const indent = childOf(properties, "w:ind");
      style.indentTwips = twipsOf(indent?.attributes["w:left"] ?? indent?.attributes["w:start"]) ?? style.indentTwips;
      style.hangingTwips = twipsOf(indent?.attributes["w:hanging"]) ?? style.hangingTwips;
      if (childOf(properties, "w:pageBreakBefore"))
        style.pageBreakBefore = valOf(properties, "w:pageBreakBefore") !== "0";
      style.run = mergeRunStyles(style.run, readRunStyle(childOf(element, "w:rPr")));
    }
    // Without a style sheet the id itself is all there is ("Heading1").
    if (chain.length === 0) style.outlineLevel = outlineOfHeading(undefined, id);
    return style;
  }

  #resolveCharacter(id: string): CharacterStyle {
    const style: CharacterStyle = { run: {}, isCode: false, isLink: false };
    for (const element of this.#chain(id)) {
      const name = (valOf(element, "w:name") ?? "").toLowerCase();
      style.isCode ||= codeCharacterName.test(name);
      style.isLink ||= linkCharacterName.test(name);
      style.run = mergeRunStyles(style.run, readRunStyle(childOf(element, "w:rPr")));
    }
    // The underline of a link is its look, not emphasis.
    if (style.isLink) style.run = { ...style.run, underline: undefined };
    return style;
  }
}

/** The built-in heading styles, for files whose style part leaves the outline level out. */
function outlineOfHeading(name: string | undefined, id: string | undefined): number | undefined {
  const level = /^heading (\d)$/.exec(name ?? "")?.[1] ?? /^heading ?(\d)$/i.exec(id ?? "")?.[1];
  return level === undefined || level === "0" ? undefined : Number(level) - 1;
}
