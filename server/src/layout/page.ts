/** One page: facts to flow blocks in reading order. The list of steps is `layoutPage`. */
import type { Box } from "@knowhere/contract";
import { holds, holdsCenter, unionOf } from "./boxes.ts";
import { findCharts, wordsInCharts } from "./charts.ts";
import { type Container, findContainers } from "./containers.ts";
import type { PageFacts, TableRegion, Word } from "./facts.ts";
import { fieldWords } from "./fields.ts";
import { type FigureRegion, findFigures } from "./figures.ts";
import type { FlowBlock, FlowPage } from "./flow.ts";
import { emptyBlock, measureGaps, toBlock } from "./flow-blocks.ts";
import { buildLines, type Line } from "./lines.ts";
import { joinLoneNumbers } from "./lone-numbers.ts";
import { markLine, mirrorBox, mirrorLine } from "./marked-lines.ts";
import { type OrderItem, orderRegions } from "./order.ts";
import { buildParagraphs, type MarkedLine, measureRegion } from "./paragraphs.ts";
import { rtlShare } from "./scripts.ts";
import { findTables } from "./tables/find.ts";
import { isLegible } from "./tables/legible.ts";
import { contradictsTags } from "./tagged/index.ts";
import { buildWords } from "./words.ts";

/** A page laid out, with what its figures need and what ended where (words by block) for the invariant's sake. */
export interface PageLayout {
  flow: FlowPage;
  /** By figure block: what to ask picture bytes or a crop for. */
  figures: Map<FlowBlock, FigureRegion>;
  words: Word[];
  /** Word indices of each block, those inside a figure's content apart. */
  wordsOf: Map<FlowBlock, number[]>;
}

/** Something that takes part in the order as a whole. */
type Block = { table: TableRegion } | { figure: FigureRegion } | { container: Container };

interface Scope {
  facts: PageFacts;
  words: Word[];
  rtl: boolean;
  rules: Box[];
  dividers: Box[];
  layout: PageLayout;
  regions: number;
}

/** Lays out one page. Every visible glyph ends in exactly one block of the flow. */
export function layoutPage(facts: PageFacts): PageLayout {
  const printed = buildWords(facts);
  const words = facts.fields.length === 0 ? printed : [...printed, ...fieldWords(facts, printed)];
  const charts = findCharts(facts, words);
  const tables = findTablesOutside(charts, facts, words).filter(
    (table) => !contradictsTags(facts, words, table) && isLegible(table.words.map((index) => words[index]!)),
  );
  const taken = new Uint8Array(words.length);
  for (const table of tables) for (const index of table.words) taken[index] = 1;
  const figures = findFigures(facts, words, tables, charts, (index) => taken[index] === 0);
  for (const figure of figures) for (const index of figure.words) taken[index] = 1;
  const level: number[] = [];
  const turned: number[] = [];
  for (let index = 0; index < words.length; index++) {
    if (taken[index] === 0) (words[index]!.angle === 0 ? level : turned).push(index);
  }
  const occupied = [
    ...tables.map((table) => table.box),
    ...figures.flatMap((figure) => (figure.behind ? [] : [figure.box])),
  ];
  const containers = findContainers(facts, words, level, occupied);
  const text = level.map((index) => words[index]!.text).join(" ");
  const flow: FlowPage = {
    page: facts.page,
    width: facts.width,
    height: facts.height,
    label: facts.label,
    fonts: facts.fonts.map((font) => font.name),
    blocks: [],
    rtl: rtlShare(text) > 0.5,
    rules: [],
    origin: facts.origin,
  };
  const isOutside = (box: Box) => !occupied.some((other) => holds(other, box, 3));
  flow.rules = facts.rulings.filter((rule) => !rule.vertical && isOutside(rule.box)).map((rule) => rule.box);
  const scope: Scope = {
    facts,
    words,
    rtl: flow.rtl,
    rules: flow.rules,
    dividers: facts.rulings.filter((rule) => rule.vertical && isOutside(rule.box)).map((rule) => rule.box),
    layout: { flow, figures: new Map(), words, wordsOf: new Map() },
    regions: 0,
  };
  const inContainers = new Set<number>();
  const collect = (container: Container): void => {
    for (const index of container.words) inContainers.add(index);
    container.children.forEach(collect);
  };
  containers.forEach(collect);
  const blocks: Block[] = [...tables.map((table) => ({ table })), ...figures.map((figure) => ({ figure }))];
  const page: Box = [0, 0, facts.width, facts.height];
  flow.blocks = layoutScope(
    scope,
    level.filter((index) => !inContainers.has(index)),
    [
      ...blocks.filter((block) => !containers.some((container) => holds(container.box, boxOf(block), 3))),
      ...containers.map((container) => ({ container })),
    ],
    blocks,
    page,
    false,
  );
  flow.blocks.push(...layoutTurned(scope, turned));
  joinLoneNumbers(scope.layout);
  return scope.layout;
}

