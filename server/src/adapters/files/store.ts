/**
 * Blobs in a folder. `data/<key>` is the blob itself, a plain file that appears by rename or link only when every byte
 * of it is on disk. `meta/<key>` remembers content type and MD5; it is a cache, and rebuilt when it does not fit.
 */
import { createHash, randomUUID } from "node:crypto";
import {
  type FileHandle,
  link,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  unlink,
  writeFile,
} from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable, Transform } from "node:stream";
import { formatOfExtension, problem } from "@knowhere/contract";
import type { BlobInfo, PutOptions } from "../../ports/blobs.ts";
import { writeStream } from "./write-stream.ts";

const keyShape = /^[A-Za-z0-9_][A-Za-z0-9._-]*(\/[A-Za-z0-9_][A-Za-z0-9._-]*)*$/;
/** A temporary file that nobody has written to for so long belongs to a process that died. */
const staleAfterMs = 60 * 60 * 1000;

/** Bytes that are on disk but not yet visible. Publish or discard them. */
export interface Received {
  bytes: number;
  /** Hex. */
  md5: string;
  sha256: string;
  /** Rejects with CONFLICT when `ifAbsent` and the blob is already there. */
  publish(key: string, options: { contentType: string; ifAbsent?: boolean }): Promise<BlobInfo>;
  discard(): Promise<void>;
}
export interface FileStore {
  receive(body: Readable, options: { maxBytes?: number; signal?: AbortSignal }): Promise<Received>;
  put(
    key: string,
    body: Readable | Uint8Array,
    options: PutOptions,
  ): Promise<BlobInfo & { sha256: string; md5: string }>;
  get(key: string, range?: { start: number; end: number }): Promise<{ info: BlobInfo; body: Readable }>;
  head(key: string): Promise<BlobInfo | null>;
  delete(key: string): Promise<void>;
  list(prefix: string): AsyncIterable<BlobInfo>;
  download(key: string, path: string, signal?: AbortSignal): Promise<void>;
}

interface Meta {
  contentType: string;
  md5: string;
  bytes: number;
  modifiedMs: number;
}

