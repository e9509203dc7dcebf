/** The structure tree of one page, with role-mapped types and the attributes that layout uses. */
import type { TagNode } from "../../layout/facts.ts";
import type { PdfEngine } from "./engine.ts";
import type { PdfPage } from "./page.ts";

const maxNodes = 50_000;
const maxDepth = 64;

/** null when the page has no structure tree. */
export function readTags(page: PdfPage): TagNode[] | null {
  const { engine } = page.file;
  const { calls } = engine;
  const tree = calls.FPDF_StructTree_GetForPage(page.handle);
  if (tree === 0) return null;
  try {
    const reader = new TagReader(engine);
    const count = calls.FPDF_StructTree_CountChildren(tree);
    const nodes: TagNode[] = [];
    for (let i = 0; i < count; i++) {
      const node = reader.read(calls.FPDF_StructTree_GetChildAtIndex(tree, i), 0);
      if (node) nodes.push(node);
    }
    return nodes;
  } finally {
    if (!engine.broken) calls.FPDF_StructTree_Close(tree);
  }
}

class TagReader {
  readonly #engine: PdfEngine;
  #nodes = 0;

  constructor(engine: PdfEngine) {
    this.#engine = engine;
  }

  read(element: number, depth: number): TagNode | null {
    if (element === 0 || depth > maxDepth || ++this.#nodes > maxNodes) return null;
    const engine = this.#engine;
    const { calls } = engine;
    const node: TagNode = {
      type: engine.utf16((buffer, bytes) => calls.FPDF_StructElement_GetType(element, buffer, bytes)),
      kids: [],
    };
    const alt = engine.utf16((buffer, bytes) => calls.FPDF_StructElement_GetAltText(element, buffer, bytes));
    if (alt !== "") node.alt = alt;
    const actual = engine.utf16((buffer, bytes) => calls.FPDF_StructElement_GetActualText(element, buffer, bytes));
    if (actual !== "") node.actualText = actual;
    if (node.type === "TH" || node.type === "TD") this.#readSpans(element, node);
    const count = Math.min(calls.FPDF_StructElement_CountChildren(element), maxNodes);
    for (let i = 0; i < count; i++) {
      const child = calls.FPDF_StructElement_GetChildAtIndex(element, i);
      if (child !== 0) {
        const kid = this.read(child, depth + 1);
        if (kid) node.kids.push(kid);
        continue;
      }
      const mcid = calls.FPDF_StructElement_GetChildMarkedContentID(element, i);
      if (mcid >= 0) node.kids.push(mcid);
    }
    return node;
  }

  /** RowSpan, ColSpan and Scope of the Table attribute owner. */
  #readSpans(element: number, node: TagNode): void {
    const { calls, scratch } = this.#engine;
    const count = Math.min(calls.FPDF_StructElement_GetAttributeCount(element), 32);
    for (let i = 0; i < count; i++) {
      const attribute = calls.FPDF_StructElement_GetAttributeAtIndex(element, i);
      if (attribute === 0) continue;
      const number = (name: string): number | undefined =>
        this.#engine.withString(name, (pointer) => {
          const value = calls.FPDF_StructElement_Attr_GetValue(attribute, pointer);
          if (value === 0 || !calls.FPDF_StructElement_Attr_GetNumberValue(value, scratch)) return undefined;
          const span = Math.round(this.#engine.f32[scratch >> 2]!);
          return span > 1 && span <= 1000 ? span : undefined;
        });
      const rowspan = number("RowSpan");
      const colspan = number("ColSpan");
      if (rowspan) node.rowspan = rowspan;
      if (colspan) node.colspan = colspan;
      const scope = this.#engine.withString("Scope", (pointer) => {
        const value = calls.FPDF_StructElement_Attr_GetValue(attribute, pointer);
        if (value === 0) return "";
        return this.#engine.utf16((buffer, bytes) =>
          calls.FPDF_StructElement_Attr_GetStringValue(value, buffer, bytes, scratch)
            ? this.#engine.i32[scratch >> 2]!
            : 0,
        );
      });
      if (scope !== "") node.scope = scope;
    }
  }
}
