/** The last step of every reader without geometry: puts the pieces of a document together. */
import type { Block, Document, FormatName, Page, Warning } from "@knowhere/contract";
import type { AssetCollector } from "../document/assets.ts";
import type { ReadResult, Source } from "./reader.ts";

export interface Pieces {
  readonly format: FormatName;
  readonly source: Source;
  readonly content: Block[];
  readonly assets?: AssetCollector | undefined;
  /** Default: one page of kind "section" that everything stands on. */
  readonly pages?: Page[] | undefined;
  readonly title?: string | undefined;
  readonly language?: string | undefined;
  readonly metadata?: Document["metadata"] | undefined;
  readonly attachments?: Document["attachments"] | undefined;
  readonly warnings?: Warning[] | undefined;
}

/** Makes the reader's result. Top-level blocks without a place get page 1, so every node can be traced. */
export function makeResult(pieces: Pieces): ReadResult {
  for (const block of pieces.content) block.places ??= [{ page: 1 }];
  for (const block of pieces.content) block.source ??= "native";
  const document: Document = {
    version: "1.0",
    format: pieces.format,
    fileName: pieces.source.fileName,
    ...(pieces.title ? { title: pieces.title } : {}),
    ...(pieces.language ? { language: pieces.language } : {}),
    metadata: pieces.metadata ?? {},
    pages: pieces.pages ?? [{ number: 1, kind: "section", width: 0, height: 0 }],
    content: pieces.content,
    assets: pieces.assets?.list ?? [],
    attachments: pieces.attachments ?? [],
    warnings: pieces.warnings ?? [],
  };
  return { document, assets: pieces.assets?.bytes ?? new Map() };
}
