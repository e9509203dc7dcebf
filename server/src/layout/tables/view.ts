/** A page as table finding sees it: upright, with clean rules, and only the words that run in one direction. */
import type { Box } from "@knowhere/contract";
import type { Drawing, FieldFact, Fill, PageFacts, PictureFact, Word } from "../facts.ts";
import { backgroundFills, collectRules, type PageRules } from "./rulings.ts";

export interface PageView {
  page: number;
  width: number;
  height: number;
  /** All words of the page, turned; indices are those of the page. */
  words: Word[];
  /** Indices of the words that are upright in this view. */
  upright: number[];
  fills: Fill[];
  rules: PageRules;
  drawings: Drawing[];
  pictures: PictureFact[];
  fields: FieldFact[];
  /** Quarter turns that were undone, counter-clockwise degrees of the text. */
  angle: 0 | 90 | 270;
}

/** Fewer words than this in another direction are axis titles and margin notes, not a turned table. */
const minTurnedWords = 20;

/** The page once for every direction that enough of its words run in; ordinary text first. */
export function makeViews(page: PageFacts, words: Word[]): PageView[] {
  const byAngle = new Map<number, number[]>([[0, []]]);
  words.forEach((word, index) => {
    const angle = ((Math.round(word.angle) % 360) + 360) % 360;
    const list = byAngle.get(angle);
    if (list) list.push(index);
    else byAngle.set(angle, [index]);
  });
  const views: PageView[] = [];
  for (const angle of [0, 90, 270] as const) {
    const upright = byAngle.get(angle) ?? [];
    if (upright.length === 0 || (angle !== 0 && upright.length < minTurnedWords)) continue;
    const facts = angle === 0 ? page : turnFacts(page, angle);
    const fills = backgroundFills(facts);
    views.push({
      page: page.page,
      width: facts.width,
      height: facts.height,
      words: angle === 0 ? words : words.map((word) => turnWord(word, page, angle)),
      upright,
      fills,
      rules: collectRules(facts, fills),
      drawings: facts.drawings,
      pictures: facts.pictures,
      fields: facts.fields,
      angle,
    });
  }
  return views;
}

/** A box of the page in the view that sets text running at `angle` upright. */
function turnBox(box: Box, page: { width: number; height: number }, angle: 90 | 270): Box {
  const [x0, y0, x1, y1] = box;
  return angle === 90 ? [page.height - y1, x0, page.height - y0, x1] : [y0, page.width - x1, y1, page.width - x0];
}

/** A box of a view back on its page. */
export function turnBack(box: Box, view: PageView): Box {
  const [x0, y0, x1, y1] = box;
  if (view.angle === 0) return box;
  // The view's width is the page's height and the other way round.
  return view.angle === 90 ? [y0, view.width - x1, y1, view.width - x0] : [view.height - y1, x0, view.height - y0, x1];
}

function turnFacts(page: PageFacts, angle: 90 | 270): PageFacts {
  const turn = <T extends { box: Box }>(items: T[]): T[] =>
    items.map((item) => ({ ...item, box: turnBox(item.box, page, angle) }));
  return {
    ...page,
    width: page.height,
    height: page.width,
    rulings: turn(page.rulings).map((ruling) => ({ ...ruling, vertical: !ruling.vertical })),
    fills: turn(page.fills),
    drawings: turn(page.drawings),
    pictures: turn(page.pictures),
    fields: turn(page.fields),
  };
}

function turnWord(word: Word, page: PageFacts, angle: 90 | 270): Word {
  const box = turnBox(word.box, page, angle);
  // A turned word's own `baseline` is the height of its pen; across its writing direction the pen's x counts.
  const pen = page.glyphs[word.glyphs[0] ?? -1];
  const baseline = pen === undefined ? box[3] : angle === 90 ? pen.x : page.width - pen.x;
  return { ...word, box, baseline, angle: (Math.round(word.angle) - angle + 360) % 360 };
}
