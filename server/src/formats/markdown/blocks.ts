/** mdast to blocks: one case for each node kind. HTML among them is read by the HTML reader. */
import type { Block, Definitions, Inline, List, ListItem, Table, TableCell, Warning } from "@knowhere/contract";
import type {
  BlockContent,
  Definition,
  List as MdastList,
  Table as MdastTable,
  Nodes,
  PhrasingContent,
  RootContent,
} from "mdast";
import type { AssetCollector } from "../../document/assets.ts";
import { tidyInlines } from "../../document/inlines.ts";
import { htmlToBlocks } from "../html/blocks.ts";
import { cellContent } from "../html/tables.ts";
import { nameCallout, splitDefinitions, type TermLines, withoutAttributes } from "./extras.ts";
import { readInlines } from "./inlines.ts";
import type { MarkdownPiece } from "./parse.ts";

export interface MarkdownOptions {
  readonly assets: AssetCollector;
  readonly hiddenText: "drop" | "keep";
  readonly maxDepth: number;
  readonly maxCells?: number | undefined;
  readonly warnings: Warning[];
}
/** What the node cases share. */
export interface MarkdownWalk {
  readonly options: MarkdownOptions;
  /** The text the tree was made of, for the source of nodes. */
  readonly text: string;
  readonly literals: readonly string[];
  readonly definitions: ReadonlyMap<string, Definition>;
  depth: number;
  hiddenCount: number;
}

/** Blocks of one piece of a text. */
export function mdastToBlocks({ tree, text, literals }: MarkdownPiece, options: MarkdownOptions): Block[] {
  const definitions = new Map<string, Definition>();
  const walk: MarkdownWalk = { options, text, literals, definitions, depth: 0, hiddenCount: 0 };
  // Definitions may stand inside quotes and lists, and the first of a name wins.
  const stack: Nodes[] = [tree];
  while (stack.length > 0) {
    const node = stack.pop()!;
    if (node.type === "definition") definitions.set(node.identifier, definitions.get(node.identifier) ?? node);
    else if ("children" in node)
      for (let index = node.children.length - 1; index >= 0; index--) stack.push(node.children[index]!);
  }
  const blocks = readBlocks(tree.children, walk);
  if (walk.hiddenCount > 0) {
    options.warnings.push({
      code: "HIDDEN_TEXT",
      message: `${walk.hiddenCount} hidden pieces of HTML were left out.`,
      count: walk.hiddenCount,
    });
  }
  return blocks;
}

function readBlocks(nodes: readonly RootContent[], walk: MarkdownWalk): Block[] {
  const out: Block[] = [];
  for (let index = 0; index < nodes.length; index++) {
    const node = nodes[index]!;
    if (node.type === "html") {
      const last = endOfHtml(nodes, index, walk);
      const source = last === index ? node.value : sliceOf(nodes[index]!, nodes[last]!, walk);
      const { blocks, hiddenCount } = htmlToBlocks(source, {
        ...walk.options,
        maxDepth: walk.options.maxDepth - walk.depth,
      });
      walk.hiddenCount += hiddenCount;
      for (const block of blocks) out.push(block);
      index = last;
    } else for (const block of readBlock(node, walk)) out.push(block);
  }
  return out;
}

/** An HTML block ends at a blank line even inside a table: the pieces up to its end tag belong together. */
function endOfHtml(nodes: readonly RootContent[], start: number, walk: MarkdownWalk): number {
  let open = 0;
  for (let index = start; index < nodes.length && index - start < 2000; index++) {
    const node = nodes[index]!;
    const source = node.type === "html" ? node.value : sliceOf(node, node, walk);
    open += (source.match(/<table[\s>]/gi)?.length ?? 0) - (source.match(/<\/table\s*>/gi)?.length ?? 0);
    if (open <= 0) return index;
  }
  return start;
}

function sliceOf(first: Nodes, last: Nodes, walk: MarkdownWalk): string {
  const from = first.position?.start.offset;
  const to = last.position?.end.offset;
  return from === undefined || to === undefined ? "" : walk.text.slice(from, to);
}

