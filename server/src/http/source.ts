/** What a source is, as far as its name and its server tell: the bytes are looked at again when they are here. */
import { formatOfExtension, formatOfMediaType, formats, Problem } from "@knowhere/contract";
import type { Fetcher } from "../ports/fetcher.ts";
import type { Ids } from "../ports/ids.ts";
import { cleanText } from "./body.ts";
import { invalid } from "./problem.ts";

export interface NamedSource {
  fileName: string;
  /** Lower case with the dot. */
  fileExtension: string;
  contentType: string;
}

const headTimeoutMs = 10_000;
const maxNameLength = 255;
const supported = () =>
  formats
    .flatMap(({ extensions }) => extensions)
    .sort()
    .join(", ");
/** Extensions of pictures that cameras and programs write and that are not read. */
const unreadPictures = new Set([".heic", ".heif", ".jxl", ".jp2", ".psd", ".dng"]);
const extensionOf = (name: string) => /\.[^./\\]+$/.exec(name)?.[0].toLowerCase() ?? "";

function nameSource(fileName: string, fileExtension: string): NamedSource {
  return {
    fileName,
    fileExtension,
    contentType: formatOfExtension(fileExtension)?.mediaTypes[0] ?? "application/octet-stream",
  };
}

/** The last part of a path, shortened in the middle of nowhere but never of its extension. */
function plainName(path: string): string {
  const name = cleanText(path)
    .split(/[/\\]/)
    .at(-1)!
    .replace(/[\x00-\x1f\x7f]/g, "")
    .trim();
  const extension = extensionOf(name).slice(0, 20);
  return name.length <= maxNameLength ? name : name.slice(0, maxNameLength - extension.length) + extension;
}

/** @throws VALIDATION_FAILED when the extension is none that we read. */
export function resolveFileName(given: string): NamedSource {
  const fileName = plainName(given);
  const extension = extensionOf(fileName);
  if (!formatOfExtension(extension)) {
    const cure = unreadPictures.has(extension) ? ". Save the picture as PNG or JPEG and upload that." : "";
    const message = `Unsupported file type. Supported formats: ${supported()}${cure}`;
    throw invalid("file_name", message, "UNSUPPORTED_FILE_TYPE", message);
  }
  return nameSource(fileName, extension);
}

/**
 * By the path's extension when we read it, else by the Content-Type that the server gives for a HEAD.
 * @throws VALIDATION_FAILED for a URL that is malformed, not allowed, or of no type that we read.
 */
export async function resolveUrl(
  given: string,
  fetcher: Fetcher,
  ids: Ids,
): Promise<NamedSource & { sourceUrl: string }> {
  const url = URL.canParse(given) ? new URL(given) : null;
  if (!url || (url.protocol !== "http:" && url.protocol !== "https:") || url.hostname === "") {
    const message = "source_url must be a valid HTTP or HTTPS URL";
    throw invalid("source_url", message, "INVALID_URL_FORMAT", message);
  }
  await allowed(fetcher.check(url.href), "source_url", "Invalid URL");
  const segment = plainName(decode(url.pathname.split("/").at(-1) ?? ""));
  const inPath = extensionOf(segment);
  const extension = formatOfExtension(inPath) ? inPath : await askForExtension(url.href, fetcher);
  const name = segment === "" ? `url_file_${ids.uuid().slice(0, 8)}` : segment;
  return {
    sourceUrl: url.href,
    ...nameSource(name.toLowerCase().endsWith(extension) ? name : name + extension, extension),
  };
}

async function askForExtension(url: string, fetcher: Fetcher): Promise<string> {
  const answer = await allowed(fetcher.head(url, { timeoutMs: headTimeoutMs }), "source_url", "Invalid URL");
  const format = formatOfMediaType(answer?.headers["content-type"] ?? "");
  if (format) return format.extensions[0]!;
  const message = `Unsupported URL file type. Supported formats: ${supported()}`;
  throw invalid("source_url", message, "UNSUPPORTED_FILE_TYPE", message);
}

/** @throws VALIDATION_FAILED unless deliveries to the URL may be made. */
export async function checkWebhookUrl(url: string, fetcher: Fetcher, field = "webhook.url"): Promise<void> {
  await allowed(fetcher.check(url), field, "Invalid webhook URL");
}

/** A refused URL is the request's fault, whatever the fetcher calls it. */
async function allowed<T>(promise: Promise<T>, field: string, message: string): Promise<T> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof Problem && error.problem === "URL_NOT_ALLOWED") {
      const unknown = error.details["why"] === "unknown_host";
      throw invalid(
        field,
        unknown ? "the host is unknown" : "the URL is not one that this server may reach",
        "URL_NOT_ALLOWED",
        message,
      );
    }
    throw error;
  }
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
