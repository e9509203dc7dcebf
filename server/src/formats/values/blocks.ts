/**
 * Values of JSON and YAML as something a reader can follow: an array of like objects is a table, an object is a definition
 * list, its large members are sections of their own, and what fits none of these is code.
 */
import type { Block, Definitions, Inline, Table, TableCell } from "@knowhere/contract";
import { ParagraphCounter } from "../empty.ts";

export type DataValue = string | number | boolean | null | DataValue[] | { [key: string]: DataValue };

/** Deeper or larger structures are shown as code: sections would no longer help anyone. */
const maxSections = 4;
const maxColumns = 60;
/** Records of unlike keys are a table up to this width, when enough of its cells are filled. */
const maxSparseColumns = 20;
const minSparseShare = 0.35;
/** Entries with a section each; on the outermost level a file of records may have more. */
const maxEntries = 200;
const maxOuterEntries = 2_000;
/** A list or an object of plain values up to this many characters is shown in one line. */
const maxInline = 400;
const maxCodeCharacters = 20_000;
/** A longer list of plain values (a vector, a series) is shown as code: nobody reads its values one by one. */
const maxListItems = 10_000;

export interface DataLimits {
  readonly maxCells: number;
}

/**
 * Blocks of one value; what is too deep for tables and sections is code, written as JSON.
 * @throws Problem LIMIT_EXCEEDED when it would take more paragraphs than any document may have.
 */
export function dataToBlocks(value: DataValue, limits: DataLimits): Block[] {
  const state: State = { cells: 0, limits, paragraphs: new ParagraphCounter() };
  return sectionOf(value, 1, state);
}

interface State {
  cells: number;
  limits: DataLimits;
  paragraphs: ParagraphCounter;
}

function sectionOf(value: DataValue, level: number, state: State): Block[] {
  if (isPlain(value)) return [paragraph(shown(value))];
  const table = Array.isArray(value) && !holdsTables(value, level) ? tableOf(value, state) : undefined;
  if (table) return [table];
  if (Array.isArray(value)) return arrayOf(value, level, state);
  return objectOf(value, level, state);
}

/** Plain and small members as definitions first, then a section for each large one. */
function objectOf(value: { [key: string]: DataValue }, level: number, state: State): Block[] {
  const items: Definitions["items"] = [];
  const sections: Block[] = [];
  for (const [key, member] of Object.entries(value)) {
    state.paragraphs.next();
    const line = inlineOf(member);
    if (line !== undefined) items.push({ term: [{ type: "text", text: key }], definitions: [[paragraph(line)]] });
    else if (level > maxSections) sections.push(...labelled(key, codeOf(member)));
    else
      sections.push(
        { type: "heading", level, content: [{ type: "text", text: key }] },
        ...sectionOf(member, level + 1, state),
      );
  }
  return [...(items.length > 0 ? [{ type: "definitions", items } as Block] : []), ...sections];
}

function arrayOf(values: DataValue[], level: number, state: State): Block[] {
  if (values.every(isPlain) && values.length <= maxListItems) {
    const items = values.map((value) => {
      state.paragraphs.next();
      return { content: [paragraph(shown(value))] };
    });
    return [{ type: "list", ordered: false, items }];
  }
  if (level > maxSections || values.length > entriesOf(level)) return codeOf(values);
  return values.flatMap((value, index): Block[] => {
    if (isPlain(value)) return [paragraph(shown(value))];
    const name = nameOf(value) ?? `${index + 1}`;
    return [{ type: "heading", level, content: [{ type: "text", text: name }] }, ...sectionOf(value, level + 1, state)];
  });
}

function entriesOf(level: number): number {
  return level === 1 ? maxOuterEntries : maxEntries;
}

/** Records with lists of records in them: one table would squeeze those into cells. Sections are better, while there are few. */
function holdsTables(values: readonly DataValue[], level: number): boolean {
  if (level >= maxSections || values.length > entriesOf(level)) return false;
  const isRecords = (member: DataValue): boolean =>
    Array.isArray(member) && member.length > 0 && member.every((entry) => !isPlain(entry) && !Array.isArray(entry));
  const holders = values.filter(
    (value) => !isPlain(value) && !Array.isArray(value) && Object.values(value).some(isRecords),
  );
  return holders.length > values.length / 2;
}

/** What people call an entry. */
function nameOf(value: DataValue): string | undefined {
  if (isPlain(value) || Array.isArray(value)) return undefined;
  for (const key of ["title", "name", "label", "id", "key"]) {
    const name = value[key];
    if ((typeof name === "string" && name.length > 0 && name.length <= 120) || typeof name === "number")
      return String(name);
  }
  return undefined;
}

/**
 * An array of objects with mostly the same keys and small members, or of plain arrays of one length.
 * Undefined when it is no table, or too large a one.
 */
