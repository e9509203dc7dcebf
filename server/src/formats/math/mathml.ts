/** Presentation MathML (MathML 3, chapter 3) to LaTeX. Names may carry the prefix "math:"; unknown elements are read through. */
import { textOf, type XmlElement } from "../xml/element.ts";
import {
  accentCommands,
  isFunctionName,
  latexOfDelimiter,
  latexOfFunctionName,
  latexOfText,
  latexOfWords,
  tidyLatex,
} from "./latex-symbols.ts";

/** The formula of a `math` element. */
export function latexOfMathml(element: XmlElement): string {
  return tidyLatex(walkAll(element));
}

const local = (element: XmlElement): string => element.name.slice(element.name.indexOf(":") + 1);
const children = (element: XmlElement): XmlElement[] =>
  element.children.filter((child): child is XmlElement => typeof child !== "string");
const walkAll = (element: XmlElement): string => children(element).map(walk).join("");
const braced = (element: XmlElement | undefined): string => `{${element ? tidyLatex(walk(element)) : ""}}`;
const baseOf = (element: XmlElement | undefined): string => {
  const latex = element ? tidyLatex(walk(element)) : "";
  return /^(?:[A-Za-z0-9]|\\[A-Za-z]+)$/.test(latex) ? latex : `{${latex}}`;
};

/** Operators that take their bounds above and below. */
const bigOperator = /^\\(?:sum|prod|coprod|int|iint|iiint|oint|bigcup|bigcap|lim|max|min|sup|inf)\b/;

type Walk = (element: XmlElement, parts: XmlElement[]) => string;
const walkers: Readonly<Record<string, Walk>> = {
  mi: (e) => {
    const name = textOf(e).trim();
    if (isFunctionName(name)) return latexOfFunctionName(name);
    return name.length > 1 && /^[A-Za-z]+$/.test(name) ? `\\mathrm{${name}}` : latexOfText(name);
  },
  mn: (e) => latexOfText(textOf(e).trim()),
  mo: (e) => latexOfText(textOf(e).trim()),
  ms: (e) => latexOfWords(textOf(e)),
  mtext: (e) => (textOf(e).trim() === "" ? "\\ " : latexOfWords(textOf(e))),
  mspace: () => "\\ ",
  mfrac: (e, [top, bottom]) =>
    // A binomial brings its brackets along as operators of their own.
    /^0(?:\D|$)/.test(e.attributes["linethickness"] ?? "")
      ? `\\genfrac{}{}{0pt}{}${braced(top)}${braced(bottom)}`
      : `\\frac${braced(top)}${braced(bottom)}`,
  msqrt: (e) => `\\sqrt{${tidyLatex(walkAll(e))}}`,
  mroot: (_, [base, degree]) => `\\sqrt[${degree ? tidyLatex(walk(degree)) : ""}]${braced(base)}`,
  msup: (_, [base, sup]) => `${baseOf(base)}^${braced(sup)}`,
  msub: (_, [base, sub]) => `${baseOf(base)}_${braced(sub)}`,
  msubsup: (_, [base, sub, sup]) => `${baseOf(base)}_${braced(sub)}^${braced(sup)}`,
  munder: (_, [base, under]) => overUnder(base, under, undefined),
  mover: (_, [base, over]) => overUnder(base, undefined, over),
  munderover: (_, [base, under, over]) => overUnder(base, under, over),
  mmultiscripts: (_, [base, sub, sup]) => `${baseOf(base)}_${braced(sub)}^${braced(sup)}`,
  mfenced: (e, parts) => {
    const open = latexOfDelimiter(e.attributes["open"] ?? "(");
    const close = latexOfDelimiter(e.attributes["close"] ?? ")");
    const separator = (e.attributes["separators"] ?? ",").trim().charAt(0);
    return `\\left${open} ${parts.map((part) => tidyLatex(walk(part))).join(`${separator} `)} \\right${close}`;
  },
  mtable: (_, rows) =>
    `\\begin{matrix}${rows
      .map((row) =>
        children(row)
          .map((cell) => tidyLatex(walkAll(cell)))
          .join(" & "),
      )
      .join(" \\\\ ")}\\end{matrix}`,
  mphantom: (e) => `\\phantom{${tidyLatex(walkAll(e))}}`,
  menclose: (e) => `\\boxed{${tidyLatex(walkAll(e))}}`,
  // The first child is the formula, the rest says the same in other languages.
  semantics: (_, [first]) => (first ? walk(first) : ""),
  annotation: () => "",
  "annotation-xml": () => "",
};

function walk(element: XmlElement): string {
  const walker = walkers[local(element)];
  return walker ? walker(element, children(element)) : walkAll(element);
}

function overUnder(base: XmlElement | undefined, under: XmlElement | undefined, over: XmlElement | undefined): string {
  const latex = base ? tidyLatex(walk(base)) : "";
  if (bigOperator.test(latex)) return `${latex}${under ? `_${braced(under)}` : ""}${over ? `^${braced(over)}` : ""}`;
  const accent = over && !under ? accentCommands[textOf(over).trim()] : undefined;
  if (accent) return `\\${accent}{${latex}}`;
  let out = `{${latex}}`;
  if (under) out = `{\\underset${braced(under)}${out}}`;
  if (over) out = `\\overset${braced(over)}${out}`;
  return out;
}
