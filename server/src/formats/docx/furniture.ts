/** Running headers and footers: each distinct one once, at the edges of the section that shows it. */
import type { Block, Furniture } from "@knowhere/contract";
import { plainBlocks } from "../../document/plain.ts";
import { childrenOf, type XmlElement } from "../xml/element.ts";
import { replayTree } from "../xml/stream.ts";
import { FlowReader, flowContainers } from "./flow.ts";
import type { PartScope, Session } from "./session.ts";

/** Reads every header and footer that a section refers to and puts it into the tree. Works in place. */
export async function addFurniture(session: Session, scope: PartScope, content: Block[]): Promise<void> {
  const seen = new Set<string>();
  const insertions: { at: number; blocks: Furniture[] }[] = [];
  const sections = session.sections;
  for (const [index, section] of sections.entries()) {
    const start = await readParts(session, scope, section.headers, "header", section.firstPage, seen);
    const end = await readParts(session, scope, section.footers, "footer", section.lastPage, seen);
    insertions.push({ at: section.firstBlock, blocks: start });
    insertions.push({ at: sections[index + 1]?.firstBlock ?? content.length, blocks: end });
  }
  // From the end, so that earlier indexes stay true.
  for (const { at, blocks } of insertions.reverse()) content.splice(at, 0, ...blocks);
}

async function readParts(
  session: Session,
  scope: PartScope,
  ids: readonly string[],
  role: "header" | "footer",
  page: number,
  seen: Set<string>,
): Promise<Furniture[]> {
  const found: Furniture[] = [];
  for (const id of ids) {
    const relationship = scope.relationships.get(id);
    if (!relationship || relationship.external || seen.has(relationship.target)) continue;
    seen.add(relationship.target);
    const root = await session.opened.tree(relationship.target).catch((error: unknown) => unreadable(session, error));
    if (!root) continue;
    const own: PartScope = {
      part: relationship.target,
      relationships: await session.opened.relationshipsOf(relationship.target),
    };
    const content = readBlocks(root, session, own);
    const text = plainBlocks(content).trim();
    const hasPicture = content.some((block) => block.type === "figure");
    if ((text === "" && !hasPicture) || seen.has(`${role}:${text}`)) continue;
    if (text !== "") seen.add(`${role}:${text}`);
    const watermarks = content.filter((block): block is Furniture => block.type === "furniture");
    const rest = content.filter((block) => block.type !== "furniture");
    const isNumber =
      /^[\s\-–—|]*(?:page\s*)?[\divxlc]{1,7}(?:\s*(?:\/|of|von|de|sur)\s*\d{1,6})?[\s\-–—|]*$/i.test(text) &&
      text !== "";
    if (rest.length > 0)
      found.push({ type: "furniture", role: isNumber ? "page_number" : role, content: rest, places: [{ page }] });
    for (const mark of watermarks) found.push({ ...mark, places: [{ page }] });
  }
  return found;
}

function readBlocks(root: XmlElement, session: Session, scope: PartScope): Block[] {
  const reader = new FlowReader(session, scope, false);
  for (const child of childrenOf(root)) replayTree(child, flowContainers, reader);
  return reader.finish();
}

function unreadable(session: Session, error: unknown): undefined {
  if (session.opened.archive.names.length === 0) throw error;
  session.warnings.add("HEADER_UNREADABLE", "A header or footer could not be read.");
  return undefined;
}
