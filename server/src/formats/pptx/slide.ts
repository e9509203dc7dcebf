/** One slide: its title as a heading, its shapes in reading order, then notes and comments. */
import type { Block, Furniture, Inline, Note, Page } from "@knowhere/contract";
import { plainBlocks } from "../../document/plain.ts";
import { readTextBody } from "../ooxml/drawing-text.ts";
import { childOf, childrenOf, descendantsOf, pathOf, textOf, type XmlElement } from "../xml/element.ts";
import { apparentTitle } from "./apparent-title.ts";
import { orderShapes } from "./order.ts";
import { isTitle, type Layout, placeholderOf } from "./placeholders.ts";
import type { Session, SlideScope } from "./session.ts";
import { readShapes, type ShapeContext, type ShapeItem } from "./shapes.ts";

export interface SlideParts {
  readonly root: XmlElement;
  readonly scope: SlideScope;
  readonly layout: Layout;
  readonly defaults: XmlElement | undefined;
  readonly notes: { root: XmlElement; scope: SlideScope } | undefined;
  readonly comments: XmlElement | undefined;
  readonly authors: ReadonlyMap<string, string>;
  readonly titleLevel: number;
}
export interface SlideResult {
  readonly blocks: Block[];
  readonly title: string | undefined;
  readonly hidden: boolean;
}

const furnitureRoles: Readonly<Record<string, Furniture["role"]>> = {
  ftr: "footer",
  dt: "footer",
  hdr: "header",
  sldNum: "page_number",
};

/** Reads the slide; charts and diagrams are still empty until the session's pending parts are filled. */
export function readSlide(parts: SlideParts, session: Session): SlideResult {
  const context: ShapeContext = { session, scope: parts.scope, layout: parts.layout, defaults: parts.defaults };
  const items = readShapes(pathOf(parts.root, "p:cSld", "p:spTree"), context);
  const furniture = items.filter((item) => item.placeholder && furnitureRoles[item.placeholder.type]);
  const stated = items.filter((item) => isTitle(item.placeholder));
  const shown = items.filter((item) => !furniture.includes(item));
  const apparent = stated.length === 0 && session.options.findHeadings ? apparentTitle(shown) : undefined;
  const titles = apparent ? [apparent] : stated;
  const body = shown.filter((item) => !titles.includes(item));
  const blocks: Block[] = [];
  const heading = headingOf(titles, parts.titleLevel);
  if (heading) blocks.push(heading);
  for (const item of joinCaptions(orderShapes(body))) blocks.push(...bodyBlocks(item));
  blocks.push(...notesOf(parts, session), ...commentsOf(parts));
  for (const item of furniture) {
    blocks.push({
      type: "furniture",
      role: furnitureRoles[item.placeholder!.type]!,
      content: item.blocks,
      places: item.blocks[0]!.places,
    });
  }
  const show = parts.root.attributes["show"];
  const title = heading ? plainBlocks([heading]).replace(/\s+/g, " ").trim() : undefined;
  return { blocks, title, hidden: show === "0" || show === "false" };
}

/** All paragraphs of the title as one line. */
function headingOf(titles: readonly ShapeItem[], level: number): Block | undefined {
  const content: Inline[] = [];
  for (const item of titles) {
    for (const block of item.blocks) {
      if (block.type !== "paragraph") continue;
      if (content.length > 0) content.push({ type: "text", text: " " });
      for (const node of block.content) content.push(node.type === "break" ? { type: "text", text: " " } : node);
    }
  }
  if (content.length === 0) return undefined;
  return { type: "heading", level, content, places: titles[0]!.blocks[0]!.places };
}

/** How far below its picture a caption may start, and how long it may be. */
const maxCaptionGapPt = 12;
const maxCaptionLength = 200;

