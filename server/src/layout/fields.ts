/**
 * Form fields as words: their values are no text of the page, so they are put where they would be printed and read with
 * the words around them ("Name: Ada", "☒ yes").
 */
import type { Box } from "@knowhere/contract";
import { heightOf, holdsCenter, widthOf } from "./boxes.ts";
import type { FieldFact, PageFacts, Word } from "./facts.ts";

/** Fields of one page that are looked at. */
const maxFields = 5000;
/** Characters of one value; a longer one is a text of its own and is cut. */
const maxCharacters = 20_000;

/** Words for the values that are not printed on the page already. */
export function fieldWords(facts: PageFacts, words: readonly Word[]): Word[] {
  return facts.fields.slice(0, maxFields).flatMap((field) => {
    if (field.kind === "button" || field.kind === "signature") return [];
    if (field.kind === "checkbox" || field.kind === "radio") return [boxWord(field)];
    const value = field.value.slice(0, maxCharacters).trim();
    if (value === "") return [];
    const printed = words.filter((word) => holdsCenter(field.box, word.box, 1)).map((word) => word.text);
    if (printed.join("") === value.replace(/\s+/g, "")) return [];
    return valueWords(field.box, value, labelOf(field.box, words));
  });
}

/** The nearest printed word on the line of a one-line field: its value is read on that word's baseline. */
function labelOf(box: Box, words: readonly Word[]): Word | undefined {
  let best: Word | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const word of words) {
    if (
      word.angle !== 0 ||
      word.baseline < box[1] ||
      word.baseline > box[3] + 0.3 * word.size ||
      heightOf(box) > 3 * word.size
    )
      continue;
    const apart = Math.max(box[0] - word.box[2], word.box[0] - box[2]);
    if (apart < least) [best, least] = [word, apart];
  }
  return best;
}

function boxWord(field: FieldFact): Word {
  return makeWord(field.checked ? "\u2612" : "\u2610", field.box, Math.min(12, Math.max(6, heightOf(field.box))));
}

/** The value's words side by side, line by line, narrowed where the field is too small for them. */
function valueWords(box: Box, value: string, label: Word | undefined): Word[] {
  const lines = value.split(/\r\n|\r|\n/).filter((line) => line.trim() !== "");
  const height = heightOf(box) / lines.length;
  const size = Math.min(12, Math.max(5, 0.75 * height));
  return lines.flatMap((line, row) => {
    const tokens = line.trim().split(/\s+/);
    const advance = Math.min(0.5 * size, widthOf(box) / (line.trim().length + 1));
    let x = box[0] + 0.2 * size;
    return tokens.map((token) => {
      const at: Box = [x, box[1] + row * height, x + token.length * advance, box[1] + (row + 1) * height];
      x = at[2] + advance;
      const word = makeWord(token, at, size);
      return label && lines.length === 1 ? { ...word, baseline: label.baseline, size: label.size } : word;
    });
  });
}

function makeWord(text: string, box: Box, size: number): Word {
  return {
    text,
    box: [...box],
    baseline: (box[1] + box[3]) / 2 + 0.35 * size,
    size,
    font: 0,
    bold: false,
    italic: false,
    color: 0,
    angle: 0,
    mcid: -1,
    glyphs: [],
  };
}
