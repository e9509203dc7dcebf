/** Builds inline content from flat runs, the way word processors store it: each run with its own marks and link. */
import type { Inline } from "@knowhere/contract";
import { type Mark, tidyInlines } from "./inlines.ts";

export type MarkType = Mark["type"];
/** Of marks that reach equally far, the earlier one is outside. */
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

  /** Adds a reference to a note: behind the last word rather than behind the space after it. */
  noteRef(note: string, label: string): void {
    const last = this.#spans[this.#spans.length - 1];
    const space = last?.node.type === "text" ? /(?<=\S) +$/.exec(last.node.text)?.[0] : undefined;
    if (last?.node.type === "text" && space !== undefined) {
      last.node = { type: "text", text: last.node.text.slice(0, -space.length) };
      this.node({ type: "note_ref", note, label });
      this.text(space, last.marks, last.link);
    } else this.node({ type: "note_ref", note, label });
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
      const content = nest(spans.slice(from, at), nesting);
      if (!link) out.push(...content);
      else out.push({ type: "link", href: link.href, ...(link.title ? { title: link.title } : {}), content });
    }
    return trimEnds(tidyInlines(out.map(dropEmptyLink).filter((node) => node !== undefined)));
  }
}

/** Groups neighbours that share a mark; from each start the mark that reaches furthest is outside, so none is split in vain. */
function nest(spans: readonly Span[], marks: readonly MarkType[]): Inline[] {
  const used = marks.filter((mark) => spans.some((span) => span.marks.has(mark)));
  if (used.length === 0) return spans.map((span) => span.node);
  const out: Inline[] = [];
  for (let at = 0; at < spans.length; ) {
    let outer: MarkType | undefined;
    let end = at + 1;
    for (const mark of used) {
      let to = at;
      while (to < spans.length && spans[to]!.marks.has(mark)) to++;
      if (to > at && (outer === undefined || to > end)) {
        outer = mark;
        end = to;
      }
    }
    const group = spans.slice(at, end);
    if (outer === undefined) out.push(...group.map((span) => span.node));
    else {
      const rest = used.filter((mark) => mark !== outer);
      out.push({ type: outer, content: nest(group, rest) });
    }
    at = end;
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
