/** `data:` URIs (RFC 2397), the only pictures of a web page, mail or Markdown text that are in the file itself. */

/** Type and bytes of a `data:` URI, or undefined when it is none, is not base64/percent data, or is over `maxBytes`. */
export function decodeDataUri(
  uri: string,
  maxBytes = 64 * 1024 * 1024,
): { mediaType: string; bytes: Uint8Array } | undefined {
  if (!/^data:/i.test(uri) || uri.length > maxBytes * 1.4) return undefined;
  const comma = uri.indexOf(",");
  if (comma < 0 || comma > 1000) return undefined;
  const header = uri.slice(5, comma);
  const body = uri.slice(comma + 1);
  try {
    const bytes = /;\s*base64\s*$/i.test(header)
      ? Buffer.from(decodeURIComponentSafe(body), "base64")
      : Buffer.from(decodeURIComponentSafe(body), "utf8");
    return bytes.length > 0
      ? { mediaType: header.split(";")[0]!.trim().toLowerCase() || "text/plain", bytes: new Uint8Array(bytes) }
      : undefined;
  } catch {
    return undefined;
  }
}

function decodeURIComponentSafe(text: string): string {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
