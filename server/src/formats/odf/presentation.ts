/** ODP: each `draw:page` is a slide. Frames are put into reading order as on PowerPoint slides. */
import type { Block, Inline, Page, Place } from "@knowhere/contract";
import { apparentTitle } from "../pptx/apparent-title.ts";
import { orderShapes, type SlideBox } from "../pptx/order.ts";
import { childOf, childrenOf, descendantsOf, textOf, type XmlElement } from "../xml/element.ts";
import { readFrame } from "./frames.ts";
import type { Session } from "./session.ts";

const pointsOfUnit: Readonly<Record<string, number>> = { cm: 28.3465, mm: 2.83465, in: 72, pt: 1, pc: 12, px: 0.75 };

/** A length such as "2.5cm" in points. */
export function pointsOf(length: string | undefined): number | undefined {
  const match = /^(-?[\d.]+)(cm|mm|in|pt|pc|px)$/.exec(length ?? "");
  const value = match ? Number(match[1]) * pointsOfUnit[match[2]!]! : Number.NaN;
  return Number.isFinite(value) ? Math.round(value * 100) / 100 : undefined;
}

interface Item {
  box: SlideBox | undefined;
  /** `presentation:class`; free shapes have none. */
  placeholder: string | undefined;
  blocks: Block[];
  fontSize: number | undefined;
}
const shapes = /^draw:(frame|custom-shape|g|rect|ellipse|caption|polygon|path|connector)$/;

export interface SlideReading {
  blocks: Block[];
  page: Page;
}

/** Reads one slide. */
export function readDrawPage(
  element: XmlElement,
  number: number,
  size: readonly [number, number],
  session: Session,
): SlideReading {
  const items: Item[] = [];
  for (const shape of childrenOf(element)) {
    if (!shapes.test(shape.name)) continue;
    const box = boxOf(shape);
    const blocks = blocksOf(shape, session, box ? { page: number, box: [...box] } : { page: number });
    if (blocks.length > 0)
      items.push({
        box,
        placeholder: shape.attributes["presentation:class"],
        blocks,
        fontSize: statedSize(shape, session),
      });
  }
  const furniture = items.filter((item) => /^(header|footer|page-number|date-time)$/.test(item.placeholder ?? ""));
  const shown = items.filter((item) => !furniture.includes(item));
  const stated = shown.filter((item) => item.placeholder === "title");
  const apparent = stated.length === 0 && session.options.findHeadings ? apparentTitle(shown) : undefined;
  const titles = apparent ? [apparent] : stated;
  const rest = orderShapes(shown.filter((item) => !titles.includes(item)));
  const blocks: Block[] = [];
  const title = titleOf(titles);
  if (title.length > 0)
    blocks.push({ type: "heading", level: 1, content: title, places: titles[0]!.blocks[0]!.places });
  for (const item of rest) blocks.push(...item.blocks);
  blocks.push(...notesOf(element, number, session));
  for (const item of furniture)
    blocks.push({
      type: "furniture",
      role: item.placeholder === "page-number" ? "page_number" : item.placeholder === "header" ? "header" : "footer",
      content: item.blocks,
      places: [{ page: number }],
    });
  const isHidden =
    session.styles.property(
      "drawing-page",
      element.attributes["draw:style-name"],
      "style:drawing-page-properties",
      "presentation:visibility",
    ) === "hidden";
  const name = element.attributes["draw:name"];
  return {
    blocks,
    page: {
      number,
      kind: "slide",
      width: size[0],
      height: size[1],
      ...(name ? { name } : {}),
      ...(isHidden ? { hidden: true } : {}),
    },
  };
}

function boxOf(shape: XmlElement): SlideBox | undefined {
  const [x, y, width, height] = ["svg:x", "svg:y", "svg:width", "svg:height"].map((name) =>
    pointsOf(shape.attributes[name]),
  );
  if (x === undefined || y === undefined || width === undefined || height === undefined) return undefined;
  const round = (points: number) => Math.round(points * 100) / 100;
  return [x, y, round(x + width), round(y + height)];
}

/** The largest size of the text in points, in spans or straight in paragraphs; undefined where some does not state its size. */
function statedSize(shape: XmlElement, session: Session): number | undefined {
  let largest: number | undefined;
  for (const paragraph of descendantsOf(shape, "text:p")) {
    for (const child of paragraph.children) {
      const isText = typeof child === "string";
      if ((isText ? child : textOf(child)).trim() === "") continue;
      const holder = isText ? paragraph : child;
      const style = holder.attributes["text:style-name"];
      const family = isText ? "paragraph" : "text";
      const size = pointsOf(session.styles.property(family, style, "style:text-properties", "fo:font-size"));
      if (size === undefined) return undefined;
      largest = Math.max(largest ?? 0, size);
    }
  }
  return largest;
}

/** Text of a slide is its body, not a box beside it. */
function blocksOf(shape: XmlElement, session: Session, place: Place): Block[] {
  const pieces = readFrame(shape, session);
  const blocks: Block[] = [];
  for (const node of pieces.inline) {
    if (node.type === "image")
      blocks.push({ type: "figure", asset: node.asset, ...(node.alt ? { alt: node.alt } : {}) });
    else if (node.type === "math") blocks.push({ type: "paragraph", content: [node] });
  }
  for (const block of pieces.blocks)
    blocks.push(...(block.type === "group" && block.role === "textbox" ? block.content : [block]));
  for (const block of blocks) block.places = [place];
  return blocks;
}

function titleOf(titles: readonly Item[]): Inline[] {
  const content: Inline[] = [];
  for (const block of titles.flatMap((item) => item.blocks)) {
    if (block.type !== "paragraph" && block.type !== "heading") continue;
    if (content.length > 0) content.push({ type: "text", text: " " });
    for (const node of block.content) content.push(node.type === "break" ? { type: "text", text: " " } : node);
  }
  return content;
}

function notesOf(element: XmlElement, number: number, session: Session): Block[] {
  const notes = childOf(element, "presentation:notes");
  const content = childrenOf(notes, "draw:frame").flatMap((frame) =>
    frame.attributes["presentation:class"] === "notes" ? blocksOf(frame, session, { page: number }) : [],
  );
  return content.length > 0 ? [{ type: "group", role: "speaker_notes", content, places: [{ page: number }] }] : [];
}
