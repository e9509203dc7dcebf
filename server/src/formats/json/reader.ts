/** JSON and JSON Lines: like objects as tables, nested ones as sections and definition lists. */
import { type Block, problem, type Warning } from "@knowhere/contract";
import type { Reader } from "../reader.ts";
import { makeResult } from "../result.ts";
import { decodeText } from "../sniff/charset.ts";
import { codeBlocks, type DataValue, dataToBlocks, isWithinDepth } from "../values/blocks.ts";

/** Nesting that is walked; deeper documents are shown as they are written. */
const maxNesting = 200;
/** Values bigger than this need several times as much memory when parsed: they are shown as text. */
const maxCharacters = 64 * 1024 * 1024;

export const jsonReader: Reader = {
  format: "json",
  async read(source, context) {
    const { text } = decodeText(await source.bytes());
    if (text.trim() === "") throw problem("EMPTY_DOCUMENT");
    if (text.length > maxCharacters)
      throw problem("LIMIT_EXCEEDED", {
        limit: "JSON characters",
        message: `The file has more than ${maxCharacters} characters of JSON. Split it into smaller ones.`,
      });
    context.progress(1, 0);
    const warnings: Warning[] = [];
    const content = readContent(text, context.limits.maxCells, warnings);
    if (content.length === 0)
      throw problem("EMPTY_DOCUMENT", { message: "The JSON holds no values: there is nothing to parse." });
    context.progress(1, 1);
    return makeResult({ format: "json", source, content, warnings });
  },
};

function readContent(text: string, maxCells: number, warnings: Warning[]): Block[] {
  if (!isWithinDepth(text, maxNesting)) {
    warnings.push({
      code: "NESTING_TOO_DEEP",
      message: `The JSON is nested deeper than ${maxNesting} levels; it is kept as text.`,
    });
    return codeBlocks(text, "json");
  }
  const value = parse(text) ?? parseLines(text, warnings);
  if (value === undefined)
    throw problem("PARSING_FAILED", { message: "Unable to parse document: it is not valid JSON." });
  return dataToBlocks(value.value, { maxCells });
}

function parse(text: string): { value: DataValue } | undefined {
  try {
    return { value: JSON.parse(text) as DataValue };
  } catch {
    return undefined;
  }
}

/** One value a line; single lines that are none are left out with a warning, unless they are the most. */
function parseLines(text: string, warnings: Warning[]): { value: DataValue } | undefined {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  if (lines.length < 2) return undefined;
  const values: DataValue[] = [];
  let bad = 0;
  for (const line of lines) {
    const value = parse(line);
    if (value) values.push(value.value);
    else bad++;
  }
  if (values.length < 1 || bad > values.length * 0.1) return undefined;
  if (bad > 0)
    warnings.push({
      code: "LINES_UNREADABLE",
      message: `${bad} lines were not valid JSON and were left out.`,
      count: bad,
    });
  return { value: values };
}
