/**
 * Tables with rulings on both axes.
 *
 * Rules that cross make a connected frame; its positions are grid lines; where a piece of a grid line is not painted,
 * the cells on both sides are one (that is how spans are drawn). A side that horizontals reach but no vertical closes
 * is closed by their ends, and the other way round.
 */
import type { Grid, GridCell } from "./grid.ts";
import type { PageRules, Rule } from "./rulings.ts";

export interface Frame {
  horizontals: Rule[];
  verticals: Rule[];
  /** x0, y0, x1, y1 of all its rules. */
  box: [number, number, number, number];
}

/** How far apart two rules may end and still meet. */
const meetPt = 3.5;
/** Grid lines nearer than this are one. */
const mergePt = 3;
/** A piece of grid line counts as painted when this share of it is. */
const paintedShare = 0.66;
/** More cells than this is a drawing or a raster. */
const maxCells = 40_000;

/** Connected frames of crossing rules, largest first. */
export function findFrames(rules: PageRules): Frame[] {
  const { horizontals, verticals } = rules;
  const parent = new Int32Array(horizontals.length + verticals.length).map((_, at) => at);
  const find = (at: number): number => {
    let root = at;
    while (parent[root] !== root) root = parent[root]!;
    while (parent[at] !== root) {
      const next = parent[at]!;
      parent[at] = root;
      at = next;
    }
    return root;
  };
  for (let h = 0; h < horizontals.length; h++) {
    const rule = horizontals[h]!;
    // Verticals are sorted by x: only those within the rule's reach are looked at.
    for (let v = firstAtLeast(verticals, rule.from - meetPt); v < verticals.length; v++) {
      const other = verticals[v]!;
      if (other.at > rule.to + meetPt) break;
      if (rule.at < other.from - meetPt || rule.at > other.to + meetPt) continue;
      const a = find(h);
      const b = find(horizontals.length + v);
      if (a !== b) parent[a] = b;
    }
  }
  const frames = new Map<number, Frame>();
  const frameOf = (root: number): Frame => {
    let frame = frames.get(root);
    if (!frame) {
      frame = { horizontals: [], verticals: [], box: [Infinity, Infinity, -Infinity, -Infinity] };
      frames.set(root, frame);
    }
    return frame;
  };
  horizontals.forEach((rule, h) => {
    const frame = frameOf(find(h));
    frame.horizontals.push(rule);
    growBox(frame.box, rule.from, rule.at, rule.to, rule.at);
  });
  verticals.forEach((rule, v) => {
    const frame = frameOf(find(horizontals.length + v));
    frame.verticals.push(rule);
    growBox(frame.box, rule.at, rule.from, rule.at, rule.to);
  });
  const area = (frame: Frame) => (frame.box[2] - frame.box[0]) * (frame.box[3] - frame.box[1]);
  return [...frames.values()]
    .filter((frame) => frame.horizontals.length > 0 && frame.verticals.length > 0)
    .sort((a, b) => area(b) - area(a));
}

function firstAtLeast(rules: Rule[], at: number): number {
  let low = 0;
  let high = rules.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rules[middle]!.at < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

function growBox(box: Frame["box"], x0: number, y0: number, x1: number, y1: number): void {
  box[0] = Math.min(box[0], x0);
  box[1] = Math.min(box[1], y0);
  box[2] = Math.max(box[2], x1);
  box[3] = Math.max(box[3], y1);
}

/** The grid of a frame with its spans, without words; null when it has fewer than two cells or far too many. */
export function buildLattice(frame: Frame): Grid | null {
  const xs = gridLines(frame.verticals, frame.horizontals, frame.box[0], frame.box[2]);
  const ys = gridLines(frame.horizontals, frame.verticals, frame.box[1], frame.box[3]);
  const columns = xs.length - 1;
  const rows = ys.length - 1;
  if (columns < 1 || rows < 1 || columns * rows < 2 || columns * rows > maxCells) return null;
  const right = paintedEdges(xs, ys, frame.verticals);
  const below = paintedEdges(ys, xs, frame.horizontals);
  const cells: GridCell[] = [];
  const taken = new Uint8Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      if (taken[row * columns + column]) continue;
      let colspan = 1;
      while (
        column + colspan < columns &&
        !taken[row * columns + column + colspan] &&
        !right[(column + colspan) * rows + row]
      ) {
        colspan++;
      }
      let rowspan = 1;
      while (row + rowspan < rows && isOpenBelow(row + rowspan, column, colspan, columns, rows, taken, right, below))
        rowspan++;
      for (let r = row; r < row + rowspan; r++) taken.fill(1, r * columns + column, r * columns + column + colspan);
      cells.push({ row, column, rowspan, colspan, words: [] });
    }
  }
  return { xs, ys, cells, headRows: 0 };
}

