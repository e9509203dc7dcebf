/** Filled or framed boxes with text in them: side-bars, callouts, panels. Each is read as a whole. */
import type { Box } from "@knowhere/contract";
import { areaOf, heightOf, holds, holdsCenter, intersectionArea, widthOf } from "./boxes.ts";
import type { PageFacts, Word } from "./facts.ts";

export interface Container {
  box: Box;
  /** Indices of the words whose innermost container this is. */
  words: number[];
  children: Container[];
}

const maxContainers = 400;

/** Boxes that hold words, nested; the words of a box are those of no smaller one. */
export function findContainers(
  facts: PageFacts,
  words: readonly Word[],
  free: readonly number[],
  occupied: readonly Box[],
): Container[] {
  const page: Box = [0, 0, facts.width, facts.height];
  const boxes: Box[] = [];
  for (const candidate of mergeBands(candidatesOf(facts))) {
    const area = areaOf(candidate);
    if (area > 0.7 * areaOf(page) || area < 400 || heightOf(candidate) < 24 || widthOf(candidate) < 24) continue;
    // What lies inside a table or figure, or holds most of one in part, is theirs.
    if (
      occupied.some(
        (box) => intersectionArea(box, candidate) > 0.1 * Math.min(areaOf(box), area) && !holds(candidate, box, 3),
      )
    )
      continue;
    if (boxes.some((box) => sameBox(box, candidate))) continue;
    boxes.push(candidate);
    if (boxes.length >= maxContainers) break;
  }
  boxes.sort((a, b) => areaOf(a) - areaOf(b));
  const found = boxes.map((box): Container => ({ box, words: [], children: [] }));
  const usable = found.filter((container) => cutsNoWord(container.box, words, free));
  for (const index of free) {
    const word = words[index]!;
    usable.find((container) => holdsCenter(container.box, word.box))?.words.push(index);
  }
  const kept = usable.filter(
    (container, i) =>
      container.words.length > 0 ||
      usable.slice(0, i).some((inner) => inner.words.length > 0 && holds(container.box, inner.box, 1)),
  );
  const roots: Container[] = [];
  kept.forEach((container, i) => {
    const parent = kept.slice(i + 1).find((outer) => holds(outer.box, container.box, 1));
    if (parent) parent.children.push(container);
    else roots.push(container);
  });
  return roots;
}

function candidatesOf(facts: PageFacts): Box[] {
  const boxes: Box[] = [];
  for (const fill of facts.fills) if (fill.stroked || !isWhite(fill.color)) boxes.push([...fill.box]);
  // Frames with round corners are curves.
  for (const drawing of facts.drawings)
    if (drawing.segments >= 4 && drawing.segments <= 20) boxes.push([...drawing.box]);
  return boxes.slice(0, 5000);
}

function isWhite(color: number): boolean {
  return color >> 16 > 250 && ((color >> 8) & 255) > 250 && (color & 255) > 250;
}

/** Stripes of one width that touch are one background. */
function mergeBands(boxes: Box[]): Box[] {
  const byEdges = new Map<string, Box[]>();
  for (const box of boxes) {
    const key = `${Math.round(box[0])}|${Math.round(box[2])}`;
    const list = byEdges.get(key);
    if (list) list.push(box);
    else byEdges.set(key, [box]);
  }
  const merged: Box[] = [];
  for (const list of byEdges.values()) {
    list.sort((a, b) => a[1] - b[1]);
    let current = list[0]!;
    for (const box of list.slice(1)) {
      if (box[1] <= current[3] + 1.5) current[3] = Math.max(current[3], box[3]);
      else {
        merged.push(current);
        current = box;
      }
    }
    merged.push(current);
  }
  return merged;
}

const sameBox = (a: Box, b: Box): boolean => a.every((value, i) => Math.abs(value - b[i]!) < 3);

function cutsNoWord(box: Box, words: readonly Word[], free: readonly number[]): boolean {
  let inside = 0;
  let cut = 0;
  for (const index of free) {
    const word = words[index]!.box;
    if (word[2] <= box[0] || word[0] >= box[2] || word[3] <= box[1] || word[1] >= box[3]) continue;
    const share = intersectionArea(word, box) / Math.max(0.01, areaOf(word));
    if (share > 0.6) inside++;
    else if (share > 0.15) cut++;
  }
  return inside > 0 && cut <= 0.05 * inside;
}
