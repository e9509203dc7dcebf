/** Printed contents: lines of title and page number name the document's headings; what they name elsewhere is one. */
import { blockText, type FlowBlock, type FlowPage } from "../flow.ts";
import { foldTitle } from "./match.ts";

const entry = /^(.*?)[\s.·…_]*(?:[.·…]{2,}|\s{2,}|\s)\s*(\d{1,4}|[ivxlc]{1,7})$/iu;

/** Blocks outside the contents whose text is a title of the contents, number and all or without it. */
export function matchContents(pages: FlowPage[]): Set<FlowBlock> {
  const titles = new Set<string>();
  for (const page of pages) {
    for (const block of page.blocks) {
      if (block.kind !== "contents") continue;
      for (const line of block.lines) {
        const found = entry.exec(line.text.trim());
        const folded = foldTitle(found?.[1] ?? line.text);
        if (folded.length >= 4) titles.add(folded);
      }
    }
  }
  const out = new Set<FlowBlock>();
  if (titles.size < 3) return out;
  for (const page of pages) {
    for (const block of page.blocks) {
      if (block.kind !== "text" || block.lines.length > 4) continue;
      if (titles.has(foldTitle(blockText(block)))) out.add(block);
    }
  }
  return out;
}
