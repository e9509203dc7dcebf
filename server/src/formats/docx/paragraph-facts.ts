/** What a paragraph's own properties and its style together say about it. */
import { integerOf, onOff, twipsOf, valOf } from "../ooxml/values.ts";
import { childOf, pathOf, type XmlElement } from "../xml/element.ts";
import type { NumberedLabel } from "./numbering.ts";
import type { Session } from "./session.ts";
import type { ParagraphKind, ParagraphStyle } from "./styles.ts";

export interface ParagraphFacts {
  style: ParagraphStyle;
  kind: ParagraphKind | undefined;
  /** 1-based. */
  headingLevel: number | undefined;
  /** The counted list or heading number. */
  label: NumberedLabel | undefined;
  /** Set in further than its style says, as people do for quotations. */
  isIndented: boolean;
  /** Left edge of the text where the paragraph, its numbering or its style states one, in twips. */
  leftTwips: number | undefined;
  /** Unnumbered, but of a style for lists or with its number taken off: it may go on the item before. */
  continuesList: boolean;
  isDropCap: boolean;
  /** A tracked deletion of the paragraph mark joins this paragraph to the next. */
  markIsDeleted: boolean;
  pageBreakBefore: boolean;
  section: XmlElement | undefined;
}

/** Reads `w:pPr`; counts the paragraph in its numbering, so call it once a paragraph and in order. */
export function readParagraphFacts(paragraph: XmlElement, session: Session): ParagraphFacts {
  const properties = childOf(paragraph, "w:pPr");
  const styleId = valOf(properties, "w:pStyle");
  const style = session.styles.paragraph(styleId);
  const outline = integerOf(valOf(properties, "w:outlineLvl")) ?? style.outlineLevel;
  const isTitle = style.kind === "title" && outline === undefined;
  const numbering = childOf(properties, "w:numPr");
  const numId = valOf(numbering, "w:numId") ?? style.numId;
  const level = levelOf(session, numbering, style, numId, styleId);
  const label =
    numId === undefined || numId === "0" || isUnseen(paragraph) ? undefined : session.numbering.count(numId, level);
  const indent = indentOf(properties, style);
  return {
    style,
    kind: style.kind,
    headingLevel: isTitle ? 1 : outline !== undefined && outline >= 0 && outline < 9 ? outline + 1 : undefined,
    label,
    isIndented: label === undefined && indent.own > 0 && indent.own > indent.ofStyle && !isCentred(properties),
    leftTwips: leftOf(properties) ?? (label && session.numbering.indentOf(numId!, level)) ?? style.indentTwips,
    continuesList: label === undefined && outline === undefined && (numbering !== undefined || style.isForLists),
    isDropCap: /^(drop|margin)$/.test(childOf(properties, "w:framePr")?.attributes["w:dropCap"] ?? ""),
    markIsDeleted:
      pathOf(properties, "w:rPr", "w:del") !== undefined || pathOf(properties, "w:rPr", "w:moveFrom") !== undefined,
    pageBreakBefore: onOff(properties, "w:pageBreakBefore") ?? style.pageBreakBefore ?? false,
    section: childOf(properties, "w:sectPr"),
  };
}

function levelOf(
  session: Session,
  numbering: XmlElement | undefined,
  style: ParagraphStyle,
  numId: string | undefined,
  styleId: string | undefined,
): number {
  const stated = integerOf(valOf(numbering, "w:ilvl"));
  const ofStyle = style.numLevel ?? (numId === undefined ? undefined : session.numbering.levelOfStyle(numId, styleId));
  return Math.min(8, Math.max(0, stated ?? ofStyle ?? 0));
}

/** A paragraph whose mark is hidden, or that was deleted whole, is not counted by Word. */
function isUnseen(paragraph: XmlElement): boolean {
  const mark = pathOf(paragraph, "w:pPr", "w:rPr");
  if (onOff(mark, "w:vanish") === true || childOf(mark, "w:del")) {
    return paragraph.children.every(
      (child) => typeof child === "string" || child.name === "w:pPr" || child.name === "w:del",
    );
  }
  return false;
}

/** Left indents in twips with the hanging part taken off, here and in the style. */
function indentOf(properties: XmlElement | undefined, style: ParagraphStyle): { own: number; ofStyle: number } {
  const ofStyle = (style.indentTwips ?? 0) - (style.hangingTwips ?? 0);
  const left = leftOf(properties);
  if (left === undefined) return { own: 0, ofStyle };
  return { own: left - (twipsOf(childOf(properties, "w:ind")?.attributes["w:hanging"]) ?? 0), ofStyle };
}

function leftOf(properties: XmlElement | undefined): number | undefined {
  const element = childOf(properties, "w:ind");
  return twipsOf(element?.attributes["w:left"] ?? element?.attributes["w:start"]);
}

const isCentred = (properties: XmlElement | undefined): boolean =>
  /^(center|right|end)$/.test(valOf(properties, "w:jc") ?? "");
