/**
 * Word and PowerPoint files from before 2007. With an office converter they are turned into their modern sibling and read
 * with its structure; without one their text is read here, and a warning says what is missing.
 */
import { type Block, type FormatName, type Page, problem, type Warning } from "@knowhere/contract";
import type { Reader } from "../reader.ts";
import { makeResult } from "../result.ts";
import { readConverted } from "./converted.ts";
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
