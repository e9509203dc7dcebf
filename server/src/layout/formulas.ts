/** Formulas: told by the fonts they are set in. Kept as the characters printed, marked as mathematics. */
import { shiftCharacters } from "../document/scripts.ts";
import type { FlowLine, FlowSpan } from "./flow.ts";

/** Raised or lowered text in Unicode's own characters where it has them all; the plain characters otherwise. */
export function shiftText(text: string, shift: "super" | "sub"): string {
  return shiftCharacters(text, shift) ?? text;
}

/** Text between two pieces of a formula that belongs to it: numbers, operators, brackets, a letter or two. */
const glue =
  /^[\s\d.,;:()[\]{}|/<>=+\-\u2212\u00d7\u00b7*\u2217\u2264\u2265\u2260\u2248\u00b1!\u2032'\u2026^~]*$|^\p{L}{1,2}$/u;
/** Function names are set upright. */
const functionName = /^(?:sin|cos|tan|exp|log|ln|max|min|lim|arg|det|dim|sup|inf|mod|Pr|var|cov|argmax|argmin)$/;

/** Index of the first span after a formula that starts at `from`; `from` itself when none starts there. */
export function endOfFormula(spans: readonly FlowSpan[], from: number): number {
  let end = from;
  let math = 0;
  for (let i = from; i < spans.length; i++) {
    const span = spans[i]!;
    const isMath = span.math === true || isScriptedVariable(span, spans[i + 1]);
    // A script belongs to a formula when what it hangs on does.
    if (isMath || (span.shift !== undefined && i > from && i === end)) {
      end = i + 1;
      if (isMath) math++;
    } else if (!glue.test(span.text) && !functionName.test(span.text.trim())) break;
  }
  return math > 0 ? end : from;
}

/** "d" in italics with a script on it, whatever the font: a variable and its index. */
function isScriptedVariable(span: FlowSpan, next: FlowSpan | undefined): boolean {
  return span.italic && !span.shift && /^\p{L}$/u.test(span.text) && next?.shift !== undefined && !next.spaced;
}

/** Characters of a formula as printed, scripts raised and lowered. */
export function formulaText(spans: readonly FlowSpan[]): string {
  return spans
    .map((span, i) => (i > 0 && span.spaced ? " " : "") + (span.shift ? shiftText(span.text, span.shift) : span.text))
    .join("");
}

/** At least half of the characters are a formula's, and hardly a word is among the rest. */
export function isFormulaLine(line: FlowLine): boolean {
  if (!line.spans.some((span) => span.math)) return false;
  let math = 0;
  let all = 0;
  let words = 0;
  for (const span of line.spans) {
    const count = span.text.replace(/\s/g, "").length;
    all += count;
    if (span.math || span.shift || (glue.test(span.text) && !/\p{L}/u.test(span.text))) math += count;
    else words += (span.text.match(/\p{L}{3,}/gu) ?? []).filter((word) => !functionName.test(word)).length;
  }
  return all > 0 && math >= 0.5 * all && words <= 2;
}
