/** Drawing frames: pictures, text boxes, embedded formulas, charts and tables (ODF 1.3 part 3, 10.4). */
import type { Block, Inline, Table } from "@knowhere/contract";
import { latexOfMathml } from "../math/mathml.ts";
import { altOf } from "../ooxml/alt-text.ts";
import { resolvePart } from "../ooxml/package.ts";
import { childOf, childrenOf, findElement, textOf, type XmlElement } from "../xml/element.ts";
import { nested, pictureToken, type Session, warn } from "./session.ts";
import { tableOfElement } from "./table.ts";

/** Stands for a formula until its part is read (an empty one would be tidied away); what still has it at the end is none. */
export const unreadFormula = "\ufffc";

export interface FramePieces {
  inline: Inline[];
  blocks: Block[];
}

/** Reads a `draw:frame`, a group or a shape. */
export function readFrame(element: XmlElement, session: Session): FramePieces {
  const pieces: FramePieces = { inline: [], blocks: [] };
  nested(session, () => read(element, session, pieces));
  return pieces;
}

function read(element: XmlElement, session: Session, pieces: FramePieces): void {
  if (element.name === "draw:g") {
    for (const child of childrenOf(element)) nested(session, () => read(child, session, pieces));
    return;
  }
  const alt = altOf(textOf(childOf(element, "svg:desc")), textOf(childOf(element, "svg:title")));
  // The forms of one frame stand for each other; the first that we can read wins (ODF 1.3 part 3, 10.4.2).
  if (element.name === "draw:frame") {
    for (const child of childrenOf(element)) if (readForm(child, session, pieces, alt)) return;
    return;
  }
  addText(childrenOf(element), session, pieces);
}

function readForm(form: XmlElement, session: Session, pieces: FramePieces, alt: string): boolean {
  switch (form.name) {
    case "draw:text-box":
      addText(childrenOf(form), session, pieces);
      return true;
    case "draw:image":
      return addImage(form, session, pieces, alt);
    case "draw:object":
      return addObject(form, session, pieces);
    case "table:table": {
      const table = tableOfElement(form, session);
      if (table) pieces.blocks.push(table);
      return true;
    }
    default:
      return false;
  }
}

function addText(children: readonly XmlElement[], session: Session, pieces: FramePieces): void {
  const content = session.readFlow(children.filter((child) => /^(text|table|draw):/.test(child.name)));
  if (content.length === 0) return;
  // A box around a picture and its caption is layout.
  const isFigure =
    content.some((block) => block.type === "figure") &&
    content.every((block) => block.type === "figure" || (block.type === "paragraph" && block.role === "caption"));
  if (isFigure) pieces.blocks.push(...content);
  else pieces.blocks.push({ type: "group", role: "textbox", content });
}

function addImage(image: XmlElement, session: Session, pieces: FramePieces, alt: string): boolean {
  const href = image.attributes["xlink:href"] ?? "";
  const part = resolvePart("content.xml", href);
  if (href !== "" && session.archive.has(part)) {
    pieces.inline.push({ type: "image", asset: pictureToken(part), alt });
    return true;
  }
  if (href === "") return false;
  warn(session, "PICTURE_NOT_EMBEDDED", "The document refers to pictures outside the file; they were not fetched.");
  pieces.inline.push({ type: "image", href: outsidePackage(href), alt });
  return true;
}

/**
 * An address as seen from where the file lies: inside it the package counts as a folder, so "../" only leaves that folder
 * (ODF 1.3 part 2, 3.3).
 */
export function outsidePackage(href: string): string {
  return href.startsWith("../") ? href.slice(3) : href;
}

/** Formulas and charts live in a part of their own; anything else shows its replacement picture. */
function addObject(object: XmlElement, session: Session, pieces: FramePieces): boolean {
  const inlineMath = findElement(object, "math:math");
  if (inlineMath) {
    pieces.inline.push({ type: "math", text: latexOfMathml(inlineMath), notation: "latex" });
    return true;
  }
  const part = `${resolvePart("content.xml", object.attributes["xlink:href"] ?? "")}/content.xml`;
  if (!session.archive.has(part)) return false;
  const node: Extract<Inline, { type: "math" }> = { type: "math", text: unreadFormula, notation: "latex" };
  const table: Table = { type: "table", rows: [], headRows: 0 };
  pieces.inline.push(node);
  pieces.blocks.push(table);
  session.pending.push({
    part,
    fill: (root) => {
      if (root.name === "math:math" || root.name === "math") node.text = latexOfMathml(root);
      else {
        const local = findElement(root, "table:table");
        const read = local ? tableOfElement(local, session) : undefined;
        if (read) Object.assign(table, { ...read, headRows: 1 });
      }
    },
  });
  return true;
}
