/**
 * Office Math (ECMA-376 part 1, 22.1) to LaTeX. One function an element; what is not listed is read through, so no
 * symbol is ever lost.
 */
import {
  accentCommands,
  isFunctionName,
  latexOfDelimiter,
  latexOfFunctionName,
  latexOfText,
  latexOfWords,
  tidyLatex,
} from "../math/latex-symbols.ts";
import { childOf, childrenOf, pathOf, textOf, type XmlElement } from "../xml/element.ts";

/** The formula of an `m:oMath` or `m:oMathPara` element; several formulas of one paragraph stand on lines of their own. */
export function latexOfOmml(element: XmlElement): string {
  if (element.name !== "m:oMathPara") return tidyLatex(walkChildren(element));
  return childrenOf(element, "m:oMath")
    .map((math) => tidyLatex(walkChildren(math)))
    .filter(Boolean)
    .join(" \\\\ ");
}

type Walk = (element: XmlElement) => string;

/** A bare argument needs braces unless it is one symbol; always bracing is simpler to read back. */
const braced = (element: XmlElement | undefined): string => `{${tidyLatex(element ? walkChildren(element) : "")}}`;
const argument = (element: XmlElement, name: string): string => braced(childOf(element, `m:${name}`));
const property = (element: XmlElement, group: string, name: string): string | undefined => {
  const found = pathOf(element, `m:${group}`, `m:${name}`);
  return found ? (found.attributes["m:val"] ?? "") : undefined;
};
const isOn = (value: string | undefined): boolean =>
  value !== undefined && value !== "0" && value !== "off" && value !== "false";

/** The base of a script: braces only around more than one symbol. */
function baseOf(element: XmlElement): string {
  const base = argument(element, "e").slice(1, -1);
  return /^(?:[A-Za-z0-9]|\\[A-Za-z]+)$/.test(base) ? base : `{${base}}`;
}

const walkers: Readonly<Record<string, Walk>> = {
  "m:r": walkRun,
  "m:f": (e) => {
    const kind = property(e, "fPr", "type");
    if (kind === "lin") return `${argument(e, "num")}/${argument(e, "den")}`;
    if (kind === "noBar") return `\\genfrac{}{}{0pt}{}${argument(e, "num")}${argument(e, "den")}`;
    return `\\frac${argument(e, "num")}${argument(e, "den")}`;
  },
  "m:sSup": (e) => `${baseOf(e)}^${argument(e, "sup")}`,
  "m:sSub": (e) => `${baseOf(e)}_${argument(e, "sub")}`,
  "m:sSubSup": (e) => `${baseOf(e)}_${argument(e, "sub")}^${argument(e, "sup")}`,
  "m:sPre": (e) => `{}_${argument(e, "sub")}^${argument(e, "sup")}${baseOf(e)}`,
  "m:rad": (e) => {
    const degree = argument(e, "deg").slice(1, -1);
    return degree !== "" && !isOn(property(e, "radPr", "degHide"))
      ? `\\sqrt[${degree}]${argument(e, "e")}`
      : `\\sqrt${argument(e, "e")}`;
  },
  "m:nary": walkNary,
  "m:d": walkDelimiters,
  "m:func": (e) => `${walkFunctionName(childOf(e, "m:fName"))}${argument(e, "e")}`,
  "m:limLow": (e) => limit(e, "_"),
  "m:limUpp": (e) => limit(e, "^"),
  "m:m": (e) =>
    `\\begin{matrix}${childrenOf(e, "m:mr")
      .map((row) =>
        childrenOf(row, "m:e")
          .map((c) => tidyLatex(walkChildren(c)))
          .join(" & "),
      )
      .join(" \\\\ ")}\\end{matrix}`,
  "m:eqArr": (e) =>
    `\\begin{aligned}${childrenOf(e, "m:e")
      .map((row) => tidyLatex(walkChildren(row)).replaceAll("\\&", "&"))
      .join(" \\\\ ")}\\end{aligned}`,
  "m:acc": (e) => `\\${accentCommands[property(e, "accPr", "chr") ?? "\u0302"] ?? "hat"}${argument(e, "e")}`,
  "m:bar": (e) =>
    property(e, "barPr", "pos") === "top" ? `\\overline${argument(e, "e")}` : `\\underline${argument(e, "e")}`,
  "m:groupChr": walkGroupCharacter,
  "m:borderBox": (e) => `\\boxed${argument(e, "e")}`,
  "m:phant": (e) => (isOn(property(e, "phantPr", "show") ?? "1") ? argument(e, "e") : `\\phantom${argument(e, "e")}`),
  "w:del": () => "",
  "w:moveFrom": () => "",
};
/** Property groups carry no text of the formula. */
const isProperties = (name: string): boolean => name.endsWith("Pr") && (name.startsWith("m:") || name.startsWith("w:"));

