/**
 * Reads ZIP containers of foreign origin (OOXML, ODF, EPUB) under named limits. Entry names are keys, never paths:
 * nothing is written to disk, and a ZIP inside a ZIP stays a blob.
 */
import { problem } from "@knowhere/contract";
import yauzl, { type Entry, type ZipFile } from "yauzl";

export interface ZipLimits {
  /** Inflated bytes over all reads of this archive. */
  readonly maxUnpackedBytes: number;
  readonly maxEntries?: number;
}
/** The office formats use a few hundred parts; ten thousand is far past any honest document. */
const maxEntriesDefault = 10_000;
/** Deflate cannot honestly reach this on text of some size; only crafted input does. */
const maxRatio = 200;
const ratioFromBytes = 1024 * 1024;
const localHeaderBytes = 30;

export interface ZipArchive {
  /** Entry names with forward slashes, in directory order, folders left out. */
  readonly names: readonly string[];
  has(name: string): boolean;
  /** Inflated size as the directory declares it: a hint only. */
  declaredBytes(name: string): number;
  /** Streams one entry's inflated bytes. Throws PARSING_FAILED for a missing or broken entry, LIMIT_EXCEEDED past a limit. */
  stream(name: string): AsyncGenerator<Uint8Array>;
  /** The whole entry; `maxBytes` bounds this one read. */
  read(name: string, maxBytes?: number): Promise<Uint8Array>;
  close(): void;
}

/**
 * Opens the archive at `path` and reads its directory.
 * Throws PARSING_FAILED (not a whole ZIP), ENCRYPTED (entries under a password) or LIMIT_EXCEEDED
 * (too many entries, or entries that share the same bytes).
 */
export async function openZip(path: string, limits: ZipLimits, signal?: AbortSignal): Promise<ZipArchive> {
  const zip = await openFile(path);
  try {
    const entries = await readDirectory(zip, limits.maxEntries ?? maxEntriesDefault, signal);
    refuseOverlaps(entries);
    return new Archive(zip, entries, limits.maxUnpackedBytes, signal);
  } catch (error) {
    zip.close();
    throw error;
  }
}

function openFile(path: string): Promise<ZipFile> {
  const options = { lazyEntries: true, autoClose: false, decodeStrings: false, validateEntrySizes: false };
  return new Promise((resolve, reject) => {
    yauzl.open(path, options, (error, zip) => (error ? reject(brokenZip(error)) : resolve(zip)));
  });
}

const brokenZip = (cause: unknown) =>
  problem(
    "PARSING_FAILED",
    { message: "Unable to parse document: its ZIP container is damaged or cut off. Upload the file again." },
    { cause },
  );

function readDirectory(zip: ZipFile, maxEntries: number, signal?: AbortSignal): Promise<Entry[]> {
  if (zip.entryCount > maxEntries) throw problem("LIMIT_EXCEEDED", { limit: "ZIP entries" });
  return new Promise((resolve, reject) => {
    const entries: Entry[] = [];
    zip.on("error", (error) => reject(brokenZip(error)));
    zip.on("end", () => resolve(entries));
    zip.on("entry", (entry: Entry) => {
      if (signal?.aborted) return reject(signal.reason);
      if (entries.push(entry) > maxEntries) return reject(problem("LIMIT_EXCEEDED", { limit: "ZIP entries" }));
      zip.readEntry();
    });
    zip.readEntry();
  });
}

/** Entries that share compressed bytes are the trick behind the densest known ZIP bombs. */
function refuseOverlaps(entries: readonly Entry[]): void {
  const sorted = [...entries].sort((a, b) => a.relativeOffsetOfLocalHeader - b.relativeOffsetOfLocalHeader);
  let end = 0;
  for (const entry of sorted) {
    const start = entry.relativeOffsetOfLocalHeader;
    if (start < end) throw problem("LIMIT_EXCEEDED", { limit: "overlapping ZIP entries" });
    end = start + localHeaderBytes + entry.fileNameLength + entry.compressedSize;
  }
}

/** UTF-8 when flagged or valid, else code page 437, whose ASCII half is all that part names need. */
function decodeName(entry: Entry): string {
  const raw = entry.fileName as unknown as Uint8Array;
  let name: string;
  try {
    name = new TextDecoder("utf-8", { fatal: true }).decode(raw);
  } catch {
    name = Buffer.from(raw).toString("latin1");
  }
  return name.replaceAll("\\", "/");
}

class Archive implements ZipArchive {
  readonly names: readonly string[];
  readonly #entries = new Map<string, Entry>();
  readonly #folded = new Map<string, string>();
  #unpackedBytes = 0;

  constructor(
    private readonly zip: ZipFile,
    entries: readonly Entry[],
    private readonly maxUnpackedBytes: number,
    private readonly signal: AbortSignal | undefined,
  ) {
    for (const entry of entries) {
      const name = decodeName(entry);
      // The first of two entries with one name wins, as in the office programs.
      if (name.endsWith("/") || this.#entries.has(name)) continue;
      this.#entries.set(name, entry);
      this.#folded.set(name.toLowerCase(), name);
    }
    this.names = [...this.#entries.keys()];
  }

  /** Part names are compared without case (ECMA-376 part 2, 6.2.2.3). */
  #find(name: string): Entry | undefined {
    return this.#entries.get(name) ?? this.#entries.get(this.#folded.get(name.toLowerCase()) ?? "");
  }

  has(name: string): boolean {
    return this.#find(name) !== undefined;
  }

  declaredBytes(name: string): number {
    return this.#find(name)?.uncompressedSize ?? 0;
  }

  async *stream(name: string): AsyncGenerator<Uint8Array> {
    const entry = this.#find(name);
    if (!entry)
      throw problem("PARSING_FAILED", { message: `Unable to parse document: its part '${name}' is missing.` });
    if (entry.isEncrypted()) throw problem("ENCRYPTED");
    // An honest bomb says so in the directory; a lying one is caught while it inflates.
    if (isBomb(entry.uncompressedSize, entry)) throw problem("LIMIT_EXCEEDED", { limit: "compression ratio" });
    let entryBytes = 0;
    try {
      const stream = await this.zip.openReadStreamPromise(entry);
      for await (const chunk of stream as AsyncIterable<Uint8Array>) {
        this.signal?.throwIfAborted();
        entryBytes += chunk.length;
        this.#unpackedBytes += chunk.length;
        if (this.#unpackedBytes > this.maxUnpackedBytes) throw problem("LIMIT_EXCEEDED", { limit: "unpacked bytes" });
        if (isBomb(entryBytes, entry)) throw problem("LIMIT_EXCEEDED", { limit: "compression ratio" });
        yield chunk;
      }
    } catch (error) {
      if (isFromZip(error)) throw brokenZip(error);
      throw error;
    }
  }

  async read(name: string, maxBytes = Number.POSITIVE_INFINITY): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of this.stream(name)) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw problem("LIMIT_EXCEEDED", { limit: "bytes of one part" });
      chunks.push(chunk);
    }
    return Buffer.concat(chunks, bytes);
  }

  close(): void {
    this.zip.close();
  }
}

const isBomb = (bytes: number, entry: Entry): boolean =>
  bytes > ratioFromBytes && bytes > entry.compressedSize * maxRatio;

/** zlib and yauzl throw plain errors; problems and abort reasons pass through. */
function isFromZip(error: unknown): boolean {
  return error instanceof Error && (error.constructor === Error || "code" in error) && error.name === "Error";
}
