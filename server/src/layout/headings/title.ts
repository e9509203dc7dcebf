/** The document's title: the most prominent lines of the first page, apart from the sections. */
import type { FileFacts } from "../facts.ts";
import type { FlowPage } from "../flow.ts";
import { type Candidate, threshold } from "./evidence.ts";
import { titleSimilarity } from "./match.ts";
import type { BodyStyle } from "./styles.ts";

/**
 * The title's candidate, its score raised; undefined when the first page has none. A title is larger than anything else of
 * the document's first page, stands in its upper part and carries no number; it may also be what the metadata say.
 * Lines between the title and the first section (names, affiliations) lose their claim.
 */
export function findTitle(
  pages: FlowPage[],
  candidates: Candidate[],
  body: BodyStyle,
  file: FileFacts,
): Candidate | undefined {
  const first = pages[0];
  if (!first || file.pageCount < 2) return undefined;
  const onFirst = candidates.filter(
    (candidate) => candidate.page === first && candidate.block.box[1] < 0.6 * first.height,
  );
  const largest = Math.max(0, ...onFirst.map((candidate) => candidate.block.size));
  const title = onFirst.find((candidate) => {
    // "A Study of …" begins with an article, not with a number.
    if (candidate.numbering && candidate.numbering.kind !== "chapter" && candidate.numbering.kind !== "letter")
      return false;
    if (file.title && titleSimilarity(candidate.text, file.title) > 0.85) return true;
    return candidate.block.size >= largest - 0.2 && candidate.block.size >= 1.15 * body.size && !candidate.known;
  });
  if (!title) return undefined;
  const start = onFirst.indexOf(title);
  for (const candidate of onFirst.slice(start + 1)) {
    if (
      candidate.known ||
      (candidate.numbering && candidate.numbering.kind !== "letter" && candidate.score >= threshold)
    )
      break;
    if (candidate.block.size < 1.3 * body.size) candidate.score -= 2;
  }
  return title;
}
