/** The body of a section as units: the smallest pieces a chunk is made of. */
import type { Block, Code, List, Place, SourceKind } from "@knowhere/contract";
import { plainBlocks } from "../../document/plain.ts";
import { childrenOf, visitBlocks } from "../../document/visit.ts";
import type { MarkdownPieces } from "../markdown/writer.ts";
import { cutText } from "./cut.ts";
import type { EmbeddedObject, Objects } from "./objects.ts";

export interface Unit {
  /** Markdown, with placeholders. */
  readonly text: string;
  /** The words without markup and without the contents of tables, for keywords and summaries. */
  readonly plain: string;
  /** What stands between this unit and the one before it in the same chunk. */
  readonly joint: string;
  readonly size: number;
  readonly embeds: readonly EmbeddedObject[];
  readonly places: readonly Place[];
  readonly source: SourceKind | undefined;
  readonly confidence: number | undefined;
}

/** How big a chunk may be, and by what it is measured. */
export interface Budget {
  measure(text: string): number;
  readonly limit: number;
}

/** Cuts a section's body into units that each fit the budget; a placeholder is never cut. */
export function makeUnits(body: readonly Block[], pieces: MarkdownPieces, objects: Objects, budget: Budget): Unit[] {
  // A list of more items than the budget has units cannot fit: it is not written as a whole to find that out.
  const isLong = (block: Block) => block.type === "list" && block.items.length > budget.limit;
  if (body.some(isLong))
    return body.flatMap((block) =>
      block.type === "list" && isLong(block)
        ? listUnits(block, "\n\n", pieces, objects, budget)
        : makeUnits([block], pieces, objects, budget),
    );
  const written = pieces.each(body);
  return body.flatMap((block, at) => unitsOf(block, written[at]!, "\n\n", pieces, objects, budget));
}

function unitsOf(
  block: Block,
  text: string,
  joint: string,
  pieces: MarkdownPieces,
  objects: Objects,
  budget: Budget,
): Unit[] {
  if (text === "") return [];
  const size = budget.measure(text);
  if (size <= budget.limit) return [unitOf(block, text, plainOf(block), joint, size, objects)];
  const within = (blocks: readonly Block[]) => makeUnits(blocks, pieces, objects, budget);
  switch (block.type) {
    case "list":
      return listUnits(block, joint, pieces, objects, budget);
    case "group": {
      const title: Block[] =
        block.title === undefined
          ? []
          : [{ type: "paragraph", content: [{ type: "strong", content: [{ type: "text", text: block.title }] }] }];
      return within([...title, ...block.content]);
    }
    case "quote":
      // A quote of one block is as small as quotes get; its text is cut instead.
      if (block.content.length > 1)
        return within(block.content.map((child): Block => ({ ...block, content: [child] })));
      break;
    case "furniture":
      return within(block.content);
    case "code":
      return codeUnits(block, joint, pieces, objects, budget);
  }
  return embedsOf(block, objects).length > 0
    ? childUnits(block, text, joint, objects, budget)
    : cutUnits(block, text, joint, objects, budget);
}

/** One unit an item; an item that is too long by itself is cut like text. */
function listUnits(list: List, joint: string, pieces: MarkdownPieces, objects: Objects, budget: Budget): Unit[] {
  const first = list.start ?? 1;
  return list.items.flatMap((item, at) => {
    const { start: _start, ...rest } = list;
    const numbered = list.ordered && item.marker === undefined;
    const single: List = { ...rest, items: [item], ...(numbered ? { start: first + at } : {}) };
    const text = pieces.blocks([single]);
    if (text === "") return [];
    const size = budget.measure(text);
    const between = at === 0 ? joint : "\n";
    if (size <= budget.limit) return [unitOf(single, text, plainOf(single), between, size, objects)];
    return embedsOf(single, objects).length > 0
      ? childUnits(single, text, between, objects, budget)
      : cutUnits(single, text, between, objects, budget);
  });
}

function codeUnits(code: Code, joint: string, pieces: MarkdownPieces, objects: Objects, budget: Budget): Unit[] {
  // The fences are added to each part again.
  const room = { measure: budget.measure, limit: Math.max(16, budget.limit - 16) };
  const lines = cutText(code.text, (text) => room.measure(text) <= room.limit, hardLength(room), joint);
  const parts: string[] = [];
  for (const line of lines) {
    const last = parts[parts.length - 1];
    const joined = last === undefined ? undefined : `${last}${line.joint}${line.text}`;
    if (joined !== undefined && room.measure(joined) <= room.limit) parts[parts.length - 1] = joined;
    else parts.push(line.text);
  }
  return parts.map((text, at) => {
    const part: Code = { ...code, text };
    const written = pieces.blocks([part]);
    return unitOf(part, written, text, at === 0 ? joint : "\n\n", budget.measure(written), objects);
  });
}

/** Text only: cut where it helps. */
function cutUnits(block: Block, text: string, joint: string, objects: Objects, budget: Budget): Unit[] {
  const fits = (piece: string) => budget.measure(piece) <= budget.limit;
  return cutText(text, fits, hardLength(budget), joint).map((part) =>
    unitOf(block, part.text, part.text, part.joint, budget.measure(part.text), objects, false),
  );
}

/** Text around placeholders: each placeholder line keeps to itself and keeps its object. */
function childUnits(block: Block, text: string, joint: string, objects: Objects, budget: Budget): Unit[] {
  const embeds = embedsOf(block, objects);
  const fits = (piece: string) => budget.measure(piece) <= budget.limit;
  return cutText(text, fits, Math.max(64, hardLength(budget)), joint).map((part) => {
    const unit = unitOf(block, part.text, part.text, part.joint, budget.measure(part.text), objects, false);
    return { ...unit, embeds: embeds.filter((object) => part.text.includes(object.placeholder)) };
  });
}

/** A character may be several tokens, never many. */
function hardLength(budget: Budget): number {
  return Math.max(8, Math.floor(budget.limit / 3));
}

function unitOf(
  block: Block,
  text: string,
  plain: string,
  joint: string,
  size: number,
  objects: Objects,
  whole = true,
): Unit {
  return {
    text,
    plain,
    joint,
    size,
    embeds: whole ? embedsOf(block, objects) : [],
    places: placesOf(block),
    source: sourceOf(block),
    confidence: block.confidence,
  };
}

/** Pictures and tables in the block, in reading order, without those that stand in a table. */
function embedsOf(block: Block, objects: Objects): EmbeddedObject[] {
  const found: EmbeddedObject[] = [];
  visitBlocks([block], (inner) => {
    const object = objects.of(inner);
    if (object !== undefined) found.push(object);
    return inner.type !== "table";
  });
  return found;
}

/** The block's own places, or those of the blocks inside it. */
function placesOf(block: Block): readonly Place[] {
  if (block.places !== undefined) return block.places;
  const places: Place[] = [];
  for (const children of childrenOf(block)) for (const child of children) places.push(...placesOf(child));
  return places;
}

function sourceOf(block: Block): SourceKind | undefined {
  if (block.source !== undefined) return block.source;
  for (const children of childrenOf(block)) {
    for (const child of children) {
      const source = sourceOf(child);
      if (source !== undefined) return source;
    }
  }
  return undefined;
}

function plainOf(block: Block): string {
  return block.type === "table" ? "" : plainBlocks([block]);
}
