/** Numbering (ECMA-376 part 1, 17.9): the counters behind list items and numbered headings, and the text they print. */

import { formatNumber } from "../ooxml/number-format.ts";
import { bulletOf } from "../ooxml/symbols.ts";
import { integerOf, valOf } from "../ooxml/values.ts";
import { childOf, childrenOf, type XmlElement } from "../xml/element.ts";

interface Level {
  start: number;
  format: string;
  /** "%1.%2" with the levels to print. */
  text: string;
  /** 1-based level after which this one starts again; 0 = never. */
  restart: number | undefined;
  isLegal: boolean;
  /** Paragraph style that this level is the numbering of. */
  style: string | undefined;
  indentTwips: number | undefined;
  font: string | undefined;
}
interface Counters {
  values: number[];
  /** Levels that have been used since the last restart. */
  started: boolean[];
}
export interface NumberedLabel {
  ordered: boolean;
  /** Value of the item's own counter. */
  value: number;
  /** As printed, e.g. "2.1", "a)", "•"; empty when the level prints nothing. */
  text: string;
  level: number;
}

const levelCount = 9;
const maxDefinitions = 50_000;

export class Numbering {
  readonly #abstracts = new Map<string, (Level | undefined)[]>();
  /** num id to abstract id and the levels it overrides. */
  readonly #nums = new Map<
    string,
    { abstract: string; levels: (Level | undefined)[]; starts: (number | undefined)[] }
  >();
  /** Counters belong to the abstract definition: several nums of one share them (17.9.15). */
  readonly #counters = new Map<string, Counters>();
  readonly #seenNums = new Set<string>();

  constructor(root: XmlElement | undefined) {
    const styleLinks = new Map<string, string>();
    const linked: [string, string][] = [];
    for (const element of childrenOf(root, "w:abstractNum").slice(0, maxDefinitions)) {
      const id = element.attributes["w:abstractNumId"] ?? "";
      this.#abstracts.set(id, readLevels(element));
      const styleLink = valOf(element, "w:styleLink");
      if (styleLink !== undefined) styleLinks.set(styleLink, id);
      const numStyleLink = valOf(element, "w:numStyleLink");
      if (numStyleLink !== undefined) linked.push([id, numStyleLink]);
    }
    // A definition that only names a numbering style borrows that style's levels (17.9.21).
    for (const [id, style] of linked) {
      const source = styleLinks.get(style);
      if (source !== undefined) this.#abstracts.set(id, this.#abstracts.get(source) ?? []);
    }
    for (const element of childrenOf(root, "w:num").slice(0, maxDefinitions)) {
      const levels: (Level | undefined)[] = [];
      const starts: (number | undefined)[] = [];
      for (const override of childrenOf(element, "w:lvlOverride")) {
        const at = integerOf(override.attributes["w:ilvl"]) ?? 0;
        if (at < 0 || at >= levelCount) continue;
        const level = childOf(override, "w:lvl");
        if (level) levels[at] = readLevel(level);
        starts[at] = integerOf(valOf(override, "w:startOverride"));
      }
      this.#nums.set(element.attributes["w:numId"] ?? "", {
        abstract: valOf(element, "w:abstractNumId") ?? "",
        levels,
        starts,
      });
    }
  }

  /** The level that a paragraph style is tied to inside a numbering, when the style names the numbering only. */
  levelOfStyle(numId: string, style: string | undefined): number | undefined {
    if (style === undefined) return undefined;
    const at =
      this.#abstracts.get(this.#nums.get(numId)?.abstract ?? "")?.findIndex((level) => level?.style === style) ?? -1;
    return at < 0 ? undefined : at;
  }

  /** Left indent that the level brings along. */
  indentOf(numId: string, at: number): number | undefined {
    return this.#level(numId, at)?.indentTwips;
  }

  /** Counts one paragraph and says what is printed in front of it; undefined when there is no such numbering. */
  count(numId: string, at: number): NumberedLabel | undefined {
    const num = this.#nums.get(numId);
    const level = this.#level(numId, at);
    if (!num || !level) return undefined;
    const counters = this.#countersOf(num.abstract);
    this.#applyStartOverrides(numId, num.starts, counters);
    counters.values[at] = counters.started[at] ? counters.values[at]! + 1 : (counters.values[at] ?? level.start);
    counters.started[at] = true;
    this.#restartDeeper(numId, at, counters);
    const ordered = level.format !== "bullet" && level.format !== "none";
    const text =
      ordered || level.format === "none" ? this.#print(numId, level, counters, at) : bulletOf(level.text, level.font);
    return { ordered, value: counters.values[at]!, text, level: at };
  }

  #level(numId: string, at: number): Level | undefined {
    const num = this.#nums.get(numId);
    return num?.levels[at] ?? this.#abstracts.get(num?.abstract ?? "")?.[at];
  }

  #countersOf(abstract: string): Counters {
    let counters = this.#counters.get(abstract);
    if (!counters) this.#counters.set(abstract, (counters = { values: [], started: [] }));
    return counters;
  }

  /** A start override takes effect once, where its num is first used. */
  #applyStartOverrides(numId: string, starts: readonly (number | undefined)[], counters: Counters): void {
    if (this.#seenNums.has(numId)) return;
    this.#seenNums.add(numId);
    starts.forEach((start, at) => {
      if (start === undefined) return;
      counters.values[at] = start;
      counters.started[at] = false;
    });
  }

  #restartDeeper(numId: string, at: number, counters: Counters): void {
    for (let deeper = at + 1; deeper < levelCount; deeper++) {
      const level = this.#level(numId, deeper);
      if (!level || level.restart === 0 || (level.restart !== undefined && at + 1 > level.restart)) continue;
      counters.started[deeper] = false;
      counters.values[deeper] = level.start;
    }
  }

  #print(numId: string, level: Level, counters: Counters, at: number): string {
    return level.text.replace(/%([1-9])/g, (_, digit: string) => {
      const index = Number(digit) - 1;
      const shown = this.#level(numId, index);
      if (!shown || index > at) return "";
      const value = counters.values[index] ?? shown.start;
      return formatNumber(value, level.isLegal ? "decimal" : shown.format);
    });
  }
}

function readLevels(element: XmlElement): (Level | undefined)[] {
  const levels: (Level | undefined)[] = [];
  for (const level of childrenOf(element, "w:lvl")) {
    const at = integerOf(level.attributes["w:ilvl"]) ?? 0;
    if (at >= 0 && at < levelCount) levels[at] = readLevel(level);
  }
  return levels;
}

function readLevel(element: XmlElement): Level {
  const properties = childOf(element, "w:pPr");
  const indent = childOf(properties, "w:ind");
  const fonts = childOf(childOf(element, "w:rPr"), "w:rFonts");
  return {
    start: integerOf(valOf(element, "w:start")) ?? 0,
    format: valOf(element, "w:numFmt") ?? "decimal",
    text: valOf(element, "w:lvlText") ?? "",
    restart: integerOf(valOf(element, "w:lvlRestart")),
    isLegal: childOf(element, "w:isLgl") !== undefined && valOf(element, "w:isLgl") !== "0",
    style: valOf(element, "w:pStyle"),
    indentTwips: integerOf(indent?.attributes["w:left"] ?? indent?.attributes["w:start"]),
    font: fonts?.attributes["w:ascii"] ?? fonts?.attributes["w:hAnsi"],
  };
}
