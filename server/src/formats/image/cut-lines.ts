/**
 * Lines of which the engine dropped a part: printed amounts end in the middle ("1" of "1.89") where type of one width and wide gaps
 * mislead it on a whole page. Read alone, line below line, they are whole; so those with unread letters beside a figure are read again.
 */
import { unionOf } from "../../layout/boxes.ts";
import { isCjk } from "../../layout/scripts.ts";
import type { OcrEngine, OcrOptions, OcrPage, OcrWord } from "../../ports/ocr.ts";
import { findThreshold, type GrayImage } from "./pixels.ts";

/** Unread ink is looked for this near to a word, in heights of the word. */
const reach = 1.6;
/** A letter or figure is this high at least, in heights of the word beside it; dust and points are lower. */
const leastHeight = 0.6;
const leastWidth = 0.12;
/** Ink that goes on this far over or under the word is a ruling, a frame or a picture. */
const overhang = 0.35;
const sureConfidence = 0.6;
/** One letter that was left out is a speck more often. */
const leastPieces = 2;
/** White around a line that is read alone, in heights of it. */
const margin = 0.5;
/** More lines than this are a page that reads badly as a whole. */
const mostLines = 60;
/** Letters that are probably right must grow by this factor. */
const leastGain = 1.05;

type Box = OcrWord["box"];

/** The page with its cut lines read again, where that reads more of them; the page itself where none is cut. */
export async function completeCutLines(
  image: GrayImage,
  page: OcrPage,
  engine: OcrEngine,
  asked: Omit<OcrOptions, "structure">,
): Promise<OcrPage> {
  const lines = findCutLines(image, page.words);
  if (lines.length === 0 || lines.length > mostLines) return page;
  const { sheet, tops } = stack(
    image,
    lines.map(({ box }) => box),
  );
  const again = await engine.recognize(sheet, { ...asked, structure: "block" });
  let { words } = page;
  lines.forEach(({ box, ids, block }, at) => {
    const end = tops[at + 1] ?? sheet.height;
    const [dx, dy] = [box[0] - marginOf(box), box[1] - marginOf(box) - tops[at]!];
    const read = again.words
      .filter((word) => word.box[1] + word.box[3] >= 2 * tops[at]! && word.box[1] + word.box[3] < 2 * end)
      .map(
        (word): OcrWord => ({
          ...word,
          box: [word.box[0] + dx, word.box[1] + dy, word.box[2] + dx, word.box[3] + dy],
          line: ids[0]!,
          block,
        }),
      );
    const first = words.findIndex(({ line }) => ids.includes(line));
    const before = words.filter(({ line }) => ids.includes(line));
    if (worthOf(read) <= leastGain * worthOf(before)) return;
    words = words.filter(({ line }) => !ids.includes(line));
    words.splice(first, 0, ...read);
  });
  return { ...page, words };
}

interface CutLine {
  /** Of the engine's lines: it makes two of one where it is mistaken about their height. */
  ids: number[];
  block: number;
  /** Around its words and the unread ink beside them. */
  box: Box;
}

/** Lines with letters beside a word that are in no word. */
export function findCutLines(image: GrayImage, words: readonly OcrWord[]): CutLine[] {
  const members = new Map<number, OcrWord[]>();
  for (const word of words) members.set(word.line, [...(members.get(word.line) ?? []), word]);
  const lines = [...members].map(([id, line]): CutLine => {
    const box = unionOf(line.map((word) => word.box));
    return { ids: [id], block: line[0]!.block, box };
  });
  const threshold = findThreshold(image);
  const cut: CutLine[] = [];
  for (const line of lines) {
    // Ideographs are of several pieces with white between them.
    if (members.get(line.ids[0]!)!.some(({ text }) => isCjk(text))) continue;
    const own = members.get(line.ids[0]!)!.sort((a, b) => a.box[0] - b.box[0]);
    const pieces = own.flatMap((word, at) =>
      isMeasure(word) ? findUnread(image, threshold, word.box, words, own[at + 1]?.box[0]) : [],
    );
    if (pieces.length >= leastPieces) cut.push({ ...line, box: unionOf([line.box, ...pieces]) });
  }
  const joined: CutLine[] = [];
  for (const line of cut) {
    if (joined.some(({ ids }) => ids.includes(line.ids[0]!))) continue;
    const same = lines.filter((other) => other.ids[0] === line.ids[0] || liesIn(other.box, line.box));
    const box = unionOf([line.box, ...same.map((other) => other.box)]);
    joined.push({ ids: same.flatMap(({ ids }) => ids), block: line.block, box });
  }
  return joined;
}

