/** Tables of RTF: rows of cells whose right edges are given; spans follow from the edges (RTF 1.9.1, "Table Definitions"). */
import type { Block, Table, TableCell, TableRow } from "@knowhere/contract";
import { findApparentHead } from "../../document/apparent-head.ts";
import { plainCell } from "../ooxml/cells.ts";

/** What `\trowd` … `\cellx` say about a row. */
export interface RowDefinition {
  isHead: boolean;
  cells: CellDefinition[];
}
export type Side = "top" | "bottom" | "left" | "right";
export interface CellDefinition {
  /** Right edge in twips. */
  edge: number;
  vertical: "start" | "continue" | undefined;
  horizontal: "start" | "continue" | undefined;
  /** Sides with a border, in the order they were named. */
  borders: readonly Side[];
}
export const plainCellDefinition: Omit<CellDefinition, "edge"> = {
  vertical: undefined,
  horizontal: undefined,
  borders: [],
};
export interface DraftRow {
  definition: RowDefinition;
  cells: Block[][];
  page: number;
}
/** Edges closer than this are one: generators round differently from row to row. */
const edgeTolerance = 30;
const maxColumns = 1_000;

/** The finished table; undefined without cells. */
export function tableOfRows(drafts: readonly DraftRow[]): Table | undefined {
  const kept = drafts.filter((draft) => draft.cells.length > 0);
  if (kept.length === 0) return undefined;
  const edges = columnEdges(kept);
  const openMerges = new Map<number, TableCell>();
  const rows: TableRow[] = kept.map((draft) => ({ cells: cellsOf(draft, edges, openMerges), page: draft.page }));
  let headRows = kept.findIndex((draft) => !draft.definition.isHead);
  if (headRows < 0) headRows = kept.length;
  if (headRows === 0 && isRuledOff(kept)) headRows = 1;
  for (const row of rows.slice(0, headRows)) for (const cell of row.cells) cell.header = true;
  const table: Table = { type: "table", rows, headRows };
  findApparentHead(table);
  return table;
}

/** A first row with a rule below it where nothing else but the first and last line of the table is ruled: a head in all but name. */
function isRuledOff(rows: readonly DraftRow[]): boolean {
  const last = rows.length - 1;
  return (
    last > 0 &&
    rows.every(({ definition }, at) =>
      definition.cells.every(({ borders }) => {
        const mayHave: readonly Side[] = at === 0 ? ["top", "bottom"] : at === last ? ["bottom"] : [];
        return borders.every((side) => mayHave.includes(side)) && (at > 0 || borders.includes("bottom"));
      }),
    ) &&
    rows[0]!.definition.cells.length > 1
  );
}

function columnEdges(rows: readonly DraftRow[]): number[] {
  const all = rows
    .flatMap((row) => row.definition.cells.slice(0, maxColumns).map((cell) => cell.edge))
    .sort((a, b) => a - b);
  const edges: number[] = [];
  for (const edge of all) if (edges.length === 0 || edge - edges[edges.length - 1]! > edgeTolerance) edges.push(edge);
  return edges;
}

function cellsOf(draft: DraftRow, edges: readonly number[], openMerges: Map<number, TableCell>): TableCell[] {
  const cells: TableCell[] = [];
  let column = 0;
  draft.cells.forEach((content, at) => {
    const definition = draft.definition.cells[at];
    const last = definition ? edges.findIndex((edge) => edge >= definition.edge - edgeTolerance) : -1;
    const span = last >= column ? last - column + 1 : 1;
    const before = cells[cells.length - 1];
    if (definition?.horizontal === "continue" && before) {
      before.colspan = (before.colspan ?? 1) + span;
      column += span;
      return;
    }
    const above = openMerges.get(column);
    if (definition?.vertical === "continue" && above) above.rowspan = (above.rowspan ?? 1) + 1;
    else {
      const cell: TableCell = plainCell(content);
      if (span > 1) cell.colspan = span;
      if (definition?.vertical === "start") openMerges.set(column, cell);
      else openMerges.delete(column);
      cells.push(cell);
    }
    column += span;
  });
  return cells;
}
