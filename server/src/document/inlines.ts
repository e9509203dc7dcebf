/** Tools for runs of inline content: the text a reader sees, and a tidy form that writers can rely on. */
import type { Inline } from "@knowhere/contract";

/** Inline kinds that only mark up the content inside them. */
export type Mark = Exclude<Extract<Inline, { content: Inline[] }>, { type: "link" }>;

export function isMark(node: Inline): node is Mark {
  return (
    node.type === "strong" ||
    node.type === "emphasis" ||
    node.type === "strike" ||
    node.type === "underline" ||
    node.type === "superscript" ||
    node.type === "subscript" ||
    node.type === "highlight"
  );
}

/** A run of plain text. */
export function text(value: string): Inline[] {
  return value === "" ? [] : [{ type: "text", text: value }];
}

/**
 * The characters a reader sees, without markup: a break is "\n", a picture its alternative text, a reference to a
 * note nothing (its label is no part of the sentence).
 */
export function plainInlines(content: readonly Inline[]): string {
  let out = "";
  for (const node of content) out += plainInline(node);
  return out;
}

function plainInline(node: Inline): string {
  switch (node.type) {
    case "text":
    case "code":
    case "math":
      return node.text;
    case "break":
      return "\n";
    case "image":
      return node.alt;
    case "checkbox":
      return node.checked ? "☒" : "☐";
    case "note_ref":
      return "";
    default:
      return plainInlines(node.content);
  }
}

/**
 * The same content in a form that can be written with delimiters: neighbours of one kind joined, empty marks gone,
 * runs of white space made one space (no-break spaces stay), and the space at the edge of a mark moved out of it.
 */
export function tidyInlines(content: readonly Inline[]): Inline[] {
  const joined: Inline[] = [];
  for (const node of content) for (const piece of tidyNode(node)) append(joined, piece);
  return joined;
}

/** Runs of white space made one space; no-break spaces stay. */
export function tidySpace(value: string): string {
  return value.replace(/[ \t\n\r\f\v\u2028\u2029]+/g, " ");
}

function tidyNode(node: Inline): Inline[] {
  if (node.type === "text") return text(tidySpace(node.text));
  if (node.type === "link") return tidyLink(node);
  if (!isMark(node)) return (node.type === "code" || node.type === "math") && node.text === "" ? [] : [node];
  const inner = tidyInlines(without(node.type, node.content));
  const before = takeEdgeSpace(inner, "start");
  const after = takeEdgeSpace(inner, "end");
  return [...text(before), ...(inner.length > 0 ? [inOrder(node, inner)] : []), ...text(after)];
}

/** From the outside in. Marks that always nest alike join with their neighbours. */
const markOrder = ["strong", "emphasis", "strike", "underline", "highlight", "superscript", "subscript"];

/** The mark around its content, or inside the mark that is all its content when that one comes first. */
function inOrder(node: Mark, inner: Inline[]): Inline {
  const only = inner.length === 1 ? inner[0]! : undefined;
  // Links are underlined by themselves.
  if (only?.type === "link" && node.type === "underline") return only;
  if (only && isMark(only) && markOrder.indexOf(only.type) < markOrder.indexOf(node.type))
    return { ...only, content: [inOrder(node, only.content)] };
  return { ...node, content: inner };
}

/** A link in a link loses its target, a link around nothing is nothing; the space at its edge moves out too. */
function tidyLink(node: Extract<Inline, { type: "link" }>): Inline[] {
  const tidy = tidyInlines(without("link", node.content));
  const only = tidy.length === 1 ? tidy[0]! : undefined;
  const inner = only?.type === "underline" ? [...only.content] : tidy;
  const before = takeEdgeSpace(inner, "start");
  const after = takeEdgeSpace(inner, "end");
  return [...text(before), ...(inner.length > 0 ? [{ ...node, content: inner }] : []), ...text(after)];
}

/** The content with every wrapper of one kind taken off: strong text in strong text is just strong. */
function without(type: Mark["type"] | "link", content: readonly Inline[]): Inline[] {
  return content.flatMap((node): Inline[] => {
    if (!("content" in node)) return [node];
    const inner = without(type, node.content);
    return node.type === type ? inner : [{ ...node, content: inner }];
  });
}

/** Cuts the white space off one end of `content` and returns it. Breaks at the edge come along as a space. */
function takeEdgeSpace(content: Inline[], edge: "start" | "end"): string {
  let space = "";
  while (content.length > 0) {
    const at = edge === "start" ? 0 : content.length - 1;
    const node = content[at]!;
    if (node.type === "break") {
      content.splice(at, 1);
      space = " ";
      continue;
    }
    if (node.type !== "text") return space;
    const kept = edge === "start" ? node.text.replace(/^\s+/, "") : node.text.replace(/\s+$/, "");
    const cut = edge === "start" ? node.text.slice(0, node.text.length - kept.length) : node.text.slice(kept.length);
    if (cut !== "") space = /\u00a0/.test(cut) ? cut : " ";
    if (kept !== "") {
      content[at] = { type: "text", text: kept };
      return space;
    }
    content.splice(at, 1);
  }
  return space;
}

function append(out: Inline[], node: Inline): void {
  const last = out[out.length - 1];
  if (last?.type === "text" && node.type === "text") {
    const joint = last.text.endsWith(" ") ? node.text.replace(/^ /, "") : node.text;
    out[out.length - 1] = { type: "text", text: last.text + joint };
  } else if (last?.type === "code" && node.type === "code") {
    out[out.length - 1] = { type: "code", text: last.text + node.text };
  } else if (last !== undefined && isMark(last) && last.type === node.type) {
    const merged: Inline[] = [...last.content];
    for (const piece of node.content) append(merged, piece);
    out[out.length - 1] = { ...last, content: merged };
  } else {
    out.push(node);
  }
}
