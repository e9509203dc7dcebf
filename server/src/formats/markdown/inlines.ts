/** Phrasing content of mdast to inline content, with the HTML tags that stand in a line (`<br>`, `<sup>2</sup>`, `<img>`). */
import type { Inline } from "@knowhere/contract";
import type { PhrasingContent } from "mdast";
import { tidyInlines } from "../../document/inlines.ts";
import { decodeDataUri } from "../data-uri.ts";
import { htmlToBlocks } from "../html/blocks.ts";
import { readHref } from "../html/walk.ts";
import type { MarkdownWalk } from "./blocks.ts";
import { restoreLiterals } from "./parse.ts";

type MarkName = "strong" | "emphasis" | "strike" | "underline" | "superscript" | "subscript" | "highlight";
const marks: Readonly<Record<string, MarkName>> = {
  b: "strong",
  strong: "strong",
  i: "emphasis",
  em: "emphasis",
  cite: "emphasis",
  var: "emphasis",
  s: "strike",
  strike: "strike",
  del: "strike",
  u: "underline",
  ins: "underline",
  sup: "superscript",
  sub: "subscript",
  mark: "highlight",
};

interface Frame {
  tag: string;
  wrap: (content: Inline[]) => Inline[];
  content: Inline[];
}

/** Inline content of `nodes`; tags that are never closed mark nothing. */
export function readInlines(nodes: readonly PhrasingContent[], walk: MarkdownWalk): Inline[] {
  const frames: Frame[] = [{ tag: "", wrap: (content) => content, content: [] }];
  const push = (pieces: readonly Inline[]): void => {
    for (const piece of pieces) frames.at(-1)!.content.push(piece);
  };
  const close = (marked: boolean): void => {
    const frame = frames.pop()!;
    push(marked ? frame.wrap(frame.content) : frame.content);
  };
  for (const [index, node] of nodes.entries()) {
    if (node.type !== "html") {
      push(readInline(node, nodes[index + 1], walk));
      continue;
    }
    const tag = /^<(\/?)([a-zA-Z][\w-]*)/.exec(node.value);
    const name = tag?.[2]?.toLowerCase();
    if (!tag || !name) continue;
    if (tag[1]) {
      const opened = frames.findLastIndex((frame) => frame.tag === name);
      if (opened > 0) while (frames.length > opened) close(frames.length - 1 === opened);
    } else if (frames.length < 50 && (marks[name] || name === "code" || name === "kbd" || name === "a")) {
      frames.push({ tag: name, wrap: wrapperOf(name, node.value, walk), content: [] });
    } else push(readLoneTag(name, node.value, walk));
  }
  while (frames.length > 1) close(false);
  return frames[0]!.content;
}

function wrapperOf(name: string, tag: string, walk: MarkdownWalk): Frame["wrap"] {
  const mark = marks[name];
  if (mark) return (content) => [{ type: mark, content }];
  if (name !== "a")
    return (content) => [
      { type: "code", text: content.map((inline) => ("text" in inline ? inline.text : "")).join("") },
    ];
  const href = readHref(
    /\shref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))/i.exec(tag)?.slice(1).find(Boolean),
    walk.options,
  );
  return (content) => (href && content.length > 0 ? [{ type: "link", href, content }] : content);
}

/** A tag that stands for itself. Scripts are silent; unknown tags are transparent. */
function readLoneTag(name: string, tag: string, walk: MarkdownWalk): Inline[] {
  if (name === "br") return [{ type: "break" }];
  if (name !== "img" && name !== "input") return [];
  const [block] = htmlToBlocks(tag, walk.options).blocks;
  if (block?.type === "paragraph") return block.content;
  if (block?.type === "figure" && block.asset) return [{ type: "image", asset: block.asset, alt: block.alt ?? "" }];
  return [];
}

function readInline(node: PhrasingContent, next: PhrasingContent | undefined, walk: MarkdownWalk): Inline[] {
  switch (node.type) {
    case "text":
      return [{ type: "text", text: restoreLiterals(node.value, walk.literals) }];
    case "strong":
      return [{ type: "strong", content: deeper(node.children, walk) }];
    case "emphasis":
      return [{ type: "emphasis", content: deeper(node.children, walk) }];
    case "delete":
      return [{ type: "strike", content: deeper(node.children, walk) }];
    case "inlineCode":
      return [{ type: "code", text: node.value }];
    case "break":
      return [{ type: "break" }];
    case "inlineMath":
      return readMath(node.value, node.position?.start.offset, node.position?.end.offset, next, walk);
    case "link":
      return link(node.url, node.title, deeper(node.children, walk), walk);
    case "linkReference": {
      const definition = walk.definitions.get(node.identifier);
      const content = deeper(node.children, walk);
      return definition ? link(definition.url, definition.title, content, walk) : content;
    }
    case "image":
      return image(node.url, node.alt, walk);
    case "imageReference": {
      const definition = walk.definitions.get(node.identifier);
      return definition ? image(definition.url, node.alt, walk) : node.alt ? [{ type: "text", text: node.alt }] : [];
    }
    case "footnoteReference":
      return [{ type: "note_ref", note: node.identifier, label: node.label ?? node.identifier }];
    default:
      return [];
  }
}

function deeper(nodes: readonly PhrasingContent[], walk: MarkdownWalk): Inline[] {
  if (walk.depth >= walk.options.maxDepth) return [];
  walk.depth++;
  try {
    return tidyInlines(readInlines(nodes, walk));
  } finally {
    walk.depth--;
  }
}

function link(url: string, title: string | null | undefined, content: Inline[], walk: MarkdownWalk): Inline[] {
  const href = readHref(url, walk.options);
  if (!href || content.length === 0) return content;
  return [{ type: "link", href, ...(title ? { title } : {}), content }];
}

/** A picture in the text itself becomes an asset; any other keeps its address and is not fetched. */
function image(url: string, alt: string | null | undefined, walk: MarkdownWalk): Inline[] {
  const label = alt ?? "";
  if (/^data:/i.test(url)) {
    const data = decodeDataUri(url);
    const asset = data && walk.options.assets.add(data.bytes);
    if (asset) return [{ type: "image", asset: asset.id, alt: label }];
    return label ? [{ type: "text", text: label }] : [];
  }
  const href = readHref(url, walk.options);
  return href ? [{ type: "image", href, alt: label }] : label ? [{ type: "text", text: label }] : [];
}

/**
 * Dollars are money more often than mathematics. Pandoc's rule (tex_math_dollars): the opening dollar has a non-blank at
 * its right, the closing one a non-blank at its left and no digit behind it.
 */
function readMath(
  value: string,
  from: number | undefined,
  to: number | undefined,
  next: PhrasingContent | undefined,
  walk: MarkdownWalk,
): Inline[] {
  const source = from === undefined || to === undefined ? `$${value}$` : walk.text.slice(from, to);
  const isDouble = source.startsWith("$$");
  const isMoney = !isDouble && (/^\$\s|\s\$$/.test(source) || (next?.type === "text" && /^\d/.test(next.value)));
  return isMoney ? [{ type: "text", text: source }] : [{ type: "math", text: value, notation: "latex" }];
}
