/** Pictures, text boxes, charts and diagrams inside a run: DrawingML and the older VML. */
import type { Block, Inline, Table } from "@knowhere/contract";
import { altOf } from "../ooxml/alt-text.ts";
import { resolvedChildren } from "../ooxml/alternate.ts";
import { tableOfChart } from "../ooxml/chart.ts";
import { blocksOfDiagram } from "../ooxml/diagram.ts";
import { childOf, childrenOf, descendantsOf, findElement, type XmlElement } from "../xml/element.ts";
import { nested, type PartScope, pictureToken, type Session } from "./session.ts";

export type ImageNode = Extract<Inline, { type: "image" }>;
export interface DrawingPieces {
  images: ImageNode[];
  /** Text boxes, charts, diagrams: they stand after the paragraph. */
  blocks: Block[];
}

/** Reads a `w:drawing`, `w:pict` or `w:object`. */
export function readDrawing(element: XmlElement, session: Session, scope: PartScope): DrawingPieces {
  const pieces: DrawingPieces = { images: [], blocks: [] };
  const properties = findElement(element, "wp:docPr");
  // A picture marked as decorative has no text worth repeating.
  const alt = altOf(properties?.attributes["descr"], properties?.attributes["title"]);
  if (isOn(properties?.attributes["hidden"]) && session.options.hiddenText === "drop") return pieces;
  walk(element, { session, scope, pieces, alt });
  return pieces;
}

interface Walk {
  session: Session;
  scope: PartScope;
  pieces: DrawingPieces;
  alt: string;
}
const isOn = (value: string | undefined): boolean => value === "1" || value === "true" || value === "t";

function walk(element: XmlElement, state: Walk): void {
  for (const child of resolvedChildren(element)) {
    const read = readers[child.name];
    if (read) read(child, state);
    else walk(child, state);
  }
}

const readers: Readonly<Record<string, (element: XmlElement, state: Walk) => void>> = {
  "pic:pic": (picture, state) => {
    const own = findElement(picture, "pic:cNvPr")?.attributes["descr"];
    const blip = findElement(picture, "a:blip");
    addImage(state, blip?.attributes["r:embed"], blip?.attributes["r:link"], altOf(own) || state.alt);
  },
  "w:txbxContent": addTextBox,
  "a:txBody": (body, state) => {
    // A locked canvas keeps plain DrawingML text.
    const lines = descendantsOf(body, "a:p").map((p) =>
      descendantsOf(p, "a:t")
        .map((t) => t.children.join(""))
        .join(""),
    );
    const content: Block[] = lines
      .filter((line) => line.trim() !== "")
      .map((line) => ({ type: "paragraph", content: [{ type: "text", text: line }] }));
    if (content.length > 0) state.pieces.blocks.push({ type: "group", role: "textbox", content });
  },
  "c:chart": (chart, state) => {
    const part = internalTarget(state.scope, chart.attributes["r:id"]);
    if (part === undefined) return;
    const table: Table = { type: "table", rows: [], headRows: 0 };
    state.pieces.blocks.push(table);
    state.session.pending.push({ part, fill: (root) => Object.assign(table, tableOfChart(root) ?? {}) });
  },
  "dgm:relIds": (ids, state) => {
    const part = internalTarget(state.scope, ids.attributes["r:dm"]);
    if (part === undefined) return;
    const content: Block[] = [];
    state.pieces.blocks.push({ type: "group", role: "textbox", content });
    state.session.pending.push({ part, fill: (root) => content.push(...blocksOfDiagram(root)) });
  },
  "v:imagedata": (data, state) => {
    addImage(
      state,
      data.attributes["r:id"] ?? data.attributes["o:relid"],
      data.attributes["r:href"],
      data.attributes["o:title"] ?? "",
    );
  },
  "v:rect": (rectangle, state) => {
    // Word's horizontal line is a rectangle that says so.
    if (isOn(rectangle.attributes["o:hr"])) state.pieces.blocks.push({ type: "divider" });
    else walk(rectangle, state);
  },
  "v:textpath": (path, state) => {
    // WordArt: the text is an attribute.
    const text = path.attributes["string"]?.trim();
    if (text)
      state.pieces.blocks.push({
        type: "furniture",
        role: "watermark",
        content: [{ type: "paragraph", content: [{ type: "text", text }] }],
      });
  },
  "o:OLEObject": () => undefined,
};

function internalTarget(scope: PartScope, id: string | undefined): string | undefined {
  const relationship = id === undefined ? undefined : scope.relationships.get(id);
  return relationship && !relationship.external ? relationship.target : undefined;
}

function addImage(state: Walk, embed: string | undefined, link: string | undefined, alt: string): void {
  const part = internalTarget(state.scope, embed);
  if (part !== undefined && state.session.opened.archive.has(part)) {
    state.pieces.images.push({ type: "image", asset: pictureToken(part), alt });
    return;
  }
  const external = state.scope.relationships.get(embed ?? "") ?? state.scope.relationships.get(link ?? "");
  if (external?.external) {
    // The address is kept as text; nothing inside a document is ever fetched.
    state.pieces.images.push({ type: "image", href: external.target, alt });
    state.session.warnings.add(
      "PICTURE_NOT_EMBEDDED",
      "The document refers to pictures on other servers; they were not fetched.",
    );
  } else if (embed !== undefined) {
    state.session.warnings.add("PICTURE_MISSING", "A picture named in the document is not in the file.");
    if (alt !== "") state.pieces.images.push({ type: "image", alt });
  }
}

function addTextBox(box: XmlElement, state: Walk): void {
  const content = nested(state.session, () => state.session.readFlow(childrenOf(box), state.scope));
  if (content.length > 0) state.pieces.blocks.push({ type: "group", role: "textbox", content });
}

/** True for a picture bullet or other drawing that has nothing to show. */
export const isEmptyDrawing = (pieces: DrawingPieces): boolean =>
  pieces.images.length === 0 && pieces.blocks.length === 0;

/** The check-box state of a legacy form field (`w:ffData`), undefined when it is no check-box. */
export function checkBoxOf(fieldCharacter: XmlElement): boolean | undefined {
  const box = findElement(fieldCharacter, "w:checkBox");
  if (!box) return undefined;
  const state = childOf(box, "w:checked") ?? childOf(box, "w:default");
  return state !== undefined && (state.attributes["w:val"] === undefined || isOn(state.attributes["w:val"]));
}
