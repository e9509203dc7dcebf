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

export const formatNames = ["pdf", "markdown", "text", "html"] as const;
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
  { name: "html", extensions: [".html", ".htm", ".xhtml"], mediaTypes: ["text/html", "application/xhtml+xml"], fileType: "text", title: "HTML" },
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
