/** Formulas: told by the fonts they are set in. Kept as the characters printed, marked as mathematics. */
import type { FlowLine, FlowSpan } from "./flow.ts";

const superscripts = new Map(
  zip(
    "0123456789+-\u2212=()abcdefghijklmnoprstuvwxyz",
    "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079\u207a\u207b\u207b\u207c\u207d\u207e\u1d43\u1d47\u1d9c\u1d48\u1d49\u1da0\u1d4d\u02b0\u2071\u02b2\u1d4f\u02e1\u1d50\u207f\u1d52\u1d56\u02b3\u02e2\u1d57\u1d58\u1d5b\u02b7\u02e3\u02b8\u1dbb",
  ),
);
const subscripts = new Map(
  zip(
    "0123456789+-\u2212=()aehijklmnoprstuvx",
    "\u2080\u2081\u2082\u2083\u2084\u2085\u2086\u2087\u2088\u2089\u208a\u208b\u208b\u208c\u208d\u208e\u2090\u2091\u2095\u1d62\u2c7c\u2096\u2097\u2098\u2099\u2092\u209a\u1d63\u209b\u209c\u1d64\u1d65\u2093",
  ),
);

function zip(from: string, to: string): [string, string][] {
  const signs = [...to];
  return [...from].map((character, i) => [character, signs[i]!]);
}

/** Raised or lowered text in Unicode's own characters where it has them all; the plain characters otherwise. */
export function shiftText(text: string, shift: "super" | "sub"): string {
  const table = shift === "super" ? superscripts : subscripts;
  const shifted = [...text.trim()].map((character) => table.get(character));
  return shifted.every((character) => character !== undefined) ? text.replace(text.trim(), shifted.join("")) : text;
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
    const isMath = span.math === true;
    // A script belongs to a formula when what it hangs on does.
    if (isMath || (span.shift !== undefined && i > from && i === end)) {
      end = i + 1;
      if (isMath) math++;
    } else if (!glue.test(span.text) && !functionName.test(span.text.trim())) break;
  }
  return math > 0 ? end : from;
}

/** Characters of a formula as printed, scripts raised and lowered. */
export function formulaText(spans: readonly FlowSpan[]): string {
  return spans
    .map((span, i) => (i > 0 && span.spaced ? " " : "") + (span.shift ? shiftText(span.text, span.shift) : span.text))
    .join("");
}

/** At least half of the characters are a formula's, and hardly a word is among the rest. */
export function isFormulaLine(line: FlowLine): boolean {
  let math = 0;
  let all = 0;
  let words = 0;
  for (const span of line.spans) {
    const count = span.text.replace(/\s/g, "").length;
    all += count;
    if (span.math || span.shift || (glue.test(span.text) && !/\p{L}/u.test(span.text))) math += count;
    else words += (span.text.match(/\p{L}{3,}/gu) ?? []).filter((word) => !functionName.test(word)).length;
  }
  return all > 0 && math >= 0.5 * all && words <= 2 && line.spans.some((span) => span.math);
}
