/**
 * What a source really is: its bytes are asked first, its name and media type only break ties between texts.
 *
 * The rule for lies: when the bytes are some other type that we read, they are read as what they are and the document
 * carries a TYPE_CORRECTED warning; when they are nothing we read, the name is held against them (TYPE_MISMATCH).
 */
import { extname } from "node:path";
import {
  type Format,
  type FormatName,
  formatOfExtension,
  formatOfMediaType,
  formats,
  problem,
  type Warning,
} from "@knowhere/contract";
import { fileTypeFromBuffer } from "file-type";
import { listCfbNames, sniffCfb } from "./sniff/cfb.ts";
import { decodeText, readByteOrderMark } from "./sniff/charset.ts";
import { looksLikeText, sniffText } from "./sniff/text-kind.ts";
import { sniffZip } from "./sniff/zip-names.ts";

export interface Declared {
  /** Only its extension counts. */
  readonly fileName?: string | undefined;
  /** `Content-Type` of an upload or a fetched URL; used when the name has no extension we know. */
  readonly mediaType?: string | undefined;
}
export interface Detection {
  readonly format: FormatName;
  /** TYPE_CORRECTED when the name said something else; to be put on the document. */
  readonly warning?: Warning | undefined;
}

/** What the bytes say: `kind` is a format name or one of the words below; `label` is for a person. */
interface Sniffed {
  kind: string;
  label: string;
  /** Texts fit several formats; the name decides among them unless `sure`. */
  family: "text" | "binary";
  sure: boolean;
}

/** A PDF header may stand up to 1,024 bytes into the file (ISO 32000-1, implementation note 13 of Adobe's 1.7 reference). */
const pdfHeaderWindow = 1024;
const headBytes = 64 * 1024;
const textFormats: ReadonlySet<string> = new Set([
  "text",
  "markdown",
  "html",
  "csv",
  "json",
  "xml",
  "yaml",
  "email",
  "rtf",
]);
/** Formats kept in a container: a broken or foreign container is left to their reader to judge. */
const zipFormats: ReadonlySet<string> = new Set(["docx", "xlsx", "xlsb", "pptx", "odt", "ods", "odp", "epub"]);
const cfbFormats: ReadonlySet<string> = new Set(["doc", "xls", "ppt", "msg"]);

/**
 * Finds the format of a source.
 *
 * @throws Problem EMPTY_DOCUMENT (no bytes, or a text of blanks), ENCRYPTED (office file in an encrypted package),
 *   TYPE_MISMATCH (not what its name says and nothing we read), UNSUPPORTED_TYPE (no name to hold against it,
 *   or a picture of a type that is not read).
 */
export async function detect(bytes: Uint8Array, declared: Declared = {}): Promise<Detection> {
  const expected = declaredFormat(declared);
  const fileType = expected ? { file_type: expected.fileType } : {};
  if (bytes.length === 0)
    throw problem("EMPTY_DOCUMENT", { ...fileType, message: "The file is empty (0 bytes). Upload it again." });
  const found = await sniff(bytes);
  if (found.kind === "blank") {
    throw problem("EMPTY_DOCUMENT", {
      ...fileType,
      message: "The file holds nothing but blanks: there is nothing to parse.",
    });
  }
  if (found.kind === "encrypted-office") throw problem("ENCRYPTED", { file_type: expected?.fileType ?? "docx" });

  if (expected && fits(expected.name, found, bytes)) return { format: expected.name };
  const actual = formats.find((format) => format.name === found.kind);
  if (actual) return { format: actual.name, warning: expected && correction(expected, actual) };
  // A phone's pictures are often named .jpg whatever they are: "upload it under its true type" would not help.
  if (expected && !(expected.name === "image" && isPicture(found)))
    throw problem("TYPE_MISMATCH", { ...fileType, expected: `${article(expected.title)} file`, found: found.label });
  throw unsupported(found);
}

function declaredFormat(declared: Declared): Format | undefined {
  const byName = declared.fileName ? formatOfExtension(extname(declared.fileName)) : undefined;
  return byName ?? (declared.mediaType ? formatOfMediaType(declared.mediaType) : undefined);
}

/** Whether the file may be read as the format its name says. */
function fits(name: FormatName, found: Sniffed, bytes: Uint8Array): boolean {
  if (found.kind === name) return true;
  if (found.family === "text") {
    if (name === "text" || name === "markdown") return found.kind !== "rtf";
    return textFormats.has(name) && !found.sure;
  }
  if (found.kind === "broken-zip") return zipFormats.has(name);
  if (found.kind === "cfb") return cfbFormats.has(name);
  // A damaged head: the end of the file still tells.
  if (name === "pdf" && found.kind === "binary") return /startxref|%%EOF/.test(latin1(bytes.subarray(-2048)));
  // Workbooks older than OLE are bare record streams: BOF of BIFF2, 3, 4 ([MS-XLS] 2.4.21 and its predecessors).
  if ((name as string) === "xls" && found.kind === "binary")
    return bytes[0] === 0x09 && [0, 2, 4, 8].includes(bytes[1] ?? 255);
  return false;
}

