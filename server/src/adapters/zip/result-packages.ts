/** Members of result ZIPs read straight from the blob store, by ranges: the directory once, then only what is asked for. */
import { PassThrough, type Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { type Entry, fromRandomAccessReaderPromise, RandomAccessReader, type ZipFile } from "yauzl";
import type { Blobs } from "../../ports/blobs.ts";
import type { PackageMember, ResultPackages } from "../../ports/packages.ts";

/** Holds the directory of all but the largest packages, so that reading it costs one request. */
const tailBytes = 256 * 1024;
/** Packages never change under their key, so what was read of a directory stays true. */
const maxDirectories = 64;

interface Directory {
  zip: ZipFile;
  entries: Map<string, Entry>;
}

export function createResultPackages({ blobs }: { blobs: Pick<Blobs, "get" | "head"> }): ResultPackages {
  const directories = new Map<string, Promise<Directory>>();

  function directoryOf(key: string): Promise<Directory> {
    const known = directories.get(key);
    directories.delete(key);
    const directory = known ?? readDirectory(key);
    // Set again: the map's order is that of the latest use, and the first goes first.
    directories.set(key, directory);
    if (directories.size > maxDirectories) directories.delete(directories.keys().next().value!);
    directory.catch(() => directories.delete(key));
    return directory;
  }

  async function readDirectory(key: string): Promise<Directory> {
    const { info, body } = await blobs.get(key, { start: 0, end: 0 });
    body.destroy();
    const start = Math.max(0, info.bytes - tailBytes);
    const tail = await buffer((await blobs.get(key, { start, end: info.bytes - 1 })).body);
    const zip = await fromRandomAccessReaderPromise(new BlobReader(blobs, key, tail, start), info.bytes, {
      lazyEntries: true,
      autoClose: false,
    });
    const entries = new Map<string, Entry>();
    for await (const entry of zip.eachEntry()) entries.set(entry.fileName, entry);
    return { zip, entries };
  }

  return {
    async member(resultKey, name): Promise<PackageMember | null> {
      const { zip, entries } = await directoryOf(resultKey);
      const entry = entries.get(name);
      if (!entry) return null;
      return {
        name,
        bytes: entry.uncompressedSize,
        etag: `"${entry.crc32.toString(16).padStart(8, "0")}-${entry.uncompressedSize.toString(16)}"`,
        open: () => zip.openReadStreamPromise(entry),
      };
    },
  };
}

/** What yauzl reads from: the tail from memory, anything else from the store. */
class BlobReader extends RandomAccessReader {
  constructor(
    private readonly blobs: Pick<Blobs, "get">,
    private readonly key: string,
    private readonly tail: Buffer,
    private readonly tailStart: number,
  ) {
    super();
  }
  /** `end` is exclusive. */
  override _readStreamForRange(start: number, end: number): Readable {
    const stream = new PassThrough();
    if (start >= this.tailStart) {
      stream.end(this.tail.subarray(start - this.tailStart, end - this.tailStart));
      return stream;
    }
    this.blobs
      .get(this.key, { start, end: end - 1 })
      .then(({ body }) => pipeline(body, stream))
      .catch((error: Error) => stream.destroy(error));
    return stream;
  }
}
