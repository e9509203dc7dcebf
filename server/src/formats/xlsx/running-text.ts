/** Headers and footers of printed sheets (ECMA-376 part 1, 18.3.1.39 and following): text between codes that begin with "&". */
import type { Furniture } from "@knowhere/contract";

/** Elements of `headerFooter` that hold text. */
export const runningElements: ReadonlySet<string> = new Set([
  "oddHeader",
  "oddFooter",
  "evenHeader",
  "evenFooter",
  "firstHeader",
  "firstFooter",
]);

/** Fonts, sizes, colours and marks; then the fields for date, time, file, path, sheet name and picture. */
const codes = /&(?:"[^"]*"|\d{1,3}|K(?:[0-9A-Fa-f]{6}|\d\d[+-]\d{3})|[BIUEXYSODTFZAGH])/g;

/**
 * The words of one header or footer: its left, centre and right part as a paragraph each. Fields are left out, because their
 * values belong to a print and not to the sheet; a part with a page number is told apart.
 */
export function furnitureOf(element: string, text: string): Furniture[] {
  const role = element.endsWith("Header") ? "header" : "footer";
  // "&&" is an ampersand; it must not begin a code.
  const parts = text.replaceAll("&&", "\u0000").split(/&[LCR]/);
  return parts.flatMap((part): Furniture[] => {
    const isNumbered = /&[PN]/.test(part);
    const words = part
      .replace(/&[PN](?:[+-]\d+)?/g, " ")
      .replace(codes, "")
      .replaceAll("\u0000", "&")
      .replace(/\s+/g, " ")
      .trim();
    if (!/[\p{L}\p{N}]/u.test(words)) return [];
    return [
      {
        type: "furniture",
        role: isNumbered ? "page_number" : role,
        content: [{ type: "paragraph", content: [{ type: "text", text: words }] }],
      },
    ];
  });
}
