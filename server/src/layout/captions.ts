/** Ties captions to the figure or table they stand beside. */
import { overlapX, overlapY } from "./boxes.ts";
import type { FlowBlock, FlowPage } from "./flow.ts";
import { blockText } from "./flow.ts";

const tableWord =
  /^(?:(?:supplementary|appendix|extended data)\s+)?(?:table|tab\.|tabelle|tableau|tabla|tabela|quadro|\u0442\u0430\u0431\u043b\u0438\u0446\u0430|\ud45c|\u8868|\u062c\u062f\u0648\u0644)/iu;
/** What publishers of reports number tables and figures alike by. */
const eitherWord = /^(?:exhibit|chart)/iu;

/**
 * Sets `caption` on caption blocks whose owner is sure: the nearest figure (above it) or table (below it). Writers put a
 * table's caption before it and a figure's after it, so a caption on the other side stays a paragraph of its own, in its
 * printed place.
 */
export function tieCaptions(page: FlowPage): void {
  const { blocks } = page;
  const owned = new Set<FlowBlock>();
  blocks.forEach((block, i) => {
    if (block.kind !== "caption" || block.furniture || block.level !== undefined) return;
    const text = blockText(block);
    const either = eitherWord.test(text) && blocks[i + 1]?.kind === "table" && isNear(block, blocks[i + 1]!);
    const kind = either || tableWord.test(text) ? "table" : "figure";
    const neighbour = kind === "table" ? blocks[i + 1] : blocks[i - 1];
    if (neighbour?.kind !== kind || owned.has(neighbour) || !isNear(block, neighbour)) return;
    block.caption = neighbour;
    owned.add(neighbour);
  });
}

function isNear(caption: FlowBlock, owner: FlowBlock): boolean {
  const apart = -overlapY(caption.box, owner.box);
  return apart < 4 * Math.max(8, caption.size) && overlapX(caption.box, owner.box) > 0;
}
