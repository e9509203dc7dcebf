/** An Open Packaging Conventions container (ECMA-376 part 2): parts, their content types and the relationships between them. */
import { open as openFile } from "node:fs/promises";
import { problem } from "@knowhere/contract";
import type { ReadLimits, Source } from "../reader.ts";
import { childrenOf, type XmlElement } from "../xml/element.ts";
import { readXml, streamXml, type XmlHandlers, type XmlOptions } from "../xml/stream.ts";
import { openZip, type ZipArchive } from "../zip/archive.ts";
import { ooxmlNamespaces } from "./namespaces.ts";

export interface Relationship {
  readonly id: string;
  /** Last segment of the type URI, the same for Transitional and Strict: "image", "hyperlink", "slideLayout". */
  readonly type: string;
  /** Resolved part name without the leading slash, or the URI as written when external. */
  readonly target: string;
  readonly external: boolean;
}

export interface OoxmlPackage {
  readonly archive: ZipArchive;
  /** Relationships of a part by id; empty when it has none. "" is the package itself. */
  relationshipsOf(part: string): Promise<ReadonlyMap<string, Relationship>>;
  /** The first internal target of that relationship type. */
  relatedPart(part: string, type: string): Promise<string | undefined>;
  /** A part as one tree; undefined when it is not there. */
  tree(part: string): Promise<XmlElement | undefined>;
  /** Streams a part through handlers. */
  stream(part: string, containers: ReadonlySet<string>, handlers: XmlHandlers): Promise<void>;
  contentType(part: string): string | undefined;
  close(): void;
}

/** More links than this from one part are no document. */
const maxRelationships = 100_000;

/**
 * Opens the container. Throws EMPTY_DOCUMENT, ENCRYPTED (an OLE container with an encrypted package inside),
 * PARSING_FAILED or LIMIT_EXCEEDED.
 */
export async function openPackage(source: Source, limits: ReadLimits, signal: AbortSignal): Promise<OoxmlPackage> {
  await refuseOleContainer(source);
  const archive = await openZip(source.path, { maxUnpackedBytes: limits.maxUnpackedBytes }, signal);
  try {
    const opened = new OpcPackage(archive, signal);
    await opened.readContentTypes();
    return opened;
  } catch (error) {
    archive.close();
    throw error;
  }
}

/** A password turns OOXML into an OLE file with the streams EncryptionInfo and EncryptedPackage (MS-OFFCRYPTO 1.3.2). */
async function refuseOleContainer(source: Source): Promise<void> {
  if (source.sizeBytes === 0) throw problem("EMPTY_DOCUMENT");
  const file = await openFile(source.path, "r");
  try {
    const head = Buffer.alloc(8);
    await file.read(head, 0, 8, 0);
    if (head.toString("hex") !== "d0cf11e0a1b11ae1") return;
  } finally {
    await file.close();
  }
  const bytes = Buffer.from(await source.bytes());
  if (bytes.includes(Buffer.from("EncryptedPackage", "utf16le"))) throw problem("ENCRYPTED");
  throw problem("TYPE_MISMATCH", { expected: "an Office Open XML file", found: "an older binary Office file" });
}

class OpcPackage implements OoxmlPackage {
  readonly #relationships = new Map<string, ReadonlyMap<string, Relationship>>();
  readonly #types = new Map<string, string>();

  constructor(
    readonly archive: ZipArchive,
    private readonly signal: AbortSignal,
  ) {}

  async readContentTypes(): Promise<void> {
    const types = await this.tree("[Content_Types].xml");
    if (!types) {
      throw problem("PARSING_FAILED", {
        message: "Unable to parse document: the file is a ZIP archive but not an Office document.",
      });
    }
    for (const entry of childrenOf(types)) {
      const key = entry.attributes["PartName"]?.replace(/^\//, "") ?? `.${entry.attributes["Extension"] ?? ""}`;
      this.#types.set(key.toLowerCase(), entry.attributes["ContentType"] ?? "");
    }
  }

  contentType(part: string): string | undefined {
    const folded = part.toLowerCase();
    return this.#types.get(folded) ?? this.#types.get(`.${folded.slice(folded.lastIndexOf(".") + 1)}`);
  }

  async relationshipsOf(part: string): Promise<ReadonlyMap<string, Relationship>> {
    const known = this.#relationships.get(part);
    if (known) return known;
    const slash = part.lastIndexOf("/") + 1;
    const name = `${part.slice(0, slash)}_rels/${part.slice(slash)}.rels`;
    const found = new Map<string, Relationship>();
    const root = await this.tree(name);
    for (const entry of childrenOf(root).slice(0, maxRelationships)) {
      const { Id: id = "", Type: type = "", Target: target = "", TargetMode: mode } = entry.attributes;
      const external = mode === "External";
      found.set(id, {
        id,
        type: type.slice(type.lastIndexOf("/") + 1),
        target: external ? target : resolvePart(part, target),
        external,
      });
    }
    this.#relationships.set(part, found);
    return found;
  }

  async relatedPart(part: string, type: string): Promise<string | undefined> {
    for (const relationship of (await this.relationshipsOf(part)).values()) {
      if (relationship.type === type && !relationship.external && this.archive.has(relationship.target))
        return relationship.target;
    }
    return undefined;
  }

  async tree(part: string): Promise<XmlElement | undefined> {
    if (!this.archive.has(part)) return undefined;
    return readXml(this.archive.stream(part), { namespaces: ooxmlNamespaces, signal: this.signal });
  }

  stream(part: string, containers: ReadonlySet<string>, handlers: XmlHandlers): Promise<void> {
    const options: XmlOptions = { namespaces: ooxmlNamespaces, containers, signal: this.signal };
    return streamXml(this.archive.stream(part), options, handlers);
  }

  close(): void {
    this.archive.close();
  }
}

/** Resolves a relationship target against the part that holds it (RFC 3986, paths only; it can never leave the package). */
export function resolvePart(part: string, target: string): string {
  const clean = target.split("#")[0]!;
  const segments = clean.startsWith("/") ? [] : part.split("/").slice(0, -1);
  for (const segment of clean.split("/")) {
    if (segment === "" || segment === ".") continue;
    if (segment === "..") segments.pop();
    else segments.push(segment);
  }
  const name = segments.join("/");
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
