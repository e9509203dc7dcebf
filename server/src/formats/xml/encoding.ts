/** Decodes the bytes of an XML part as its byte order mark or declaration says (XML 1.0, appendix F). */
import iconv from "iconv-lite";

export interface StreamDecoder {
  write(bytes: Uint8Array): string;
  end(): string;
}

/** Chooses by the first bytes of the part; UTF-8 when nothing else is declared or known. */
export function decoderFor(head: Uint8Array): StreamDecoder {
  const name = encodingOf(head);
  if (name === "utf-8" || name === "utf8") {
    const decoder = new TextDecoder("utf-8");
    return { write: (bytes) => decoder.decode(bytes, { stream: true }), end: () => decoder.decode() };
  }
  const decoder = iconv.getDecoder(name, { stripBOM: true });
  return { write: (bytes) => decoder.write(Buffer.from(bytes)), end: () => decoder.end() ?? "" };
}

function encodingOf(head: Uint8Array): string {
  if (head[0] === 0xff && head[1] === 0xfe) return "utf-16le";
  if (head[0] === 0xfe && head[1] === 0xff) return "utf-16be";
  if (head[0] === 0x3c && head[1] === 0x00) return "utf-16le";
  if (head[0] === 0x00 && head[1] === 0x3c) return "utf-16be";
  const declaration = Buffer.from(head.subarray(0, 200)).toString("latin1");
  const named = /^(?:\xef\xbb\xbf)?<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']/
    .exec(declaration)?.[1]
    ?.toLowerCase();
  // A UTF-16 label over single bytes is a lie that Word's own files sometimes tell.
  if (!named || named.startsWith("utf-16") || !iconv.encodingExists(named)) return "utf-8";
  return named;
}
