/** Reading one of our own packages, member by member. */
import type { Readable } from "node:stream";
import yauzl, { type Entry, type ZipFile } from "yauzl";

export interface OpenedPackage {
  /** In the order in which they were written. */
  readonly names: string[];
  has(name: string): boolean;
  /** Streams one member. Throws a plain Error for a name that is not there. */
  open(name: string): Promise<Readable>;
  close(): void;
}

/** Opens the ZIP at `path`; close it when done. */
export async function openPackage(path: string): Promise<OpenedPackage> {
  const zip = await new Promise<ZipFile>((resolve, reject) => {
    yauzl.open(path, { lazyEntries: true, autoClose: false }, (error, opened) =>
      error ? reject(error) : resolve(opened),
    );
  });
  const entries = new Map<string, Entry>();
  await new Promise<void>((resolve, reject) => {
    zip.on("entry", (entry: Entry) => {
      entries.set(entry.fileName, entry);
      zip.readEntry();
    });
    zip.once("end", resolve);
    zip.once("error", reject);
    zip.readEntry();
  });
  return {
    names: [...entries.keys()],
    has: (name) => entries.has(name),
    open(name) {
      const entry = entries.get(name);
      if (entry === undefined) return Promise.reject(new Error(`the package has no member ${name}`));
      return new Promise((resolve, reject) => {
        zip.openReadStream(entry, (error, stream) => (error ? reject(error) : resolve(stream)));
      });
    },
    close: () => zip.close(),
  };
}
