/** Finds the server's reader for a document of the corpus. */
import type { FormatName } from "@knowhere/contract";
import { formats } from "@knowhere/contract";
import { detect } from "../../server/src/formats/detect.ts";
import { readerFor } from "../../server/src/formats/index.ts";
import type { Reader } from "../../server/src/formats/reader.ts";

/** The reader the server itself would choose: by the bytes, with the name breaking ties. */
export async function findReader(format: string, fileName: string, bytes: Uint8Array): Promise<Reader> {
  const named = fileName.includes(".") ? fileName : `${fileName}.${format}`;
  const inTable = formats.some((known) => known.extensions.includes(`.${format}`));
  if (inTable) return readerFor((await detect(bytes, { fileName: named })).format);
  return unlistedReader(format);
}

/** A reader whose folder is there before its line in the table is. */
async function unlistedReader(format: string): Promise<Reader> {
  const folder = { odt: "odf", ods: "odf", odp: "odf", xls: "xlsx", xlsb: "xlsx" }[format] ?? format;
  const module = (await import(`../../server/src/formats/${folder}/reader.ts`).catch((cause) => {
    throw new Error(`no reader for "${format}": ${cause instanceof Error ? cause.message.split("\n")[0] : cause}`, {
      cause,
    });
  })) as Record<string, unknown>;
  const readers = Object.values(module).filter(
    (value): value is Reader => typeof value === "object" && value !== null && "read" in value,
  );
  const reader = readers.find((candidate) => candidate.format === (format as FormatName)) ?? readers[0];
  if (reader === undefined) throw new Error(`server/src/formats/${folder}/reader.ts exports no reader`);
  return reader;
}