/** Tables of what is left of the page when its charts are taken out. */
function findTablesOutside(charts: readonly Box[], facts: PageFacts, words: Word[]): TableRegion[] {
  if (charts.length === 0) return findTables(facts, words);
  const inside = wordsInCharts(charts, words);
  const kept = [...words.keys()].filter((index) => !inside.has(index));
  const outside = ({ box }: { box: Box }): boolean => !charts.some((chart) => holdsCenter(chart, box, 4));
  const rest: PageFacts = {
    ...facts,
    rulings: facts.rulings.filter(outside),
    fills: facts.fills.filter(outside),
    drawings: facts.drawings.filter(outside),
  };
  const tables = findTables(
    rest,
    kept.map((index) => words[index]!),
  );
  return tables.map((table) => ({ ...table, words: table.words.map((index) => kept[index]!) }));
}

/** Extent of a block in the order; a picture behind text takes no room, it stands where its corner is. */
function boxOf(block: Block): Box {
  if ("table" in block) return block.table.box;
  if ("figure" in block) {
    const { box, behind } = block.figure;
    return behind ? [box[0], box[1], box[0] + 1, box[1] + 1] : box;
  }
  return block.container.box;
}

/** Orders and builds the blocks of a page or of one container. */
function layoutScope(
  scope: Scope,
  indices: number[],
  own: Block[],
  all: Block[],
  extent: Box,
  boxed: boolean,
): FlowBlock[] {
  const items: OrderItem[] = [
    ...indices.map((index): OrderItem => {
      const word = scope.words[index]!;
      return {
        box: word.box,
        baseline: word.baseline,
        size: word.size,
        chars: word.text.length,
        block: false,
        shifted: word.shift !== undefined,
        index,
      };
    }),
    ...own.map(
      (block, index): OrderItem => ({
        box: boxOf(block),
        baseline: boxOf(block)[3],
        size: 0,
        chars: 0,
        block: true,
        shifted: false,
        index,
      }),
    ),
  ];
  const { rtl, rules, dividers, facts } = scope;
  const regions = orderRegions(items, { rtl, rules, dividers, page: extent, measured: facts.origin === "ocr" });
  return regions.flatMap((region) => {
    const number = scope.regions++;
    const members = region.items.filter((item) => !item.block).map((item) => item.index);
    const blocks = region.items.filter((item) => item.block).map((item) => own[item.index]!);
    return layoutRegion(scope, members, blocks, all, region.box, number, boxed);
  });
}

function layoutRegion(
  scope: Scope,
  members: number[],
  own: Block[],
  all: Block[],
  box: Box,
  number: number,
  boxed: boolean,
): FlowBlock[] {
  const indexOf = new Map<Word, number>();
  for (const index of members) indexOf.set(scope.words[index]!, index);
  const lines = buildLines(
    members.map((index) => scope.words[index]!),
    scope.rtl,
  );
  const marked = lines.map((line) => markLine(line, scope.facts));
  // Paragraphs and lists are told by left edges: text from right to left is looked at in a mirror.
  const rtl = scope.rtl && rtlShare(marked.map((line) => line.text).join(" ")) > 0.5;
  if (rtl) for (const line of marked) mirrorLine(line);
  const style = measureRegion(marked, unionOf(marked.map((line) => line.box)));
  const pending = [...own].sort((a, b) => boxOf(a)[1] - boxOf(b)[1]);
  const made: FlowBlock[] = [];
  let run: MarkedLine[] = [];
  const wordsOfLine = new Map(marked.map((line, i) => [line, lines[i]!.words] as const));
  const flush = (): void => {
    for (const draft of buildParagraphs(run, style)) {
      if (rtl) for (const line of draft.lines) line.box = mirrorBox(line.box);
      const block = toBlock(draft, scope.facts, box, number, boxed);
      if (rtl) block.rtl = true;
      const inBlock: number[] = [];
      for (const line of draft.lines)
        for (const word of wordsOfLine.get(line)!) inBlock.push(indexOfWord(indexOf, scope.words, word));
      scope.layout.wordsOf.set(block, inBlock);
      made.push(block);
    }
    run = [];
  };
  const place = (block: Block): void => {
    flush();
    made.push(...toBlocks(block, scope, all, box, number, boxed));
  };
  for (const line of marked) {
    const middle = (line.box[1] + line.box[3]) / 2;
    while (pending.length > 0 && boxOf(pending[0]!)[1] < middle) place(pending.shift()!);
    run.push(line);
  }
  flush();
  for (const block of pending) place(block);
  return measureGaps(made);
}

