/**
 * The literal table of source formats: one line a format, everything else about a format follows from it.
 * `fileType` is the word the wire uses in `error.details.file_type`.
 */
export interface Format {
  readonly name: FormatName;
  /** Lower case, with the dot; the first one is the canonical one. */
  readonly extensions: readonly string[];
  /** The first one is what `upload_headers` carries (wire-level Content-Type). */
  readonly mediaTypes: readonly string[];
  readonly fileType: "pdf" | "docx" | "table" | "image" | "text";
  /** One short sentence for the docs table. */
  readonly title: string;
}

export const formatNames = [
  "pdf",
  "markdown",
  "text",
  "html",
  "docx",
  "pptx",
  "odt",
  "odp",
  "rtf",
  "epub",
  "xlsx",
  "csv",
  "json",
  "xml",
  "yaml",
  "image",
  "email",
  "msg",
  "doc",
  "ppt",
  "xls",
  "xlsb",
  "ods",
] as const;
export type FormatName = (typeof formatNames)[number];

export const formats: readonly Format[] = [
  { name: "pdf", extensions: [".pdf"], mediaTypes: ["application/pdf"], fileType: "pdf", title: "PDF" },
  {
    name: "markdown",
    extensions: [".md", ".markdown"],
    mediaTypes: ["text/markdown"],
    fileType: "text",
    title: "Markdown (GFM, front matter, math)",
  },
  { name: "text", extensions: [".txt"], mediaTypes: ["text/plain"], fileType: "text", title: "Plain text" },
  {
    name: "html",
    extensions: [".html", ".htm", ".xhtml"],
    mediaTypes: ["text/html", "application/xhtml+xml"],
    fileType: "text",
    title: "HTML",
  },
  {
    name: "docx",
    extensions: [".docx", ".docm", ".dotx", ".dotm"],
    mediaTypes: [
      "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
      "application/vnd.ms-word.document.macroenabled.12",
      "application/vnd.openxmlformats-officedocument.wordprocessingml.template",
    ],
    fileType: "docx",
    title: "Word (Office Open XML)",
  },
  {
    name: "pptx",
    extensions: [".pptx", ".pptm", ".ppsx", ".ppsm", ".potx"],
    mediaTypes: [
      "application/vnd.openxmlformats-officedocument.presentationml.presentation",
      "application/vnd.openxmlformats-officedocument.presentationml.slideshow",
      "application/vnd.ms-powerpoint.presentation.macroenabled.12",
    ],
    fileType: "docx",
    title: "PowerPoint (Office Open XML)",
  },
  {
    name: "odt",
    extensions: [".odt", ".ott"],
    mediaTypes: ["application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.text-template"],
    fileType: "docx",
    title: "OpenDocument text",
  },
  {
    name: "odp",
    extensions: [".odp", ".otp"],
    mediaTypes: [
      "application/vnd.oasis.opendocument.presentation",
      "application/vnd.oasis.opendocument.presentation-template",
    ],
    fileType: "docx",
    title: "OpenDocument presentation",
  },
  {
    name: "rtf",
    extensions: [".rtf"],
    mediaTypes: ["application/rtf", "text/rtf"],
    fileType: "docx",
    title: "Rich Text Format",
  },
  { name: "epub", extensions: [".epub"], mediaTypes: ["application/epub+zip"], fileType: "docx", title: "EPUB" },
  {
    name: "xlsx",
    extensions: [".xlsx", ".xlsm", ".xltx", ".xltm"],
    mediaTypes: [
      "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
      "application/vnd.ms-excel.sheet.macroenabled.12",
      "application/vnd.openxmlformats-officedocument.spreadsheetml.template",
    ],
    fileType: "table",
    title: "Excel (Office Open XML)",
  },
  {
    name: "csv",
    extensions: [".csv", ".tsv", ".tab"],
    mediaTypes: ["text/csv", "text/tab-separated-values", "application/csv"],
    fileType: "table",
    title: "CSV and TSV",
  },
  {
    name: "json",
    extensions: [".json", ".jsonl", ".ndjson", ".geojson"],
    mediaTypes: ["application/json", "application/x-ndjson", "application/jsonl", "application/geo+json"],
    fileType: "text",
    title: "JSON and JSON Lines",
  },
  {
    name: "xml",
    extensions: [".xml"],
    mediaTypes: ["application/xml", "text/xml"],
    fileType: "text",
    title: "XML",
  },
  {
    name: "yaml",
    extensions: [".yaml", ".yml"],
    mediaTypes: ["application/yaml", "application/x-yaml", "text/yaml"],
    fileType: "text",
    title: "YAML",
  },
  {
    name: "image",
    extensions: [".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp", ".bmp", ".gif", ".avif"],
    mediaTypes: ["image/png", "image/jpeg", "image/tiff", "image/webp", "image/bmp", "image/gif", "image/avif"],
    fileType: "image",
    title: "Pictures and scans (text recognition)",
  },
  {
    name: "email",
    extensions: [".eml"],
    mediaTypes: ["message/rfc822"],
    fileType: "text",
    title: "E-mail message",
  },
  {
    name: "msg",
    extensions: [".msg"],
    mediaTypes: ["application/vnd.ms-outlook"],
    fileType: "text",
    title: "Outlook message",
  },
  {
    name: "doc",
    extensions: [".doc", ".dot"],
    mediaTypes: ["application/msword"],
    fileType: "docx",
    title: "Word 97-2003",
  },
  {
    name: "ppt",
    extensions: [".ppt", ".pps"],
    mediaTypes: ["application/vnd.ms-powerpoint"],
    fileType: "docx",
    title: "PowerPoint 97-2003",
  },
  {
    name: "xls",
    extensions: [".xls", ".xlt"],
    mediaTypes: ["application/vnd.ms-excel"],
    fileType: "table",
    title: "Excel 97-2003",
  },
  {
    name: "xlsb",
    extensions: [".xlsb"],
    mediaTypes: ["application/vnd.ms-excel.sheet.binary.macroenabled.12"],
    fileType: "table",
    title: "Excel (binary)",
  },
  {
    name: "ods",
    extensions: [".ods", ".ots"],
    mediaTypes: [
      "application/vnd.oasis.opendocument.spreadsheet",
      "application/vnd.oasis.opendocument.spreadsheet-template",
    ],
    fileType: "table",
    title: "OpenDocument spreadsheet",
  },
];

/** The format of an extension (with the dot, any case), or undefined when we do not read it. */
export function formatOfExtension(extension: string): Format | undefined {
  const wanted = extension.toLowerCase();
  return formats.find((format) => format.extensions.includes(wanted));
}

/** The format of a media type (parameters ignored), or undefined when we do not read it. */
export function formatOfMediaType(mediaType: string): Format | undefined {
  const wanted = mediaType.split(";")[0]!.trim().toLowerCase();
  return formats.find((format) => format.mediaTypes.includes(wanted));
}