export async function openFileStore(dir: string): Promise<FileStore> {
  const [data, meta, temp] = [join(dir, "data"), join(dir, "meta"), join(dir, "temp")];
  for (const folder of [data, meta, temp]) await mkdir(folder, { recursive: true, mode: 0o700 });
  await sweepTemp(temp);

  const dataPath = (key: string) => join(data, checkKey(key));

  async function describe(key: string, file: FileHandle): Promise<BlobInfo> {
    const { size, mtimeMs, mtime } = await file.stat();
    const known = await readMeta(join(meta, key));
    const fits = known && known.bytes === size && known.modifiedMs === mtimeMs;
    const md5 = fits ? known.md5 : await hashFile(file);
    const contentType = known?.contentType ?? typeOfKey(key);
    if (!fits) await writeMeta(join(meta, key), { contentType, md5, bytes: size, modifiedMs: mtimeMs });
    return { key, bytes: size, etag: `"${md5}"`, contentType, modifiedAt: mtime };
  }

  const store: FileStore = {
    async receive(body, { maxBytes = Number.POSITIVE_INFINITY, signal }) {
      const path = join(temp, randomUUID());
      const md5 = createHash("md5");
      const sha256 = createHash("sha256");
      let bytes = 0;
      const meter = new Transform({
        transform(chunk: Buffer, _encoding, done) {
          bytes += chunk.length;
          if (bytes > maxBytes) return done(problem("SOURCE_TOO_LARGE", { limit_bytes: maxBytes }));
          md5.update(chunk);
          sha256.update(chunk);
          done(null, chunk);
        },
      });
      try {
        await writeStream([body, meter], path, { flags: "wx", flush: true, signal });
      } catch (error) {
        await rm(path, { force: true });
        throw error;
      }
      const md5Hex = md5.digest("hex");
      return {
        bytes,
        md5: md5Hex,
        sha256: sha256.digest("hex"),
        async publish(key, { contentType, ifAbsent = false }) {
          const target = dataPath(key);
          await mkdir(dirname(target), { recursive: true, mode: 0o700 });
          const { mtimeMs, mtime } = await stat(path);
          try {
            if (ifAbsent) await link(path, target);
            else await rename(path, target);
          } catch (error) {
            await rm(path, { force: true });
            if ((error as NodeJS.ErrnoException).code === "EEXIST")
              throw problem("CONFLICT", { message: "The blob is already there." });
            throw error;
          }
          if (ifAbsent) await unlink(path);
          await syncFolder(dirname(target));
          await writeMeta(join(meta, key), { contentType, md5: md5Hex, bytes, modifiedMs: mtimeMs });
          return { key, bytes, etag: `"${md5Hex}"`, contentType, modifiedAt: mtime };
        },
        discard: () => rm(path, { force: true }),
      };
    },

    async put(key, body, { contentType, maxBytes, ifAbsent, signal }) {
      checkKey(key);
      const stream =
        body instanceof Uint8Array ? Readable.from([Buffer.from(body.buffer, body.byteOffset, body.byteLength)]) : body;
      const received = await store.receive(stream, {
        ...(maxBytes === undefined ? {} : { maxBytes }),
        ...(signal ? { signal } : {}),
      });
      const info = await received.publish(key, { contentType, ...(ifAbsent === undefined ? {} : { ifAbsent }) });
      return { ...info, sha256: received.sha256, md5: received.md5 };
    },

    async get(key, range) {
      const file = await openExisting(dataPath(key), key);
      try {
        const info = await describe(key, file);
        const last = Math.min(range?.end ?? Number.POSITIVE_INFINITY, info.bytes - 1);
        const first = range?.start ?? 0;
        // createReadStream has no words for "nothing".
        if (first > last) {
          await file.close();
          return { info, body: Readable.from([]) };
        }
        return { info, body: file.createReadStream({ start: first, end: last }) };
      } catch (error) {
        await file.close();
        throw error;
      }
    },

    async head(key) {
      const file = await openExisting(dataPath(key), key).catch(nullWhenAbsent);
      if (!file) return null;
      try {
        return await describe(key, file);
      } finally {
        await file.close();
      }
    },

    async delete(key) {
      const target = dataPath(key);
      await rm(target, { force: true });
      await rm(join(meta, key), { force: true });
      await syncFolder(dirname(target)).catch(nullWhenAbsent);
    },

    async *list(prefix) {
      // Whoever looks for blobs that nobody wants looks here as well: what a killed process left is not kept for ever.
      await sweepTemp(temp);
      const folders = [prefix.slice(0, Math.max(prefix.lastIndexOf("/"), 0))];
      for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
        const entries = await readdir(join(data, folder), { withFileTypes: true }).catch(nullWhenAbsent);
        for (const entry of entries ?? []) {
          const key = folder === "" ? entry.name : `${folder}/${entry.name}`;
          if (entry.isDirectory()) {
            if (`${key}/`.startsWith(prefix) || prefix.startsWith(`${key}/`)) folders.push(key);
          } else if (key.startsWith(prefix)) {
            const info = await store.head(key);
            if (info) yield info;
          }
        }
      }
    },

    async download(key, path, signal) {
      const { body } = await store.get(key);
      await writeStream([body], path, { signal });
    },
  };
  return store;
}

function checkKey(key: string): string {
  if (key.length > 512 || !keyShape.test(key)) throw new Error(`not a blob key: ${JSON.stringify(key.slice(0, 80))}`);
  return key;
}

const isAbsent = (error: unknown) =>
  ["ENOENT", "ENOTDIR", "EISDIR"].includes((error as NodeJS.ErrnoException).code ?? "");

function nullWhenAbsent(error: unknown): null {
  if (isAbsent(error) || (error as { code?: string }).code === "NOT_FOUND") return null;
  throw error;
}

async function openExisting(path: string, key: string): Promise<FileHandle> {
  try {
    return await open(path, "r");
  } catch (error) {
    throw isAbsent(error) ? problem("NOT_FOUND", { resource: "Blob", id: key }, { cause: error }) : error;
  }
}

async function hashFile(file: FileHandle): Promise<string> {
  const md5 = createHash("md5");
  const buffer = Buffer.allocUnsafe(1 << 18);
  for (let position = 0; ; ) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0) return md5.digest("hex");
    md5.update(buffer.subarray(0, bytesRead));
    position += bytesRead;
  }
}

async function readMeta(path: string): Promise<Meta | null> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as Meta;
  } catch {
    return null;
  }
}

async function writeMeta(path: string, value: Meta): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, JSON.stringify(value), { mode: 0o600 });
  await rename(draft, path);
}

/** Makes a rename or link in the folder survive a power cut. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function typeOfKey(key: string): string {
  const extension = /\.[^./]+$/.exec(key)?.[0] ?? "";
  return (
    formatOfExtension(extension)?.mediaTypes[0] ??
    (extension === ".zip" ? "application/zip" : "application/octet-stream")
  );
}

async function sweepTemp(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const found = await stat(path).catch(nullWhenAbsent);
    if (found && Date.now() - found.mtimeMs > staleAfterMs) await rm(path, { force: true });
  }
}
