/** Lines of a block to inline content: broken words mended, styles as marks. */
import type { Inline } from "@knowhere/contract";
import { type LinkTarget, type MarkType, SpanBuilder } from "../document/span-builder.ts";
import type { FlowLine, FlowSpan } from "./flow.ts";
import { endOfFormula, formulaText } from "./formulas.ts";
import { joinLines, type LineJoint, type Vocabulary } from "./vocabulary.ts";

export interface InlineContext {
  vocabulary: Vocabulary;
  /** Note ids by printed label, for the page a line stands on. */
  notes: ReadonlyMap<string, string>;
  /** Weight and slant that are the block's own style and say nothing inside it (headings, captions set bold). */
  plain?: boolean | undefined;
  /** The whole document is monospaced: fixed pitch says nothing. */
  monospaced?: boolean | undefined;
}

/** A slanted letter or two is a variable, not an emphasis. */
const variable = /^\p{L}{1,2}[\p{N}]?$/u;

/** Characters to leave out at the start: a list marker or a note's label. */
export interface Cut {
  characters: number;
}

export function buildInlines(
  lines: readonly FlowLine[],
  context: InlineContext,
  cut: Cut = { characters: 0 },
): Inline[] {
  const builder = new SpanBuilder();
  const links = new Map<string, LinkTarget>();
  let left = cut.characters;
  lines.forEach((line, i) => {
    const next = lines[i + 1];
    const joint = next
      ? joinLines(line.text, next.text, context.vocabulary)
      : { cutHyphen: false, separator: "" as const };
    let formulaEnd = 0;
    line.spans.forEach((span, k) => {
      if (k < formulaEnd) return;
      formulaEnd = left > 0 ? k : endOfFormula(line.spans, k);
      if (formulaEnd > k) {
        addFormula(
          builder,
          line.spans.slice(k, formulaEnd),
          formulaEnd === line.spans.length ? joint : undefined,
          line.spans[formulaEnd],
        );
        return;
      }
      let text = tightenLeaders(span.text, k > 0 && !span.spaced);
      if (left > 0) {
        const dropped = Math.min(left, text.length);
        text = text.slice(dropped);
        left -= dropped;
        if (left === 0) text = text.trimStart();
      }
      const lastSpan = k === line.spans.length - 1;
      if (lastSpan && joint.cutHyphen) text = text.slice(0, -1);
      if (lastSpan) text += joint.separator;
      const follower = line.spans[k + 1];
      if (follower?.spaced && text !== "") text += " ";
      const shown = isOrdinal(span, line.spans[k - 1]) ? { ...span, shift: undefined } : span;
      addSpan(builder, shown, text, context, links);
    });
  });
  return builder.take();
}

/** The raised letters of "1st", "20th": how they are set says nothing, and they stay one word for whoever searches. */
function isOrdinal(span: FlowSpan, before: FlowSpan | undefined): boolean {
  return (
    span.shift === "super" &&
    !span.spaced &&
    /^(?:st|nd|rd|th)$/.test(span.text.trim()) &&
    /(?<![\p{L}.,])\d+$/u.test(before?.text ?? "")
  );
}

/** ". . . . ." as "....": leaders are spaced for the eye only. */
function tightenLeaders(text: string, glued: boolean): string {
  if (!text.includes(". .")) return text;
  return text.replace(/(\S?)\s?((?:\. ){3,}\.)\s?/g, (_run, before: string, dots: string, at: number) => {
    const start = before === "." ? "." : before === "" ? (at === 0 && glued ? " " : "") : `${before} `;
    return `${start}${dots.replace(/ /g, "")} `;
  });
}

/** A run of spans in formula fonts; a lone symbol is ordinary text. */
function addFormula(
  builder: SpanBuilder,
  spans: FlowSpan[],
  joint: LineJoint | undefined,
  follower: FlowSpan | undefined,
): void {
  let text = formulaText(spans);
  if (joint?.cutHyphen) text = text.slice(0, -1);
  if (/[\p{L}\p{N}]/u.test(text)) builder.node({ type: "math", text, notation: "text" });
  else builder.text(text);
  const space = joint ? joint.separator : follower?.spaced ? " " : "";
  if (space) builder.text(space);
}

function addSpan(
  builder: SpanBuilder,
  span: FlowSpan,
  text: string,
  context: InlineContext,
  links: Map<string, LinkTarget>,
): void {
  if (text === "") return;
  const label = text.trim();
  const note = span.shift === "super" ? context.notes.get(label) : undefined;
  if (note !== undefined) {
    builder.node({ type: "note_ref", note, label });
    if (/\s$/.test(text)) builder.text(" ");
    return;
  }
  let link: LinkTarget | undefined;
  if (span.href !== undefined) {
    link = links.get(span.href) ?? { href: span.href };
    links.set(span.href, link);
  }
  if (span.mono && !context.monospaced && !context.plain && !span.shift && /[\p{L}\p{N}]/u.test(text)) {
    const ends = /\s$/.test(text);
    builder.code(text.trim(), link);
    if (ends) builder.text(" ");
    return;
  }
  const marks = new Set<MarkType>();
  if (span.bold && !context.plain) marks.add("strong");
  // A script is set apart already, and the slant of a letter in a formula is no emphasis.
  if (span.italic && !context.plain && !span.shift && !span.math && !variable.test(label)) marks.add("emphasis");
  if (span.shift) marks.add(span.shift === "super" ? "superscript" : "subscript");
  builder.text(text, marks, link);
}
