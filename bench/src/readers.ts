/** Finds the server's reader for a document of the corpus. */
import { detect } from "../../server/src/formats/detect.ts";
import { readerFor } from "../../server/src/formats/index.ts";
import type { Reader } from "../../server/src/formats/reader.ts";

/** The reader the server itself would choose: by the bytes, with the name breaking ties. */
export async function findReader(format: string, fileName: string, bytes: Uint8Array): Promise<Reader> {
  const named = fileName.includes(".") ? fileName : `${fileName}.${format}`;
  return readerFor((await detect(bytes, { fileName: named })).format);
}
