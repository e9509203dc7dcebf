/** Styles of an OpenDocument file: what a style name means for structure, through its parents (ODF 1.3 part 3, 16). */
import type { MarkType } from "../../document/span-builder.ts";
import { childOf, childrenOf, type XmlElement } from "../xml/element.ts";
import { ListStyle } from "./list-style.ts";

export type ParagraphKind =
  | "title"
  | "subtitle"
  | "quote"
  | "code"
  | "caption"
  | "contents"
  | "contents_title"
  | "divider";

export interface TextStyle {
  marks: ReadonlySet<MarkType>;
  /** Marks of the text around that end here: upright words in a slanted paragraph. */
  unmarked: ReadonlySet<MarkType>;
  isCode: boolean;
  /** A font of signs (Symbol, Wingdings) whose letters stand for others. */
  symbolFont: string | undefined;
  hidden: boolean;
}
export interface ParagraphStyle {
  kind: ParagraphKind | undefined;
  hidden: boolean;
  breakBefore: boolean;
  breakAfter: boolean;
  listStyle: string | undefined;
  /** Master page that starts here. */
  masterPage: string | undefined;
}

/** Built-in style names; "_20_" is the space. */
const kindOfName: readonly (readonly [RegExp, ParagraphKind])[] = [
  [/^title$/, "title"],
  [/^subtitle$/, "subtitle"],
  [/^(quotations|quote|block text|block quotation|intense quote)$/, "quote"],
  [/^(preformatted text|source code|html preformatted)$/, "code"],
  [/^(caption|illustration|table|drawing|figure|text)$/, "caption"],
  [/^contents \d+$/, "contents"],
  [/^contents heading$/, "contents_title"],
  [/^horizontal line$/, "divider"],
];
const codeName = /^(source text|teletype|example|verbatim char|code)$/;
const linkName = /^(internet link|visited internet link|index link)$/;
const maxChain = 50;

export class StyleSheet {
  readonly #styles = new Map<string, XmlElement>();
  readonly #lists = new Map<string, ListStyle>();
  readonly #text = new Map<string, TextStyle>();
  readonly #paragraphs = new Map<string, ParagraphStyle>();
  outline: ListStyle | undefined;
  language: string | undefined;

  /** Adds the styles of an `office:styles` or `office:automatic-styles` element; later ones win. */
  add(group: XmlElement | undefined): void {
    for (const style of childrenOf(group)) {
      const name = style.attributes["style:name"];
      if (style.name === "style:style" && name !== undefined)
        this.#styles.set(`${style.attributes["style:family"]}/${name}`, style);
      else if (style.name === "text:list-style" && name !== undefined) this.#lists.set(name, new ListStyle(style));
      else if (style.name === "text:outline-style") this.outline = new ListStyle(style);
      else if (style.name === "style:default-style" && style.attributes["style:family"] === "paragraph")
        this.#readLanguage(style);
    }
  }

