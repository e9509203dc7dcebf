/**
 * XML of any vocabulary. Repeated records become a table, elements with text become sections and definition lists by the same
 * rules as JSON; mixed content (text with elements inside) becomes paragraphs. Entities and DTDs are never read.
 */
import { type Block, problem, type Warning } from "@knowhere/contract";
import { SaxesParser } from "saxes";
import type { Reader } from "../reader.ts";
import { makeResult } from "../result.ts";
import { decodeText } from "../sniff/charset.ts";
import { codeBlocks, type DataValue, dataToBlocks } from "../values/blocks.ts";

/** Elements and attributes of one file. */
const maxNodes = 1_000_000;
/** No vocabulary has elements of this many attributes. */
const maxAttributes = 10_000;

export const xmlReader: Reader = {
  format: "xml",
  async read(source, context) {
    const bytes = await source.bytes();
    const head = Buffer.from(bytes.subarray(0, 200)).toString("latin1");
    const { text } = decodeText(bytes, { declared: /encoding\s*=\s*["']([\w.:-]+)["']/.exec(head)?.[1] });
    if (text.trim() === "") throw problem("EMPTY_DOCUMENT");
    context.progress(1, 0);
    const warnings: Warning[] = [];
    const root = buildTree(text, Math.min(context.limits.maxDepth, 100), warnings);
    const content = root ? rootToBlocks(root, context.limits.maxCells) : codeBlocks(text, "xml");
    if (content.length === 0)
      throw problem("EMPTY_DOCUMENT", { message: "The XML holds no text: there is nothing to parse." });
    context.progress(1, 1);
    return makeResult({ format: "xml", source, content, warnings, ...(root ? { metadata: { root: root.name } } : {}) });
  },
};

interface Element {
  name: string;
  attributes: [string, string][];
  children: (Element | string)[];
}

/** The whole file as a tree; undefined (and a warning) when it is nested too deep to be shown as structure. */
function buildTree(text: string, maxDepth: number, warnings: Warning[]): Element | undefined {
  const parser = new SaxesParser({ xmlns: false, position: false });
  const top: Element = { name: "", attributes: [], children: [] };
  const stack: Element[] = [top];
  let nodes = 0;
  let tooDeep = false;
  const count = (more: number): void => {
    nodes += more;
    if (nodes > maxNodes)
      throw problem("LIMIT_EXCEEDED", {
        limit: "XML elements",
        message: `The file has more than ${maxNodes} XML elements. Split it into smaller ones.`,
      });
  };
  const addText = (value: string): void => {
    if (value.trim() !== "" || stack.at(-1)!.children.length > 0) stack.at(-1)!.children.push(value);
  };
  parser.on("doctype", (value) => {
    if (value.includes("[") && /<!ENTITY/i.test(value)) {
      throw problem("LIMIT_EXCEEDED", {
        limit: "entity declarations",
        message: "The XML declares entities of its own, which are not expanded.",
      });
    }
  });
  parser.on("opentag", (tag) => {
    const attributes = Object.entries(tag.attributes as Record<string, string>).filter(
      ([key]) => !/^xmlns(?::|$)|:schemaLocation$/.test(key),
    );
    if (attributes.length > maxAttributes) throw problem("LIMIT_EXCEEDED", { limit: "attributes of an XML element" });
    count(1 + attributes.length);
    const element: Element = { name: localName(tag.name), attributes, children: [] };
    stack.at(-1)!.children.push(element);
    stack.push(element);
    if (stack.length > maxDepth) tooDeep = true;
  });
  parser.on("closetag", () => stack.pop());
  parser.on("text", addText);
  parser.on("cdata", addText);
  parser.on("error", (cause) => {
    throw problem(
      "PARSING_FAILED",
      { message: `Unable to parse document: its XML is not well formed (${cause.message.slice(0, 200)}).` },
      { cause },
    );
  });
  parser.write(text).close();
  if (tooDeep) {
    warnings.push({
      code: "NESTING_TOO_DEEP",
      message: `The XML is nested deeper than ${maxDepth} levels; it is kept as text.`,
    });
    return undefined;
  }
  return top.children.find((child): child is Element => typeof child !== "string");
}

function localName(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}

function rootToBlocks(root: Element, maxCells: number): Block[] {
  const title: Block = { type: "heading", level: 1, content: [{ type: "text", text: root.name }] };
  if (isMixed(root)) return [title, ...proseOf(root)];
  const value = toValue(root);
  if (value === "" || (typeof value === "object" && value !== null && Object.keys(value).length === 0)) return [];
  // An element that only holds a run of like records is that run.
  const members = typeof value === "object" && value !== null && !Array.isArray(value) ? Object.values(value) : [];
  const only = members.length === 1 && Array.isArray(members[0]) ? members[0] : value;
  const blocks = dataToBlocks(only, { maxCells });
  return [title, ...shiftHeadings(blocks)];
}

function shiftHeadings(blocks: Block[]): Block[] {
  return blocks.map((block) => (block.type === "heading" ? { ...block, level: block.level + 1 } : block));
}

/** Text beside elements: prose, not data. */
function isMixed(element: Element): boolean {
  return (
    element.children.some((child) => typeof child === "string" && child.trim() !== "") &&
    element.children.some((child) => typeof child !== "string")
  );
}

/** Attributes and children as members; same-named children as one array; an element of text alone is its text. */
function toValue(element: Element): DataValue {
  const text = element.children
    .filter((child) => typeof child === "string")
    .join("")
    .replace(/\s+/g, " ")
    .trim();
  const elements = element.children.filter((child): child is Element => typeof child !== "string");
  if (isMixed(element)) return flatText(element);
  if (elements.length === 0 && element.attributes.length === 0) return text;
  const members = new Map<string, DataValue | DataValue[]>();
  const repeated = new Set<string>();
  const add = (key: string, value: DataValue): void => {
    const known = members.get(key);
    if (known === undefined) members.set(key, value);
    else if (repeated.has(key)) (known as DataValue[]).push(value);
    else {
      members.set(key, [known as DataValue, value]);
      repeated.add(key);
    }
  };
  for (const [key, value] of element.attributes) add(key, value);
  for (const child of elements) add(child.name, toValue(child));
  if (text !== "") add("text", text);
  return Object.fromEntries(members) as DataValue;
}

function flatText(element: Element): string {
  const parts: string[] = [];
  for (const child of element.children) parts.push(typeof child === "string" ? child : flatText(child));
  return parts.join("").replace(/\s+/g, " ").trim();
}

/** A paragraph for each piece of prose, in order. */
function proseOf(element: Element): Block[] {
  const text = flatText(element);
  return text ? [{ type: "paragraph", content: [{ type: "text", text }] }] : [];
}
