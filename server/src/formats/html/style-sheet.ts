/**
 * The little of CSS that changes what a page says: what a class makes bold, italic, struck, raised or hidden. Only rules for
 * one class ("em.name" or ".name") outside of conditions; what else a style sheet does is layout.
 */
import { attribute, elementsBelow, type HtmlElement, type HtmlParent } from "./dom.ts";

/** Declarations by ".class" or "tag.class". */
export type StyleSheet = ReadonlyMap<string, string>;

const maxSheetCharacters = 1_000_000;
const maxRules = 20_000;
/** The properties that change what is said. */
const declaration =
  /(?<![\w-])(font-weight|font-style|text-decoration|text-decoration-line|vertical-align|display|visibility)\s*:\s*([^;]+)/gi;

/** Reads sheets in their order; the last word on a property counts. */
export function readStyleSheets(sheets: readonly string[]): StyleSheet {
  const rules = new Map<string, Map<string, string>>();
  for (const sheet of sheets) {
    if (sheet.length > maxSheetCharacters) continue;
    for (const [, selectors, body] of withoutConditions(sheet).matchAll(/([^{}]+)\{([^{}]*)\}/g)) {
      const declarations = [...body!.matchAll(declaration)];
      if (declarations.length === 0) continue;
      for (const selector of selectors!.split(",")) {
        const key = /^\s*([a-zA-Z][\w-]*)?\.([\w-]+)\s*$/.exec(selector);
        if (!key || rules.size >= maxRules) continue;
        const name = `${(key[1] ?? "").toLowerCase()}.${key[2]}`;
        const rule = rules.get(name) ?? new Map<string, string>();
        for (const [, property, value] of declarations) rule.set(property!.toLowerCase(), value!);
        rules.set(name, rule);
      }
    }
  }
  const written = (rule: ReadonlyMap<string, string>) => [...rule].map(([name, value]) => `${name}:${value};`).join("");
  return new Map([...rules].map(([name, rule]) => [name, written(rule)]));
}

/** The contents of `<style>` elements, for `readStyleSheets`. */
export function styleElementsOf(root: HtmlParent): string[] {
  const sheets: string[] = [];
  for (const element of elementsBelow(root))
    if (element.tagName === "style")
      sheets.push(element.childNodes.map((node) => ("value" in node ? node.value : "")).join(""));
  return sheets;
}

/** Drops comments and everything in "@media" and its like: it holds only sometimes. */
function withoutConditions(sheet: string): string {
  let out = "";
  let depth = 0;
  let conditionDepth = -1;
  const clean = sheet.replace(/\/\*[\s\S]*?(?:\*\/|$)/g, "").replace(/@(?:import|charset|namespace)[^;{]*;/g, "");
  for (const [piece] of clean.matchAll(/[^{}]+|[{}]/g)) {
    if (piece === "{") depth++;
    else if (piece === "}") depth = Math.max(0, depth - 1);
    else if (conditionDepth < 0 && piece.trimStart().startsWith("@")) conditionDepth = depth;
    if (conditionDepth < 0) out += piece;
    else if (piece === "}" && depth === conditionDepth) conditionDepth = -1;
  }
  return out;
}

/** What classes and the element's own style declare, the latter last. */
export function declarationsOf(element: HtmlElement, sheet: StyleSheet | undefined): string {
  const own = attribute(element, "style") ?? "";
  const inline = own.length < 10_000 ? own : "";
  const classes = sheet && sheet.size > 0 ? attribute(element, "class") : undefined;
  if (classes === undefined || classes.length > 1000) return inline;
  let out = "";
  for (const name of classes.split(/\s+/))
    out += `${sheet!.get(`.${name}`) ?? ""}${sheet!.get(`${element.tagName}.${name}`) ?? ""}`;
  return out + inline;
}
