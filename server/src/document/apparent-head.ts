/** Head rows that only their look tells: many writers have no other way to say so, or do not use it. */
import type { Inline, Table, TableCell } from "@knowhere/contract";

/**
 * Takes the first row of a table without a head for its head when each of its cells is bold from end to end and none is
 * empty, while the next row is not bold. What says it is the head need not be bold any more. Works in place.
 */
export function findApparentHead(table: Table): void {
  const [first, second] = table.rows;
  if (table.headRows > 0 || !first || !second || first.cells.length < 2) return;
  const isPlainGrid = first.cells.every((cell) => (cell.rowspan ?? 1) === 1 && (cell.colspan ?? 1) === 1);
  if (!isPlainGrid || !first.cells.every(isBold) || second.cells.every((cell) => isBold(cell) || isEmpty(cell))) return;
  table.headRows = 1;
  for (const cell of first.cells) {
    const [paragraph] = cell.content ?? [];
    if (paragraph?.type !== "paragraph") continue;
    paragraph.content = paragraph.content.flatMap((node) => (node.type === "strong" ? node.content : [node]));
    cell.header = true;
    const isText = paragraph.content.every((node) => node.type === "text");
    if (!isText) continue;
    cell.text = paragraph.content.map((node) => (node.type === "text" ? node.text : "")).join("");
    delete cell.content;
  }
}

function isEmpty(cell: TableCell): boolean {
  return cell.text === "" || cell.content?.length === 0;
}

function isBold(cell: TableCell): boolean {
  const only = cell.content?.length === 1 ? cell.content[0] : undefined;
  return (
    only?.type === "paragraph" &&
    only.content.some(isStrong) &&
    only.content.every((node) => isStrong(node) || isBlank(node))
  );
}

const isStrong = (node: Inline): boolean => node.type === "strong";
const isBlank = (node: Inline): boolean => node.type === "break" || (node.type === "text" && node.text.trim() === "");