function readBlock(node: RootContent, walk: MarkdownWalk): Block[] {
  if (walk.depth >= walk.options.maxDepth) {
    const text = textOf(node).trim();
    return text ? [{ type: "paragraph", content: [{ type: "text", text }] }] : [];
  }
  switch (node.type) {
    case "heading":
      return node.children.length > 0
        ? [{ type: "heading", level: node.depth, content: inlines(withoutAttributes(node.children), walk) }]
        : [];
    case "paragraph": {
      const definitions = splitDefinitions(node.children);
      return definitions ? [readDefinitions(definitions, walk)] : readParagraph(inlines(node.children, walk));
    }
    case "list":
      return [readList(node, walk)];
    case "table":
      return [readTable(node, walk)];
    case "code":
      return [{ type: "code", text: node.value, ...(node.lang ? { language: node.lang } : {}) }];
    case "math":
      return [{ type: "math", text: node.value, notation: "latex" }];
    case "blockquote":
      return [{ type: "quote", content: nameCallout(nested(node.children, walk)) }];
    case "thematicBreak":
      return [{ type: "divider" }];
    case "footnoteDefinition":
      return [
        {
          type: "note",
          note: node.identifier,
          label: node.label ?? node.identifier,
          kind: "footnote",
          content: nested(node.children, walk),
        },
      ];
    default:
      // Front matter and definitions are no content; strays of inline kind cannot stand here.
      return [];
  }
}

function nested(nodes: readonly RootContent[], walk: MarkdownWalk): Block[] {
  walk.depth++;
  try {
    return readBlocks(nodes, walk);
  } finally {
    walk.depth--;
  }
}

function inlines(nodes: readonly PhrasingContent[], walk: MarkdownWalk): Inline[] {
  return tidyInlines(readInlines(nodes, walk));
}

function readDefinitions(lines: readonly TermLines[], walk: MarkdownWalk): Definitions {
  return {
    type: "definitions",
    items: lines.map(({ term, definitions }) => ({
      term: inlines(term, walk),
      definitions: definitions.map((nodes): Block[] => [{ type: "paragraph", content: inlines(nodes, walk) }]),
    })),
  };
}

/** A paragraph that is one stored picture is a figure. */
function readParagraph(content: Inline[]): Block[] {
  const shown = content.filter((inline) => inline.type !== "text" || inline.text.trim() !== "");
  if (shown.length === 0) return [];
  const only = shown.length === 1 ? shown[0]! : undefined;
  if (only?.type === "image" && only.asset)
    return [{ type: "figure", asset: only.asset, ...(only.alt ? { alt: only.alt } : {}) }];
  if (only?.type === "math" && only.notation === "latex") return [{ type: "math", text: only.text, notation: "latex" }];
  return [{ type: "paragraph", content }];
}

function readList(node: MdastList, walk: MarkdownWalk): List {
  const items = node.children.map((item): ListItem => {
    const content = nested(item.children as BlockContent[], walk);
    return typeof item.checked === "boolean" ? { content, checked: item.checked } : { content };
  });
  const start = node.ordered && typeof node.start === "number" && node.start !== 1 ? { start: node.start } : {};
  return { type: "list", ordered: node.ordered === true, ...start, items };
}

function readTable(node: MdastTable, walk: MarkdownWalk): Table {
  const rows = node.children.map((row, rowIndex) => ({
    cells: row.children.map((cell, column): TableCell => {
      const content = inlines(cell.children, walk);
      const align = node.align?.[column];
      return {
        ...cellContent(content.length > 0 ? [{ type: "paragraph", content }] : []),
        ...(rowIndex === 0 ? { header: true } : {}),
        ...(align ? { align } : {}),
      };
    }),
  }));
  return { type: "table", rows, headRows: 1 };
}

/** All text of a node, without recursion. */
function textOf(node: Nodes): string {
  const parts: string[] = [];
  const stack: Nodes[] = [node];
  while (stack.length > 0) {
    const next = stack.pop()!;
    if ("value" in next) parts.push(next.value);
    else if ("children" in next)
      for (let index = next.children.length - 1; index >= 0; index--) stack.push(next.children[index]!);
  }
  return parts.join("");
}
