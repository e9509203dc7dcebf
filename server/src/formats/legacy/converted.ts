/** Files from before 2007 by way of the office converter. */
import { copyFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { FormatName } from "@knowhere/contract";
import type { ReadContext, ReadResult, Source } from "../reader.ts";

/**
 * Converts in the job's private folder and reads the modern sibling; the result keeps the name and format that came in.
 * `context.office` must be there. Throws what the converter and the reader of the sibling throw.
 */
export async function readConverted(
  format: FormatName,
  modern: "docx" | "pptx" | "xlsx",
  source: Source,
  context: ReadContext,
): Promise<ReadResult> {
  context.converting();
  const input = join(context.tempDir, `source.${format}`);
  await copyFile(source.path, input);
  const path = await context.office!.convert(input, modern, context.tempDir, context.signal);
  const bytes = new Uint8Array(await readFile(path));
  // Late, because the table of readers holds these readers too.
  const { readerFor } = await import("../index.ts");
  const reader = await readerFor(modern);
  const result = await reader.read(
    { path, fileName: source.fileName, sizeBytes: bytes.length, bytes: async () => bytes },
    context,
  );
  return { ...result, document: { ...result.document, format } };
}
