/** The tree -> one standalone HTML page: no scripts, nothing loaded but the document's own pictures, everything escaped. */
import type { Document, DocumentFile } from "@knowhere/contract";
import { visitBlocks } from "../../document/visit.ts";
import { writeBlocksHtml } from "./blocks.ts";
import { escapeHtml } from "./escape.ts";

export interface PageOptions {
  /** Default: drop. */
  furniture?: "drop" | "keep" | undefined;
  /** Source address of an asset's picture. Default: the `path` that `document.json` gives the asset. */
  image?: ((asset: string) => string | undefined) | undefined;
}

const style = [
  "body{font:16px/1.5 system-ui,sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem;color:#222;background:#fff}",
  "table{border-collapse:collapse;margin:1rem 0}td,th{border:1px solid #bbb;padding:.25rem .5rem;vertical-align:top}th{background:#f3f3f3;text-align:left}",
  "img{max-width:100%;height:auto}figure{margin:1rem 0}figcaption,.caption{color:#555}pre{overflow:auto;background:#f6f6f6;padding:.75rem}",
  "blockquote{border-left:3px solid #ccc;margin-left:0;padding-left:1rem}aside{font-size:.9em}.furniture{color:#888;font-size:.8em}",
].join("\n");

/** The whole page as UTF-8 text. */
export function renderHtmlPage(document: Document, options: PageOptions = {}): string {
  const paths = new Map((document as DocumentFile).assets.map((asset) => [asset.id, asset.path]));
  const anchors = new Map<string, string>();
  visitBlocks(document.content, (block) => {
    if (block.type === "note" && !anchors.has(block.note)) anchors.set(block.note, `note-${anchors.size + 1}`);
  });
  const body = writeBlocksHtml(document.content, {
    furniture: options.furniture ?? "drop",
    newline: "\n",
    image: options.image ?? ((asset) => paths.get(asset)),
    noteAnchor: (note) => anchors.get(note),
  });
  const language = /^[a-z]{2,3}(?:-[\w-]{1,20})?$/i.test(document.language ?? "") ? ` lang="${document.language}"` : "";
  return `<!DOCTYPE html>
<html${language} dir="auto">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'">
<title>${escapeHtml(document.title ?? document.fileName ?? "Document")}</title>
<style>
${style}
</style>
</head>
<body>
${body}
</body>
</html>
`;
}
