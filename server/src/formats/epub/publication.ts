/** The package of an EPUB: metadata, manifest, reading order and chapter names (EPUB 3.3, chapters 5–7; EPUB 2 as well). */
import { type Document, problem } from "@knowhere/contract";
import { resolvePart } from "../ooxml/package.ts";
import { childOf, childrenOf, descendantsOf, textOf, type XmlElement } from "../xml/element.ts";
import type { NamespaceTable } from "../xml/namespaces.ts";
import { readXml } from "../xml/stream.ts";
import type { ZipArchive } from "../zip/archive.ts";
import type { ContentsEntry } from "./contents-headings.ts";

const namespaces: NamespaceTable = {
  "urn:oasis:names:tc:opendocument:xmlns:container": "",
  "http://www.idpf.org/2007/opf": "",
  "http://openebook.org/namespaces/oeb-package/1.0/": "",
  "http://purl.org/dc/elements/1.1/": "dc",
  "http://purl.org/dc/elements/1.0/": "dc",
  "http://www.daisy.org/z3986/2005/ncx/": "ncx",
  "http://www.w3.org/1999/xhtml": "",
  "http://www.idpf.org/2007/ops": "epub",
  "http://www.w3.org/2001/04/xmlenc#": "enc",
};

export interface Publication {
  readonly metadata: Document["metadata"];
  readonly title: string | undefined;
  readonly language: string | undefined;
  /** Member names of the content documents in reading order. */
  readonly chapters: readonly string[];
  /** The table of contents, outer entries before the inner ones. */
  readonly contents: readonly ContentsEntry[];
  /** Names from the table of contents by member name. */
  readonly names: ReadonlyMap<string, string>;
  readonly cover: string | undefined;
}

/** Reads a small XML member; undefined when it is not there. Outer document types pass, since NCX files must have one. */
async function treeOf(
  archive: ZipArchive,
  part: string | undefined,
  signal: AbortSignal,
): Promise<XmlElement | undefined> {
  if (part === undefined || !archive.has(part)) return undefined;
  return readXml(archive.stream(part), { namespaces, doctype: "ignore", signal });
}

/** Throws PARSING_FAILED for a container that leads nowhere and ENCRYPTED for protected content. */
export async function readPublication(archive: ZipArchive, signal: AbortSignal): Promise<Publication> {
  const container = await treeOf(archive, "META-INF/container.xml", signal);
  const stated = descendantsOf(container, "rootfile")[0]?.attributes["full-path"];
  const part =
    stated !== undefined && archive.has(stated)
      ? stated
      : archive.names.find((name) => name.toLowerCase().endsWith(".opf"));
  const root = await treeOf(archive, part, signal);
  if (part === undefined || !root)
    throw problem("PARSING_FAILED", { message: "Unable to parse document: the EPUB has no package document." });
  const manifest = readManifest(root, part);
  const chapters = readSpine(root, manifest).filter((chapter) => archive.has(chapter));
  await refuseProtected(archive, chapters, signal);
  const metadata = readMetadata(childOf(root, "metadata"));
  const firstOf = (value: Document["metadata"][string] | undefined) => (typeof value === "string" ? value : undefined);
  const contents = await readContents(archive, manifest, signal);
  return {
    metadata,
    title: firstOf(metadata["title"]),
    language: firstOf(metadata["language"]),
    chapters,
    contents,
    names: namesOf(contents),
    cover: coverOf(root, manifest),
  };
}

interface ManifestItem {
  readonly part: string;
  readonly mediaType: string;
  readonly properties: readonly string[];
}

function readManifest(root: XmlElement, part: string): Map<string, ManifestItem> {
  const items = new Map<string, ManifestItem>();
  for (const item of childrenOf(childOf(root, "manifest"), "item")) {
    const { id = "", href = "", "media-type": mediaType = "", properties = "" } = item.attributes;
    items.set(id, { part: resolvePart(part, href), mediaType, properties: properties.split(/\s+/).filter(Boolean) });
  }
  return items;
}

/** The navigation document is a table of contents, not a chapter. */
function readSpine(root: XmlElement, manifest: ReadonlyMap<string, ManifestItem>): string[] {
  const chapters: string[] = [];
  for (const reference of childrenOf(childOf(root, "spine"), "itemref")) {
    const item = manifest.get(reference.attributes["idref"] ?? "");
    if (!item || item.properties.includes("nav") || chapters.includes(item.part)) continue;
    if (/xhtml|html|x-dtbook|xml/.test(item.mediaType) && !/svg|ncx/.test(item.mediaType)) chapters.push(item.part);
  }
  return chapters;
}

