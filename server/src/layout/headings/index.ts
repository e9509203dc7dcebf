/**
 * Headings of the whole document: which blocks are headings, and how deep they stand.
 *
 * Witnesses, strongest first: the file's outline (a title found on its page), the printed contents, numbers, look and white
 * space. Layout calls `assignHeadings` once, after furniture is known and before paragraphs are joined over columns and pages.
 */
import type { FileFacts } from "../facts.ts";
import type { FlowBlock, FlowPage } from "../flow.ts";
import { matchContents } from "./contents.ts";
import { type Candidate, collectCandidates, threshold } from "./evidence.ts";
import { assignLevels, type Leveled, maxLevel } from "./levels.ts";
import { readNumbering } from "./numbering.ts";
import { isTrusted, matchOutline } from "./outline-match.ts";
import { markSteps } from "./sequences.ts";
import { joinWrapped } from "./split.ts";
import { findBody, styleKey } from "./styles.ts";
import { findTitle } from "./title.ts";

export interface Headings {
  /** Text of the document's title as printed, when there is one. */
  title?: string | undefined;
}

/**
 * Sets `level` on the blocks that are headings (1 is the top); may split blocks in which a heading is hidden, and clears
 * `marker` on headings that looked like list items. With `guess: false` only the file's own outline counts.
 */
export function assignHeadings(
  pages: FlowPage[],
  file: FileFacts,
  options: { guess: boolean } = { guess: true },
): Headings {
  const body = findBody(pages);
  const tagged = pages.flatMap((page) => page.blocks.filter((block) => block.level !== undefined));
  const outline = tagged.length > 0 ? { matched: [], eligible: 0 } : matchOutline(pages, file.outline);
  const named = tagged.length > 0 ? tagged : outline.matched.map(({ block }) => block);
  const trusted = tagged.length > 0 || isTrusted(outline, pages.length);
  if (!options.guess) return finishHeadings(pages, undefined);
  const listed = matchContents(pages);
  const candidates = collectCandidates(pages, body);
  markSteps(candidates, body);
  for (const candidate of candidates) if (listed.has(candidate.block)) candidate.score += 4;
  // Tags name all headings there are, the title among them.
  const title = tagged.length > 0 ? undefined : findTitle(pages, candidates, body, file);
  addHouseStyle(candidates, named);
  const found = candidates.filter((candidate) => candidate.score >= threshold && candidate !== title);
  if (trusted) levelBesideNamed(found, named, tagged.length > 0);
  else {
    const kept: Leveled[] = found.map(({ block, numbering, known }) => ({ block, numbering, known }));
    for (const { block } of outline.matched)
      kept.push({ block, numbering: readNumbering(block.lines.map((line) => line.text).join(" ")) });
    assignLevels(kept);
    restoreOutlineLevels(
      outline.matched.map(({ block, entry }) => ({ block, level: entry.level })),
      kept.length,
    );
  }
  // Where the outline names the sections, the title is the document's and opens none.
  if (title && !trusted) title.block.level = 1;
  return finishHeadings(pages, title);
}

/** A few bookmarks that were matched keep their order among themselves when they are all there is. */
function restoreOutlineLevels(matched: { block: FlowBlock; level: number }[], headings: number): void {
  if (matched.length === headings) for (const { block, level } of matched) block.level = level;
}

/** Looks that several sure headings share make others of that look likelier; looks of long text make them less likely. */
function addHouseStyle(candidates: Candidate[], sure: FlowBlock[]): void {
  const accepted = new Map<string, number>();
  const all = new Map<string, number>();
  for (const block of sure) accepted.set(styleKey(block), (accepted.get(styleKey(block)) ?? 0) + 1);
  for (const { block, score } of candidates) {
    const key = styleKey(block);
    all.set(key, (all.get(key) ?? 0) + 1);
    if (score >= threshold) accepted.set(key, (accepted.get(key) ?? 0) + 1);
  }
  for (const candidate of candidates) {
    const key = styleKey(candidate.block);
    const yes = accepted.get(key) ?? 0;
    const total = Math.max(yes, all.get(key) ?? 0);
    if (yes >= 3 && yes >= 0.7 * total) candidate.score += 0.5;
    else if (total >= 8 && yes < 0.3 * total) candidate.score -= 0.7;
  }
}

/**
 * The outline names the sections; what it leaves out may still be a subsection: one whose number goes deeper than the outline,
 * or whose look is that of headings that the outline does name. Tags name all headings there are.
 */
function levelBesideNamed(found: Candidate[], named: FlowBlock[], complete: boolean): void {
  if (complete) return;
  const deepest = Math.max(1, ...named.map((block) => block.level ?? 1));
  const looks = new Map<string, number>();
  for (const block of named) if (!looks.has(styleKey(block))) looks.set(styleKey(block), block.level ?? deepest);
  const start = Math.min(...named.map((block) => block.page));
  for (const { block, numbering, known, score } of found) {
    // Front matter repeats titles and names in large type.
    if (block.page < start && !known) continue;
    const look = looks.get(styleKey(block));
    if (numbering?.kind === "decimal" && numbering.depth > deepest) block.level = Math.min(maxLevel, numbering.depth);
    else if (look !== undefined && (known || score >= threshold + 0.5)) block.level = look;
    else if (known && score >= threshold + 1) block.level = 1;
  }
}

/** What is a heading is no list item, and its text is its own. */
function finishHeadings(pages: FlowPage[], title: Candidate | undefined): Headings {
  for (const page of pages) {
    joinWrapped(page);
    for (const block of page.blocks) {
      if (block.level === undefined) continue;
      block.marker = undefined;
      block.continues = undefined;
    }
  }
  return { title: title?.text };
}
