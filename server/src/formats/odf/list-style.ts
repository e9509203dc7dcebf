/** List and outline styles: what each level prints in front of its paragraphs (ODF 1.3 part 3, 16.30–16.34). */
import { formatNumber } from "../ooxml/number-format.ts";
import { bulletOf } from "../ooxml/symbols.ts";
import { childOf, childrenOf, type XmlElement } from "../xml/element.ts";

interface Level {
  ordered: boolean;
  /** Name of a number format, "" for a level that prints nothing. */
  format: string;
  prefix: string;
  suffix: string;
  start: number;
  displayLevels: number;
  bullet: string;
}
const formatOfSign: Readonly<Record<string, string>> = {
  "1": "decimal",
  a: "lowerLetter",
  A: "upperLetter",
  i: "lowerRoman",
  I: "upperRoman",
  "一, 二, 三, ...": "chineseCounting",
};

export class ListStyle {
  readonly #levels: (Level | undefined)[] = [];

  constructor(element: XmlElement) {
    for (const level of childrenOf(element)) {
      const at = Number(level.attributes["text:level"]) - 1;
      if (Number.isInteger(at) && at >= 0 && at < 10) this.#levels[at] = readLevel(level);
    }
  }

  isOrdered(level: number): boolean {
    return this.#levels[level]?.ordered ?? false;
  }

  startOf(level: number): number {
    return this.#levels[level]?.start ?? 1;
  }

  /** What is printed for `values`, the counters from the top level down to `level`; "" for nothing. */
  print(values: readonly number[], level: number): string {
    const own = this.#levels[level];
    if (!own) return "";
    if (!own.ordered) return own.bullet;
    if (own.format === "") return "";
    const first = Math.max(0, level + 1 - own.displayLevels);
    const numbers: string[] = [];
    for (let at = first; at <= level; at++) {
      const format = this.#levels[at]?.format ?? "decimal";
      if (format !== "") numbers.push(formatNumber(values[at] ?? this.startOf(at), format));
    }
    return `${own.prefix}${numbers.join(".")}${own.suffix}`.trim();
  }
}

function readLevel(element: XmlElement): Level {
  const attributes = element.attributes;
  const ordered = element.name === "text:list-level-style-number" || element.name === "text:outline-level-style";
  const sign = attributes["style:num-format"] ?? "";
  const font =
    childOf(element, "style:text-properties")?.attributes["style:font-name"] ??
    childOf(element, "style:text-properties")?.attributes["fo:font-family"];
  return {
    ordered,
    format: sign === "" ? "" : (formatOfSign[sign] ?? "decimal"),
    prefix: attributes["style:num-prefix"] ?? "",
    suffix: attributes["style:num-suffix"] ?? "",
    start: Math.max(0, Number(attributes["text:start-value"] ?? 1) || 0),
    displayLevels: Math.min(10, Math.max(1, Number(attributes["text:display-levels"] ?? 1) || 1)),
    bullet:
      element.name === "text:list-level-style-bullet"
        ? bulletOf(attributes["text:bullet-char"] ?? "•", font) || "•"
        : "•",
  };
}

/** The counters of one list or of the outline. */
export class Counters {
  readonly values: number[] = [];

  /** Counts one item at `level`; deeper levels start again. */
  next(level: number, style: ListStyle | undefined, startAt: number | undefined): number {
    const known = this.values[level];
    const value = startAt ?? (known === undefined ? (style?.startOf(level) ?? 1) : known + 1);
    this.values.length = Math.min(this.values.length, level + 1);
    for (let at = 0; at < level; at++) this.values[at] ??= style?.startOf(at) ?? 1;
    this.values[level] = value;
    return value;
  }
}