function walkChildren(element: XmlElement): string {
  let out = "";
  for (const child of element.children) {
    if (typeof child === "string" || isProperties(child.name)) continue;
    const walker = walkers[child.name];
    out += walker
      ? walker(child)
      : child.name === "m:t" || child.name === "w:t"
        ? latexOfText(textOf(child))
        : walkChildren(child);
  }
  return out;
}

function walkRun(run: XmlElement): string {
  const text = childrenOf(run)
    .filter((c) => c.name === "m:t" || c.name === "w:t")
    .map(textOf)
    .join("");
  const properties = childOf(run, "m:rPr");
  if (isOn(childOf(properties, "m:nor") ? (childOf(properties, "m:nor")!.attributes["m:val"] ?? "1") : undefined))
    return latexOfWords(text);
  const style = pathOf(properties, "m:sty")?.attributes["m:val"];
  if (style === "p" && isFunctionName(text)) return latexOfFunctionName(text);
  const latex = latexOfText(text);
  const script = pathOf(properties, "m:scr")?.attributes["m:val"];
  const command = script ? scriptCommands[script] : undefined;
  if (command) return `\\${command}{${latex.trim()}}`;
  if (style === "b" || style === "bi") return `\\mathbf{${latex.trim()}}`;
  return style === "p" && /^[A-Za-z]{2,}$/.test(text) ? `\\mathrm{${text}}` : latex;
}
const scriptCommands: Readonly<Record<string, string>> = {
  "double-struck": "mathbb",
  script: "mathcal",
  fraktur: "mathfrak",
  "sans-serif": "mathsf",
  monospace: "mathtt",
};

function walkNary(element: XmlElement): string {
  const operator = latexOfText(property(element, "naryPr", "chr") ?? "∫").trim();
  const lower = isOn(property(element, "naryPr", "subHide")) ? "{}" : argument(element, "sub");
  const upper = isOn(property(element, "naryPr", "supHide")) ? "{}" : argument(element, "sup");
  return `${operator}${lower === "{}" ? "" : `_${lower}`}${upper === "{}" ? "" : `^${upper}`}${argument(element, "e")}`;
}

function walkDelimiters(element: XmlElement): string {
  const open = property(element, "dPr", "begChr") ?? "(";
  const close = property(element, "dPr", "endChr") ?? ")";
  const separator = property(element, "dPr", "sepChr") ?? "|";
  const parts = childrenOf(element, "m:e").map((part) => tidyLatex(walkChildren(part)));
  const only = parts.length === 1 ? /^\\begin\{matrix\}([\s\S]*)\\end\{matrix\}$/.exec(parts[0]!) : null;
  const matrix = only && { "()": "pmatrix", "[]": "bmatrix", "||": "vmatrix", "{}": "Bmatrix" }[`${open}${close}`];
  if (only && matrix) return `\\begin{${matrix}}${only[1]}\\end{${matrix}}`;
  return `\\left${spaced(latexOfDelimiter(open))}${parts.join(` ${latexOfText(separator).trim()} `)}\\right${spaced(latexOfDelimiter(close))}`;
}
/** A delimiter that is a command needs a space before a letter. */
const spaced = (delimiter: string): string => (/[A-Za-z]$/.test(delimiter) ? `${delimiter} ` : delimiter);

function walkFunctionName(name: XmlElement | undefined): string {
  if (!name) return "";
  const text = textOf(name).trim();
  const isPlain = childrenOf(name).every((child) => child.name === "m:r" || isProperties(child.name));
  return isPlain && /^[A-Za-z]+$/.test(text) ? latexOfFunctionName(text) : walkChildren(name);
}

function limit(element: XmlElement, sign: "_" | "^"): string {
  const base = tidyLatex(walkFunctionName(childOf(element, "m:e")));
  const bound = argument(element, "lim");
  const takesLimits = /^\\(?:lim|max|min|sup|inf|limsup|liminf|sum|prod|int|det|gcd|Pr|bigcup|bigcap)$/.test(base);
  if (takesLimits) return `${base}${sign}${bound}`;
  return sign === "_" ? `\\underset${bound}{${base}}` : `\\overset${bound}{${base}}`;
}

function walkGroupCharacter(element: XmlElement): string {
  const character = property(element, "groupChrPr", "chr") ?? "⏟";
  const isTop = property(element, "groupChrPr", "pos") === "top";
  if (character === "⏟" || character === "⏞") return `\\${isTop ? "overbrace" : "underbrace"}${argument(element, "e")}`;
  return `\\${isTop ? "overset" : "underset"}{${latexOfText(character).trim()}}${argument(element, "e")}`;
}
