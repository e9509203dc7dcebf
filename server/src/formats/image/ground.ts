/**
 * Pictures on coloured or shaded paper made like print on white: light on dark becomes dark on light, and the brightness of
 * the ground, found per tile of the picture, is divided out. The recogniser's single threshold for a whole picture fails on
 * gradients and deep tints; where it does not, nothing is changed (shaded receipts read better as they are).
 */
import { findThreshold, type GrayImage } from "./pixels.ts";

/** Tiles over the longer side. */
const tilesAcross = 56;
const leastTilePx = 16;
/** A tile shows ground when this share of its pixels has nearly one value. */
const evenShare = 0.5;
const nearlyEqual = 16;
/** Values are counted by fours: finer, a tile of few pixels takes longer to look through than to count. */
const binShift = 2;
const bins = 256 >> binShift;
const nearBins = nearlyEqual >> binShift;
/** Grounds darker than this carry light letters: they are left to the recogniser, which tries both ways. */
const darkGround = 100;
/** A tile this much of which is dark may be (part of) a box with light letters; dark letters leave more paper. */
const darkShare = 0.45;
/** So many such tiles side by side have room for a word; blots, punched holes and heavy strokes are narrower. */
const tilesOfWord = 3;
/** Shares of the tiles with ground: a page of light letters; paper that the one threshold of the picture takes for ink. */
const mostlyDark = 0.6;
const leastLost = 0.02;
const nearThreshold = 10;

export interface FlatGround {
  image: GrayImage;
  /** There are areas so dark that their letters may be light. */
  darkAreas: boolean;
}

/** The same picture when one threshold parts its ink from its paper everywhere. */
export function flattenGround(image: GrayImage): FlatGround {
  const tiles = readTiles(image);
  const grounds = groundsOf(tiles);
  const dark = grounds.filter((value) => value < darkGround).length;
  if (dark <= mostlyDark * grounds.length) return flatten(image, tiles);
  // Once: where black and white share the tiles evenly, the inverted picture looks dark too.
  const inverted = invert(image);
  return flatten(inverted, readTiles(inverted));
}

function flatten(image: GrayImage, tiles: Tiles): FlatGround {
  const grounds = groundsOf(tiles);
  if (grounds.length === 0) return { image, darkAreas: tiles.darkAreas };
  const threshold = findThreshold(image) + nearThreshold;
  const lost = grounds.filter((value) => value >= darkGround && value < threshold).length;
  return { image: lost < leastLost * grounds.length ? image : divide(image, tiles), darkAreas: tiles.darkAreas };
}

const groundsOf = ({ ground }: Tiles): number[] => [...ground].filter((value) => value >= 0);

interface Tiles {
  size: number;
  columns: number;
  rows: number;
  /** Brightness of the ground by tile; -1 where there is none (pictures, large letters). */
  ground: Int16Array;
  darkAreas: boolean;
}

function readTiles({ data, width, height }: GrayImage): Tiles {
  const size = Math.max(leastTilePx, Math.round(Math.max(width, height) / tilesAcross));
  const columns = Math.ceil(width / size);
  const rows = Math.ceil(height / size);
  const ground = new Int16Array(columns * rows);
  const counts = new Uint32Array(bins);
  let darkAreas = false;
  for (let row = 0; row < rows; row++) {
    const bottom = Math.min(height, (row + 1) * size);
    let beside = 0;
    for (let column = 0; column < columns; column++) {
      counts.fill(0);
      const right = Math.min(width, (column + 1) * size);
      let all = 0;
      for (let y = row * size; y < bottom; y++, all += right - column * size)
        for (let at = y * width + column * size; at < y * width + right; at++) counts[data[at]! >> binShift]!++;
      const { value, near } = peakOf(counts);
      ground[row * columns + column] = near >= evenShare * all ? value : -1;
      beside = darkPixelsOf(counts) >= darkShare * all ? beside + 1 : 0;
      darkAreas ||= beside >= tilesOfWord;
    }
  }
  return { size, columns, rows, ground, darkAreas };
}

function darkPixelsOf(counts: Uint32Array): number {
  let sum = 0;
  for (let bin = 0; bin < darkGround >> binShift; bin++) sum += counts[bin]!;
  return sum;
}

/** The value with most pixels around it, and how many those are. */
function peakOf(counts: Uint32Array): { value: number; near: number } {
  let sum = 0;
  for (let bin = 0; bin < nearBins; bin++) sum += counts[bin]!;
  let peak = 0;
  let near = -1;
  for (let bin = 0; bin < bins; bin++) {
    if (bin + nearBins < bins) sum += counts[bin + nearBins]!;
    if (bin > nearBins) sum -= counts[bin - nearBins - 1]!;
    if (sum <= near) continue;
    peak = bin;
    near = sum;
  }
  return { value: (peak << binShift) + (1 << (binShift - 1)), near };
}

function invert({ data, width, height }: GrayImage): GrayImage {
  return { data: data.map((value) => 255 - value), width, height };
}

/** Each pixel over its ground, which is interpolated between the centres of the four tiles around it. */
function divide({ data, width, height }: GrayImage, tiles: Tiles): GrayImage {
  const { size, columns, rows, ground } = tiles;
  const at = (column: number, row: number) =>
    ground[Math.min(rows - 1, Math.max(0, row)) * columns + Math.min(columns - 1, Math.max(0, column))]!;
  const flat = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    const v = (y + 0.5) / size - 0.5;
    const row = Math.floor(v);
    for (let x = 0; x < width; x++) {
      const value = data[y * width + x]!;
      const own = at(Math.floor(x / size), Math.floor(y / size));
      if (own < darkGround) {
        flat[y * width + x] = value;
        continue;
      }
      const u = (x + 0.5) / size - 0.5;
      const column = Math.floor(u);
      let sum = 0;
      let weights = 0;
      for (const [dx, dy] of corners) {
        const corner = at(column + dx, row + dy);
        // Across an edge between two papers nothing is blended.
        if (Math.abs(corner - own) > 2 * nearlyEqual) continue;
        const weight = Math.max(1e-3, dx ? u - column : 1 - u + column) * Math.max(1e-3, dy ? v - row : 1 - v + row);
        sum += weight * corner;
        weights += weight;
      }
      const level = weights > 0 ? sum / weights : own;
      flat[y * width + x] = Math.min(255, Math.round((value * 255) / level));
    }
  }
  return { data: flat, width, height };
}

const corners = [
  [0, 0],
  [1, 0],
  [0, 1],
  [1, 1],
] as const;
