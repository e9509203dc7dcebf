/** Blocks with list markers to nested lists. */
import type { Block, List, ListItem, Place } from "@knowhere/contract";
import type { FlowBlock, ListMarker } from "./flow.ts";
import { readLetterAsRoman } from "./markers.ts";
import { addPlaces } from "./places.ts";

/** Lists nest no deeper than this, whatever the geometry says. */
const maxLevels = 12;

interface Level {
  list: List;
  marker: ListMarker;
  /** Value of the last ordered marker. */
  value: number;
  region: string;
}

/** Takes list items one by one and keeps them in lists that nest by indent and marker. */
export class ListStack {
  private levels: Level[] = [];
  private last: ListItem | undefined;
  private lastBlock: FlowBlock | undefined;

  get isOpen(): boolean {
    return this.levels.length > 0;
  }

  close(): void {
    this.levels = [];
    this.last = undefined;
    this.lastBlock = undefined;
  }

  /** Adds an item; returns a list when the item opens a new one at the top. */
  add(block: FlowBlock, content: Block[], places: Place[]): List | undefined {
    const marker = block.marker!;
    const item: ListItem = { content, marker: marker.text };
    if (marker.checked !== undefined) item.checked = marker.checked;
    const region = `${block.page}|${block.region}`;
    const em = Math.max(6, block.size);
    // Items further left than a level end it; in another column or page only the kind of marker is comparable.
    while (this.levels.length > 1 && this.isOutside(this.levels.at(-1)!, block, region, em)) this.levels.pop();
    const level = this.levels.at(-1);
    if (level) {
      const value = this.continues(level, marker);
      const indented =
        level.region === region && marker.x > level.marker.x + 0.6 * em && !sharesText(level, marker, em);
      if (value !== undefined && !indented) {
        level.list.items.push(item);
        level.list.places = addPlaces(level.list.places, places);
        level.value = value;
        level.region = region;
        level.marker = { ...marker, style: level.marker.style };
        this.remember(item, block);
        return undefined;
      }
      const deeper =
        indented || (level.region !== region && !sameKind(level.marker, marker) && (marker.value ?? 1) === 1);
      if (deeper && this.last && this.levels.length < maxLevels) {
        const nested = this.open(marker, item, places, region);
        this.last.content.push(nested);
        this.remember(item, block);
        return undefined;
      }
    }
    this.close();
    const list = this.open(marker, item, places, region);
    this.remember(item, block);
    return list;
  }

  /** Adds a paragraph to the last item when it is set under that item's text; false when it is not. */
  addParagraph(block: FlowBlock, content: Block, places: Place[]): boolean {
    const level = this.levels.at(-1);
    if (!level || !this.last || !this.lastBlock) return false;
    if (this.lastBlock.page !== block.page || this.lastBlock.region !== block.region || block.kind !== "text")
      return false;
    const em = Math.max(6, block.size);
    const textX = level.marker.textX;
    const start = block.rtl ? -block.box[2] : block.box[0];
    if (start < level.marker.x + 0.8 * em || Math.abs(start - textX) > 1.2 * em) return false;
    if (Math.abs(block.size - this.lastBlock.size) > 0.08 * block.size || block.bold !== this.lastBlock.bold)
      return false;
    if (block.box[1] - this.lastBlock.box[3] > 2.5 * em) return false;
    this.last.content.push(content);
    level.list.places = addPlaces(level.list.places, places);
    this.lastBlock = block;
    return true;
  }

  private remember(item: ListItem, block: FlowBlock): void {
    this.last = item;
    this.lastBlock = block;
  }

  private open(marker: ListMarker, item: ListItem, places: Place[], region: string): List {
    const list: List = { type: "list", ordered: marker.ordered, items: [item], places };
    const roman = readLetterAsRoman(marker.text);
    const asRoman = roman === 1 && marker.value !== 1;
    const value = asRoman ? 1 : (marker.value ?? 0);
    if (marker.ordered && value > 1) list.start = value;
    const style = asRoman ? marker.style.replace(/[aA]/, (kind) => (kind === "a" ? "i" : "I")) : marker.style;
    this.levels.push({ list, marker: { ...marker, style }, value, region });
    return list;
  }

  private isOutside(level: Level, block: FlowBlock, region: string, em: number): boolean {
    const marker = block.marker!;
    if (level.region === region) return marker.x < level.marker.x - 0.6 * em && !sharesText(level, marker, em);
    return !sameKind(level.marker, marker) || this.continues(level, marker) === undefined;
  }

  /** The value the marker has as the next one of the level; undefined when it does not go on there. */
  private continues(level: Level, marker: ListMarker): number | undefined {
    if (level.marker.ordered !== marker.ordered) return undefined;
    if (!marker.ordered) return level.marker.style === marker.style ? 0 : undefined;
    const next = level.value + 1;
    if (level.marker.style === marker.style && marker.value === next) return next;
    const roman = readLetterAsRoman(marker.text);
    return roman === next && /[iI]/.test(level.marker.style) ? next : undefined;
  }
}

/** Markers set flush right ("viii." above "ix.") begin in different places, their texts in one. */
const sharesText = (level: Level, marker: ListMarker, em: number): boolean =>
  marker.ordered && level.marker.ordered && Math.abs(marker.textX - level.marker.textX) < 0.3 * em;

const sameKind = (a: ListMarker, b: ListMarker): boolean => a.ordered === b.ordered && a.style === b.style;