  #readLanguage(style: XmlElement): void {
    const properties = childOf(style, "style:text-properties")?.attributes ?? {};
    const language = properties["fo:language"];
    const country = properties["fo:country"];
    if (language && language !== "none")
      this.language = country && country !== "none" ? `${language}-${country}` : language;
  }

  list(name: string | undefined): ListStyle | undefined {
    return name === undefined ? undefined : this.#lists.get(name);
  }

  text(name: string | undefined): TextStyle {
    const key = name ?? "";
    let style = this.#text.get(key);
    if (!style) this.#text.set(key, (style = this.#resolveText("text", key)));
    return style;
  }

  paragraph(name: string | undefined): ParagraphStyle {
    const key = name ?? "";
    let style = this.#paragraphs.get(key);
    if (!style) this.#paragraphs.set(key, (style = this.#resolveParagraph(key)));
    return style;
  }

  /** Marks that the automatic style of a paragraph gives all its text; named styles are looks of their kind. */
  ownTextOf(paragraphStyle: string | undefined): TextStyle {
    const element = this.#styles.get(`paragraph/${paragraphStyle ?? ""}`);
    if (
      !element ||
      element.attributes["style:display-name"] !== undefined ||
      element.attributes["style:parent-style-name"] === undefined
    )
      return plainText;
    return { ...textStyleOf([element]), hidden: false };
  }

  /** `fo:background-color`-like attributes of graphic and drawing-page styles. */
  property(family: string, name: string | undefined, group: string, attribute: string): string | undefined {
    for (const element of this.#chain(family, name ?? "").reverse()) {
      const value = childOf(element, group)?.attributes[attribute];
      if (value !== undefined) return value;
    }
    return undefined;
  }

  #chain(family: string, name: string): XmlElement[] {
    const chain: XmlElement[] = [];
    for (let at: string | undefined = name; at !== undefined && chain.length < maxChain; ) {
      const element: XmlElement | undefined = this.#styles.get(`${family}/${at}`);
      if (!element || chain.includes(element)) break;
      chain.unshift(element);
      at = element.attributes["style:parent-style-name"];
    }
    return chain;
  }

  #resolveText(family: string, name: string): TextStyle {
    const chain = this.#chain(family, name);
    const names = chain.map(shownName);
    const style = textStyleOf(chain);
    if (names.some((one) => linkName.test(one)))
      style.marks = new Set([...style.marks].filter((mark) => mark !== "underline"));
    return {
      ...style,
      isCode: style.isCode || names.some((one) => codeName.test(one)) || codeName.test(spacedName(name)),
    };
  }

  #resolveParagraph(name: string): ParagraphStyle {
    const style: ParagraphStyle = {
      kind: undefined,
      hidden: false,
      breakBefore: false,
      breakAfter: false,
      listStyle: undefined,
      masterPage: undefined,
    };
    const chain = this.#chain("paragraph", name);
    // A name without a definition still tells its kind (files made by hand).
    for (const one of chain.length > 0 ? chain.map(shownName) : [spacedName(name)]) {
      style.kind = kindOfName.find(([pattern]) => pattern.test(one))?.[1] ?? style.kind;
    }
    for (const element of chain) {
      const paragraph = childOf(element, "style:paragraph-properties")?.attributes ?? {};
      style.breakBefore = (paragraph["fo:break-before"] ?? (style.breakBefore ? "page" : "")) === "page";
      style.breakAfter = (paragraph["fo:break-after"] ?? (style.breakAfter ? "page" : "")) === "page";
      style.listStyle = element.attributes["style:list-style-name"] ?? style.listStyle;
      style.masterPage = element.attributes["style:master-page-name"] || style.masterPage;
      const display = childOf(element, "style:text-properties")?.attributes["text:display"];
      if (display !== undefined) style.hidden = display === "none";
    }
    return style;
  }
}

const plainText: TextStyle = {
  marks: new Set(),
  unmarked: new Set(),
  isCode: false,
  symbolFont: undefined,
  hidden: false,
};
const spacedName = (name: string): string => name.replace(/_20_/g, " ").toLowerCase();
const shownName = (style: XmlElement): string =>
  (style.attributes["style:display-name"] ?? spacedName(style.attributes["style:name"] ?? "")).toLowerCase();

function textStyleOf(chain: readonly XmlElement[]): TextStyle {
  const marks = new Set<MarkType>();
  const unmarked = new Set<MarkType>();
  const set = (mark: MarkType, on: boolean | undefined) => {
    if (on === undefined) return;
    (on ? marks : unmarked).add(mark);
    (on ? unmarked : marks).delete(mark);
  };
  let hidden = false;
  let isCode = false;
  let symbolFont: string | undefined;
  for (const element of chain) {
    const properties = childOf(element, "style:text-properties")?.attributes;
    if (!properties) continue;
    const weight = properties["fo:font-weight"];
    set("strong", weight === undefined ? undefined : weight === "bold" || Number(weight) >= 600);
    const slant = properties["fo:font-style"];
    set("emphasis", slant === undefined ? undefined : slant === "italic" || slant === "oblique");
    const under = properties["style:text-underline-style"];
    set("underline", under === undefined ? undefined : under !== "none");
    const through = properties["style:text-line-through-style"] ?? properties["style:text-line-through-type"];
    set("strike", through === undefined ? undefined : through !== "none");
    const position = properties["style:text-position"];
    if (position !== undefined) {
      const shift = Number.parseFloat(position);
      set("superscript", position.startsWith("super") || shift > 0);
      set("subscript", position.startsWith("sub") || shift < 0);
    }
    if (properties["text:display"] !== undefined) hidden = properties["text:display"] === "none";
    const font = properties["style:font-name"] ?? properties["fo:font-family"];
    if (font !== undefined) {
      symbolFont = /^'?(?:symbol|wingdings)'?\d*$/i.test(font) ? font.replaceAll("'", "") : undefined;
      isCode =
        /^'?(courier|consolas|menlo|monaco|dejavu sans mono|liberation mono|source code pro|lucida console)/i.test(
          font,
        );
    }
  }
  return { marks, unmarked, isCode, symbolFont, hidden };
}
