/** A mail message as both of its file formats give it, and its way into the tree. */
import { type Block, type Document, type Inline, type Page, Problem, type Warning } from "@knowhere/contract";
import { AssetCollector } from "../../document/assets.ts";
import { htmlToBlocks } from "../html/blocks.ts";
import type { ReadContext, ReadResult, Source } from "../reader.ts";
import { makeResult } from "../result.ts";
import { rtfReader } from "../rtf/reader.ts";
import { textToBlocks } from "../text/blocks.ts";
import { type Attachment, adoptContent, readAttachments } from "./attachments.ts";

export interface Message {
  readonly subject?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly cc?: string | undefined;
  readonly bcc?: string | undefined;
  readonly replyTo?: string | undefined;
  /** ISO 8601 when the message has a date that can be read. */
  readonly date?: string | undefined;
  readonly messageId?: string | undefined;
  readonly html?: string | undefined;
  readonly text?: string | undefined;
  /** Outlook's own form of the body, read when there is no other. */
  readonly rtf?: Uint8Array | undefined;
  readonly attachments: readonly Attachment[];
  readonly warnings: Warning[];
}

const shownHeaders = [
  ["From", "from"],
  ["To", "to"],
  ["Cc", "cc"],
  ["Bcc", "bcc"],
  ["Reply-To", "replyTo"],
  ["Date", "date"],
] as const;

/** Subject as heading, headers as a metadata group, the body, then the attachments that could be read. */
export async function messageToResult(
  format: "email" | "msg",
  message: Message,
  source: Source,
  context: ReadContext,
): Promise<ReadResult> {
  const assets = new AssetCollector();
  const warnings = [...message.warnings];
  const content: Block[] = [];
  if (message.subject) content.push({ type: "heading", level: 1, content: [{ type: "text", text: message.subject }] });
  const headers = headerGroup(message);
  if (headers) content.push(headers);
  content.push(...(await bodyOf(message, assets, context, warnings)));
  for (const block of content) block.places = [{ page: 1 }];
  const pages: Page[] = [{ number: 1, kind: "section", width: 0, height: 0 }];
  const inline = new Set(message.attachments.filter((part) => part.shown));
  const listed = message.attachments.filter((part) => !inline.has(part));
  context.progress(1, 1);
  const children = await readAttachments(listed, context, { assets, pages, warnings });
  return makeResult({
    format,
    source,
    content: [...content, ...children],
    pages,
    assets,
    title: message.subject,
    metadata: metadataOf(message),
    attachments: listed.map((part) => ({ name: part.name, mediaType: part.mediaType, bytes: part.bytes.length })),
    warnings,
  });
}

function headerGroup(message: Message): Block | undefined {
  const items = shownHeaders.flatMap(([label, key]) => {
    const value = message[key];
    if (!value) return [];
    const definition: Block = { type: "paragraph", content: [{ type: "text", text: value }] };
    return [{ term: [{ type: "text", text: label }] as Inline[], definitions: [[definition]] }];
  });
  return items.length > 0 ? { type: "group", role: "metadata", content: [{ type: "definitions", items }] } : undefined;
}

function metadataOf(message: Message): Document["metadata"] {
  const metadata: Document["metadata"] = {};
  for (const key of ["subject", "from", "to", "cc", "date"] as const) {
    const value = message[key];
    if (value) metadata[key] = value;
  }
  if (message.messageId) metadata.message_id = message.messageId;
  return metadata;
}

/** The HTML body when it says anything, else the plain one. */
async function bodyOf(
  message: Message,
  assets: AssetCollector,
  context: ReadContext,
  warnings: Warning[],
): Promise<Block[]> {
  if (message.html) {
    const partOfId = new Map(
      message.attachments.flatMap((part) => (part.contentId ? [[part.contentId, part] as const] : [])),
    );
    const { blocks, hiddenCount } = htmlToBlocks(message.html, {
      assets,
      hiddenText: context.options.hiddenText,
      maxDepth: context.limits.maxDepth,
      maxCells: context.limits.maxCells,
      findNotes: true,
      resolveImage: (href) => {
        const part = /^cid:/i.test(href) ? partOfId.get(href.slice(4)) : undefined;
        if (part) part.shown = true;
        return part?.bytes;
      },
    });
    if (hiddenCount > 0) {
      warnings.push({
        code: "HIDDEN_TEXT",
        message: `${hiddenCount} hidden pieces of the message were left out.`,
        count: hiddenCount,
      });
    }
    if (blocks.length > 0) return blocks;
  }
  if (/\S/.test(message.text ?? "") || !message.rtf) return plainBody(message.text ?? "");
  const bytes = message.rtf;
  const source = { path: "", fileName: "body.rtf", sizeBytes: bytes.length, bytes: async () => bytes };
  try {
    const body = await rtfReader.read(source, { ...context, progress: () => {} });
    return adoptContent(body, { name: "body", prefix: "body" }, { assets, pages: [], warnings });
  } catch (error) {
    // A body without words is no error of the message.
    if (error instanceof Problem && error.problem === "EMPTY_DOCUMENT") return [];
    throw error;
  }
}

/** Quotes in quotes; what is deeper is one quote. */
const maxQuotes = 20;

/** Plain text with the quoted lines of earlier messages (">") as quotes, those of still earlier ones inside them. */
function plainBody(text: string, depth = 0): Block[] {
  const blocks: Block[] = [];
  let run: string[] = [];
  let quoted = false;
  const flush = (): void => {
    const isDeeper = quoted && depth < maxQuotes;
    const inner = isDeeper
      ? plainBody(run.join("\n"), depth + 1)
      : textToBlocks(run.join("\n"), { findHeadings: false });
    if (quoted && inner.length > 0) blocks.push({ type: "quote", content: inner });
    else blocks.push(...inner);
    run = [];
  };
  for (const line of text.replace(/\r\n?/g, "\n").split("\n")) {
    const isQuote = /^ ?>/.test(line);
    if (isQuote !== quoted) flush();
    quoted = isQuote;
    run.push(isQuote ? line.replace(depth < maxQuotes ? /^ ?> ?/ : /^[ >]+/, "") : line);
  }
  flush();
  return blocks;
}
