/** Reads bytes with the reader the server would choose, and builds the small containers that tests need. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Document } from "@knowhere/contract";
import yazl from "yazl";
import { detect } from "../formats/detect.ts";
import { readerFor } from "../formats/index.ts";
import {
  defaultReadLimits,
  defaultReadOptions,
  type ReadContext,
  type ReadLimits,
  type ReadOptions,
  type ReadResult,
} from "../formats/reader.ts";
import { writeMarkdown } from "../outputs/markdown/writer.ts";

export interface ReadSettings {
  options?: Partial<ReadOptions>;
  limits?: Partial<ReadLimits>;
  context?: Partial<ReadContext>;
}

/** Detects and reads; the tree is checked against the schema, so every such test is a contract test too. */
export async function readSource(
  fileName: string,
  content: Uint8Array | string,
  settings: ReadSettings = {},
): Promise<ReadResult> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const { format } = await detect(bytes, { fileName });
  const reader = await readerFor(format);
  const tempDir = await mkdtemp(join(tmpdir(), "knowhere-read-"));
  try {
    const path = join(tempDir, "source");
    await writeFile(path, bytes);
    const result = await reader.read(
      { path, fileName, sizeBytes: bytes.length, bytes: async () => bytes },
      {
        options: { ...defaultReadOptions, ...settings.options },
        limits: { ...defaultReadLimits, ...settings.limits },
        signal: new AbortController().signal,
        tempDir,
        progress: () => {},
        converting: () => {},
        ...settings.context,
      },
    );
    Document.parse(result.document);
    return result;
  } finally {
    await rm(tempDir, { recursive: true, force: true });
  }
}

/** The Markdown of what was read: the shortest way to say what a test expects. */
export async function readMarkdown(
  fileName: string,
  content: Uint8Array | string,
  settings: ReadSettings = {},
): Promise<string> {
  const { document } = await readSource(fileName, content, settings);
  return writeMarkdown(document, { image: (asset) => `images/${asset}` });
}

/** The problem's name that reading ends with. */
export async function readProblem(
  fileName: string,
  content: Uint8Array | string,
  settings: ReadSettings = {},
): Promise<string> {
  try {
    await readSource(fileName, content, settings);
    return "no problem";
  } catch (error) {
    if (error instanceof Error && "problem" in error) return String(error.problem);
    throw error;
  }
}

/** A ZIP of texts, in order; the same bytes every time. */
export async function zipOf(members: Readonly<Record<string, string | Uint8Array>>): Promise<Uint8Array> {
  const zip = new yazl.ZipFile();
  for (const [name, content] of Object.entries(members))
    zip.addBuffer(Buffer.from(content as string), name, { mtime: new Date(0) });
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
  return new Uint8Array(Buffer.concat(chunks));
}

export interface TestSheet {
  name?: string;
  /** `<row>` elements. */
  rows: string;
  /** Elements behind the cells: mergeCells, hyperlinks, drawing. */
  after?: string;
  state?: "hidden" | "veryHidden";
  /** `<Relationship>` elements of the sheet part. */
  relationships?: string;
}

const ns =
  'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"';
const relationships = (content: string): string =>
  `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${content}</Relationships>`;
const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/** A workbook of hand-written sheets. Style 1 is bold, 2 a percentage, 3 a date. */
export async function workbookOf(
  sheets: readonly TestSheet[],
  extra: Readonly<Record<string, string | Uint8Array>> = {},
): Promise<Uint8Array> {
  const members: Record<string, string | Uint8Array> = {
    "[Content_Types].xml":
      '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>',
    "_rels/.rels": relationships(`<Relationship Id="r1" Type="${office}/officeDocument" Target="xl/workbook.xml"/>`),
    "xl/workbook.xml": `<workbook ${ns}><sheets>${sheets.map((sheet, at) => `<sheet name="${sheet.name ?? `Sheet${at + 1}`}" sheetId="${at + 1}" r:id="s${at + 1}"${sheet.state ? ` state="${sheet.state}"` : ""}/>`).join("")}</sheets></workbook>`,
    "xl/_rels/workbook.xml.rels": relationships(
      `${sheets.map((_, at) => `<Relationship Id="s${at + 1}" Type="${office}/worksheet" Target="worksheets/sheet${at + 1}.xml"/>`).join("")}<Relationship Id="st" Type="${office}/styles" Target="styles.xml"/><Relationship Id="ss" Type="${office}/sharedStrings" Target="sharedStrings.xml"/>`,
    ),
    "xl/styles.xml": `<styleSheet ${ns}><fonts><font/><font><b/></font></fonts><cellXfs><xf numFmtId="0" fontId="0"/><xf numFmtId="0" fontId="1"/><xf numFmtId="9" fontId="0"/><xf numFmtId="14" fontId="0"/></cellXfs></styleSheet>`,
    "xl/sharedStrings.xml": `<sst ${ns}><si><t>shared</t></si><si><r><t>rich </t></r><r><rPr><b/></rPr><t>text</t></r><rPh><t>hint</t></rPh></si></sst>`,
    ...extra,
  };
  for (const [at, sheet] of sheets.entries()) {
    members[`xl/worksheets/sheet${at + 1}.xml`] =
      `<worksheet ${ns}><sheetData>${sheet.rows}</sheetData>${sheet.after ?? ""}</worksheet>`;
    if (sheet.relationships)
      members[`xl/worksheets/_rels/sheet${at + 1}.xml.rels`] = relationships(sheet.relationships);
  }
  return zipOf(members);
}

/** A row of inline strings and numbers; undefined leaves a cell out. */
export function rowOf(number: number, values: readonly (string | number | undefined)[], attributes = ""): string {
  const cells = values.map((value, at) => {
    if (value === undefined) return "";
    const name = `${String.fromCharCode(65 + at)}${number}`;
    return typeof value === "number"
      ? `<c r="${name}"><v>${value}</v></c>`
      : `<c r="${name}" t="inlineStr"><is><t>${value}</t></is></c>`;
  });
  return `<row r="${number}" ${attributes}>${cells.join("")}</row>`;
}
