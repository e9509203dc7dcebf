/** The text of a Word 97–2003 file: body as paragraphs and tables, notes and text boxes behind it. */
import { type Block, type Inline, problem, type TableRow } from "@knowhere/contract";
import WordExtractor from "word-extractor";
import { hasSoundStreams, listCfbNames } from "../sniff/cfb.ts";

/** Blocks of the file. Throws ENCRYPTED or PARSING_FAILED. */
export async function readWordText(bytes: Uint8Array): Promise<Block[]> {
  refuseEncrypted(bytes);
  let document: Awaited<ReturnType<WordExtractor["extract"]>>;
  try {
    if (!hasSoundStreams(bytes)) throw new Error("streams claim more than the file has");
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
  const blocks = blocksOfText(document.getBody(plain));
  blocks.push(
    ...noteBlocks(document.getFootnotes(plain), "footnote"),
    ...noteBlocks(document.getEndnotes(plain), "endnote"),
  );
  blocks.push(...noteBlocks(document.getAnnotations(plain), "comment"));
  const boxes = blocksOfText(document.getTextboxes(plain));
  if (boxes.length > 0) blocks.push({ type: "group", role: "textbox", content: boxes });
  const headers = blocksOfText(document.getHeaders({ ...plain, includeFooters: false }));
  if (headers.length > 0) blocks.unshift({ type: "furniture", role: "header", content: headers });
  const footers = blocksOfText(document.getFooters(plain));
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

/**
 * Lines as paragraphs, rows of tables as tables. The extractor ends every cell with a tab: a line that ends in one is a row
 * for sure. Lines set with tab stops are rows where several of them have the same number of columns.
 */
export function blocksOfText(text: string): Block[] {
  const blocks: Block[] = [];
  let rows: string[][] = [];
  let isReal = false;
  const finishTable = (): void => {
    const width = Math.max(0, ...rows.map((row) => row.length));
    if (rows.length > 1 || isReal) {
      blocks.push({
        type: "table",
        headRows: 0,
        // Merged cells make rows shorter; how wide they were is not told.
        rows: rows.map(
          (row): TableRow => ({ cells: Array.from({ length: width }, (_, at) => ({ text: row[at] ?? "" })) }),
        ),
      });
    } else for (const row of rows) blocks.push(paragraph(row.join(" ")));
    rows = [];
    isReal = false;
  };
  const addRow = (cells: string[], real: boolean): void => {
    if (rows.length > 0 && (isReal !== real || (!real && rows[0]!.length !== cells.length))) finishTable();
    rows.push(cells);
    isReal = real;
  };
  const lines = text
    .replace(/\r\n?|\u000b|\f/g, "\n")
    .replace(/[\u0000-\u0008\u000e-\u001f]/g, "")
    .split("\n");
  for (let at = 0; at < lines.length; at++) {
    const row = rowFrom(lines, at);
    if (row) {
      at += row.lines - 1;
      addRow(row.cells, true);
      continue;
    }
    const cells = lines[at]!.split("\t").map((cell) => cell.trim());
    if (cells.filter(Boolean).length > 1) {
      addRow(cells, false);
      continue;
    }
    finishTable();
    const line = lines[at]!.trim();
    if (line !== "") blocks.push(paragraph(line));
  }
  finishTable();
  return blocks;
}

/** Lines that the paragraphs of one row's cells may take. */
const maxRowLines = 100;

/** The row that begins at a line: the line ends in a tab, or has one and goes on in lines that do (a cell of several paragraphs). */
function rowFrom(lines: readonly string[], at: number): { cells: string[]; lines: number } | undefined {
  if (!lines[at]!.includes("\t")) return undefined;
  let end = at;
  while (end < lines.length && end - at < maxRowLines && !lines[end]!.endsWith("\t")) {
    if (lines[end]!.trim() === "") return undefined;
    end++;
  }
  if (!lines[end]?.endsWith("\t")) return undefined;
  const joined = lines.slice(at, end + 1).join("\n");
  return {
    cells: joined
      .slice(0, -1)
      .split("\t")
      .map((cell) => cell.trim()),
    lines: end + 1 - at,
  };
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