/** Obfuscated fonts are fine; encrypted chapters are not. */
async function refuseProtected(archive: ZipArchive, chapters: readonly string[], signal: AbortSignal): Promise<void> {
  const encryption = await treeOf(archive, "META-INF/encryption.xml", signal);
  for (const reference of descendantsOf(encryption, "enc:CipherReference")) {
    if (chapters.includes(resolvePart("", reference.attributes["URI"] ?? ""))) throw problem("ENCRYPTED");
  }
}

const metadataNames: Readonly<Record<string, string>> = {
  "dc:title": "title",
  "dc:creator": "author",
  "dc:language": "language",
  "dc:publisher": "publisher",
  "dc:date": "created",
  "dc:subject": "subject",
  "dc:description": "description",
  "dc:identifier": "identifier",
  "dc:rights": "rights",
};

function readMetadata(element: XmlElement | undefined): Document["metadata"] {
  const metadata: Document["metadata"] = {};
  // EPUB 2 files wrap the Dublin Core elements once more.
  for (const entry of descendantsOf(element, ...Object.keys(metadataNames)).slice(0, 1_000)) {
    const key = metadataNames[entry.name]!;
    const value = textOf(entry).replace(/\s+/g, " ").trim();
    const known = metadata[key];
    if (value === "" || known === value) continue;
    if (known === undefined) metadata[key] = value;
    // Several authors or subjects are a list; a second title is a subtitle that nobody marked.
    else if (key === "author" || key === "subject")
      metadata[key] = [...(Array.isArray(known) ? known : [String(known)]), value];
  }
  return metadata;
}

/** The first name of each member. */
function namesOf(contents: readonly ContentsEntry[]): Map<string, string> {
  const names = new Map<string, string>();
  for (const { part, label } of contents) if (!names.has(part)) names.set(part, label);
  return names;
}

async function readContents(
  archive: ZipArchive,
  manifest: ReadonlyMap<string, ManifestItem>,
  signal: AbortSignal,
): Promise<ContentsEntry[]> {
  const contents: ContentsEntry[] = [];
  for (const item of manifest.values()) {
    const isNav = item.properties.includes("nav");
    if (!isNav && !/x-dtbncx/.test(item.mediaType)) continue;
    // Names are a courtesy: a damaged table of contents costs nothing else.
    const root = await treeOf(archive, item.part, signal).catch(() => undefined);
    for (const { target, label, depth } of isNav ? navEntries(root) : ncxEntries(root)) {
      const name = label.replace(/\s+/g, " ").trim();
      if (target && name !== "") contents.push({ part: resolvePart(item.part, target), label: name, depth });
    }
  }
  return contents;
}

interface RawEntry {
  readonly target: string | undefined;
  readonly label: string;
  readonly depth: number;
}
const maxEntries = 50_000;

/** Entries of the `toc` navigation first; lists of pages and landmarks give names only. */
function navEntries(root: XmlElement | undefined): RawEntry[] {
  const found: RawEntry[] = [];
  const stack = [{ element: root, depth: 0 }];
  while (stack.length > 0 && found.length < maxEntries) {
    const { element, depth } = stack.pop()!;
    if (element?.name === "a")
      found.push({ target: element.attributes["href"], label: textOf(element), depth: Math.max(1, depth) });
    const inner = element?.name === "ol" ? depth + 1 : depth;
    for (const child of childrenOf(element).reverse()) stack.push({ element: child, depth: inner });
  }
  return found;
}

/** Navigation points of every depth, outer ones first. */
function ncxEntries(root: XmlElement | undefined): RawEntry[] {
  const found: RawEntry[] = [];
  let level = descendantsOf(root, "ncx:navPoint");
  for (let depth = 1; level.length > 0 && found.length < maxEntries; depth++) {
    for (const point of level)
      found.push({
        target: childOf(point, "ncx:content")?.attributes["src"],
        label: textOf(childOf(point, "ncx:navLabel")),
        depth,
      });
    level = level.flatMap((point) => descendantsOf(point, "ncx:navPoint"));
  }
  return found;
}

function coverOf(root: XmlElement, manifest: ReadonlyMap<string, ManifestItem>): string | undefined {
  for (const item of manifest.values()) if (item.properties.includes("cover-image")) return item.part;
  // EPUB 2: <meta name="cover" content="id">.
  const meta = descendantsOf(childOf(root, "metadata"), "meta").find((entry) => entry.attributes["name"] === "cover");
  const item = manifest.get(meta?.attributes["content"] ?? "");
  return item && /^image\//.test(item.mediaType) ? item.part : undefined;
}
