/** The words inside a figure: the labels of a chart, or the text of a panel. */
import type { Block, Inline, Paragraph, Place } from "@knowhere/contract";
import { plainInlines } from "../document/inlines.ts";
import { addPlaces } from "./places.ts";

/** So many paragraphs of so many characters each, on average, are labels. */
const manyLabels = 4;
const longestLabel = 24;

/** Labels are a paragraph each where there are few; many are the lines of one. The text of a panel stays as it is. */
export function joinLabels(inside: Block[]): Block[] {
  const labels = inside.filter((block): block is Paragraph => block.type === "paragraph");
  if (labels.length < inside.length || labels.length < manyLabels) return inside;
  let characters = 0;
  let places: Place[] | undefined;
  const content: Inline[] = [];
  for (const label of labels) {
    characters += plainInlines(label.content).length;
    if (label.places) places = addPlaces(places, label.places);
    if (content.length > 0) content.push({ type: "break" });
    content.push(...label.content);
  }
  if (characters > longestLabel * labels.length) return inside;
  return [{ ...labels[0]!, content, ...(places ? { places } : {}) }];
}
