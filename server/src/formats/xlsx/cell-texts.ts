/** What the cells show that charts refer to. */
import type { CellTexts } from "../ooxml/chart.ts";
import { type GridRow, parseRange, type SheetGrid } from "./grid.ts";

/** Points of a series; the chart shows no more of them. */
const maxCells = 5_000;
/** Over all charts of a workbook: small parts may name the same cells again and again. */
const maxLookUps = 500_000;

/** Looks references up in sheets that have been read. */
export function cellTextsOf(sheets: readonly SheetGrid[]): CellTexts {
  const rowsOf = new Map<string, Map<number, GridRow>>();
  let lookUps = 0;
  return (reference) => {
    const match = /^(?:'((?:[^']|'')+)'|([^'!]+))!(.+)$/.exec(reference);
    const name = match?.[1]?.replaceAll("''", "'") ?? match?.[2];
    const range = parseRange(match?.[3] ?? "");
    const sheet = sheets.find((one) => one.name === name);
    if (!sheet || !range) return [];
    if (!rowsOf.has(sheet.name)) rowsOf.set(sheet.name, new Map(sheet.rows.map((row) => [row.index, row])));
    const rows = rowsOf.get(sheet.name)!;
    const texts: string[] = [];
    // A reference to whole columns ends where the sheet does.
    const bottom = Math.min(range.bottom, sheet.rows.at(-1)?.index ?? -1);
    for (let index = range.top; index <= bottom; index++) {
      const row = rows.get(index);
      for (let column = range.left; column <= range.right; column++) {
        if (texts.length >= maxCells || ++lookUps > maxLookUps) return texts;
        texts.push(row?.texts[row.columns.indexOf(column)] ?? "");
      }
    }
    while (texts.at(-1) === "") texts.pop();
    return texts;
  };
}
