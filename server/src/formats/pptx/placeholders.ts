/** Placeholders: where a slide's shape gets its position and text styles from (ECMA-376 part 1, 19.3.1.36). */
import { childOf, childrenOf, descendantsOf, pathOf, type XmlElement } from "../xml/element.ts";

export interface Placeholder {
  readonly type: string;
  readonly index: string | undefined;
}

/** The placeholder a shape fills, undefined for a free shape. */
export function placeholderOf(shape: XmlElement): Placeholder | undefined {
  for (const group of childrenOf(shape)) {
    if (!/^p:nv\w+Pr$/.test(group.name)) continue;
    const element = pathOf(group, "p:nvPr", "p:ph");
    // "obj" is the default type: any content.
    if (element) return { type: element.attributes["type"] ?? "obj", index: element.attributes["idx"] };
  }
  return undefined;
}

const titles = new Set(["title", "ctrTitle"]);
export const isTitle = (placeholder: Placeholder | undefined): boolean =>
  placeholder !== undefined && titles.has(placeholder.type);

/** Footers, dates and numbers are no body text: the master's other styles are theirs. */
const furnitureTypes = new Set(["ftr", "dt", "hdr", "sldNum"]);

/** Types that stand for each other when a layout is looked up in its master. */
const masterTypes: Readonly<Record<string, string>> = {
  ctrTitle: "title",
  subTitle: "body",
  obj: "body",
  pic: "body",
  tbl: "body",
  chart: "body",
  dgm: "body",
  media: "body",
  clipArt: "body",
};

/** The shapes of one layout or master that slides refer to. */
export class PlaceholderSet {
  readonly #shapes: { placeholder: Placeholder; shape: XmlElement }[] = [];

  constructor(root: XmlElement | undefined) {
    for (const shape of descendantsOf(pathOf(root, "p:cSld", "p:spTree"), "p:sp", "p:pic", "p:graphicFrame")) {
      const placeholder = placeholderOf(shape);
      if (placeholder) this.#shapes.push({ placeholder, shape });
    }
  }

  /** By index first, then by type. */
  find(wanted: Placeholder): XmlElement | undefined {
    const type = (candidate: string) => masterTypes[candidate] ?? candidate;
    const byIndex =
      wanted.index === undefined
        ? undefined
        : this.#shapes.find(({ placeholder }) => placeholder.index === wanted.index);
    const exact = this.#shapes.find(({ placeholder }) => placeholder.type === wanted.type);
    const similar = this.#shapes.find(({ placeholder }) => type(placeholder.type) === type(wanted.type));
    return (byIndex ?? exact ?? similar)?.shape;
  }
}

/** A layout with its master: what the slides on it inherit. */
export interface Layout {
  /** "title", "secHead", "obj", …: ST_SlideLayoutType. */
  readonly type: string;
  readonly layout: PlaceholderSet;
  readonly master: PlaceholderSet;
  readonly titleStyle: XmlElement | undefined;
  readonly bodyStyle: XmlElement | undefined;
  readonly otherStyle: XmlElement | undefined;
}

export const emptyLayout: Layout = {
  type: "",
  layout: new PlaceholderSet(undefined),
  master: new PlaceholderSet(undefined),
  titleStyle: undefined,
  bodyStyle: undefined,
  otherStyle: undefined,
};

/** List styles for a shape, nearest first, without its own. */
export function listStylesOf(
  placeholder: Placeholder | undefined,
  layout: Layout,
  defaults: XmlElement | undefined,
): XmlElement[] {
  const chain: (XmlElement | undefined)[] = [];
  if (placeholder) {
    chain.push(pathOf(layout.layout.find(placeholder), "p:txBody", "a:lstStyle"));
    chain.push(pathOf(layout.master.find(placeholder), "p:txBody", "a:lstStyle"));
    if (furnitureTypes.has(placeholder.type)) chain.push(layout.otherStyle);
    else chain.push(isTitle(placeholder) ? layout.titleStyle : layout.bodyStyle);
  } else chain.push(layout.otherStyle, defaults);
  return chain.filter((element) => element !== undefined);
}

/** `a:xfrm` of the shape itself, its layout or its master. */
export function transformOf(
  shape: XmlElement,
  placeholder: Placeholder | undefined,
  layout: Layout,
): XmlElement | undefined {
  const own = ownTransform(shape);
  if (own || !placeholder) return own;
  return ownTransform(layout.layout.find(placeholder)) ?? ownTransform(layout.master.find(placeholder));
}

const ownTransform = (shape: XmlElement | undefined): XmlElement | undefined =>
  pathOf(shape, "p:spPr", "a:xfrm") ?? childOf(shape, "p:xfrm") ?? pathOf(shape, "p:grpSpPr", "a:xfrm");
