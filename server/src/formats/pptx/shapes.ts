/** The shape tree of a slide as blocks with boxes: text, tables, pictures, charts, diagrams, groups. */
import { type Block, problem, type Table } from "@knowhere/contract";
import { altOf } from "../ooxml/alt-text.ts";
import { resolvedChildren } from "../ooxml/alternate.ts";
import { tableOfChart } from "../ooxml/chart.ts";
import { blocksOfDiagram } from "../ooxml/diagram.ts";
import { readDrawingTable } from "../ooxml/drawing-table.ts";
import { readTextBody } from "../ooxml/drawing-text.ts";
import { emuPerPoint } from "../ooxml/values.ts";
import { childOf, childrenOf, descendantsOf, findElement, pathOf, type XmlElement } from "../xml/element.ts";
import type { SlideBox } from "./order.ts";
import { isTitle, type Layout, listStylesOf, type Placeholder, placeholderOf, transformOf } from "./placeholders.ts";
import { pictureToken, placed, type Session, type SlideScope, warn } from "./session.ts";

export interface ShapeItem {
  readonly box: SlideBox | undefined;
  readonly placeholder: Placeholder | undefined;
  readonly blocks: Block[];
  /** The largest size of its text, in hundredths of a point; undefined where some text leaves its size to the layout. */
  readonly fontSize?: number | undefined;
}
export interface ShapeContext {
  readonly session: Session;
  readonly scope: SlideScope;
  readonly layout: Layout;
  readonly defaults: XmlElement | undefined;
}
/** Maps the child space of a group onto the slide: x' = x * scale + shift, in EMU. */
interface Space {
  scaleX: number;
  scaleY: number;
  shiftX: number;
  shiftY: number;
}
const slideSpace: Space = { scaleX: 1, scaleY: 1, shiftX: 0, shiftY: 0 };
const maxShapesTotal = 200_000;

/** All shapes that hold something, in file order. */
export function readShapes(tree: XmlElement | undefined, context: ShapeContext): ShapeItem[] {
  const items: ShapeItem[] = [];
  if (tree) walk(tree, context, slideSpace, items, 0);
  return items;
}

function walk(parent: XmlElement, context: ShapeContext, space: Space, items: ShapeItem[], depth: number): void {
  if (depth > context.session.limits.maxDepth) throw problem("LIMIT_EXCEEDED", { limit: "nesting depth" });
  for (const shape of resolvedChildren(parent)) {
    if (shape.name === "p:grpSp") {
      if (!isHidden(shape, context)) walk(shape, context, spaceOf(shape, space), items, depth + 1);
      continue;
    }
    const read = readers[shape.name];
    if (!read || isHidden(shape, context)) continue;
    if (++context.session.shapes > maxShapesTotal) throw problem("LIMIT_EXCEEDED", { limit: "shapes" });
    const placeholder = placeholderOf(shape);
    const box = boxOf(transformOf(shape, placeholder, context.layout), space);
    const blocks = read(shape, context, placeholder, box);
    if (blocks.length > 0)
      items.push({ box, placeholder, blocks: placed(blocks, context.scope.page, box), fontSize: statedSize(shape) });
  }
}

function statedSize(shape: XmlElement): number | undefined {
  let largest: number | undefined;
  for (const run of descendantsOf(childOf(shape, "p:txBody"), "a:r")) {
    const size = Number(childOf(run, "a:rPr")?.attributes["sz"] ?? Number.NaN);
    if (!Number.isFinite(size)) return undefined;
    largest = Math.max(largest ?? 0, size);
  }
  return largest;
}

/** Shapes switched off in the selection pane. */
function isHidden(shape: XmlElement, context: ShapeContext): boolean {
  const properties = childrenOf(shape).find((child) => /^p:nv\w+Pr$/.test(child.name));
  const hidden = childOf(properties, "p:cNvPr")?.attributes["hidden"];
  if (hidden !== "1" && hidden !== "true") return false;
  warn(context.session, "HIDDEN_TEXT", "The presentation contains hidden shapes.", context.scope.page);
  return context.session.options.hiddenText === "drop";
}

type Read = (
  shape: XmlElement,
  context: ShapeContext,
  placeholder: Placeholder | undefined,
  box: SlideBox | undefined,
) => Block[];
const readers: Readonly<Record<string, Read>> = {
  "p:sp": readShapeText,
  "p:cxnSp": readShapeText,
  "p:pic": (shape, context) => readPicture(shape, context),
  "p:graphicFrame": readFrame,
};

function readShapeText(
  shape: XmlElement,
  context: ShapeContext,
  placeholder: Placeholder | undefined,
  box: SlideBox | undefined,
): Block[] {
  const body = childOf(shape, "p:txBody");
  const filled = fillOfShape(shape, context);
  if (!body) return filled;
  const { page } = context.scope;
  const lists = isTitle(placeholder) ? [] : listStylesOf(placeholder, context.layout, context.defaults);
  const text = readTextBody(body, {
    relationships: context.scope.relationships,
    lists,
    places: [box ? { page, box: [...box] } : { page }],
  });
  return [...filled, ...text];
}

