/**
 * Bookmarks are what the author calls the sections, with their page and depth: a title found on its page is a heading, whatever
 * it looks like. Titles are matched fuzzily (numbers left out, ligatures, cut words) against one to four neighbouring lines.
 */
import type { OutlineEntry } from "../facts.ts";
import type { FlowBlock, FlowLine, FlowPage } from "../flow.ts";
import { compareTitles, type FoldedTitle, foldTitle, numberOf, prepareTitle } from "./match.ts";
import { isolateLines, splitLine } from "./split.ts";

const accept = 0.84;
const maxLines = 4;
/** More entries than this are looked at page by page only. */
const maxEntries = 5000;

export interface OutlineMatches {
  /** Heading blocks by outline entry, in outline order. */
  matched: { entry: OutlineEntry; block: FlowBlock }[];
  /** Entries that name a page of this parse. */
  eligible: number;
}

interface Hit {
  page: FlowPage;
  block: FlowBlock;
  from: number;
  to: number;
  score: number;
  /** The title ends inside line `to - 1`, before this span. */
  runInSpan?: number;
}

/** Finds the outline's titles on their pages and sets their blocks' level. Blocks are split where a title is part of one. */
export function matchOutline(pages: FlowPage[], outline: OutlineEntry[]): OutlineMatches {
  const byNumber = new Map(pages.map((page) => [page.page, page]));
  const out: OutlineMatches = { matched: [], eligible: 0 };
  const folded = new FoldedLines();
  for (const entry of outline.slice(0, maxEntries)) {
    if (entry.page === undefined || !byNumber.has(entry.page)) continue;
    const title = prepareTitle(entry.title);
    if (title.whole.length < 1) continue;
    out.eligible++;
    let best: Hit | undefined;
    // A destination may sit at the foot of the page before, or name the page after a break.
    for (const number of [entry.page, entry.page + 1, entry.page - 1]) {
      const page = byNumber.get(number);
      const hit = page && findTitle(page, entry, title, folded, number === entry.page);
      if (hit && (!best || hit.score > best.score + 0.02)) best = hit;
      if (best && number === entry.page) break;
    }
    if (!best) continue;
    const block = isolate(best);
    block.kind = "text";
    block.level = entry.level;
    block.furniture = undefined;
    out.matched.push({ entry, block });
  }
  return out;
}

function canHold(block: FlowBlock): boolean {
  return (
    (block.kind === "text" || block.kind === "caption" || block.kind === "note" || block.kind === "math") &&
    block.level === undefined &&
    block.lines.length > 0
  );
}

/** Folded text of lines: every bookmark is compared with every line of its page. */
class FoldedLines {
  readonly #known = new WeakMap<FlowLine, string>();

  of(line: FlowLine): string {
    const known = this.#known.get(line);
    if (known !== undefined) return known;
    const text = foldTitle(line.text);
    this.#known.set(line, text);
    return text;
  }
}

function findTitle(
  page: FlowPage,
  entry: OutlineEntry,
  title: FoldedTitle,
  folded: FoldedLines,
  ownPage: boolean,
): Hit | undefined {
  let best: Hit | undefined;
  const wanted = title.whole.length;
  // Titles whose lengths differ by more cannot be alike enough.
  const least = Math.floor(accept * Math.min(wanted, title.bare.length, 300));
  for (const block of page.blocks) {
    if (!canHold(block)) continue;
    for (let from = 0; from < block.lines.length; from++) {
      let whole = "";
      for (let to = from + 1; to <= Math.min(block.lines.length, from + maxLines); to++) {
        whole += folded.of(block.lines[to - 1]!);
        if (to === from + 1 && whole.length > wanted) {
          const runIn = findRunIn(page, block, from, entry, title, ownPage);
          if (runIn && (!best || runIn.score > best.score)) best = runIn;
        }
        if (whole.length > 1.5 * wanted + 12) break;
        if (whole.length < least) continue;
        const text = joinLines(block, from, to);
        let alike: number;
        if (wanted < 3) alike = matchesShort(text, entry.title);
        else {
          const number = numberOf(text);
          const bare = number === "" ? whole : whole.slice(foldTitle(number).length);
          alike = compareTitles({ whole, bare }, title, accept);
        }
        if (alike < accept) continue;
        const score = alike + closeness(block.lines[from]!, page, entry, ownPage) + standing(block, from, to);
        if (!best || score > best.score) best = { page, block, from, to, score };
      }
    }
  }
  return best;
}

function joinLines(block: FlowBlock, from: number, to: number): string {
  let text = block.lines[from]!.text;
  for (let at = from + 1; at < to; at++) text += ` ${block.lines[at]!.text}`;
  return text;
}

/** "A" for an appendix: one or two letters match too much, so the line must be them, with at most a word in front. */
function matchesShort(text: string, title: string): number {
  const bare = text.trim().replace(/^(?:appendix|annex|anhang|part|chapter)\s+/i, "");
  return bare.replace(/[.:]$/, "").trim() === title.trim() ? 1 : 0;
}

/** "3.1 Title. The text goes on": the first spans of a line are the title, in another style than the rest. */
function findRunIn(
  page: FlowPage,
  block: FlowBlock,
  from: number,
  entry: OutlineEntry,
  title: FoldedTitle,
  ownPage: boolean,
): Hit | undefined {
  const line = block.lines[from]!;
  let text = "";
  for (let span = 0; span < line.spans.length - 1; span++) {
    text += ` ${line.spans[span]!.text}`;
    const next = line.spans[span + 1]!;
    const own = line.spans[span]!;
    if (own.bold === next.bold && own.italic === next.italic && own.size === next.size) continue;
    const alike = compareTitles(prepareTitle(text), title, 0.9);
    if (alike < 0.9) continue;
    const score = alike + closeness(line, page, entry, ownPage) - 0.1;
    return { page, block, from, to: from + 1, score, runInSpan: span + 1 };
  }
  return undefined;
}

/** Up to 0.15 for a line near the height that the bookmark names (which is a little above the line), and for the right page. */
function closeness(line: FlowLine, page: FlowPage, entry: OutlineEntry, ownPage: boolean): number {
  if (!ownPage) return -0.1;
  if (entry.y === undefined || entry.y < 0 || entry.y > page.height) return 0.05;
  const away = Math.abs(line.box[1] - entry.y);
  return away < 40 ? 0.15 : away < 120 ? 0.05 : -0.05;
}

/** A title that is a block of its own, or begins one, beats the same words inside a paragraph. */
function standing(block: FlowBlock, from: number, to: number): number {
  const alone = from === 0 && to === block.lines.length;
  return (alone ? 0.12 : from === 0 ? 0.06 : 0) + (block.bold ? 0.03 : 0) - (block.furniture ? 0.1 : 0);
}

function isolate(hit: Hit): FlowBlock {
  if (hit.runInSpan === undefined) return isolateLines(hit.page, hit.block, hit.from, hit.to);
  const [head, rest] = splitLine(hit.block.lines[hit.from]!, hit.runInSpan);
  hit.block.lines.splice(hit.from, 1, head, rest);
  return isolateLines(hit.page, hit.block, hit.from, hit.from + 1);
}

/** True when the outline says where the sections are: enough of its titles were found. */
export function isTrusted(matches: OutlineMatches, pageCount: number): boolean {
  const found = matches.matched.length;
  if (found < 3 || found < 0.6 * matches.eligible) return false;
  // Three bookmarks in a book of 200 pages name its parts, not its sections.
  return found >= 5 || found >= 0.25 * pageCount;
}
