/** What lies over the cells of a sheet: pictures, charts (as the table of their values) and text boxes. */
import type { Block } from "@knowhere/contract";
import type { AssetCollector } from "../../document/assets.ts";
import { resolvedChildren } from "../ooxml/alternate.ts";
import { type CellTexts, tableOfChart } from "../ooxml/chart.ts";
import type { OoxmlPackage } from "../ooxml/package.ts";
import { childOf, childrenOf, descendantsOf, findElement, textOf, type XmlElement } from "../xml/element.ts";
import type { Drawing } from "./grid.ts";

/** Anchors of one sheet. */
const maxAnchors = 5000;
const maxPictureBytes = 128 * 1024 * 1024;

/** Reads the drawing part of a sheet (ECMA-376 part 1, 20.5). Broken pieces are left out. */
export async function readDrawings(
  opened: OoxmlPackage,
  part: string,
  assets: AssetCollector,
  cellTexts: CellTexts,
): Promise<Drawing[]> {
  const root = await opened.tree(part);
  const drawings: Drawing[] = [];
  for (const declared of childrenOf(root).slice(0, maxAnchors)) {
    const anchor = { ...declared, children: resolvedChildren(declared) };
    const row = Number(textOf(childOf(childOf(anchor, "xdr:from"), "xdr:row")) || 0);
    const place = { row: Number.isFinite(row) ? row : 0 };
    for (const picture of descendantsOf(anchor, "xdr:pic", "pic:pic")) {
      const block = await readPicture(opened, part, picture, assets);
      if (block) drawings.push({ ...place, block });
    }
    for (const frame of descendantsOf(anchor, "xdr:graphicFrame")) {
      const block = await readChart(opened, part, findElement(frame, "c:chart"), cellTexts);
      if (block) drawings.push({ ...place, block });
    }
    for (const body of descendantsOf(anchor, "xdr:txBody")) {
      const content = readText(body);
      if (content.length > 0) drawings.push({ ...place, block: { type: "group", role: "textbox", content } });
    }
  }
  return drawings;
}

async function readPicture(
  opened: OoxmlPackage,
  part: string,
  picture: XmlElement,
  assets: AssetCollector,
): Promise<Block | undefined> {
  const id = findElement(picture, "a:blip")?.attributes["r:embed"];
  const relationship = id === undefined ? undefined : (await opened.relationshipsOf(part)).get(id);
  if (!relationship || relationship.external || !opened.archive.has(relationship.target)) return undefined;
  const properties = findElement(picture, "xdr:cNvPr");
  const alt = (properties?.attributes["descr"] ?? properties?.attributes["title"] ?? "").trim();
  const asset = assets.add(await opened.archive.read(relationship.target, maxPictureBytes));
  return asset ? { type: "figure", asset: asset.id, ...(alt ? { alt } : {}) } : undefined;
}

async function readChart(
  opened: OoxmlPackage,
  part: string,
  reference: XmlElement | undefined,
  cellTexts: CellTexts,
): Promise<Block | undefined> {
  const id = reference?.attributes["r:id"];
  const target = id === undefined ? undefined : (await opened.relationshipsOf(part)).get(id)?.target;
  const root = target === undefined ? undefined : await opened.tree(target);
  return root && tableOfChart(root, cellTexts);
}

function readText(body: XmlElement): Block[] {
  return descendantsOf(body, "a:p").flatMap((paragraph): Block[] => {
    const text = descendantsOf(paragraph, "a:t").map(textOf).join("").trim();
    return text ? [{ type: "paragraph", content: [{ type: "text", text }] }] : [];
  });
}
