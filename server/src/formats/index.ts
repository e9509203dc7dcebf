/** The table of readers: one line a format, loaded when first asked for so that a parse pays only for its own format. */
import { type FormatName, problem } from "@knowhere/contract";
import type { Reader } from "./reader.ts";

const readers: Readonly<Record<FormatName, () => Promise<Reader>>> = {
  pdf: async () => (await import("./pdf/reader.ts")).pdfReader,
  markdown: async () => (await import("./markdown/reader.ts")).markdownReader,
  text: async () => (await import("./text/reader.ts")).textReader,
  html: async () => (await import("./html/reader.ts")).htmlReader,
  docx: async () => (await import("./docx/reader.ts")).docxReader,
  pptx: async () => (await import("./pptx/reader.ts")).pptxReader,
  odt: async () => (await import("./odf/reader.ts")).odtReader,
  odp: async () => (await import("./odf/reader.ts")).odpReader,
  rtf: async () => (await import("./rtf/reader.ts")).rtfReader,
  epub: async () => (await import("./epub/reader.ts")).epubReader,
  xlsx: async () => (await import("./xlsx/reader.ts")).xlsxReader,
  csv: async () => (await import("./csv/reader.ts")).csvReader,
  json: async () => (await import("./json/reader.ts")).jsonReader,
  xml: async () => (await import("./xml-file/reader.ts")).xmlReader,
  yaml: async () => (await import("./yaml/reader.ts")).yamlReader,
  image: async () => (await import("./image/reader.ts")).imageReader,
  email: async () => (await import("./email/reader.ts")).emailReader,
  msg: async () => (await import("./email/reader.ts")).msgReader,
  doc: async () => (await import("./legacy/reader.ts")).docReader,
  ppt: async () => (await import("./legacy/reader.ts")).pptReader,
  xls: async () => (await import("./xlsx/reader.ts")).xlsReader,
  xlsb: async () => (await import("./xlsx/reader.ts")).xlsbReader,
  ods: async () => (await import("./xlsx/reader.ts")).odsReader,
};

/** The reader of a format. Throws UNSUPPORTED_TYPE for a name that is not in the table. */
export async function readerFor(format: FormatName): Promise<Reader> {
  const load = readers[format] as (() => Promise<Reader>) | undefined;
  if (!load) throw problem("UNSUPPORTED_TYPE", { message: `There is no reader for the format '${format}'.` });
  return load();
}
