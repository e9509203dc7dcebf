import { readFile, stat } from "node:fs/promises";
import type { Source } from "../formats/reader.ts";

/** The source file of a parse; its bytes are read once, when first asked for. */
export async function openSource(path: string, fileName: string): Promise<Source> {
  const { size } = await stat(path);
  let bytes: Promise<Uint8Array> | undefined;
  return {
    path,
    fileName,
    sizeBytes: size,
    bytes() {
      bytes ??= readFile(path);
      return bytes;
    },
  };
}