/** Drop caps replace a word by a copy that knows it is glued: found again by its glyphs. */
function indexOfWord(indexOf: Map<Word, number>, words: Word[], word: Word): number {
  return indexOf.get(word) ?? words.findIndex((other) => other.glyphs === word.glyphs);
}

function toBlocks(block: Block, scope: Scope, all: Block[], box: Box, number: number, boxed: boolean): FlowBlock[] {
  if ("container" in block) {
    const { container } = block;
    const inner: Block[] = [
      ...all.filter(
        (other) =>
          holds(container.box, boxOf(other), 3) &&
          !container.children.some((child) => holds(child.box, boxOf(other), 3)),
      ),
      ...container.children.map((child) => ({ container: child })),
    ];
    return layoutScope(scope, container.words, inner, all, container.box, true);
  }
  if ("table" in block) {
    const { table } = block;
    const flow = emptyBlock("table", scope.facts, table.box, box, number, boxed);
    flow.table = table.table;
    flow.tableScore = table.score;
    flow.tableKind = table.kind;
    flow.columns = table.columns;
    scope.layout.wordsOf.set(flow, table.words);
    return [flow];
  }
  const { figure } = block;
  const flow = emptyBlock("figure", scope.facts, figure.box, box, number, boxed);
  const level = figure.words.filter((index) => scope.words[index]!.angle === 0);
  const content = figure.chart
    ? layoutRegion(scope, level, [], [], figure.box, scope.regions++, true)
    : layoutScope(scope, level, [], [], figure.box, true);
  content.push(
    ...layoutTurned(
      scope,
      figure.words.filter((index) => scope.words[index]!.angle !== 0),
    ),
  );
  flow.figure = { mcid: figure.mcid, content };
  scope.layout.figures.set(flow, figure);
  return [flow];
}

/** Text turned against the page: margin notes, axis labels, stamps. One block a baseline run, after everything else. */
function layoutTurned(scope: Scope, indices: number[]): FlowBlock[] {
  const groups = new Map<string, number[]>();
  for (const index of indices) {
    const word = scope.words[index]!;
    const upright = word.angle === 90 || word.angle === 270;
    const key = `${word.angle}|${upright ? Math.round((word.angle === 90 ? word.box[2] : word.box[0]) / 3) : Math.round(word.box[1] / 6)}`;
    const list = groups.get(key);
    if (list) list.push(index);
    else groups.set(key, [index]);
  }
  return [...groups.values()].map((group) => {
    const words = group.map((index) => scope.words[index]!);
    const { angle } = words[0]!;
    if (angle === 90) words.sort((a, b) => b.box[3] - a.box[3]);
    else if (angle === 270) words.sort((a, b) => a.box[1] - b.box[1]);
    else if (angle === 180) words.sort((a, b) => b.box[2] - a.box[2]);
    const box = unionOf(words.map((word) => word.box));
    const line: Line = { words, box, baseline: box[3], size: words[0]!.size };
    const flow = toBlock(
      { kind: "text", lines: [markLine(line, scope.facts)] },
      scope.facts,
      box,
      scope.regions++,
      true,
    );
    flow.marker = undefined;
    scope.layout.wordsOf.set(flow, group);
    return flow;
  });
}
