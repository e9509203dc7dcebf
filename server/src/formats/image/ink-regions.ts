/** Pictures on a scanned page: dense areas of ink that are neither words nor lines, found on a coarse grid. */
import type { Box } from "@knowhere/contract";
import type { GrayImage } from "./pixels.ts";

/** Cells over the longer side. */
const gridCells = 120;
/** Every second row tells as much about a cell. */
const rowStep = 2;
/** A cell counts as inked when this share of its pixels is. */
const inkShare = 0.12;
/** Smaller areas are stamps of dirt, signatures and letters that were not read. */
const leastPageShare = 0.02;
const leastSideShare = 0.08;
/** Of the cells of an area's box that are inked or words: a frame around text has few. */
const leastFill = 0.35;

/** A strip along an edge of the picture, as shares of its sides. */
const edgeLength = 0.8;
const edgeWidth = 0.2;

/** Boxes in pixels. `words` and `lines` are boxes in the same pixels whose ink is explained. */
export function findInkRegions(
  image: GrayImage,
  threshold: number,
  words: readonly Box[],
  lines: readonly Box[],
): Box[] {
  const { data, width, height } = image;
  const cell = Math.max(1, Math.ceil(Math.max(width, height) / gridCells));
  const columns = Math.ceil(width / cell);
  const rows = Math.ceil(height / cell);
  const ink = new Uint32Array(columns * rows);
  for (let y = 0; y < height; y += rowStep) {
    const row = Math.floor(y / cell) * columns;
    for (let column = 0, at = y * width; column < columns; column++) {
      const end = Math.min((y + 1) * width, y * width + (column + 1) * cell);
      let count = 0;
      for (; at < end; at++) if (data[at]! < threshold) count++;
      ink[row + column]! += rowStep * count;
    }
  }
  const inked = Uint8Array.from(ink, (count) => (count > inkShare * cell * cell ? 1 : 0));
  for (const [x0, y0, x1, y1] of [...words, ...lines]) {
    for (let y = clamp(y0 / cell, rows); y <= clamp(y1 / cell, rows); y++) {
      for (let x = clamp(x0 / cell, columns); x <= clamp(x1 / cell, columns); x++) inked[y * columns + x] = 0;
    }
  }
  return components(inked, columns, rows)
    .filter(({ x0, y0, x1, y1, cells }) => {
      const [wide, high] = [x1 - x0 + 1, y1 - y0 + 1];
      return (
        wide * high >= leastPageShare * columns * rows &&
        wide >= leastSideShare * columns &&
        high >= leastSideShare * rows &&
        cells >= leastFill * wide * high &&
        !isEdge({ x0, y0, x1, y1 }, columns, rows)
      );
    })
    .map(
      ({ x0, y0, x1, y1 }): Box => [
        x0 * cell,
        y0 * cell,
        Math.min(width, (x1 + 1) * cell),
        Math.min(height, (y1 + 1) * cell),
      ],
    );
}

/** What lies beside the paper on the glass or the table: a strip along most of one edge of the picture. */
function isEdge(area: { x0: number; y0: number; x1: number; y1: number }, columns: number, rows: number): boolean {
  const [wide, high] = [area.x1 - area.x0 + 1, area.y1 - area.y0 + 1];
  const upright = high >= edgeLength * rows && wide <= edgeWidth * columns;
  const level = wide >= edgeLength * columns && high <= edgeWidth * rows;
  return (upright && (area.x0 === 0 || area.x1 === columns - 1)) || (level && (area.y0 === 0 || area.y1 === rows - 1));
}

const clamp = (value: number, count: number) => Math.min(count - 1, Math.max(0, Math.floor(value)));

/** Connected areas (eight neighbours, and across a gap of one cell), by flood fill with a stack of its own. */
function components(inked: Uint8Array, columns: number, rows: number) {
  const seen = new Uint8Array(inked.length);
  const found: { x0: number; y0: number; x1: number; y1: number; cells: number }[] = [];
  for (let start = 0; start < inked.length; start++) {
    if (!inked[start] || seen[start]) continue;
    const area = { x0: columns, y0: rows, x1: 0, y1: 0, cells: 0 };
    const stack = [start];
    seen[start] = 1;
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      const [x, y] = [at % columns, Math.floor(at / columns)];
      area.x0 = Math.min(area.x0, x);
      area.x1 = Math.max(area.x1, x);
      area.y0 = Math.min(area.y0, y);
      area.y1 = Math.max(area.y1, y);
      area.cells++;
      for (let ny = Math.max(0, y - 2); ny <= Math.min(rows - 1, y + 2); ny++) {
        for (let nx = Math.max(0, x - 2); nx <= Math.min(columns - 1, x + 2); nx++) {
          const next = ny * columns + nx;
          if (inked[next] && !seen[next]) {
            seen[next] = 1;
            stack.push(next);
          }
        }
      }
    }
    found.push(area);
  }
  return found;
}
