/**
 * The article of a web page without its navigation, by Mozilla's Readability on a copy of the page.
 * The copy is serialised from our own tree, so its repairs of broken markup are the ones browsers make.
 */
import { Readability } from "@mozilla/readability";
import { parseHTML } from "linkedom";
import { serialize } from "parse5";
import { elementsBelow, type HtmlParent, textBelow } from "./dom.ts";

/** Readability is recursive and quadratic in places: beyond these the page is kept whole. */
const maxElements = 60_000;
const maxDepth = 300;
/** Less text than this, or a smaller share of a page without articles, is a miss rather than a find. */
const minCharacters = 200;

export interface MainContent {
  html: string;
  title?: string;
  byline?: string;
}

/** The main content as HTML, or undefined when the page has none that stands out. Nothing is fetched or run. */
export function extractMainContent(page: HtmlParent): MainContent | undefined {
  if (isTooLarge(page)) return undefined;
  const pageText = textLength(textBelow(page));
  if (pageText < minCharacters) return undefined;
  try {
    const { document } = parseHTML(serialize(page));
    const article = new Readability(document as unknown as Document, {
      maxElemsToParse: maxElements,
      keepClasses: true,
    }).parse();
    const html = article?.content;
    if (!html || !article) return undefined;
    if (textLength(article.textContent ?? "") < Math.min(minCharacters, pageText * 0.5)) return undefined;
    return {
      html,
      ...(article.title ? { title: article.title } : {}),
      ...(article.byline ? { byline: article.byline } : {}),
    };
  } catch {
    // Its heuristics meet trees nobody thought of; the whole page is always an answer.
    return undefined;
  }
}

function textLength(text: string): number {
  return text.replace(/\s+/g, " ").trim().length;
}

function isTooLarge(page: HtmlParent): boolean {
  const depthOf = new Map<HtmlParent, number>([[page, 0]]);
  let count = 0;
  for (const element of elementsBelow(page)) {
    const depth = (depthOf.get(element.parentNode as HtmlParent) ?? 0) + 1;
    depthOf.set(element, depth);
    if (++count > maxElements || depth > maxDepth) return true;
  }
  return false;
}
