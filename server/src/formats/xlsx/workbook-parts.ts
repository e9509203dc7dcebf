/** What the two kinds of workbook packages differ in: how their parts are written, as XML or as binary records. */
import type { OoxmlPackage } from "../ooxml/package.ts";
import { childOf, childrenOf } from "../xml/element.ts";
import { readComments } from "./comments.ts";
import type { CellComment } from "./grid.ts";
import { readSheetPart, type SheetContext, type SheetPart } from "./sheet-part.ts";
import { readStrings } from "./strings-part.ts";
import { type CellStyles, readStyles } from "./styles.ts";

export interface DeclaredSheet {
  readonly name: string | undefined;
  /** Of the relationship to its part. */
  readonly id: string;
  readonly hidden: boolean;
}

/** Readers of the parts by name. All throw PARSING_FAILED for broken parts and LIMIT_EXCEEDED past a limit. */
export interface WorkbookParts {
  /** The sheets in the order of their tabs; undefined when the part is not there. */
  workbook(opened: OoxmlPackage, part: string): Promise<{ date1904: boolean; sheets: DeclaredSheet[] } | undefined>;
  strings(opened: OoxmlPackage, part: string | undefined): Promise<string[]>;
  styles(opened: OoxmlPackage, part: string | undefined, date1904: boolean): Promise<CellStyles>;
  sheet(chunks: AsyncIterable<Uint8Array>, context: SheetContext): Promise<SheetPart>;
  comments(opened: OoxmlPackage, part: string): Promise<CellComment[]>;
}

export const xmlParts: WorkbookParts = {
  async workbook(opened, part) {
    const root = await opened.tree(part);
    if (!root) return undefined;
    return {
      date1904: ["1", "true"].includes(childOf(root, "workbookPr")?.attributes["date1904"] ?? ""),
      sheets: childrenOf(childOf(root, "sheets"), "sheet").map(({ attributes }) => ({
        name: attributes["name"],
        id: attributes["r:id"] ?? "",
        hidden: attributes["state"] === "hidden" || attributes["state"] === "veryHidden",
      })),
    };
  },
  strings: readStrings,
  async styles(opened, part, date1904) {
    return readStyles(part === undefined ? undefined : await opened.tree(part), date1904);
  },
  sheet: readSheetPart,
  comments: readComments,
};