/** One short paragraph right below a picture and within its width, or the picture's own placeholder text, is its caption. */
function joinCaptions(items: readonly ShapeItem[]): ShapeItem[] {
  const joined: ShapeItem[] = [];
  for (const item of items) {
    const before = joined[joined.length - 1];
    const picture = before?.blocks.length === 1 ? before.blocks[0]! : undefined;
    const text = item.blocks.length === 1 ? item.blocks[0]! : undefined;
    if (picture?.type === "figure" && text?.type === "paragraph" && !picture.caption && isRightBelow(before!, item)) {
      if (plainBlocks([text]).length <= maxCaptionLength) {
        picture.caption = text.content;
        continue;
      }
    }
    joined.push(item);
  }
  return joined;
}

function isRightBelow(picture: ShapeItem, text: ShapeItem): boolean {
  if (!picture.box || !text.box) return false;
  const gap = text.box[1] - picture.box[3];
  const middle = (text.box[0] + text.box[2]) / 2;
  const isUnder = middle >= picture.box[0] && middle <= picture.box[2];
  return gap >= -2 && gap <= maxCaptionGapPt && isUnder && text.box[3] - text.box[1] <= 60;
}

function bodyBlocks(item: ShapeItem): Block[] {
  if (item.placeholder?.type !== "subTitle") return item.blocks;
  return item.blocks.map((block) => (block.type === "paragraph" ? { ...block, role: "subtitle" } : block));
}

/** The notes page: what was typed on it, then the header and footer of its print. */
function notesOf(parts: SlideParts, session: Session): Block[] {
  if (!parts.notes) return [];
  const { root, scope } = parts.notes;
  const places = [{ page: scope.page }];
  const content: Block[] = [];
  const furniture: Furniture[] = [];
  for (const shape of descendantsOf(pathOf(root, "p:cSld", "p:spTree"), "p:sp")) {
    const body = childOf(shape, "p:txBody");
    const type = placeholderOf(shape)?.type;
    // A shape that is no placeholder is a text box of its own; dates and numbers of the page are not what was typed.
    if (!body || (type !== undefined && !["body", "hdr", "ftr"].includes(type))) continue;
    const blocks = readTextBody(body, { relationships: scope.relationships, lists: [], places });
    const role = furnitureRoles[type ?? ""];
    if (!role) content.push(...blocks);
    else if (blocks.length > 0) furniture.push({ type: "furniture", role, content: blocks, places });
  }
  if (content.length === 0) return furniture;
  session.shapes += 1;
  return [{ type: "group", role: "speaker_notes", content, places }, ...furniture];
}

/** Both generations of comments: `p:cm` with plain text, and threaded ones with a text body and replies. */
function commentsOf(parts: SlideParts): Note[] {
  const { page } = parts.scope;
  return childrenOf(parts.comments).flatMap((comment, at): Note[] => {
    const replies = descendantsOf(comment, "p188:reply");
    const body = childOf(comment, "p188:txBody");
    const own = body ? linesOf(body) : [textOf(childOf(comment, "p:text")).trim()];
    const lines = [...own, ...replies.flatMap((reply) => linesOf(childOf(reply, "p188:txBody")))].filter(Boolean);
    if (lines.length === 0) return [];
    const author = parts.authors.get(comment.attributes["authorId"] ?? "");
    const label = author ? `Comment ${at + 1} (${author})` : `Comment ${at + 1}`;
    const content: Block[] = lines.map((text) => ({ type: "paragraph", content: [{ type: "text", text }] }));
    return [{ type: "note", note: `comment-${page}-${at + 1}`, label, kind: "comment", content, places: [{ page }] }];
  });
}

const linesOf = (body: XmlElement | undefined): string[] =>
  descendantsOf(body, "a:p").map((paragraph) => descendantsOf(paragraph, "a:t").map(textOf).join("").trim());

/** The page entry of a slide. */
export function pageOf(number: number, size: readonly [number, number], result: SlideResult): Page {
  return {
    number,
    kind: "slide",
    width: size[0],
    height: size[1],
    ...(result.title ? { name: result.title } : {}),
    ...(result.hidden ? { hidden: true } : {}),
  };
}