function tableOf(values: DataValue[], state: State): Table | undefined {
  if (values.length < 2) return undefined;
  if (
    values.every(
      (value) => Array.isArray(value) && value.length > 1 && value.length <= maxColumns && value.every(isPlain),
    )
  ) {
    const rows = values as DataValue[][];
    if (rows.some((row) => row.length !== rows[0]!.length)) return undefined;
    if (!spend(state, rows.length * rows[0]!.length)) return undefined;
    return {
      type: "table",
      headRows: 0,
      rows: rows.map((row) => ({ cells: row.map((cell) => ({ text: shown(cell) })) })),
    };
  }
  const columns = new Map<string, number>();
  for (const value of values) {
    if (isPlain(value) || Array.isArray(value)) return undefined;
    for (const key of Object.keys(value)) {
      columns.set(key, (columns.get(key) ?? 0) + 1);
      if (columns.size > maxColumns) return undefined;
    }
  }
  const shares = [...columns.values()].filter((count) => count >= values.length * 0.6).length;
  const filled = [...columns.values()].reduce((sum, count) => sum + count, 0);
  const isEven = shares >= columns.size * 0.5;
  const isDense = columns.size <= maxSparseColumns && filled >= values.length * columns.size * minSparseShare;
  if (columns.size === 0 || !(isEven || isDense)) return undefined;
  if (!spend(state, values.length * columns.size)) return undefined;
  const names = [...columns.keys()];
  const rows: TableCell[][] = [names.map((text) => ({ text, header: true }))];
  for (const value of values as { [key: string]: DataValue }[]) {
    const cells: TableCell[] = [];
    for (const name of names) {
      const member = Object.hasOwn(value, name) ? value[name]! : "";
      const text = inlineOf(member) ?? (isEven ? boundedJson(member) : undefined);
      if (text === undefined) return undefined;
      cells.push({ text });
    }
    rows.push(cells);
  }
  return { type: "table", headRows: 1, rows: rows.map((cells) => ({ cells })) };
}

function spend(state: State, cells: number): boolean {
  state.cells += cells;
  return state.cells <= state.limits.maxCells;
}

/** JSON of a small structured member; undefined when it is too large for a cell. */
function boundedJson(value: DataValue): string | undefined {
  const text = JSON.stringify(value);
  return text.length <= maxInline ? text : undefined;
}

/** One line for a plain value, a short list or a short object of such; undefined for anything larger. */
function inlineOf(value: DataValue): string | undefined {
  if (isPlain(value)) return shown(value);
  const text = Array.isArray(value) ? lineOfList(value) : lineOfObject(value);
  return text !== undefined && text.length <= maxInline ? text : undefined;
}

function lineOfList(values: readonly DataValue[]): string | undefined {
  return values.length <= 20 && values.every(isPlain) ? values.map(shown).join(", ") : undefined;
}

function lineOfObject(value: { [key: string]: DataValue }): string | undefined {
  const entries = Object.entries(value);
  if (entries.length > 20) return undefined;
  const parts: string[] = [];
  for (const [key, member] of entries) {
    const line = isPlain(member) ? shown(member) : Array.isArray(member) ? lineOfList(member) : undefined;
    if (line === undefined) return undefined;
    parts.push(`${key}: ${line}`);
  }
  return parts.join("; ");
}

/** Code in pieces of bounded length, cut at line ends. */
function codeOf(value: DataValue): Block[] {
  return codeBlocks(JSON.stringify(value, null, 2), "json");
}

/** A long text of code as several blocks, none much longer than a chunk can bear. */
export function codeBlocks(text: string, language: string): Block[] {
  const blocks: Block[] = [];
  let start = 0;
  while (start < text.length) {
    let end = Math.min(text.length, start + maxCodeCharacters);
    if (end < text.length) {
      const line = text.lastIndexOf("\n", end);
      if (line > start + maxCodeCharacters / 2) end = line;
    }
    blocks.push({ type: "code", text: text.slice(start, end).replace(/^\n/, ""), language });
    start = end;
  }
  return blocks;
}

function labelled(key: string, blocks: Block[]): Block[] {
  return [{ type: "paragraph", content: [{ type: "strong", content: [{ type: "text", text: key }] }] }, ...blocks];
}

function isPlain(value: DataValue): value is string | number | boolean | null {
  return value === null || typeof value !== "object";
}

function shown(value: DataValue): string {
  return typeof value === "string" ? value : String(value);
}

/** A text of several lines keeps them. */
function paragraph(text: string): Block {
  const lines = text.trim().split(/[ \t]*\r?\n[ \t]*/);
  const content = lines.flatMap((line, at): Inline[] => [
    ...(at > 0 ? [{ type: "break" } as const] : []),
    ...(line === "" ? [] : [{ type: "text", text: line } as const]),
  ]);
  return { type: "paragraph", content };
}

/** Whether the nesting stays within `maxDepth`; counted without recursion, before anything else walks the value. */
export function isWithinDepth(text: string, maxDepth: number): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (inString) {
      if (code === 92) at++;
      else if (code === 34) inString = false;
    } else if (code === 34) inString = true;
    else if (code === 91 || code === 123) {
      if (++depth > maxDepth) return false;
    } else if (code === 93 || code === 125) depth--;
  }
  return true;
}
