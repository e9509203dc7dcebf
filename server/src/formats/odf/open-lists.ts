/** The lists that are open in each flow of an OpenDocument text, and where their numbers stand. */
import { problem } from "@knowhere/contract";
import type { FlowBuilder } from "../../document/flow-builder.ts";
import type { XmlElement } from "../xml/element.ts";
import { Counters } from "./list-style.ts";
import type { Session } from "./session.ts";

interface OpenList {
  style: string | undefined;
  counters: Counters;
  /** The current item has its first paragraph. */
  itemStarted: boolean;
  startValue: number | undefined;
}

/** What is printed in front of a paragraph that begins an item. */
export interface ItemLabel {
  readonly ordered: boolean;
  readonly number: number;
  readonly text: string;
}

export class OpenLists {
  /** Outermost flow first; in each, the outermost list first. */
  readonly #flows: OpenList[][] = [[]];
  readonly #countersOfStyle = new Map<string, Counters>();
  readonly #countersOfList = new Map<string, Counters>();
  /** The flow whose outermost list was closed last. */
  #closedIn: FlowBuilder | undefined;
  #closedCounters = new Counters();

  constructor(
    private readonly session: Session,
    private readonly isMain: boolean,
  ) {}

  get #open(): OpenList[] {
    return this.#flows[this.#flows.length - 1]!;
  }

  /** Lists that are open in the current flow. */
  get depth(): number {
    return this.#open.length;
  }

  /** A flow of its own (a cell) begins or ends. */
  enterFlow(): void {
    this.#flows.push([]);
  }
  leaveFlow(): void {
    this.#flows.pop();
  }

  open(element: XmlElement): void {
    if (this.depth >= this.session.limits.maxDepth) throw problem("LIMIT_EXCEEDED", { limit: "nesting depth" });
    const outer = this.#open.at(-1);
    const style = element.attributes["text:style-name"] ?? outer?.style;
    const continued = this.#countersOfList.get(element.attributes["text:continue-list"] ?? "");
    const goesOn =
      element.attributes["text:continue-numbering"] === "true" ? this.#countersOfStyle.get(style ?? "") : undefined;
    const counters = outer?.counters ?? continued ?? goesOn ?? new Counters();
    if (style !== undefined) this.#countersOfStyle.set(style, counters);
    const id = element.attributes["xml:id"] ?? element.attributes["text:id"];
    if (id !== undefined) this.#countersOfList.set(id, counters);
    this.#open.push({ style, counters, itemStarted: false, startValue: undefined });
  }

  openItem(element: XmlElement): void {
    const list = this.#open.at(-1);
    if (!list) return;
    list.itemStarted = false;
    const start = Number(element.attributes["text:start-value"]);
    list.startValue = Number.isInteger(start) && start >= 0 ? start : list.startValue;
  }

  close(flow: FlowBuilder): void {
    this.#closedCounters = this.#open.pop()?.counters ?? this.#closedCounters;
    if (this.depth === 0) this.#closedIn = flow;
  }

  /** A list that begins with an item of a deeper level goes on below the list before it; anything else ends that one. */
  endClosed(flow: FlowBuilder): void {
    const isBelow = this.#closedIn === flow && this.depth > 1;
    if (this.#closedIn === flow && !isBelow) flow.endLists();
    // In drawn text numbers count on by level, whatever list they are in; each change of level is written as a new list.
    if (isBelow && !this.isMain) for (const list of this.#open) list.counters = this.#closedCounters;
    this.#closedIn = undefined;
  }

  /** Begins the current item and counts it; undefined when it has begun before. */
  beginItem(): ItemLabel | undefined {
    const level = this.depth - 1;
    const list = this.#open[level];
    if (!list || list.itemStarted) return undefined;
    list.itemStarted = true;
    const style = this.session.styles.list(list.style);
    const number = list.counters.next(level, style, list.startValue);
    list.startValue = undefined;
    return {
      ordered: style?.isOrdered(level) ?? false,
      number,
      text: style?.print(list.counters.values, level) ?? "•",
    };
  }
}
