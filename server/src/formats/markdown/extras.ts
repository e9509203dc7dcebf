/**
 * What writers of Markdown use beyond GFM and readers would see as stray signs: attributes of headings, definition lists
 * (PHP Markdown Extra, pandoc), callouts (GitHub).
 */
import type { Block } from "@knowhere/contract";
import type { PhrasingContent } from "mdast";

/** The content of a heading without `{#id .class}` at its end. */
export function withoutAttributes(nodes: readonly PhrasingContent[]): PhrasingContent[] {
  const last = nodes.at(-1);
  if (last?.type !== "text") return [...nodes];
  const value = last.value.replace(/\s*\{\s*[#.][^{}]*\}\s*$/, "");
  return value === "" && nodes.length === 1 ? [...nodes] : [...nodes.slice(0, -1), { ...last, value }];
}

export interface TermLines {
  readonly term: PhrasingContent[];
  readonly definitions: PhrasingContent[][];
}

/** The terms of a paragraph whose lines are terms and ": definitions"; undefined when it is another paragraph. */
export function splitDefinitions(nodes: readonly PhrasingContent[]): TermLines[] | undefined {
  if (!nodes.some((node) => node.type === "text" && /\n:[ \t]/.test(node.value))) return undefined;
  const out: { term: PhrasingContent[]; definitions: PhrasingContent[][] }[] = [];
  for (const line of linesOf(nodes)) {
    const first = line[0];
    const isDefinition = first?.type === "text" && /^:[ \t]/.test(first.value);
    const last = out.at(-1);
    if (isDefinition) {
      if (!last) return undefined;
      last.definitions.push([{ ...first, value: first.value.slice(1).trimStart() }, ...line.slice(1)]);
    } else if (last && last.definitions.length === 0) return undefined;
    else out.push({ term: line, definitions: [] });
  }
  return out.every((item) => item.definitions.length > 0) ? out : undefined;
}

function linesOf(nodes: readonly PhrasingContent[]): PhrasingContent[][] {
  const lines: PhrasingContent[][] = [[]];
  for (const node of nodes) {
    if (node.type !== "text") {
      lines.at(-1)!.push(node);
      continue;
    }
    for (const [at, value] of node.value.split("\n").entries()) {
      if (at > 0) lines.push([]);
      if (value !== "") lines.at(-1)!.push({ type: "text", value });
    }
  }
  return lines;
}

/** GitHub's "[!NOTE]" at the start of a quotation becomes its title, as it is shown. */
export function nameCallout(blocks: Block[]): Block[] {
  const [first] = blocks;
  const text = first?.type === "paragraph" ? first.content[0] : undefined;
  const found = text?.type === "text" ? /^\[!(note|tip|important|warning|caution)\]\s*/i.exec(text.text) : null;
  if (first?.type !== "paragraph" || text?.type !== "text" || !found) return blocks;
  const name = found[1]!;
  const title = `${name[0]!.toUpperCase()}${name.slice(1).toLowerCase()}`;
  const rest = text.text.slice(found[0].length);
  const content = [...(rest === "" ? [] : [{ type: "text" as const, text: rest }]), ...first.content.slice(1)];
  return [
    { type: "paragraph", content: [{ type: "strong", content: [{ type: "text", text: title }] }] },
    ...(content.length > 0 ? [{ ...first, content }] : []),
    ...blocks.slice(1),
  ];
}
