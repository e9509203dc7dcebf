/** Paragraphs that go on over a column or page. */
import type { FlowBlock, FlowLine, FlowPage } from "./flow.ts";
import { isCjk } from "./scripts.ts";

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
  const full = before.regionBox[2] - last.box[2] < 0.12 * (before.regionBox[2] - before.regionBox[0]) + last.size;
  if (!full) return false;
  if (hyphen) return /^\p{L}/u.test(first.text);
  if (/^\p{Ll}/u.test(first.text)) return true;
  if (isCjk(last.text.at(-1) ?? "") && isCjk(first.text.at(0) ?? "")) return before.lines.length > 1;
  // A capital may be a name: only a paragraph that is no short label, and a first line that is not indented.
  const indented = after.lines.length > 1 && first.box[0] - after.lines[1]!.box[0] > 0.7 * first.size;
  return /^[\p{Lu}\d("\u201c]/u.test(first.text) && before.lines.length >= 3 && after.lines.length >= 2 && !indented;
}

/** Text of a line without the note mark it ends with. */
function withoutMark(line: FlowLine): string {
  const end = line.spans.at(-1);
  return end?.shift === "super" ? line.text.slice(0, line.text.length - end.text.length).trimEnd() : line.text;
}
