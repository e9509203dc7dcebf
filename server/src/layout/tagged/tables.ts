/** What tags say about tables that geometry finds. */
import type { PageFacts, TableRegion, Word } from "../facts.ts";
import { readPageTags } from "./elements.ts";

/** Least share of the page's visible glyphs in elements for its tags to be heard. */
const leastCover = 0.9;
/** A table whose words stand in headings and list items, and hardly any in cells, is none. */
const otherwiseTagged = 0.5;
const cells = new Set(["TD", "TH", "Table", "Caption"]);
const otherwise = /^(?:H[1-6]?|LI|Lbl|LBody|TOCI|Note|BlockQuote)$/;

/** True when well-tagged pages tag the region's text as lists and headings instead of cells. */
export function contradictsTags(facts: PageFacts, words: readonly Word[], region: TableRegion): boolean {
  const tags = readPageTags(facts);
  if (!tags || tags.covered < leastCover * (tags.visible - tags.artifacts)) return false;
  let inCells = 0;
  let elsewhere = 0;
  for (const index of region.words) {
    const word = words[index]!;
    const element = word.mcid < 0 ? undefined : tags.ofMcid.get(word.mcid);
    if (element === undefined) continue;
    const { type } = tags.elements[element]!;
    if (cells.has(type)) inCells++;
    else if (otherwise.test(type)) elsewhere++;
  }
  return inCells === 0 && elsewhere > otherwiseTagged * region.words.length;
}
