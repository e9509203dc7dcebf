/**
 * YAML: the same shapes as JSON; several documents in one file follow each other. Aliases are bounded, merge keys (`<<`) are
 * merged, tags mean nothing.
 */
import { type Block, problem, type Warning } from "@knowhere/contract";
import { parseAllDocuments } from "yaml";
import type { Reader } from "../reader.ts";
import { makeResult } from "../result.ts";
import { decodeText } from "../sniff/charset.ts";
import { codeBlocks, type DataValue, dataToBlocks } from "../values/blocks.ts";

/** The YAML parser builds a large tree: longer files are kept as text. */
const maxCharacters = 4 * 1024 * 1024;
/** Indentation and brackets deeper than this are no configuration or data. */
const maxNesting = 100;
const maxAliases = 100;

export const yamlReader: Reader = {
  format: "yaml",
  async read(source, context) {
    const { text } = decodeText(await source.bytes());
    if (text.trim() === "") throw problem("EMPTY_DOCUMENT");
    context.progress(1, 0);
    const warnings: Warning[] = [];
    const content = readContent(text, context.limits.maxCells, warnings);
    if (content.length === 0)
      throw problem("EMPTY_DOCUMENT", { message: "The YAML holds no values: there is nothing to parse." });
    context.progress(1, 1);
    return makeResult({ format: "yaml", source, content, warnings });
  },
};

function readContent(text: string, maxCells: number, warnings: Warning[]): Block[] {
  const asText = (message: string): Block[] => {
    warnings.push({ code: "KEPT_AS_TEXT", message });
    return codeBlocks(text, "yaml");
  };
  if (text.length > maxCharacters)
    return asText(`The YAML has more than ${maxCharacters} characters; it is kept as text.`);
  if (nestingOf(text) > maxNesting)
    return asText(`The YAML is nested deeper than ${maxNesting} levels; it is kept as text.`);
  try {
    const documents = parseAllDocuments(text, { logLevel: "silent", merge: true });
    const list = Array.isArray(documents) ? documents : [];
    const broken = list.find((document) => document.errors.length > 0);
    if (broken) throw broken.errors[0];
    return list.flatMap((document, index) => {
      const value = toData(document.toJS({ maxAliasCount: maxAliases, mapAsMap: false }), 0);
      const blocks = value === null ? [] : dataToBlocks(value, { maxCells });
      return index > 0 && blocks.length > 0 ? [{ type: "divider" } as Block, ...blocks] : blocks;
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0]!.slice(0, 200) : "it is not valid";
    return asText(`The YAML could not be read as data (${reason}); it is kept as text.`);
  }
}

/** The deepest indentation in steps, or the deepest run of brackets. */
function nestingOf(text: string): number {
  let deepest = 0;
  let brackets = 0;
  for (const line of text.split("\n")) {
    const lead = /^(?:[ ]*(?:[-?:] )*)*/.exec(line)![0];
    deepest = Math.max(deepest, lead.length / 2);
    for (const char of line) {
      if (char === "[" || char === "{") deepest = Math.max(deepest, ++brackets);
      else if ((char === "]" || char === "}") && brackets > 0) brackets--;
    }
  }
  return deepest;
}

/** YAML has more kinds of values than JSON: dates, binary, maps with other keys. They become text. */
function toData(value: unknown, depth: number): DataValue {
  if (depth > maxNesting * 2) return "…";
  if (value === null || value === undefined) return null;
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  if (typeof value === "bigint") return value.toString();
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return `(${value.length} bytes)`;
  if (Array.isArray(value)) return value.map((item) => toData(item, depth + 1));
  if (value instanceof Set) return [...value].map((item) => toData(item, depth + 1));
  if (typeof value === "object")
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, toData(member, depth + 1)]));
  return String(value);
}
