/**
 * Word and PowerPoint files from before 2007. With an office converter they are turned into their modern sibling and read
 * with its structure; without one their text is read here, and a warning says what is missing.
 */

import { type Block, type FormatName, type Page, problem, type Warning } from "@knowhere/contract";
import type { AssetCollector } from "../../document/assets.ts";
import type { ReadContext, Reader } from "../reader.ts";
import { makeResult } from "../result.ts";
import { readWordDocument } from "../word97/reader.ts";
import { readConverted } from "./converted.ts";
import { readPresentationText } from "./ppt.ts";

interface Plain {
  readonly content: Block[];
  readonly pages: Page[];
  readonly title?: string | undefined;
  readonly assets?: AssetCollector;
  readonly hiddenCharacters?: number;
  readonly unreadPictures?: number;
}

export const docReader: Reader = legacyReader("doc", "docx", "without drawings and equations", readWordDocument);
export const pptReader: Reader = legacyReader("ppt", "pptx", "without tables and pictures", readPresentationText);

function legacyReader(
  format: FormatName,
  modern: "docx" | "pptx",
  missing: string,
  readPlain: (bytes: Uint8Array, context: ReadContext) => Plain,
): Reader {
  return {
    format,
    async read(source, context) {
      if (context.office) return readConverted(format, modern, source, context);
      context.progress(1, 0);
      const read = readPlain(await source.bytes(), context);
      const { content, pages, title, assets, hiddenCharacters = 0, unreadPictures = 0 } = read;
      if (content.length === 0)
        throw problem("EMPTY_DOCUMENT", { message: "No text was found in the document: there is nothing to parse." });
      const warnings: Warning[] = [
        {
          code: "STRUCTURE_NOT_READ",
          message: `This older file was read ${missing}. Install LibreOffice or save it as .${modern} to get them.`,
        },
      ];
      if (hiddenCharacters > 0) {
        const kept = context.options.hiddenText === "keep";
        warnings.push({
          code: "HIDDEN_TEXT",
          message: `The document contains hidden text, which was ${kept ? "kept" : "left out"} (characters: see count).`,
          count: hiddenCharacters,
        });
      }
      if (unreadPictures > 0)
        warnings.push({
          code: "PICTURE_UNREADABLE",
          message: "Pictures of kinds that are not read were left out.",
          count: unreadPictures,
        });
      context.progress(pages.length, pages.length);
      return makeResult({ format, source, content, pages, title, assets, warnings });
    },
  };
}
