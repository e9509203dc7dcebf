/** Paragraphs that go on over a column or page, and tables that go on over pages. */
import { blockText, type FlowBlock, type FlowLine, type FlowPage } from "./flow.ts";
import { isCjk } from "./scripts.ts";
import { joinTables } from "./tables/join.ts";

/** A table cut by the page's end comes down to at least this share of the page; its rest starts above the other. */
const lowEnough = 0.55;
const highEnough = 0.5;
const continuedCaption =
  /(?:^|[^\p{L}])(?:continued|cont(?:['\u2019]?d)?|fortsetzung|suite|continuaci[o\u00f3]n)(?!\p{L})/iu;

/**
 * Joins the table a page ends with and the table the next page starts with, over any number of pages, when only furniture
 * (or a caption that says "continued") stands between them and their columns agree. The first table's block gets all rows;
 * the later ones get `joinedTo`, and their captions become furniture: they are there because of the page's end.
 */
export function joinTablesOverPages(pages: readonly FlowPage[]): void {
  for (let at = 1; at < pages.length; at++) {
    const [page, next] = [pages[at - 1]!, pages[at]!];
    if (next.page !== page.page + 1) continue;
    const above = page.blocks.findLast((block) => !block.furniture && !block.caption);
    const below = next.blocks.find((block) => !block.furniture && !isContinuedCaption(block));
    if (!above?.table || !below?.table || above.box[3] < lowEnough * page.height) continue;
    if (below.box[1] > highEnough * next.height) continue;
    const captions = next.blocks.filter((block) => block.caption === below);
    if (!captions.every(isContinuedCaption)) continue;
    const first = above.joinedTo ?? above;
    const joined = joinTables(
      { table: first.table!, columns: above.columns ?? [], kind: above.tableKind ?? "aligned" },
      { table: below.table, columns: below.columns ?? [], kind: below.tableKind ?? "aligned" },
    );
    if (!joined) continue;
    first.table = joined;
    below.joinedTo = first;
    first.parts ??= [first];
    first.parts.push(below);
    for (const block of next.blocks) {
      if (block === below) break;
      if (block.furniture) continue;
      block.caption = undefined;
      block.furniture = "header";
    }
  }
}

function isContinuedCaption(block: FlowBlock): boolean {
  return block.kind === "caption" && continuedCaption.test(blockText(block));
}

/** Sets `continues` on blocks that are the rest of the last open paragraph. */
export function joinParagraphs(pages: readonly FlowPage[]): void {
  let open: FlowBlock | undefined;
  for (const page of pages) {
    for (const block of page.blocks) {
      if (
        block.furniture ||
        block.kind === "figure" ||
        block.kind === "table" ||
        block.kind === "note" ||
        block.kind === "caption"
      )
        continue;
      if (block.kind !== "text" || block.level !== undefined) {
        open = undefined;
        continue;
      }
      if (open && open.region !== block.region + (open.page === block.page ? 0 : 1e6) && goesOn(open, block))
        block.continues = true;
      open = block;
    }
  }
}

function goesOn(before: FlowBlock, after: FlowBlock): boolean {
  if (after.marker || before.boxed !== after.boxed || (after.boxed && before.page !== after.page)) return false;
  if (before.page === after.page && before.region === after.region) return false;
  if (after.page - before.page > 1) return false;
  if (
    Math.abs(before.size - after.size) > 0.06 * before.size ||
    before.bold !== after.bold ||
    before.font !== after.font
  )
    return false;
  const last = before.lines.at(-1)!;
  const first = after.lines[0]!;
  const hyphen = /\p{L}[-\u00ad\u2010]$/u.test(last.text);
  if (/[.!?:;\u3002\uff01\uff1f]["'\u201d\u2019)\]]*$/u.test(withoutMark(last))) return false;
  const rest = before.rtl ? last.box[0] - before.regionBox[0] : before.regionBox[2] - last.box[2];
  const full = rest < 0.12 * (before.regionBox[2] - before.regionBox[0]) + last.size;
  if (!full || (!before.rtl && isFlushRight(before))) return false;
  if (hyphen) return /^\p{L}/u.test(first.text);
  if (/^\p{Ll}/u.test(first.text)) return true;
  // Arabic and Hebrew have no capitals: a paragraph that does not end goes on, unless it is a short label.
  if (before.rtl && after.rtl) return /^[\p{Lo}(\u00ab]/u.test(first.text) && before.lines.length > 1;
  if (isCjk(last.text.at(-1) ?? "") && isCjk(first.text.at(0) ?? "")) return before.lines.length > 1;
  // A capital may be a name: only a paragraph that is no short label, and a first line that is not indented.
  const indented = after.lines.length > 1 && first.box[0] - after.lines[1]!.box[0] > 0.7 * first.size;
  return /^[\p{Lu}\d("\u201c]/u.test(first.text) && before.lines.length >= 3 && after.lines.length >= 2 && !indented;
}

/** Lines that begin wherever their length puts them (names, addresses) reach the right edge and end all the same. */
function isFlushRight({ lines, box }: FlowBlock): boolean {
  const last = lines.at(-1)!;
  return (
    last.box[0] - box[0] > 2 * last.size &&
    lines.slice(1).every((line, at) => Math.abs(line.box[0] - lines[at]!.box[0]) > 0.5 * line.size)
  );
}

/** Text of a line without the note mark it ends with. */
function withoutMark(line: FlowLine): string {
  const end = line.spans.at(-1);
  return end?.shift === "super" ? line.text.slice(0, line.text.length - end.text.length).trimEnd() : line.text;
}
