/** Builds inline content from flat runs, the way word processors store it: each run with its own marks and link. */
import type { Inline } from "@knowhere/contract";
import { type Mark, tidyInlines } from "./inlines.ts";

export type MarkType = Mark["type"];
/** Marks nest in this order, outermost first, so that neighbouring runs merge as far as they can. */
const nesting: readonly MarkType[] = [
  "highlight",
  "strong",
  "emphasis",
  "underline",
  "strike",
  "superscript",
  "subscript",
];

/** A link that runs belong to; runs of the same object become one link. */
export interface LinkTarget {
  readonly href: string;
  readonly title?: string | undefined;
}

interface Span {
  node: Inline;
  marks: ReadonlySet<MarkType>;
  link: LinkTarget | undefined;
}
const noMarks: ReadonlySet<MarkType> = new Set();

export class SpanBuilder {
  #spans: Span[] = [];

  get isEmpty(): boolean {
    return this.#spans.length === 0;
  }

  /** Adds characters; neighbours with the same marks and link are joined. */
  text(text: string, marks: ReadonlySet<MarkType> = noMarks, link?: LinkTarget): void {
    if (text === "") return;
    const last = this.#spans[this.#spans.length - 1];
    if (last?.node.type === "text" && last.link === link && sameMarks(last.marks, marks)) {
      last.node = { type: "text", text: last.node.text + text };
    } else this.#spans.push({ node: { type: "text", text }, marks, link });
  }

  /** Adds code; neighbouring pieces are joined. */
  code(text: string, link?: LinkTarget): void {
    const last = this.#spans[this.#spans.length - 1];
    if (last?.node.type === "code" && last.link === link) last.node = { type: "code", text: last.node.text + text };
    else if (text !== "") this.#spans.push({ node: { type: "code", text }, marks: noMarks, link });
  }

  /** Adds any other inline node as it is. */
  node(node: Inline, link?: LinkTarget, marks: ReadonlySet<MarkType> = noMarks): void {
    this.#spans.push({ node, marks, link });
  }

  /** The nested, tidy content; the builder is empty afterwards. White space at the ends is cut. */
  take(): Inline[] {
    const spans = this.#spans;
    this.#spans = [];
    const out: Inline[] = [];
    for (let at = 0; at < spans.length; ) {
      const link = spans[at]!.link;
      const from = at;
      while (at < spans.length && spans[at]!.link === link) at++;
      const content = nest(spans.slice(from, at), 0);
      if (!link) out.push(...content);
      else out.push({ type: "link", href: link.href, ...(link.title ? { title: link.title } : {}), content });
    }
    return trimEnds(tidyInlines(out.map(dropEmptyLink).filter((node) => node !== undefined)));
  }
}

/** Groups neighbours that share a mark, outermost mark first. */
function nest(spans: readonly Span[], level: number): Inline[] {
  const mark = nesting[level];
  if (mark === undefined) return spans.map((span) => span.node);
  if (spans.every((span) => !span.marks.has(mark))) return nest(spans, level + 1);
  const out: Inline[] = [];
  for (let at = 0; at < spans.length; ) {
    const isMarked = spans[at]!.marks.has(mark);
    const from = at;
    while (at < spans.length && spans[at]!.marks.has(mark) === isMarked) at++;
    const inner = nest(spans.slice(from, at), level + 1);
    if (isMarked) out.push({ type: mark, content: inner });
    else out.push(...inner);
  }
  return out;
}

function dropEmptyLink(node: Inline): Inline | undefined {
  if (node.type !== "link") return node;
  const tidy = tidyInlines(node.content);
  return tidy.length === 0 ? undefined : { ...node, content: tidy };
}

/** Space and breaks at the ends of a paragraph are layout. */
function trimEnds(content: Inline[]): Inline[] {
  const isLayout = (node: Inline | undefined) =>
    node?.type === "break" || (node?.type === "text" && /^[ \t\n]*$/.test(node.text));
  let from = 0;
  let to = content.length;
  while (from < to && isLayout(content[from])) from++;
  while (to > from && isLayout(content[to - 1])) to--;
  const kept = content.slice(from, to);
  const first = kept[0];
  if (first?.type === "text") kept[0] = { type: "text", text: first.text.replace(/^[ \t\n]+/, "") };
  const last = kept[kept.length - 1];
  if (last?.type === "text") kept[kept.length - 1] = { type: "text", text: last.text.replace(/[ \t\n]+$/, "") };
  return kept;
}

function sameMarks(a: ReadonlySet<MarkType>, b: ReadonlySet<MarkType>): boolean {
  if (a === b) return true;
  if (a.size !== b.size) return false;
  for (const mark of a) if (!b.has(mark)) return false;
  return true;
}
