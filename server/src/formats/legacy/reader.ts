/**
 * Word and PowerPoint files from before 2007. With an office converter they are turned into their modern sibling and read
 * with its structure; without one their text is read here, and a warning says what is missing.
 */
import { copyFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Block, type FormatName, type Page, problem, type Warning } from "@knowhere/contract";
import type { ReadContext, Reader, ReadResult, Source } from "../reader.ts";
import { makeResult } from "../result.ts";
import { readPresentationText } from "./ppt.ts";
import { readWordText } from "./word.ts";

interface Plain {
  content: Block[];
  pages?: Page[];
}

export const docReader: Reader = legacyReader("doc", "docx", async (bytes) => ({ content: await readWordText(bytes) }));
export const pptReader: Reader = legacyReader("ppt", "pptx", async (bytes) => readPresentationText(bytes));

function legacyReader(
  format: FormatName,
  modern: "docx" | "pptx",
  readText: (bytes: Uint8Array) => Promise<Plain>,
): Reader {
  return {
    format,
    async read(source, context) {
      if (context.office) return readConverted(format, modern, source, context);
      context.progress(1, 0);
      const { content, pages } = await readText(await source.bytes());
      if (content.length === 0)
        throw problem("EMPTY_DOCUMENT", { message: "No text was found in the document: there is nothing to parse." });
      const warning: Warning = {
        code: "STRUCTURE_NOT_READ",
        message: `Only the text of this older file was read, without headings, tables and pictures. Install LibreOffice or save it as .${modern} to get them.`,
      };
      context.progress(pages?.length ?? 1, pages?.length ?? 1);
      return makeResult({ format, source, content, pages, warnings: [warning] });
    },
  };
}

/** Converts in the job's private folder; the result keeps the name and format that came in. */
async function readConverted(
  format: FormatName,
  modern: "docx" | "pptx",
  source: Source,
  context: ReadContext,
): Promise<ReadResult> {
  context.converting();
  const input = join(context.tempDir, `source.${format}`);
  await copyFile(source.path, input);
  const path = await context.office!.convert(input, modern, context.tempDir, context.signal);
  const bytes = new Uint8Array(await readFile(path));
  // Late, because the table of readers holds this reader too.
  const { readerFor } = await import("../index.ts");
  const reader = await readerFor(modern);
  const result = await reader.read(
    { path, fileName: source.fileName, sizeBytes: bytes.length, bytes: async () => bytes },
    context,
  );
  return { ...result, document: { ...result.document, format } };
}