/** Row `row` under a cell has no painted edge above it nor inside it, and the same sides. */
function isOpenBelow(
  row: number,
  column: number,
  colspan: number,
  columns: number,
  rows: number,
  taken: Uint8Array,
  right: Uint8Array,
  below: Uint8Array,
): boolean {
  for (let c = column; c < column + colspan; c++) {
    if (taken[row * columns + c]) return false;
    if (below[row * columns + c]) return false;
    if (c > column && right[c * rows + row]) return false;
  }
  // The row must be closed where the cell is, or it is another, wider cell.
  const closedLeft = column === 0 || right[column * rows + row] === 1;
  const closedRight = column + colspan === columns || right[(column + colspan) * rows + row] === 1;
  return closedLeft && closedRight;
}

/** Positions of the grid lines; ends that at least two crossing rules share close an open side. */
function gridLines(rules: Rule[], crossing: Rule[], low: number, high: number): number[] {
  const at = rules.map((rule) => rule.at).sort((a, b) => a - b);
  const out: number[] = [];
  for (const position of at) {
    if (out.length > 0 && position - out[out.length - 1]! < mergePt) continue;
    out.push(position);
  }
  const strokes = crossing.filter((rule) => rule.stroke);
  /** The sides of shaded rows are many short pieces: they must not outnumber the strokes that run on. */
  const closes = (claim: (rule: Rule) => boolean): boolean =>
    crossing.filter(claim).length >= Math.max(2, 0.4 * crossing.length) ||
    strokes.filter(claim).length >= Math.max(2, 0.5 * strokes.length);
  if (out.length === 0 || out[0]! - low > 2 * mergePt) {
    if (closes((rule) => rule.from < low + 2 * mergePt)) out.unshift(low);
  }
  if (out.length === 0 || high - out[out.length - 1]! > 2 * mergePt) {
    if (closes((rule) => rule.to > high - 2 * mergePt)) out.push(high);
  }
  return out;
}

/** For grid line i and stretch j between the crossing lines: 1 where enough of it is painted. Index i * stretches + j. */
function paintedEdges(lines: number[], crossing: number[], rules: Rule[]): Uint8Array {
  const stretches = crossing.length - 1;
  const painted = new Float64Array(lines.length * stretches);
  for (const rule of rules) {
    const line = nearest(lines, rule.at);
    if (line < 0) continue;
    for (let j = 0; j < stretches; j++) {
      const from = crossing[j]!;
      const to = crossing[j + 1]!;
      if (to <= rule.from) continue;
      if (from >= rule.to) break;
      painted[line * stretches + j]! += Math.min(to, rule.to) - Math.max(from, rule.from);
    }
  }
  const out = new Uint8Array(lines.length * stretches);
  for (let i = 0; i < lines.length; i++) {
    for (let j = 0; j < stretches; j++) {
      const length = crossing[j + 1]! - crossing[j]!;
      if (painted[i * stretches + j]! >= paintedShare * length) out[i * stretches + j] = 1;
    }
  }
  return out;
}

function nearest(lines: number[], at: number): number {
  let best = -1;
  let distance = mergePt + 0.01;
  let low = 0;
  let high = lines.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (lines[middle]! < at) low = middle + 1;
    else high = middle;
  }
  for (const index of [low - 1, low]) {
    const line = lines[index];
    if (line !== undefined && Math.abs(line - at) < distance) {
      distance = Math.abs(line - at);
      best = index;
    }
  }
  return best;
}