/** A shape may be filled with a picture; as a placeholder or alone it is that picture. */
function fillOfShape(shape: XmlElement, context: ShapeContext): Block[] {
  const blip = pathOf(shape, "p:spPr", "a:blipFill", "a:blip");
  return blip ? figureOf(blip, pathOf(shape, "p:nvSpPr", "p:cNvPr"), context) : [];
}

function readPicture(picture: XmlElement, context: ShapeContext): Block[] {
  const blip = pathOf(picture, "p:blipFill", "a:blip");
  return blip ? figureOf(blip, pathOf(picture, "p:nvPicPr", "p:cNvPr"), context) : [];
}

function figureOf(blip: XmlElement, properties: XmlElement | undefined, context: ShapeContext): Block[] {
  const alt = altOf(properties?.attributes["descr"], properties?.attributes["title"]);
  const relationship = context.scope.relationships.get(blip.attributes["r:embed"] ?? blip.attributes["r:link"] ?? "");
  if (relationship && !relationship.external && context.session.opened.archive.has(relationship.target)) {
    return [{ type: "figure", asset: pictureToken(relationship.target), ...(alt ? { alt } : {}) }];
  }
  if (relationship?.external) {
    warn(
      context.session,
      "PICTURE_NOT_EMBEDDED",
      "The presentation refers to pictures on other servers; they were not fetched.",
      context.scope.page,
    );
  } else
    warn(
      context.session,
      "PICTURE_MISSING",
      "A picture named in the presentation is not in the file.",
      context.scope.page,
    );
  return alt ? [{ type: "figure", alt }] : [];
}

function readFrame(
  frame: XmlElement,
  context: ShapeContext,
  _placeholder: Placeholder | undefined,
  box: SlideBox | undefined,
): Block[] {
  const { session, scope } = context;
  const data = pathOf(frame, "a:graphic", "a:graphicData");
  const table = childOf(data, "a:tbl");
  if (table) {
    const text = {
      relationships: scope.relationships,
      lists: [],
      places: [box ? { page: scope.page, box: [...box] as [number, number, number, number] } : { page: scope.page }],
    };
    const read = readDrawingTable(table, text, () => {
      if (++session.cells > session.limits.maxCells) throw problem("LIMIT_EXCEEDED", { limit: "cells" });
    });
    return read ? [read] : [];
  }
  const chart = scope.relationships.get(childOf(data, "c:chart")?.attributes["r:id"] ?? "");
  if (chart && !chart.external) {
    const placeholder: Table = { type: "table", rows: [], headRows: 0 };
    session.pending.push({ part: chart.target, fill: (root) => Object.assign(placeholder, tableOfChart(root) ?? {}) });
    return [placeholder];
  }
  const diagram = scope.relationships.get(childOf(data, "dgm:relIds")?.attributes["r:dm"] ?? "");
  if (diagram && !diagram.external) {
    const content: Block[] = [];
    session.pending.push({ part: diagram.target, fill: (root) => content.push(...blocksOfDiagram(root)) });
    return [{ type: "group", role: "textbox", content }];
  }
  // An embedded object shows its preview picture, which stands in either branch of the alternate content.
  const preview = findElement(data, "p:pic");
  return preview ? readPicture(preview, context) : [];
}

function spaceOf(group: XmlElement, outer: Space): Space {
  const transform = pathOf(group, "p:grpSpPr", "a:xfrm");
  const numbers = (name: string, a: string, b: string): [number, number] => {
    const { attributes } = childOf(transform, name) ?? { attributes: {} as Record<string, string> };
    return [Number(attributes[a] ?? 0) || 0, Number(attributes[b] ?? 0) || 0];
  };
  const [x, y] = numbers("a:off", "x", "y");
  const [width, height] = numbers("a:ext", "cx", "cy");
  const [childX, childY] = numbers("a:chOff", "x", "y");
  const [childWidth, childHeight] = numbers("a:chExt", "cx", "cy");
  const scaleX = childWidth > 0 ? width / childWidth : 1;
  const scaleY = childHeight > 0 ? height / childHeight : 1;
  return {
    scaleX: outer.scaleX * scaleX,
    scaleY: outer.scaleY * scaleY,
    shiftX: outer.scaleX * (x - childX * scaleX) + outer.shiftX,
    shiftY: outer.scaleY * (y - childY * scaleY) + outer.shiftY,
  };
}

/** In points on the slide; undefined when nothing in the chain gives a position. */
function boxOf(transform: XmlElement | undefined, space: Space): SlideBox | undefined {
  const offset = childOf(transform, "a:off")?.attributes;
  const extent = childOf(transform, "a:ext")?.attributes;
  if (!offset || !extent) return undefined;
  const [x, y, width, height] = [offset["x"], offset["y"], extent["cx"], extent["cy"]].map(Number) as [
    number,
    number,
    number,
    number,
  ];
  if (![x, y, width, height].every(Number.isFinite)) return undefined;
  const round = (emu: number) => Math.round((emu / emuPerPoint) * 100) / 100;
  const left = round(x * space.scaleX + space.shiftX);
  const top = round(y * space.scaleY + space.shiftY);
  return [
    left,
    top,
    round((x + Math.max(0, width)) * space.scaleX + space.shiftX),
    round((y + Math.max(0, height)) * space.scaleY + space.shiftY),
  ];
}
