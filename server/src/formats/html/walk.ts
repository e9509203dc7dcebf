/** What the parts of the HTML reader share while they walk one page. */
import type { Block, Heading, Inline, Note } from "@knowhere/contract";
import type { AssetCollector } from "../../document/assets.ts";
import { decodeDataUri } from "../data-uri.ts";
import { attribute, type HtmlElement, type HtmlNode } from "./dom.ts";
import { behindRedirect } from "./redirects.ts";
import type { StyleSheet } from "./style-sheet.ts";

export interface HtmlOptions {
  /** What classes make bold, italic and so on. */
  readonly styles?: StyleSheet | undefined;
  /** Whether classes hide too: in books they do, on web pages scripts show later what a style sheet hides. */
  readonly stylesHide?: boolean | undefined;
  /** Takes pictures that are in the file; without it they stay out. */
  readonly assets?: AssetCollector | undefined;
  readonly hiddenText?: "drop" | "keep" | undefined;
  /** Nesting of lists, tables and quotes in the result; deeper content is flattened into its parent. */
  readonly maxDepth?: number | undefined;
  /** Cells over all tables of the page; more throws LIMIT_EXCEEDED. */
  readonly maxCells?: number | undefined;
  /** `<base href>` or the page's own address: links are made absolute with it. */
  readonly baseUrl?: string | undefined;
  /**
   * Bytes behind a reference inside the same container (EPUB member, mail part by `cid:`), or undefined.
   * Never asked for data URIs. It must not reach out of the container.
   */
  readonly resolveImage?: ((href: string) => Uint8Array | undefined) | undefined;
  /** Takes footnotes out of the text and puts them behind it; books have notes over chapters and do that themselves. */
  readonly findNotes?: boolean | undefined;
  /** Rewrites a link target (EPUB chapters); return undefined to keep only the text. */
  readonly resolveLink?: ((href: string) => string | undefined) | undefined;
}

export interface Walk {
  readonly options: HtmlOptions;
  readonly holders: Set<HtmlElement>;
  /** The notes of the page by the links that refer to them. */
  readonly notes: ReadonlyMap<HtmlElement, Note>;
  /** What heading elements became. */
  readonly headings: Map<HtmlElement, Heading>;
  /** Elements dropped because they are not shown. */
  hiddenCount: number;
  cells: number;
  /** Nesting of the result so far. */
  depth: number;
  /** Element nesting so far. */
  elementDepth: number;
  /** Blocks of a run of nodes. */
  blocks(nodes: readonly HtmlNode[]): Block[];
  /** Inline content of a run of nodes, not yet tidied. */
  inlines(nodes: readonly HtmlNode[]): Inline[];
}

/** Runs `build` one level deeper in the result. */
export function nest<T>(walk: Walk, build: () => T): T {
  walk.depth++;
  try {
    return build();
  } finally {
    walk.depth--;
  }
}

/** A link target that is safe to write down, or undefined. Only schemes that fetch documents or address people. */
export function readHref(href: string | undefined, options: HtmlOptions): string | undefined {
  const written = href?.trim().replace(/[\t\n\r]/g, "");
  if (!written || written.length > 8192) return undefined;
  const trimmed = behindRedirect(written);
  const scheme = trimmed.match(/^([a-z][a-z0-9+.-]*):/i)?.[1]?.toLowerCase();
  if (scheme && !["http", "https", "mailto", "tel", "ftp", "ftps", "sms", "urn", "doi", "cid"].includes(scheme))
    return undefined;
  if (options.resolveLink) return options.resolveLink(trimmed);
  if (scheme || trimmed.startsWith("#") || !options.baseUrl) return trimmed;
  try {
    return new URL(trimmed, options.baseUrl).href;
  } catch {
    return trimmed;
  }
}

/** The inline image of an `<img>`; undefined for spacers and tracking pixels. */
export function readImage(element: HtmlElement, options: HtmlOptions): Inline | undefined {
  const alt = (attribute(element, "alt") ?? attribute(element, "title") ?? "").replace(/\s+/g, " ").trim();
  const width = Number.parseInt(attribute(element, "width") ?? "", 10);
  const height = Number.parseInt(attribute(element, "height") ?? "", 10);
  if (width <= 2 && height <= 2) return alt ? { type: "text", text: alt } : undefined;
  const lazy = ["data-src", "data-original", "data-lazy-src", "data-hi-res-src"]
    .map((name) => attribute(element, name))
    .find(Boolean);
  const src = attribute(element, "src") ?? attribute(element, "xlink:href") ?? attribute(element, "href");
  const isPlaceholder = src === undefined || (/^data:/i.test(src) && src.length < 1024);
  const chosen = isPlaceholder ? (lazy ?? src ?? firstOfSrcset(attribute(element, "srcset"))) : src;
  if (!chosen) return alt ? { type: "text", text: alt } : undefined;
  if (/^data:/i.test(chosen)) {
    const data = decodeDataUri(chosen);
    const asset = data && options.assets?.add(data.bytes, fallbackType(data.mediaType));
    if (asset && (asset.width ?? 9) <= 2 && (asset.height ?? 9) <= 2) return undefined;
    return asset ? { type: "image", asset: asset.id, alt } : alt ? { type: "text", text: alt } : undefined;
  }
  const bytes = options.resolveImage?.(chosen);
  const asset = bytes && options.assets?.add(bytes);
  if (asset) return { type: "image", asset: asset.id, alt };
  const href = readHref(chosen, { ...options, resolveLink: undefined });
  return href ? { type: "image", href, alt } : alt ? { type: "text", text: alt } : undefined;
}

function fallbackType(mediaType: string): { mediaType: string; extension: string } | undefined {
  const known: Record<string, string> = {
    "image/avif": ".avif",
    "image/heic": ".heic",
    "image/x-icon": ".ico",
    "image/vnd.microsoft.icon": ".ico",
  };
  const extension = known[mediaType];
  return extension ? { mediaType, extension } : undefined;
}

function firstOfSrcset(srcset: string | undefined): string | undefined {
  return srcset?.trim().split(/\s+/)[0]?.replace(/,$/, "");
}