async function sniff(bytes: Uint8Array): Promise<Sniffed> {
  const head = bytes.subarray(0, headBytes);
  const binary = (kind: string, label = kind): Sniffed => ({ kind, label, family: "binary", sure: true });
  if (head[0] === 0x50 && head[1] === 0x4b && [0x03, 0x05, 0x07].includes(head[2] ?? 0))
    return binary(sniffZip(bytes), "a ZIP archive");
  if (latin1(head.subarray(0, 8)) === "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
    return binary(
      sniffCfb(bytes),
      listCfbNames(bytes).length > 0 ? "an OLE compound file of another kind" : "a damaged OLE compound file",
    );
  }
  const text = sniffAsText(bytes);
  const pdfAt = latin1(head.subarray(0, pdfHeaderWindow)).indexOf("%PDF-");
  if (pdfAt === 0 || (pdfAt > 0 && !text?.sure)) return binary("pdf", "a PDF");
  // file-type follows a TIFF's first directory, which may lie anywhere in the file.
  if (/^(?:II\*\0|MM\0\*)/.test(latin1(head.subarray(0, 4)))) return binary("image", "image/tiff");
  const type = await fileTypeFromBuffer(head).catch(() => undefined);
  // file-type knows a few text signatures too, and takes the mark of UTF-16 for audio; texts are ours to judge.
  if (type && !(text && (readByteOrderMark(head) || /xml|text|rtf|json/.test(type.mime)))) {
    return binary(formatOfMediaType(type.mime)?.name ?? "binary", type.mime);
  }
  return text ?? binary("binary", "binary data of no known type");
}

function sniffAsText(bytes: Uint8Array): Sniffed | undefined {
  // Cheap refusal first: a NUL in a file without the marks of UTF-16/32 is no text.
  const head = bytes.subarray(0, headBytes);
  const { text } = decodeText(head);
  if (!looksLikeText(text)) return undefined;
  if (!readByteOrderMark(head) && isMostlyHigh(head)) return undefined;
  // Whole file: JSON is only JSON to its end, blank only when blank to its end.
  const whole = bytes.length > headBytes ? decodeText(bytes.subarray(0, 16 * 1024 * 1024)).text : text;
  if (whole.trim() === "" && bytes.length <= 16 * 1024 * 1024)
    return { kind: "blank", label: "blanks", family: "text", sure: true };
  const { kind, sure } = sniffText(whole);
  return { kind: kind === "jsonl" ? "json" : kind, label: `${kind} text`, family: "text", sure };
}

/** Noise that happens to decode: bytes spread evenly over all 256 values. */
function isMostlyHigh(head: Uint8Array): boolean {
  let controls = 0;
  for (const byte of head)
    if (byte < 32 && byte !== 9 && byte !== 10 && byte !== 12 && byte !== 13 && byte !== 27) controls++;
  const wide = head.filter((byte) => byte === 0).length > head.length * 0.2;
  return !wide && controls > head.length * 0.03;
}

function correction(expected: Format, actual: Format): Warning {
  return {
    code: "TYPE_CORRECTED",
    message: `The file is named as ${expected.title} but its bytes are ${actual.title}; it was read as ${actual.title}.`,
  };
}

function unsupported(found: Sniffed): Error {
  if (found.kind === "zip") {
    return problem("UNSUPPORTED_TYPE", {
      message: "The file is a ZIP archive. Archives are not unpacked: upload the documents in it one by one.",
    });
  }
  if (found.kind === "broken-zip")
    return problem("PARSING_FAILED", { message: "The file is a damaged or truncated ZIP container." });
  if (isPicture(found)) {
    return problem("UNSUPPORTED_TYPE", {
      message: `The file is a picture of type ${found.label}, which is not supported. Save it as PNG or JPEG and upload that.`,
    });
  }
  return problem("UNSUPPORTED_TYPE", {
    message: `The file is ${found.label}, which is not supported. Supported formats: ${formats.map((format) => format.extensions[0]).join(", ")}.`,
  });
}

/** A picture of a type that is not read, such as HEIC. */
function isPicture(found: Sniffed): boolean {
  return found.family === "binary" && found.label.startsWith("image/");
}

function article(title: string): string {
  return `${/^[AEIOU]/.test(title) ? "an" : "a"} ${title}`;
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}
