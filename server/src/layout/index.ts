/** Layout: page facts in, pages of one file in order; the tree out. `docs/layout.md` names the passes and their evidence. */
import type { Asset, Block, Warning } from "@knowhere/contract";
import { AssetCollector } from "../document/assets.ts";
import { takeFigure } from "./assets.ts";
import { tieCaptions } from "./captions.ts";
import { readDrawnBullets } from "./drawn-bullets.ts";
import type { FileFacts, PageFacts, PageImages } from "./facts.ts";
import type { FlowPage } from "./flow.ts";
import { markFurniture } from "./furniture.ts";
import { assignHeadings } from "./headings/index.ts";
import { joinParagraphs, joinTablesOverPages } from "./joints.ts";
import { markNotes } from "./notes.ts";
import { layoutPage } from "./page.ts";
import { applyTags, type PageTags, readPageTags } from "./tagged/index.ts";
import { buildTree } from "./tree.ts";
import { type Turn, turnBoxBack, turnPlacesBack, turnUpright } from "./turned-pages.ts";
import { Vocabulary } from "./vocabulary.ts";

export interface LayoutOptions {
  /** Find headings that the file does not state. */
  findHeadings?: boolean | undefined;
}

export interface LayoutResult {
  content: Block[];
  assets: Asset[];
  /** By asset id. */
  assetBytes: Map<string, Uint8Array>;
  warnings: Warning[];
}

export interface Layout {
  /** Reduces one page to its blocks; the facts are not kept. Pages come in order. */
  addPage(facts: PageFacts, images: PageImages): Promise<void>;
  /** Runs the passes over the whole document and makes the tree. */
  finish(): Promise<LayoutResult>;
}

/** Starts the layout of one file. */
export function createLayout(file: FileFacts, options: LayoutOptions = {}): Layout {
  const pages: FlowPage[] = [];
  const assets = new AssetCollector();
  const warnings: Warning[] = [];
  const vocabulary = new Vocabulary();
  const tags = new Map<number, PageTags>();
  const turns = new Map<number, Turn>();
  return {
    async addPage(given, images) {
      const turned = turnUpright(given);
      if (turned) turns.set(given.page, turned.turn);
      const facts = readDrawnBullets(turned?.facts ?? given);
      const layout = layoutPage(facts);
      for (const [block, figure] of layout.figures) {
        const shown = turned ? { ...figure, box: turnBoxBack(figure.box, turned.turn) } : figure;
        block.figure!.asset = await takeFigure(shown, facts.page, images, assets);
      }
      const pageTags = readPageTags(facts);
      if (pageTags) tags.set(facts.page, pageTags);
      vocabulary.addPage(layout.flow);
      pages.push(layout.flow);
    },
    async finish() {
      applyTags(pages, tags);
      const bodySize = findBodySize(pages);
      markFurniture(pages, bodySize);
      for (const page of pages) markNotes(page, bodySize, page.rules);
      assignHeadings(pages, file, { guess: options.findHeadings ?? true });
      for (const page of pages) tieCaptions(page);
      joinTablesOverPages(pages);
      joinParagraphs(pages);
      const content = buildTree(pages, { vocabulary, monospaced: isMonospaced(pages) });
      turnPlacesBack(content, turns);
      if (assets.droppedCount > 0) {
        warnings.push({
          code: "PICTURES_DROPPED",
          message: "Pictures beyond the size budget of one document were left out.",
          count: assets.droppedCount,
        });
      }
      return { content, assets: assets.list, assetBytes: assets.bytes, warnings };
    },
  };
}

/** Size of most characters of running text. */
function findBodySize(pages: readonly FlowPage[]): number {
  const counts = new Map<number, number>();
  for (const page of pages) {
    for (const block of page.blocks) {
      if (block.kind !== "text") continue;
      for (const line of block.lines) {
        const key = Math.round(line.size * 4);
        counts.set(key, (counts.get(key) ?? 0) + line.text.length);
      }
    }
  }
  let best = 40;
  let most = 0;
  for (const [key, count] of counts) {
    if (count > most) {
      most = count;
      best = key;
    }
  }
  return best / 4;
}

/** Typewritten documents: monospaced text is their running text, not code. */
function isMonospaced(pages: readonly FlowPage[]): boolean {
  let mono = 0;
  let all = 0;
  for (const page of pages) {
    for (const block of page.blocks) {
      for (const line of block.lines) {
        all += line.text.length;
        if (line.mono) mono += line.text.length;
      }
    }
  }
  return mono > 0.6 * all;
}
