/** Master pages: page size, running headers and footers (ODF 1.3 part 3, 16.9). */
import type { Block, Furniture } from "@knowhere/contract";
import { plainBlocks } from "../../document/plain.ts";
import { childOf, childrenOf, type XmlElement } from "../xml/element.ts";
import { pointsOf } from "./presentation.ts";
import type { Session } from "./session.ts";

/** Size of the first page layout in points; 0 when the file does not say. */
export function pageSizeOf(styles: XmlElement | undefined): [number, number] {
  const layouts = childrenOf(childOf(styles, "office:automatic-styles"), "style:page-layout");
  const masters = childrenOf(childOf(styles, "office:master-styles"), "style:master-page");
  const name = masters[0]?.attributes["style:page-layout-name"];
  const layout = layouts.find((candidate) => candidate.attributes["style:name"] === name) ?? layouts[0];
  const properties = childOf(layout, "style:page-layout-properties")?.attributes ?? {};
  return [pointsOf(properties["fo:page-width"]) ?? 0, pointsOf(properties["fo:page-height"]) ?? 0];
}

/** Each distinct header and footer once. */
export function furnitureOf(styles: XmlElement | undefined, session: Session): { headers: Block[]; footers: Block[] } {
  const headers: Furniture[] = [];
  const footers: Furniture[] = [];
  const seen = new Set<string>();
  const page = session.pages.current;
  for (const master of childrenOf(childOf(styles, "office:master-styles"), "style:master-page")) {
    for (const part of childrenOf(master)) {
      const role = /^style:header/.test(part.name) ? "header" : /^style:footer/.test(part.name) ? "footer" : undefined;
      if (!role || part.attributes["style:display"] === "false") continue;
      const content = session.readFlow(childrenOf(part));
      const text = plainBlocks(content).trim();
      if (text === "" || seen.has(`${role}:${text}`)) continue;
      seen.add(`${role}:${text}`);
      const isNumber = /^[\s\-–—|]*(?:page\s*)?\d{1,6}(?:\s*(?:\/|of|von|de|sur)\s*\d{1,6})?[\s\-–—|]*$/i.test(text);
      (role === "header" ? headers : footers).push({
        type: "furniture",
        role: isNumber ? "page_number" : role,
        content,
        places: [{ page: role === "header" ? 1 : page }],
      });
    }
  }
  return { headers, footers };
}
