/**
 * Rows beyond the outermost rules of a table whose rules part its rows: no rule stands above the head, or none below the last
 * row of a page. They are known by the columns their entries keep to and by the room to the rule, which is that of all rows.
 */
import type { Column } from "./columns.ts";
import { isCaption } from "./guards.ts";
import type { Rule } from "./rulings.ts";
import type { TextLine } from "./text-lines.ts";

export interface OuterRows {
  lines: TextLine[];
  /** Where a rule would stand between two of these rows. */
  borders: Rule[];
}

/** Lines farther apart than this many ems are not of one table. */
const maxStepEm = 2.8;
/** Lines looked at on one side. */
const maxLines = 60;
/** Entries start this near (ems) to the edge of their column, and rows stand this near to the distance others keep. */
const nearEm = 0.5;

/** The rows above the first rule (`up`) or below the last one; none when the rules do not part rows. */
export function outerRows(
  lines: readonly TextLine[],
  rules: readonly Rule[],
  columns: readonly Column[],
  up: boolean,
): OuterRows {
  const none: OuterRows = { lines: [], borders: [] };
  const bands = rules.slice(1).map((below, at) => lines.filter((line) => isBetween(line, rules[at]!, below)));
  if (bands.length < 2 || columns.length < 2 || bands.some((band) => band.length === 0)) return none;
  const first = (band: readonly TextLine[]) => band[0]!;
  if (bands.filter((band) => first(band).chunks.length > 1).length < 0.8 * bands.length) return none;
  const rule = up ? rules[0]! : rules[rules.length - 1]!;
  const room = median(
    bands.map((band, at) =>
      up ? rules[at + 1]!.at - band[band.length - 1]!.baseline : first(band).baseline - rules[at]!.at,
    ),
  );
  const found = collect(lines, rule, columns, up);
  const nearest = up ? found.at(-1) : found[0];
  // A row begins with its label: what stands above the first split line is none of it.
  const start = found.findIndex((line) => line.chunks.length > 1);
  if (!nearest || start < 0 || (!up && start > 0)) return none;
  if (Math.abs(Math.abs(rule.at - nearest.baseline) - room) > nearEm * nearest.size) return none;
  const kept = found.slice(start);
  return { lines: kept, borders: bordersOf(kept, leadingOf(bands), rule) };
}

const isBetween = (line: TextLine, above: Rule, below: Rule): boolean =>
  line.baseline - 0.3 * line.size > above.at && line.baseline - 0.3 * line.size < below.at;

/** Lines from the rule on, as long as every chunk keeps to a column; in the order of the page. */
function collect(lines: readonly TextLine[], rule: Rule, columns: readonly Column[], up: boolean): TextLine[] {
  const side = lines.filter((line) => line.baseline - 0.3 * line.size < rule.at === up);
  if (up) side.reverse();
  const out: TextLine[] = [];
  let last = rule.at;
  for (const line of side.slice(0, maxLines)) {
    if (Math.abs(line.baseline - last) > maxStepEm * line.size || isCaption(line)) break;
    if (!line.chunks.every((chunk) => keepsTo(chunk, columns, line.size))) break;
    out.push(line);
    last = line.baseline;
  }
  return up ? out.reverse() : out;
}

/** The chunk starts, ends or is centred where a column does, and ends before the next one. */
function keepsTo(chunk: { x0: number; x1: number }, columns: readonly Column[], size: number): boolean {
  const near = (a: number, b: number) => Math.abs(a - b) <= nearEm * size;
  return columns.some((column, at) => {
    const next = columns[at + 1];
    if (next && chunk.x1 > next.x0 - 0.2 * size) return false;
    const centred = near(chunk.x0 + chunk.x1, column.x0 + column.x1) && chunk.x0 >= column.x0 - size;
    return near(chunk.x0, column.x0) || near(chunk.x1, column.x1) || centred;
  });
}

/** The closest that lines of one row stand; a guess where no row has two. */
function leadingOf(bands: readonly (readonly TextLine[])[]): number {
  const steps = bands.flatMap((band) => band.slice(1).map((line, at) => line.baseline - band[at]!.baseline));
  const size = bands[0]![0]!.size;
  return Math.min(1.25 * size, ...steps.filter((step) => step > 0.8 * size));
}

/** Rules in thought where the lines stand apart by more than lines of one row do. */
function bordersOf(lines: readonly TextLine[], leading: number, rule: Rule): Rule[] {
  return lines.slice(1).flatMap((line, at) => {
    const above = lines[at]!;
    if (line.baseline - above.baseline <= 1.25 * leading) return [];
    return [{ ...rule, at: (above.y1 + line.y0) / 2, stroke: false }];
  });
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
