/** How high the letters of a picture are, from its connected pieces of ink. */
import type { GrayImage } from "./pixels.ts";

interface Piece {
  top: number;
  bottom: number;
  left: number;
  right: number;
  /** Joined into this one. */
  into?: Piece | undefined;
}

/** Dirt and dots on the one side, rulings, pictures and headlines on the other. */
const leastPx = 4;
const mostShare = 0.1;
const widest = 6;
const fewPieces = 20;

/**
 * Median height, in pixels, of pieces that may be letters: about the height of an x in Latin text. Undefined with too few of them.
 * Runs of ink of one row are joined with those they touch in the row before, so every pixel is looked at once.
 */
export function findLetterHeight({ data, width, height }: GrayImage, threshold: number): number | undefined {
  const done: Piece[] = [];
  let above: { from: number; to: number; piece: Piece }[] = [];
  for (let y = 0; y < height; y++) {
    const runs: typeof above = [];
    let next = 0;
    const row = data.subarray(y * width, (y + 1) * width);
    for (let x = 0; x < width; ) {
      if (row[x]! >= threshold) {
        x++;
        continue;
      }
      const from = x;
      while (x < width && row[x]! < threshold) x++;
      let piece: Piece | undefined;
      while (next < above.length && above[next]!.to < from) next++;
      for (let at = next; at < above.length && above[at]!.from <= x; at++) {
        const other = rootOf(above[at]!.piece);
        if (piece && other !== piece) merge(piece, other);
        else piece = other;
      }
      if (!piece) {
        piece = { top: y, bottom: y, left: from, right: x };
        done.push(piece);
      }
      piece.bottom = y;
      piece.left = Math.min(piece.left, from);
      piece.right = Math.max(piece.right, x);
      runs.push({ from, to: x, piece });
    }
    above = runs;
  }
  const most = mostShare * Math.max(width, height);
  const heights = done
    .filter((piece) => piece.into === undefined)
    .map(({ top, bottom, left, right }) => ({ high: bottom - top + 1, wide: right - left }))
    .filter(({ high, wide }) => high >= leastPx && high <= most && wide <= widest * high && wide >= high / widest)
    .map(({ high }) => high)
    .sort((a, b) => a - b);
  return heights.length < fewPieces ? undefined : heights[heights.length >> 1];
}

function rootOf(piece: Piece): Piece {
  let root = piece;
  while (root.into) root = root.into;
  return root;
}

function merge(into: Piece, from: Piece): void {
  into.top = Math.min(into.top, from.top);
  into.left = Math.min(into.left, from.left);
  into.right = Math.max(into.right, from.right);
  from.into = into;
}
