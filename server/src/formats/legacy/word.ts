/** The text of a Word 97–2003 file: body as paragraphs and tables, notes and text boxes behind it. */
import { type Block, type Inline, problem, type TableRow } from "@knowhere/contract";
import WordExtractor from "word-extractor";
import { listCfbNames } from "../sniff/cfb-names.ts";

/** Blocks of the file. Throws ENCRYPTED or PARSING_FAILED. */
export async function readWordText(bytes: Uint8Array): Promise<Block[]> {
  refuseEncrypted(bytes);
  let document: Awaited<ReturnType<WordExtractor["extract"]>>;
  try {
    document = await new WordExtractor().extract(Buffer.from(bytes));
  } catch (cause) {
    throw problem(
      "PARSING_FAILED",
      {
        message:
          "Unable to parse document: this Word file is damaged or of a version before Word 97. Save it as .docx and upload it again.",
      },
      { cause },
    );
  }
  const plain = { filterUnicode: false };
  const blocks = bodyBlocks(document.getBody(plain));
  blocks.push(
    ...noteBlocks(document.getFootnotes(plain), "footnote"),
    ...noteBlocks(document.getEndnotes(plain), "endnote"),
  );
  blocks.push(...noteBlocks(document.getAnnotations(plain), "comment"));
  const boxes = bodyBlocks(document.getTextboxes(plain));
  if (boxes.length > 0) blocks.push({ type: "group", role: "textbox", content: boxes });
  const headers = bodyBlocks(document.getHeaders({ ...plain, includeFooters: false }));
  if (headers.length > 0) blocks.unshift({ type: "furniture", role: "header", content: headers });
  const footers = bodyBlocks(document.getFooters(plain));
  if (footers.length > 0) blocks.push({ type: "furniture", role: "footer", content: footers });
  return blocks;
}

/** FIB flag fEncrypted ([MS-DOC] 2.5.2, bit 8 of the word at offset 10 of the WordDocument stream). */
function refuseEncrypted(bytes: Uint8Array): void {
  if (!listCfbNames(bytes).includes("WordDocument")) return;
  // The stream starts with wIdent 0xA5EC at a sector boundary.
  for (let at = 512; at + 12 <= bytes.length; at += 512) {
    if (bytes[at] !== 0xec || bytes[at + 1] !== 0xa5) continue;
    if ((bytes[at + 11]! & 0x01) !== 0) throw problem("ENCRYPTED");
    return;
  }
}

/** Lines as paragraphs; runs of lines with tabs at the same number are the rows of a table. */
function bodyBlocks(text: string): Block[] {
  const blocks: Block[] = [];
  let rows: string[][] = [];
  const finishTable = (): void => {
    const width = Math.max(0, ...rows.map((row) => row.length));
    if (rows.length > 1) {
      blocks.push({
        type: "table",
        headRows: 0,
        rows: rows.map(
          (row): TableRow => ({ cells: Array.from({ length: width }, (_, at) => ({ text: row[at] ?? "" })) }),
        ),
      });
    } else for (const row of rows) blocks.push(paragraph(row.join(" ")));
    rows = [];
  };
  for (const line of text.replace(/\r\n?|\u000b|\f/g, "\n").split("\n")) {
    const clean = line.replace(/[\u0000-\u0008\u000e-\u001f]/g, "").replace(/\t+$/, "");
    const cells = clean.split("\t").map((cell) => cell.trim());
    if (cells.length > 1 && cells.filter(Boolean).length > 1) {
      if (rows.length > 0 && rows[0]!.length !== cells.length) finishTable();
      rows.push(cells);
      continue;
    }
    finishTable();
    if (clean.trim() !== "") blocks.push(paragraph(clean.trim()));
  }
  finishTable();
  return blocks;
}

function noteBlocks(text: string, kind: "footnote" | "endnote" | "comment"): Block[] {
  const lines = text
    .split("\n")
    .map((line) => line.replace(/[\u0000-\u001f]/g, "").trim())
    .filter(Boolean);
  return lines.map((line, index) => ({
    type: "note",
    note: `${kind}-${index + 1}`,
    label: `${index + 1}`,
    kind,
    content: [paragraph(line)],
  }));
}

function paragraph(text: string): Block {
  const content: Inline[] = [{ type: "text", text: text.normalize("NFC") }];
  return { type: "paragraph", content };
}
