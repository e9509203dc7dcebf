/** RTF (Rich Text Format 1.x) straight into the tree. */
import { type Block, type Page, problem, type Warning } from "@knowhere/contract";
import { AssetCollector } from "../../document/assets.ts";
import { resolveBookmarkLinks } from "../../document/heading-links.ts";
import { ParagraphCounter, requireContent } from "../empty.ts";
import { PageCounter } from "../page-counter.ts";
import type { ReadContext, Reader, ReadResult, Source } from "../reader.ts";
import { makeResult } from "../result.ts";
import type { FlowShared } from "./flow.ts";
import { Interpreter } from "./interpreter.ts";
import { HeadTables } from "./tables.ts";

export const rtfReader: Reader = { format: "rtf", read: readRtf };

async function readRtf(source: Source, context: ReadContext): Promise<ReadResult> {
  if (source.sizeBytes === 0) throw problem("EMPTY_DOCUMENT");
  const bytes = await source.bytes();
  const start = Buffer.from(bytes.subarray(0, 1_000)).toString("latin1");
  if (!/^(?:\xef\xbb\xbf)?\s*\{\s*\\rtf/.test(start)) {
    throw problem("PARSING_FAILED", { message: "Unable to parse document: it is not Rich Text Format." });
  }
  const shared: FlowShared = {
    tables: new HeadTables(),
    pages: new PageCounter(context.limits.maxPages, (page) => context.progress(page, page - 1)),
    limits: context.limits,
    paragraphs: new ParagraphCounter(),
    hasMarkers: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes("\\listtext"),
    counters: new Map(),
    cells: 0,
    title: undefined,
    headingOfBookmark: new Map(),
  };
  const assets = new AssetCollector();
  const warnings: Warning[] = [];
  const run = new Interpreter(bytes, shared, assets, context, warnings);
  const body = run.run();
  const read: Block[] = [
    ...run.asides.headers,
    ...body,
    ...run.asides.notes.filter((note) => note.content.length > 0),
    ...run.asides.footers,
  ];
  if (run.hiddenCharacters > 0) {
    const kept = context.options.hiddenText === "keep";
    warnings.push({
      code: "HIDDEN_TEXT",
      message: `The document contains hidden text, which was ${kept ? "kept" : "left out"} (characters: see count).`,
      count: run.hiddenCharacters,
    });
  }
  const content = requireContent(read);
  resolveBookmarkLinks(content, shared.headingOfBookmark);
  const pages: Page[] = Array.from({ length: shared.pages.current }, (_, at) => ({
    number: at + 1,
    kind: "page",
    width: 0,
    height: 0,
  }));
  context.progress(pages.length, pages.length);
  const title = typeof run.metadata["title"] === "string" ? run.metadata["title"] : shared.title;
  return makeResult({ format: "rtf", source, content, assets, pages, title, metadata: run.metadata, warnings });
}
