/** Attachments of a message: those of a type we read become groups of their own, with their pages behind the message's. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Block, type Page, Problem, type Warning } from "@knowhere/contract";
import type { AssetCollector } from "../../document/assets.ts";
import { visitAllInlines, visitBlocks } from "../../document/visit.ts";
import { detect } from "../detect.ts";
import type { ReadContext, ReadResult } from "../reader.ts";

export interface Attachment {
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  /** Without angle brackets. */
  readonly contentId?: string | undefined;
  /** Set when the body shows it: then it is no attachment for a reader. */
  shown?: boolean;
}

/** A message in a message in a message: nobody reads on below. */
const maxDepth = 3;
/** Attachments of one message that are parsed; the others are listed only. */
const maxParsed = 50;

/** Reads the attachments one after the other. What cannot be read is a warning and stays in the list of attachments. */
export async function readAttachments(
  attachments: readonly Attachment[],
  context: ReadContext,
  into: { assets: AssetCollector; pages: Page[]; warnings: Warning[] },
): Promise<Block[]> {
  const depth = context.attachmentDepth ?? 0;
  if (depth >= maxDepth) {
    if (attachments.length > 0)
      into.warnings.push({
        code: "ATTACHMENTS_NOT_READ",
        message: `Attachments nested deeper than ${maxDepth} messages are listed but not read.`,
        count: attachments.length,
      });
    return [];
  }
  const groups: Block[] = [];
  for (const [index, attachment] of attachments.entries()) {
    context.signal.throwIfAborted();
    if (index >= maxParsed) {
      into.warnings.push({
        code: "ATTACHMENTS_NOT_READ",
        message: `Only the first ${maxParsed} attachments were read.`,
        count: attachments.length - maxParsed,
      });
      break;
    }
    try {
      const path = join(context.tempDir, `attachment-${depth}-${index}`);
      await writeFile(path, attachment.bytes);
      const { format, warning } = await detect(attachment.bytes, {
        fileName: attachment.name,
        mediaType: attachment.mediaType,
      });
      // Late, because the table of readers holds this reader too.
      const { readerFor } = await import("../index.ts");
      const reader = await readerFor(format);
      const source = {
        path,
        fileName: attachment.name,
        sizeBytes: attachment.bytes.length,
        bytes: async () => attachment.bytes,
      };
      const child = await reader.read(source, { ...context, attachmentDepth: depth + 1, progress: () => {} });
      if (warning) into.warnings.push({ ...warning, message: `${attachment.name}: ${warning.message}` });
      groups.push(adopt(child, attachment.name, index, into));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      into.warnings.push({
        code: "ATTACHMENT_NOT_READ",
        message: `The attachment '${attachment.name}' was not read: ${error.message}`,
      });
    }
  }
  return groups;
}

/** An attachment's content as a group. */
function adopt(
  child: ReadResult,
  name: string,
  index: number,
  into: { assets: AssetCollector; pages: Page[]; warnings: Warning[] },
): Block {
  const places = [{ page: into.pages.length + 1 }];
  const content = adoptContent(child, { name, prefix: String(index) }, into);
  return { type: "group", role: "attachment", title: name, content, places };
}

/** A child's content under this document's page numbers, asset ids and note ids. Warnings say its name. */
export function adoptContent(
  child: ReadResult,
  { name, prefix }: { name: string; prefix: string },
  into: { assets: AssetCollector; pages: Page[]; warnings: Warning[] },
): Block[] {
  const offset = into.pages.length;
  const idOf = new Map<string, string>();
  for (const asset of child.document.assets) {
    const bytes = child.assets.get(asset.id);
    const adopted = bytes && into.assets.add(bytes, asset);
    if (adopted) idOf.set(asset.id, adopted.id);
  }
  for (const page of child.document.pages) into.pages.push({ ...page, number: page.number + offset });
  for (const warning of child.document.warnings) {
    into.warnings.push({
      ...warning,
      message: `${name}: ${warning.message}`,
      ...(warning.page ? { page: warning.page + offset } : {}),
      ...(warning.pages ? { pages: warning.pages.map((page) => page + offset) } : {}),
    });
  }
  const { content } = child.document;
  visitBlocks(content, (block) => {
    for (const place of block.places ?? []) place.page += offset;
    if (block.type === "figure" && block.asset) block.asset = idOf.get(block.asset);
    if (block.type === "note") block.note = `${prefix}-${block.note}`;
    if (block.type !== "table") return;
    for (const row of block.rows) {
      if (row.page) row.page += offset;
      for (const cell of row.cells) if (cell.place) cell.place.page += offset;
    }
  });
  visitAllInlines(content, (inline) => {
    if (inline.type === "image" && inline.asset) inline.asset = idOf.get(inline.asset);
    if (inline.type === "note_ref") inline.note = `${prefix}-${inline.note}`;
  });
  return content;
}
