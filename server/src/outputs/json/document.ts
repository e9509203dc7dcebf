/** `document.json`: the tree itself, with the member names of its pictures. */
import type { Document, DocumentFile } from "@knowhere/contract";

export function makeDocumentFile(
  document: Document,
  fileOf: (asset: string) => string | undefined,
  language: string | undefined,
): DocumentFile {
  return {
    ...document,
    ...(document.language === undefined && language !== undefined ? { language } : {}),
    assets: document.assets.map((asset) => {
      const path = fileOf(asset.id);
      return path === undefined ? asset : { ...asset, path };
    }),
  };
}
