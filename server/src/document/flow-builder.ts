/**
 * Collects the blocks of one flow (a body, a cell, a note) from formats that store lists flat: each paragraph says only
 * its level and number. Paragraphs of neighbouring levels become nested lists; runs of quotes, code lines and contents
 * entries become one block each.
 */
import type { Block, Definitions, Group, Inline, List, ListItem, Place } from "@knowhere/contract";

export interface ListEntry {
  /** 0 is the outermost. */
  readonly level: number;
  readonly ordered: boolean;
  /** Value of the counter, for ordered lists. */
  readonly number?: number | undefined;
  /** As printed. */
  readonly marker?: string | undefined;
  readonly checked?: boolean | undefined;
}

interface OpenList {
  list: List;
  level: number;
  lastNumber: number;
}

export class FlowBuilder {
  readonly blocks: Block[] = [];
  readonly #lists: OpenList[] = [];

  get inList(): boolean {
    return this.#lists.length > 0;
  }

  /** Level of the innermost open list item, -1 outside lists. */
  get listLevel(): number {
    return this.#lists[this.#lists.length - 1]?.level ?? -1;
  }

  /** Adds a block of its own; open lists end. */
  add(block: Block): void {
    this.endLists();
    this.blocks.push(block);
  }

  endLists(): void {
    this.#lists.length = 0;
  }

  /** Adds a list item, nested by its level; a jump backwards or a restarted number starts a new list. */
  addItem(entry: ListEntry, content: Block[], places?: Place[]): void {
    while (this.#lists.length > 0 && this.#lists[this.#lists.length - 1]!.level > entry.level) this.#lists.pop();
    let open = this.#lists[this.#lists.length - 1];
    if (open && open.level === entry.level && !continues(open, entry)) {
      this.#lists.pop();
      open = this.#lists[this.#lists.length - 1];
    }
    if (!open || open.level < entry.level) {
      const list: List = { type: "list", ordered: entry.ordered, items: [] };
      if (entry.ordered && entry.number !== undefined && entry.number !== 1) list.start = entry.number;
      if (places) list.places = places;
      const parent = open?.list.items[open.list.items.length - 1];
      (parent ? parent.content : this.blocks).push(list);
      open = { list, level: entry.level, lastNumber: 0 };
      this.#lists.push(open);
    }
    const item: ListItem = { content };
    if (entry.checked !== undefined) item.checked = entry.checked;
    if (entry.marker !== undefined) item.marker = entry.marker;
    open.list.items.push(item);
    open.lastNumber = entry.number ?? open.lastNumber + 1;
    for (const { list } of this.#lists) if (places) list.places = mergePlaces(list.places, places);
  }

  /** Adds a block to the last item of the open list at `level` or the nearest above it; a block of its own outside lists. */
  addToItem(level: number, block: Block): void {
    while (this.#lists.length > 1 && this.#lists[this.#lists.length - 1]!.level > level) this.#lists.pop();
    const item = this.#lists[this.#lists.length - 1]?.list.items.at(-1);
    if (item) item.content.push(block);
    else this.add(block);
  }

  /** Adds to a quote that is already open at the end, or opens one. */
  addQuoted(block: Block): void {
    this.endLists();
    const last = this.blocks[this.blocks.length - 1];
    if (last?.type !== "quote") {
      this.blocks.push({ type: "quote", content: [block], ...(block.places ? { places: block.places } : {}) });
      return;
    }
    last.content.push(block);
    if (block.places) last.places = mergePlaces(last.places, block.places);
  }

  /** Adds a line to a code block at the end, or starts one. */
  addCode(text: string, places?: Place[]): void {
    this.endLists();
    const last = this.blocks[this.blocks.length - 1];
    if (last?.type === "code") {
      last.text += `\n${text}`;
      if (places) last.places = mergePlaces(last.places, places);
    } else this.blocks.push({ type: "code", text, ...(places ? { places } : {}) });
  }

  /** Adds a block to the group of that role at the end, or opens one. */
  addToGroup(role: Group["role"], block: Block): void {
    this.endLists();
    const last = this.blocks[this.blocks.length - 1];
    if (last?.type !== "group" || last.role !== role) {
      this.blocks.push({ type: "group", role, content: [block], ...(block.places ? { places: block.places } : {}) });
      return;
    }
    last.content.push(block);
    if (block.places) last.places = mergePlaces(last.places, block.places);
  }

  /** Starts an entry of a definition list. */
  addTerm(term: Inline[], places?: Place[]): void {
    this.endLists();
    const last = this.blocks[this.blocks.length - 1];
    const item = { term, definitions: [] };
    if (last?.type === "definitions") last.items.push(item);
    else this.blocks.push({ type: "definitions", items: [item], ...(places ? { places } : {}) });
  }

  /** Adds a paragraph to the definition of the last term; without a term it stands alone. */
  addDefinition(block: Block): void {
    const last = this.blocks[this.blocks.length - 1] as Definitions | undefined;
    const item = last?.type === "definitions" ? last.items.at(-1) : undefined;
    if (!item) this.add(block);
    else if (item.definitions.length === 0) item.definitions.push([block]);
    else item.definitions[0]!.push(block);
  }
}

/** One list goes on while its kind stays and (ordered) its numbers rise by one or are unknown. */
function continues(open: OpenList, entry: ListEntry): boolean {
  if (open.list.ordered !== entry.ordered) return false;
  return !entry.ordered || entry.number === undefined || entry.number === open.lastNumber + 1;
}

/** Places of two pieces of one block, each page once, in order. */
export function mergePlaces(a: Place[] | undefined, b: Place[]): Place[] {
  const merged = [...(a ?? [])];
  for (const place of b) if (!merged.some((known) => known.page === place.page)) merged.push(place);
  return merged;
}
