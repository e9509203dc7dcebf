/** A table row of a Word 97–2003 file: edges and merges of its cells ([MS-DOC] 2.9.322, 2.9.339). */
import { type CellDefinition, plainCellDefinition, type RowDefinition } from "../rtf/table-rows.ts";
import type { Bytes } from "./bytes.ts";
import { codes, modifiersOf } from "./properties.ts";

/** Word's own limit. */
const maxColumns = 64;
const cellBytes = 20;

export function rowDefinitionOf(list: Bytes): RowDefinition {
  const row: RowDefinition = { isHead: false, cells: [] };
  for (const { code, operand } of modifiersOf(list)) {
    if (code === codes.rowDefinition) row.cells = cellsOf(operand);
    else if (code === codes.headRow) row.isHead = operand.u8(0) !== 0;
    else if (code === codes.mergeCells) {
      const [first, end] = [operand.u8(0), Math.min(operand.u8(1), row.cells.length)];
      for (let at = first; at < end; at++) row.cells[at]!.horizontal = at === first ? "start" : "continue";
    } else if (code === codes.mergeDown) {
      const cell = row.cells[operand.u8(0)];
      if (cell) cell.vertical = operand.u8(1) === 1 ? "continue" : operand.u8(1) === 3 ? "start" : undefined;
    }
  }
  return row;
}

function cellsOf(operand: Bytes): CellDefinition[] {
  const count = Math.min(maxColumns, operand.u8(0));
  const flagsAt = 1 + (operand.u8(0) + 1) * 2;
  return Array.from({ length: count }, (_, at): CellDefinition => {
    const flags = operand.u16(flagsAt + at * cellBytes);
    return {
      ...plainCellDefinition,
      edge: operand.i16(1 + (at + 1) * 2),
      horizontal: (flags & 0x01) !== 0 ? "start" : (flags & 0x02) !== 0 ? "continue" : undefined,
      vertical: (flags & 0x40) !== 0 ? "start" : (flags & 0x20) !== 0 ? "continue" : undefined,
    };
  });
}
