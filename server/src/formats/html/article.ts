/**
 * Takes out of an article what Readability leaves between its paragraphs: boxes of links to other articles and labels of
 * advertisements. Each rule needs two witnesses, what the words say and that there is hardly anything but links.
 */
import type { Block, Inline } from "@knowhere/contract";
import { plainInlines } from "../../document/inlines.ts";
import { plainBlock } from "../../document/plain.ts";
import { inlinesOf, visitBlocks, visitInlines } from "../../document/visit.ts";

/** What boxes of other articles call themselves. */
const leadsAway =
  /^(?:\W*)(?:related(?:\s+\w+){0,3}|more (?:from|on|about|like|stories|articles|news|reading)\b.{0,60}|read (?:more|next|also|on)\b.{0,40}|see (?:also|more)|most (?:read|popular|viewed|recent)\b.{0,40}|(?:you (?:may|might) (?:also )?(?:like|be interested))\b.{0,40}|recommended\b.{0,40}|trending\b.{0,30}|latest (?:news|videos|articles|posts)|don['’]t miss(?: out)?|popular (?:posts|articles|now)|share this\b.{0,30}|what others are reading)\W*$/i;
const advert =
  /^\W*(?:advert(?:isement)?s?|sponsored(?: content)?|story continues(?: below)?|article continues(?: below)?|advertisement - continue reading below)\W*$/i;

/** The blocks of an article without boxes that lead away from it. */
export function pruneArticle(blocks: readonly Block[]): Block[] {
  const out: Block[] = [];
  for (let at = 0; at < blocks.length; at++) {
    const block = blocks[at]!;
    const label = labelOf(block);
    if (label !== undefined && advert.test(label)) continue;
    if (label !== undefined && leadsAway.test(label)) {
      let end = at + 1;
      while (end < blocks.length && isLinks(blocks[end]!)) end++;
      if (end > at + 1) {
        at = end - 1;
        continue;
      }
    }
    if (isPointer(block)) continue;
    out.push(block);
  }
  return out;
}

/** Text of a heading or of a short paragraph that may head a box. */
function labelOf(block: Block): string | undefined {
  if (block.type !== "heading" && block.type !== "paragraph") return undefined;
  const text = plainInlines(block.content).trim();
  return text.length > 0 && text.length <= 100 ? text : undefined;
}

/** "READ MORE: the other story", all of it but the label being a link. */
function isPointer(block: Block): boolean {
  if (block.type !== "paragraph") return false;
  const text = plainInlines(block.content).trim();
  const [label, ...rest] = text.split(":");
  return (
    rest.length > 0 &&
    label!.length <= 30 &&
    leadsAway.test(label!) &&
    linkedLength([block]) >= (text.length - label!.length - 2) * 0.9
  );
}

/** Nearly all of its text is linked. Pictures among the links do not count. */
function isLinks(block: Block): boolean {
  if (block.type !== "list" && block.type !== "paragraph" && block.type !== "heading") return false;
  const length = plainBlock(block).replace(/\s+/g, " ").trim().length;
  return length > 0 && linkedLength([block]) >= length * 0.8;
}

function linkedLength(blocks: readonly Block[]): number {
  let length = 0;
  visitBlocks(blocks, (block) => {
    for (const content of inlinesOf(block)) {
      visitInlines(content, (inline: Inline) => {
        if (inline.type === "link") length += plainInlines(inline.content).replace(/\s+/g, " ").length;
      });
    }
  });
  return length;
}