/** Two boxes on one line that share some of its width. */
function liesIn(one: Box, other: Box): boolean {
  const high = Math.min(one[3], other[3]) - Math.max(one[1], other[1]);
  return high > 0.6 * Math.min(one[3] - one[1], other[3] - other[1]) && one[0] < other[2] && other[0] < one[2];
}

/** A figure, which tells how high its line is. Only amounts are looked after: reading again costs a start of the program. */
const isMeasure = ({ text, confidence }: OcrWord): boolean => confidence >= sureConfidence && /\d/.test(text);

/** Pieces of ink as high as letters beside a word, up to the next one of its line, outside of all words. */
function findUnread(
  image: GrayImage,
  threshold: number,
  box: Box,
  words: readonly OcrWord[],
  next: number | undefined,
): Box[] {
  const [x0, y0, x1, y1] = box;
  const high = y1 - y0;
  const over = Math.max(1, Math.round(overhang * high));
  const far = Math.round(reach * high);
  const near = words.filter(({ box: other }) => other[1] < y1 && other[3] > y0);
  const found: Box[] = [];
  // Outwards from the word; each letter that is found carries the search on.
  const search = (start: number, step: 1 | -1, end: number | undefined) => {
    let piece: Box | undefined;
    let last = end ?? start + step * far;
    for (let x = start; x >= 0 && x < image.width && (piece !== undefined || (last - x) * step >= 0); x += step) {
      const isRead = near.some(({ box: other }) => x >= other[0] - 1 && x <= other[2] + 1);
      const extent = isRead ? undefined : inkOf(image, threshold, x, y0 - over - 1, y1 + over + 1);
      if (extent) {
        const column: Box = [x, extent[0], x + 1, extent[1]];
        piece = piece ? unionOf([piece, column]) : column;
        continue;
      }
      if (piece && isLetter(piece, box, over, high)) {
        found.push(piece);
        if (end === undefined) last = x + step * far;
      }
      piece = undefined;
      if (isRead && end === undefined) return;
    }
  };
  search(x0 - 2, -1, undefined);
  search(x1 + 2, 1, next === undefined ? undefined : next - 1);
  return found;
}

function isLetter(piece: Box, [, y0, , y1]: Box, over: number, high: number): boolean {
  const [wide, tall] = [piece[2] - piece[0], piece[3] - piece[1]];
  if (piece[1] <= y0 - over || piece[3] >= y1 + over) return false;
  return tall >= leastHeight * high && wide >= leastWidth * high && wide <= 3 * high;
}

/** First and last ink of a column between two rows. */
function inkOf({ data, width, height }: GrayImage, threshold: number, x: number, from: number, to: number) {
  let first = -1;
  let last = -1;
  for (let y = Math.max(0, from); y < Math.min(height, to); y++) {
    if (data[y * width + x]! >= threshold) continue;
    if (first < 0) first = y;
    last = y + 1;
  }
  return first < 0 ? undefined : ([first, last] as const);
}

const marginOf = (box: Box): number => Math.round(margin * (box[3] - box[1]));

/** The boxes cut out and put below each other on white; `tops` are where each begins. */
function stack(image: GrayImage, boxes: readonly Box[]): { sheet: GrayImage; tops: number[] } {
  const width = Math.max(...boxes.map((box) => box[2] - box[0] + 2 * marginOf(box)));
  const tops: number[] = [];
  let height = 0;
  for (const box of boxes) {
    tops.push(height);
    height += box[3] - box[1] + 2 * marginOf(box);
  }
  const data = new Uint8Array(width * height).fill(255);
  boxes.forEach((box, at) => {
    const edge = marginOf(box);
    for (let y = box[1] - Math.min(edge, 2); y < box[3] + Math.min(edge, 2); y++) {
      if (y < 0 || y >= image.height) continue;
      const from = Math.max(0, box[0] - edge);
      const to = Math.min(image.width, box[2] + edge);
      const target = (tops[at]! + y - box[1] + edge) * width + from - box[0] + edge;
      data.set(image.data.subarray(y * image.width + from, y * image.width + to), target);
    }
  });
  return { sheet: { data, width, height }, tops };
}

/** Letters that are probably right. */
const worthOf = (words: readonly OcrWord[]): number =>
  words.reduce((sum, { text, confidence }) => sum + text.length * Math.max(0, confidence - 0.3), 0);
