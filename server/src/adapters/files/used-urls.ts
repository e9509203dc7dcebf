/** Remembers which upload URLs have done their one upload, also after the blob itself is erased, until they expire. */
import { createHash } from "node:crypto";
import { mkdir, readdir, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";

export interface UsedUrls {
  has(key: string): Promise<boolean>;
  add(key: string, expiresS: number): Promise<void>;
  remove(key: string): Promise<void>;
}

/** One empty file a key; its modification time is the moment it may be forgotten. */
export async function openUsedUrls(folder: string, now: () => number = Date.now): Promise<UsedUrls> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = (key: string) => join(folder, createHash("sha256").update(key).digest("hex"));
  const sweep = async () => {
    for (const name of await readdir(folder)) {
      const mark = join(folder, name);
      const found = await stat(mark).catch(() => null);
      if (found && found.mtimeMs < now()) await rm(mark, { force: true });
    }
  };
  await sweep();
  let added = 0;
  return {
    has: (key) =>
      stat(path(key)).then(
        () => true,
        () => false,
      ),
    async add(key, expiresS) {
      if (++added % 1000 === 0) await sweep();
      await writeFile(path(key), "", { mode: 0o600 });
      await utimes(path(key), expiresS, expiresS);
    },
    remove: (key) => rm(path(key), { force: true }),
  };
}
