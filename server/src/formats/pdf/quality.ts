/**
 * What a page's text layer is worth. "none": nothing to read although something is to be seen. "garbled": letters without a
 * mapping to Unicode, or fonts with a wrong one. Both want OCR. Dotted leaders and rules made of dashes are neither letters nor garbage and are not counted
 * (a contents page is good text).
 */
import type { PageFacts } from "../../layout/facts.ts";
import { findGarbledFonts } from "./garbled-fonts.ts";

export type TextQuality = "ok" | "none" | "garbled" | "ocr";

/** More than this share of unmapped letters is garbage. */
const garbledShare = 0.1;
/** Fewer letters than this beside a page picture or a mass of outlines is no text layer. */
const fewLetters = 40;
const leader = /^[.·…_\-–—=*•]$/u;

/** Marks the letters of fonts with a wrong mapping as unmapped. */
export function judgeText(facts: PageFacts, ocrLayer: number): TextQuality {
  const wrong = findGarbledFonts(facts.glyphs, facts.fonts);
  if (wrong.size > 0) for (const glyph of facts.glyphs) if (wrong.has(glyph.font)) glyph.unmapped = true;
  let letters = 0;
  let unmapped = 0;
  for (const glyph of facts.glyphs) {
    if (glyph.hidden || leader.test(glyph.text)) continue;
    letters++;
    if (
      glyph.unmapped &&
      !facts.fonts[glyph.font]?.name.match(/symbol|wingding|dingbat|icon|awesome|math|msam|msbm|cmsy|cmex/i)
    )
      unmapped++;
  }
  if (letters > 0 && ocrLayer > letters / 2) return "ocr";
  if (letters > 0 && unmapped > garbledShare * letters && unmapped >= 10) return "garbled";
  if (letters >= fewLetters) return "ok";
  const page = facts.width * facts.height;
  let pictures = 0;
  for (const picture of facts.pictures)
    pictures += (picture.box[2] - picture.box[0]) * (picture.box[3] - picture.box[1]);
  const outlines = facts.drawings.reduce((sum, drawing) => sum + drawing.segments, 0);
  if (letters === 0) return pictures > 0 || outlines > 0 ? "none" : "ok";
  return pictures > 0.5 * page || outlines > 3000 ? "none" : "ok";
}
