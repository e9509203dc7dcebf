/** Run properties (ECMA-376 part 1, 17.3.2) as far as they matter to a reader of the text. */
import type { MarkType } from "../../document/span-builder.ts";
import { onOff, valOf } from "../ooxml/values.ts";
import { childOf, type XmlElement } from "../xml/element.ts";

/** Undefined = not said here; the next level of the style hierarchy decides. */
export interface RunStyle {
  bold?: boolean | undefined;
  italic?: boolean | undefined;
  strike?: boolean | undefined;
  underline?: boolean | undefined;
  highlight?: boolean | undefined;
  script?: "superscript" | "subscript" | "baseline" | undefined;
  hidden?: boolean | undefined;
  monospace?: boolean | undefined;
  /** "symbol" or "wingdings…" when the run is set in such a font. */
  symbolFont?: string | undefined;
  /** RRGGBB, upper case. */
  color?: string | undefined;
  shaded?: boolean | undefined;
  sizeHalfPt?: number | undefined;
}

/** Fixed-pitch faces that people set code in; Courier is also a typewriter face, so it counts only with a code style. */
const codeFonts =
  /^(consolas|menlo|monaco|source code pro|fira (code|mono)|dejavu sans mono|lucida console|jetbrains mono|sf mono|cascadia (code|mono)|andale mono|liberation mono)$/i;

/** Reads an `w:rPr` element. */
export function readRunStyle(properties: XmlElement | undefined): RunStyle {
  if (!properties) return {};
  const style: RunStyle = {};
  style.bold = onOff(properties, "w:b");
  style.italic = onOff(properties, "w:i");
  const strike = onOff(properties, "w:strike");
  const doubleStrike = onOff(properties, "w:dstrike");
  if (strike !== undefined || doubleStrike !== undefined) style.strike = (strike ?? false) || (doubleStrike ?? false);
  const underline = childOf(properties, "w:u");
  if (underline) style.underline = (underline.attributes["w:val"] ?? "single") !== "none";
  const highlight = valOf(properties, "w:highlight");
  if (highlight !== undefined) style.highlight = highlight !== "none";
  const script = valOf(properties, "w:vertAlign");
  if (script === "superscript" || script === "subscript" || script === "baseline") style.script = script;
  // Moved off the line and made smaller at once: how some writers spell the same.
  const shift = Number(valOf(properties, "w:position") ?? 0);
  if (style.script === undefined && shift !== 0 && childOf(properties, "w:sz"))
    style.script = shift > 0 ? "superscript" : shift < 0 ? "subscript" : undefined;
  style.hidden = onOff(properties, "w:vanish");
  style.color = valOf(properties, "w:color")?.toUpperCase();
  const size = Number(valOf(properties, "w:sz"));
  if (Number.isFinite(size)) style.sizeHalfPt = size;
  const fill = childOf(properties, "w:shd")?.attributes["w:fill"]?.toLowerCase();
  if (fill !== undefined) style.shaded = fill !== "auto" && fill !== "ffffff";
  const fonts = childOf(properties, "w:rFonts");
  const font = fonts?.attributes["w:ascii"] ?? fonts?.attributes["w:hAnsi"];
  if (font !== undefined) {
    style.monospace = codeFonts.test(font);
    if (/^(symbol|wingdings|webdings|zapfdingbats)/i.test(font)) style.symbolFont = font.toLowerCase();
  }
  return style;
}

/** `upper` over `lower`: what `upper` says wins. */
export function mergeRunStyles(lower: RunStyle, upper: RunStyle): RunStyle {
  const merged: Record<string, unknown> = { ...lower };
  for (const [key, value] of Object.entries(upper)) if (value !== undefined) merged[key] = value;
  return merged as RunStyle;
}

const markSets = new Map<string, ReadonlySet<MarkType>>();
/** The marks of a run; equal styles share one set. */
export function marksOf(style: RunStyle): ReadonlySet<MarkType> {
  const marks: MarkType[] = [];
  if (style.bold) marks.push("strong");
  if (style.italic) marks.push("emphasis");
  if (style.strike) marks.push("strike");
  if (style.underline) marks.push("underline");
  if (style.highlight) marks.push("highlight");
  if (style.script === "superscript" || style.script === "subscript") marks.push(style.script);
  const key = marks.join();
  let set = markSets.get(key);
  if (!set) markSets.set(key, (set = new Set(marks)));
  return set;
}
