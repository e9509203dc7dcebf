/** Number formats and bold fonts of a workbook: how a stored value is shown. */
import xlsx from "@e965/xlsx";
import { childOf, childrenOf, type XmlElement } from "../xml/element.ts";

const { SSF } = xlsx;

export interface CellStyles {
  /** The number as the cell shows it. */
  format(value: number, style: number): string;
  isBold(style: number): boolean;
}

/** Reads `xl/styles.xml` (ECMA-376 part 1, 18.8); without it every cell is General. */
export function readStyles(root: XmlElement | undefined, date1904: boolean): CellStyles {
  const codes = new Map<number, string>();
  for (const format of childrenOf(childOf(root, "numFmts")).slice(0, 10_000)) {
    codes.set(Number(format.attributes["numFmtId"]), format.attributes["formatCode"] ?? "General");
  }
  const boldFonts = childrenOf(childOf(root, "fonts"))
    .slice(0, 65_536)
    .map((font) => {
      const bold = childOf(font, "b");
      return bold !== undefined && bold.attributes["val"] !== "0" && bold.attributes["val"] !== "false";
    });
  const cells = childrenOf(childOf(root, "cellXfs"))
    .slice(0, 65_536)
    .map((xf) => {
      const id = Number(xf.attributes["numFmtId"] ?? 0);
      return { format: codes.get(id) ?? id, bold: boldFonts[Number(xf.attributes["fontId"] ?? 0)] === true };
    });
  return cellStyles(cells, date1904);
}

/** Formats of cells by number: the code or the number of a built-in format, and whether the font is bold. */
export function cellStyles(
  cells: readonly { readonly format: number | string; readonly bold: boolean }[],
  date1904: boolean,
): CellStyles {
  return {
    format: (value, style) => formatNumber(value, cells[style]?.format ?? 0, date1904),
    isBold: (style) => cells[style]?.bold === true,
  };
}

/** Elapsed time ("[h]:mm") may be negative; a bracketed part behind another hour is no format at all (General). */
const elapsed = /^\[(?:h+|m+|s+)\]/i;
const brokenElapsed = /^[^["]*[hms][^["]*\[(?:h+|m+|s+)\]/i;

/**
 * Formats with SheetJS' number formatter. What it cannot show (negative dates, for which Excel shows hash signs) is shown
 * as the plain number, because the value is worth more than its absence.
 */
export function formatNumber(value: number, format: number | string, date1904: boolean): string {
  if ((format === 0 || format === "General") && Number.isInteger(value) && Math.abs(value) < 1e11) return String(value);
  const code = typeof format === "string" && brokenElapsed.test(format) ? "General" : format;
  try {
    if (value < 0 && typeof code === "string" && elapsed.test(code))
      return `-${SSF.format(code, -value, { date1904 })}`;
    const shown: string = SSF.format(code, value, { date1904 });
    // Only a format with sections (";;;") hides a value on purpose.
    return shown === "" && !(typeof code === "string" && code.includes(";")) ? String(value) : shown;
  } catch {
    return String(value);
  }
}
